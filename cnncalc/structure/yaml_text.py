"""A program as the YAML of a spec: short entries on a line, what does not fit on lines of its own."""

from __future__ import annotations

import json
import re
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from cnncalc.spec.number_lists import flat_numbers
from cnncalc.structure.program import REQUIRED, Branches, Call, Expression, Group, Loop, Series

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cnncalc.structure.program import Block, Item, Program, Ref

WIDTH: Final = 120
"""The columns of a line, beyond which a mapping is one line a key."""
LONGEST_ROW: Final = 1000
"""The columns of a list of numbers from which on it is an array."""
_PLAIN: Final = re.compile(r"[1-9]\d*(?:x[1-9]\d*)+|[A-Za-z_/][\w./-]*|=[^\s,\[\]{}#:'\"]+(?: [^\s,\[\]{}#:'\"]+)*")
"""A word that needs no quotes, wherever it stands."""
_LISTS: Final = re.compile(rf"\[\[[-0-9.eE+, \[\]]{{200,}}\]|\[[-0-9.eE+, ]{{{LONGEST_ROW},}}\]")
"""An array of numbers."""
_WORDS: Final = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


class Entries(list[Any]):
    """A list that is always written one line an item."""


class Flow:
    """A mapping or list that is written on one line where it fits."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


def program_yaml(program: Program, head: Mapping[str, Any], tail: Mapping[str, Any]) -> str:
    """The text of a spec: the keys of `head`, such as its name and input, the program, and the keys of `tail`."""
    spec: dict[str, Any] = dict(head)
    if program.blocks:
        spec["blocks"] = {block.name: _block(block) for block in program.blocks}
    spec["layers"] = _entries(program.body)
    if program.outputs is not None:
        spec["outputs"] = Flow(program.outputs)
    if program.frozen:
        spec["frozen"] = Flow(program.frozen)
    return "".join(f"{line}\n" for line in _lines({**spec, **tail}, 0))


def _block(block: Block) -> dict[str, Any]:
    """A block under its name."""
    written: dict[str, Any] = {}
    if block.parameters:
        written["parameters"] = Flow(
            {name: None if default is REQUIRED else default for name, default in block.parameters.items()}
        )
    if len(block.inputs) > 1:
        written["inputs"] = Flow(list(block.inputs))
    return {**written, "layers": _entries(block.body)}


def _entries(items: Iterable[Item]) -> Entries:
    return Entries(_entry(item) for item in items)


def _entry(item: Item) -> Any:
    """An entry as YAML has it."""
    if isinstance(item, Call):
        return _call(item)
    source = _from(item)
    if isinstance(item, Group):
        when = {} if item.when is None else {"when": item.when}
        return {**_named(item), **source, **when, **_shared(item), "layers": _entries(item.body)}
    if isinstance(item, Loop):
        return _loop(item, source)
    assert isinstance(item, Branches)
    return _branches(item, source)


def _call(item: Call) -> Any:
    """A layer or a block: its type alone, or with what is said of it."""
    named = {} if item.is_counted or item.name is None else {"name": item.name}
    when = {} if item.when is None else {"when": item.when}
    options = {**named, **_from(item), **when, **_shared(item), **item.options}
    return Flow({item.type: options}) if options else item.type


def _loop(item: Loop, source: dict[str, Any]) -> Any:
    """A loop, and the only group in it, if that is all that it has, as one."""
    head = {"for": Flow(item.variables)} if item.variables else {"repeat": item.count}
    return {**head, **_named(item), **source, "layers": _entries(item.body)}


def _branches(item: Branches, source: dict[str, Any]) -> Any:
    """A sum with a shortcut, or paths that are merged."""
    merge = item.merge
    named = {} if merge.is_counted or merge.name is None else {"name": merge.name}
    activation = {key: value for key, value in merge.options.items() if key == "activation"}
    if item.is_residual:
        main, shortcut = item.branches
        short: dict[str, Any] = {"shortcut": _entries(shortcut)} if shortcut else {}
        if item.when is not None:
            short = {"shortcut": item.when}
        return {"residual": {**named, **source, "layers": _entries(main), **short, **activation}}
    kind = {} if merge.type == "concat" else {"merge": merge.type}
    branches = Entries(_entries(branch) for branch in item.branches)
    return {"parallel": {**named, **source, **kind, "branches": branches, **activation}}


def _named(item: Item) -> dict[str, Any]:
    return {} if item.name is None else {"name": item.name}


def _shared(item: Call | Group) -> dict[str, Any]:
    return {} if item.share is None else {"share": item.share}


def _from(item: Item) -> dict[str, Any]:
    """The key `from`, where the entry takes something else than what comes before."""
    if item.inputs is None or not item.inputs:
        return {}
    if any(isinstance(ref, Series) for ref in item.inputs):
        return {"from": _rows(item.inputs)}
    return {"from": item.inputs[0] if len(item.inputs) == 1 else list(item.inputs)}


def _rows(refs: Iterable[Ref]) -> Expression:
    """What an entry takes as a list that is computed, with the names of each series in a row."""
    parts: list[str] = []
    for are_series, group in groupby(refs, lambda ref: isinstance(ref, Series)):
        if are_series:
            parts += [f"['{ref.template}' for i in range({ref.length})]" for ref in group if isinstance(ref, Series)]
        else:
            parts.append(f"[{', '.join(map(repr, group))}]")
    return Expression(" + ".join(parts))


# Text


def _lines(value: Mapping[str, Any], indent: int) -> list[str]:
    """A mapping, one line a key at least."""
    pad = " " * indent
    lines: list[str] = []
    for key, item in value.items():
        word = _scalar(key)
        short = _short(item)
        is_short = short is not None and indent + len(word) + 2 + _length(short) <= WIDTH
        if short is not None and not is_short and _is_row(item, short):
            lines += [f"{pad}{word}:", *_wrapped(item, indent + 2)]
        elif short is not None and (is_short or not isinstance(item, Flow)):
            lines.append(f"{pad}{word}: {short}")
        elif isinstance(_bare(item), dict):
            lines += [f"{pad}{word}:", *_lines(_bare(item), indent + 2)]
        else:
            lines += [f"{pad}{word}:", *_items(_bare(item), indent + 2)]
    return lines


def _items(value: Sequence[Any], indent: int) -> list[str]:
    """A list, one line an item at least."""
    pad = " " * indent
    lines: list[str] = []
    for item in value:
        short = _short(item)
        is_whole = not isinstance(_bare(item), (dict, list))
        if short is not None and (is_whole or indent + 2 + _length(short) <= WIDTH):
            lines.append(f"{pad}- {short}")
            continue
        bare = _bare(item)
        call = _on_two_lines(item, indent)
        if call is not None:
            lines += call
            continue
        inner = _lines(bare, indent + 2) if isinstance(bare, dict) else _items(bare, indent + 2)
        lines += [f"{pad}- {inner[0].lstrip()}", *inner[1:]]
    return lines


def _on_two_lines(item: Any, indent: int) -> list[str] | None:
    """An entry whose options are on the line after its type; None for others, and where they do not fit."""
    if not isinstance(item, Flow) or not isinstance(item.value, dict) or len(item.value) > 1:
        return None
    [(type_, options)] = item.value.items()
    text = _flow(options)
    if not isinstance(options, dict) or indent + 4 + _length(text) > WIDTH:
        return None
    return [f"{' ' * indent}- {_scalar(type_)}:", f"{' ' * (indent + 4)}{text}"]


def _is_row(item: Any, text: str) -> bool:
    """Whether a value is a list of names or numbers that a reader reads, and no array."""
    return (
        isinstance(item, list) and len(text) < LONGEST_ROW and not any(isinstance(part, (list, dict)) for part in item)
    )


def _wrapped(row: Sequence[Any], indent: int) -> list[str]:
    """A list on as many lines as it needs.

    >>> [len(line) for line in _wrapped([10**38] * 4, 2)]
    [84, 84]
    """
    lines: list[str] = []
    line = " " * indent + "["
    for number, part in enumerate(row):
        text = _flow(part) + ("]" if number == len(row) - 1 else ",")
        if len(line) + len(text) + 1 > WIDTH:
            lines.append(line.rstrip())
            line = " " * (indent + 1)
        line += text + " "
    return [*lines, line.rstrip()]


def _length(text: str) -> int:
    """The columns of a text, in which long lists of numbers count little: nobody reads these in a column."""
    return len(text) if len(text) <= WIDTH else len(_LISTS.sub("[...]", text))


def _bare(item: Any) -> Any:
    """What is in a mapping or list; a scalar that is too long for a line is written by itself."""
    return item.value if isinstance(item, Flow) else item


def _short(item: Any) -> str | None:
    """A value on one line; None for what is always written on several."""
    if isinstance(item, Flow):
        if isinstance(item.value, dict) and len(item.value) == 1:
            [(key, inner)] = item.value.items()
            if isinstance(inner, dict):  # an entry: its type, and what is said of it
                return f"{_scalar(key)}: {_flow(inner)}"
        return _flow(item.value)
    if isinstance(item, dict) or (isinstance(item, Entries) and item):
        return None
    return _flow(item)


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_scalar(key)}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        if flat_numbers(value) is not None:
            return _number(value)  # there may be very many
        return "[" + ", ".join(map(_flow, value)) + "]"
    return _scalar(value)


def _scalar(value: Any) -> str:
    """A scalar, in quotes where YAML would read something else."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, int):
        return str(value)
    text = f"={value.text}" if isinstance(value, Expression) else str(value)
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    return json.dumps(text, ensure_ascii=not text.isprintable())


def _number(value: object) -> str:
    """A floating-point number, or nested lists of numbers, as YAML 1.2 reads it."""
    return repr(value).replace("inf", ".inf").replace("nan", ".nan")
