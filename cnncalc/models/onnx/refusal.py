"""The error for nodes that are no layers here: all of them at once, equal ones together."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cnncalc.errors import CnncalcError
from cnncalc.models.onnx.naming import module_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.models.onnx.records import Node

MOST_GROUPS: Final = 12
"""The kinds of nodes that are told; others are counted."""
MOST_NAMES: Final = 4
"""The nodes of a kind that are named; others are counted."""
LONGEST_NAME: Final = 80

_STACK: Final = "pkg.torch.onnx.stack_trace"
_FRAME: Final = re.compile(r'File "([^"\n]{1,300})", line (\d{1,9})')
"""A place in a program, as Python tells of it; the last is the innermost."""


KEEP: Final = "`summary --opaque` keeps them as layers of which nothing but the shape is known"


def refusal(path: str, refused: Sequence[tuple[Node, str]], count: int, hint: str = KEEP) -> CnncalcError:
    """The error for nodes of a file that are no layers here, each with its reason, of `count` in all."""
    groups: dict[tuple[str, str], list[Node]] = {}
    for node, reason in refused:
        groups.setdefault((node.op, reason), []).append(node)
    shown = [_group(*kind, nodes) for kind, nodes in list(groups.items())[:MOST_GROUPS]]
    if len(groups) > MOST_GROUPS:
        rest = sum(len(nodes) for nodes in list(groups.values())[MOST_GROUPS:])
        shown.append(f"and {rest:,} more")
    verb = "has" if len(refused) == 1 else "have"
    fact = f"{path}: {len(refused):,} of {count:,} nodes {verb} no layer here: {'; '.join(shown)}"
    return CnncalcError(fact, hint=hint, code="unknown-type")


def _group(operator: str, reason: str, nodes: Sequence[Node]) -> str:
    """Nodes of one operator that are refused for one reason."""
    several = f"{len(nodes):,} " if len(nodes) > 1 else ""
    names = [_named(node) for node in nodes[:MOST_NAMES]]
    if len(nodes) > MOST_NAMES:
        names.append(f"and {len(nodes) - MOST_NAMES:,} more")
    why = f" ({reason})" if reason else ""
    return f"{several}{operator[:LONGEST_NAME]} {', '.join(names)}{why}"


def described(node: Node) -> str:
    """A node by its operator, its name, its module and its line, for messages."""
    return f"{node.op[:LONGEST_NAME]} {_named(node)}"


def _named(node: Node) -> str:
    """A node by its name, the module that it is in and the line of the program, as far as the file tells of them."""
    name = node.name or next(iter(node.outputs), "")
    text = f'"{name[:LONGEST_NAME]}"'
    module = module_of(node)
    if module and not name.startswith("/"):  # such a name has its module in it
        text += f" of {module}"
    places = _FRAME.findall(node.metadata.get(_STACK, "")[-4000:])
    if places:
        file, line = places[-1]
        text += f" at {file.rpartition('/')[2]}:{line}"
    return text
