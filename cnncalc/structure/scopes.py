"""The scopes of a network from the innermost outwards: those that are alike as blocks, repeated stretches as loops."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.structure.blocks import Blocks
from cnncalc.structure.loops import with_loops
from cnncalc.structure.program import Branches, Group

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.structure.program import Block, Item


def folded(body: list[Item], *, with_blocks: bool = True) -> tuple[list[Item], list[Block]]:
    """The entries of a network with blocks and loops in them, and the blocks, those that others use first."""
    blocks = Blocks()
    levels: dict[int, list[tuple[list[Item], Group]]] = {}
    _note_levels(body, levels)
    for level in sorted(levels):
        groups = levels[level]
        for _, group in groups:
            group.body = with_loops(group.body, blocks.known)
        if with_blocks and level > 0:
            blocks.replace(groups)
    return with_loops(body, blocks.known), list(blocks.known.values())


def _note_levels(body: list[Item], levels: dict[int, list[tuple[list[Item], Group]]]) -> int:
    """Note each scope, with the body that it stands in, by how many scopes stand in each other in it at most.

    Scopes in shortcuts are no blocks of their own, and do not count: what is alike but for a shortcut is on one level.
    """
    deepest = 0
    for around, group, is_shortcut in _groups(body):
        level = _note_levels(group.body, levels) + 1
        if is_shortcut:
            levels.setdefault(0, []).append((around, group))
        else:
            levels.setdefault(level, []).append((around, group))
            deepest = max(deepest, level)
    return deepest


def _groups(body: list[Item], *, in_shortcut: bool = False) -> Iterator[tuple[list[Item], Group, bool]]:
    """The scopes that stand in entries, those in branches too."""
    for item in body:
        if isinstance(item, Group):
            yield body, item, in_shortcut
        elif isinstance(item, Branches):
            for number, branch in enumerate(item.branches):
                yield from _groups(branch, in_shortcut=in_shortcut or (item.is_residual and number == 1))
