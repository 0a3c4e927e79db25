"""The scopes of a network from the innermost outwards: those that are alike as blocks, repeated stretches as loops."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from cnncalc.structure.blocks import Blocks, calls
from cnncalc.structure.keys import size
from cnncalc.structure.loops import with_loops
from cnncalc.structure.program import Branches, Group, Loop
from cnncalc.structure.renaming import with_inputs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from cnncalc.structure.blocks import Place
    from cnncalc.structure.program import Block, Item

MOST_TIMES: Final = 8
"""How often blocks are looked for without one that is hardly used."""

A_BLOCK: Final = 2
"""The lines that a reader gives for a block less."""


def folded(entries: Callable[[], list[Item]], *, with_blocks: bool = True) -> tuple[list[Item], list[Block]]:
    """The entries of a network with blocks and loops in them, and the blocks, those that others use first.

    `entries` makes them anew each time: a block that turns out to be hardly used, as what is around it is a block or
    a loop, too, is left out, and its entries stand where they are used, unless that makes the text much longer.
    """
    best = _Folding(entries(), frozenset(), with_blocks=with_blocks)
    kept: set[frozenset[int]] = set()
    for _ in range(MOST_TIMES if with_blocks else 0):
        scopes = next((scopes for scopes in best.in_vain() if scopes not in kept), None)
        if scopes is None:
            break
        other = _Folding(entries(), best.barred | {scopes}, with_blocks=True)
        if other.lines <= best.lines + A_BLOCK:
            best = other
        else:
            kept.add(scopes)
    return best.body, list(best.blocks.known.values())


class _Folding:
    """The entries and blocks of a network, where none is made of the `barred` scopes."""

    def __init__(self, body: list[Item], barred: frozenset[frozenset[int]], *, with_blocks: bool) -> None:
        self.barred = barred
        self.blocks = Blocks(barred)
        self.body = _folded(body, self.blocks, with_blocks=with_blocks)
        bodies = [block.body for block in self.blocks.known.values()]
        self.lines = size(self.body) + sum(3 + size(body) for body in bodies)
        self._uses = Counter(call.type for body in (self.body, *bodies) for call in calls(body))

    def in_vain(self) -> list[frozenset[int]]:
        """The scopes of which blocks were made that are used once, or twice and are as short as their calls.

        One that takes what comes in again stays: only in a block is there a word for it, wherever it stands.
        """
        return [
            self.blocks.scopes[name]
            for name, block in self.blocks.known.items()
            if (self._uses[name] < 2 or (self._uses[name] == 2 and size(block.body) <= 3))
            and not takes_input([with_inputs(block.body[0], None), *block.body[1:]])
        ]


def takes_input(items: Iterable[Item]) -> bool:
    """Whether one of the entries takes what comes into the scope in which they stand."""
    for item in items:
        if 0 in (item.inputs or ()):
            return True
        if isinstance(item, Loop) and takes_input(item.body):
            return True
        if isinstance(item, Branches) and any(map(takes_input, item.branches)):
            return True
    return False


def _folded(body: list[Item], blocks: Blocks, *, with_blocks: bool) -> list[Item]:
    levels: dict[int, list[Place]] = {}
    _note_levels(body, levels)
    for level in sorted(levels):
        groups = levels[level]
        for _, group, _ in groups:
            group.body = with_loops(group.body, blocks.known)
        if with_blocks and level > 0:
            blocks.replace(groups)
    return with_loops(body, blocks.known)


def _note_levels(body: list[Item], levels: dict[int, list[Place]]) -> int:
    """Note each scope, with the body that it stands in, by how many scopes stand in each other in it at most.

    Scopes in shortcuts are no blocks of their own, and do not count: what is alike but for a shortcut is on one level.
    """
    deepest = 0
    for around, group, is_shortcut in _groups(body):
        level = _note_levels(group.body, levels) + 1
        if is_shortcut:
            levels.setdefault(0, []).append((around, group, sum(map(len, levels.values()))))
        else:
            levels.setdefault(level, []).append((around, group, sum(map(len, levels.values()))))
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
