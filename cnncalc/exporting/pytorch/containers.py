"""Lists, dicts and sequences of modules, and which names are attributes of a module."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cnncalc.exporting.source.expressions import Arg, Call, Code, Display, Expression, Unpacked, call, flat
from cnncalc.exporting.source.loops import is_run, looped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cnncalc.exporting.source.statements import Statement

RESERVED: Final = frozenset(
    (
        *("add_module", "apply", "bfloat16", "buffers", "call_super_init", "children", "compile", "cpu", "cuda"),
        *("double", "dump_patches", "eval", "extra_repr", "float", "forward", "get_buffer", "get_extra_state"),
        *("get_parameter", "get_submodule", "half", "ipu", "load_state_dict", "modules", "mtia", "named_buffers"),
        *("named_children", "named_modules", "named_parameters", "parameters", "register_buffer", "register_module"),
        *("register_parameter", "requires_grad_", "set_extra_state", "set_submodule", "share_memory", "state_dict"),
        *("to", "to_empty", "train", "training", "type", "xpu", "zero_grad", "T_destination"),
    )
)
"""The attributes of any module, which no layer may hide."""


def filled(made: Iterable[Statement]) -> Iterator[Statement]:
    """Statements in which a list that is filled at once is made with what it has."""
    waiting: Statement | None = None
    items: list[Expression] = []
    for step in made:
        target = waiting.targets[0] if waiting is not None else None
        value = step.value
        if not step.targets and isinstance(value, Call) and flat(value.function) == f"{target}.append":
            items.append(value.arguments[0].value)
            continue
        yield from _list_of(waiting, items)
        waiting, items = None, []
        if step.targets and flat(value) == "nn.ModuleList()":
            waiting = step
        else:
            yield step
    yield from _list_of(waiting, items)


def _list_of(step: Statement | None, items: Sequence[Expression]) -> Iterator[Statement]:
    """A statement that makes a list of modules."""
    if step is not None:
        loops = looped(items, star="") if is_run(items) else [Display("[", tuple(looped(items)))]
        yield step._replace(value=call("nn.ModuleList", *loops) if items else step.value)


def ordered_loop(labels: Sequence[tuple[str, ...] | None], items: Sequence[Expression]) -> Call | None:
    """A chain whose names differ in a number that goes up."""
    if not is_run(items) or None in labels or any(len(path or ()) != 1 for path in labels):
        return None
    names = [re.fullmatch(r"(.*?)(\d+)", path[0]) for path in labels if path is not None]
    if any(name is None for name in names):
        return None
    parts = [(name[1], int(name[2])) for name in names if name is not None]
    first = parts[0][1]
    if parts != [(parts[0][0], first + at) for at in range(len(parts))]:
        return None
    (loop,) = looped(items)
    assert isinstance(loop, Unpacked)
    number = f"i + {first}" if first else "i"
    label = Code(f'f"{parts[0][0]}{{{number}}}"')
    pair = Display("(", (label, loop.element))
    clause = loop.clause.replace("for _ in", "for i in")
    return call("nn.Sequential", Call(Code("OrderedDict"), (Arg(Unpacked(pair, clause, "")),)))


def ordered(labels: Sequence[tuple[str, ...] | None], items: Sequence[Expression]) -> Call | None:
    """A chain whose names are no attributes, such as ``block1-0``; None where one of them is."""
    names = [path[0] for path in labels if path is not None and len(path) == 1]
    if len(names) < len(labels) or any(is_attribute(name) or is_hidden(name) for name in names):
        return None
    pairs = tuple(Display("(", (Code(f'"{name}"'), item)) for name, item in zip(names, items, strict=True))
    return call("nn.Sequential", call("OrderedDict", Display("[", pairs)))


def is_attribute(label: str) -> bool:
    """Whether a module has what is set under this name as an attribute of that very name."""
    from keyword import iskeyword

    if not label.isascii():  # Python takes some of these for others
        return False
    return label.isidentifier() and not iskeyword(label) and label not in RESERVED and not label.startswith("_")


def is_hidden(label: str) -> bool:
    """Whether a module may have an attribute of that name itself, which its methods would find, or refuse to hide."""
    return label in RESERVED or label.startswith("_")
