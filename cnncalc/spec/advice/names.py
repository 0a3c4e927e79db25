"""Hints for the name of an output that is not there yet."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cnncalc.spec.advice.entries import every_entry
from cnncalc.text_nodes import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.spec.document import Spec
    from cnncalc.spec.entries import Entry
    from cnncalc.text_nodes import TextNode


def missing_output_hint(word: str, node: TextNode, spec: Spec) -> str | None:
    """What is wrong with the name of an output, at `node`, that is none of those before it; None if nothing is known.

    It may be that of the layer itself, or of a later one; or a number, as darknet counts its layers.
    """
    if word.lstrip("+-").isdecimal():
        return "layers have names, not numbers: `name` gives one, and `previous` is the entry before"
    several = re.split(r"[,;+\s]+", word.strip(" ,"))
    if len(several) > 1:
        return f"several names are a list: from: [{', '.join(several)}]"
    entries = [entry for entry in _every(spec) if entry.name is not None]
    own = next((entry for entry in entries if node in _nodes(entry.from_)), None)
    if own is not None and own.name is not None and own.name.text == word:
        return f"`{word}` is this layer itself, and no layer takes its own output"
    later = next((e for e in entries if e.name is not None and e.name.text == word and _is_behind(e.name, node)), None)
    if later is None or later.name is None:
        return None
    where = f"`{word}` is made later, on line {later.name.line + 1}"
    taken = {name.text for name in _nodes(later.from_) if isinstance(name, Scalar)}
    if own is not None and own.name is not None and own.name.text in taken:
        return f"{where}, of `{own.name.text}`: there are no cycles in a network"
    return f"{where}: put it before this layer"


def _every(spec: Spec) -> Iterator[Entry]:
    """The entries of the network and of its blocks."""
    for entries in (spec.entries, *(block.entries for block in spec.blocks.values())):
        yield from every_entry(entries)


def _nodes(node: TextNode | None) -> list[TextNode]:
    """The nodes of the names under `from`."""
    if isinstance(node, Sequence):
        return node.items
    return [] if node is None or isinstance(node, Mapping) else [node]


def _is_behind(one: TextNode, other: TextNode) -> bool:
    return (one.line, one.column) > (other.line, other.column)
