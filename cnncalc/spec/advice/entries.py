"""Every entry of a spec, in the order of its text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.spec.entries import Group, Parallel, Residual
from cnncalc.spec.operators import FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.spec.document import Spec
    from cnncalc.spec.entries import Entry


def every_entry(entries: list[Entry]) -> Iterator[Entry]:
    """The entries, each before those in it; none of them can be nested deeper than its text is."""
    for entry in entries:
        yield entry
        for inner in _inside(entry):
            yield from every_entry(inner)


def _inside(entry: Entry) -> Iterator[list[Entry]]:
    """The lists of entries that an entry holds."""
    if isinstance(entry, (Group, Residual)):
        yield entry.layers
    if isinstance(entry, Residual) and isinstance(entry.shortcut, list):
        yield entry.shortcut
    if isinstance(entry, Parallel):
        for branch in entry.branches:
            yield branch if isinstance(branch, list) else [branch]


def variables(spec: Spec) -> set[str]:
    """The names that some expression of a spec may use: parameters, variables of loops, functions."""
    blocks = spec.blocks.values()
    entries = [entry for known in (spec.entries, *(block.entries for block in blocks)) for entry in every_entry(known)]
    loops = (key for entry in entries if isinstance(entry, Group) and entry.loop for key in entry.loop.keys)
    of_loops = {word.strip() for key in loops for word in key.split(",")}
    of_blocks = {word for block in blocks for word in block.parameters}
    return {*spec.parameters, *of_blocks, *of_loops, *FUNCTIONS, "index", "in_channels", "in_shape", "size", "channels"}
