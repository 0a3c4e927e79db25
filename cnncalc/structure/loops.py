"""Repeated stretches of entries, as loops."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.structure.keys import Keys, size
from cnncalc.structure.program import Branches, Group, Loop
from cnncalc.structure.renaming import with_inputs
from cnncalc.structure.slots import Mismatch
from cnncalc.structure.unification import unified

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cnncalc.structure.program import Block, Item, Ref

LONGEST: Final = 40
"""The entries of a round, beyond which no loop is looked for."""
MOST_VARIABLES: Final = 8


def with_loops(body: Sequence[Item], blocks: Mapping[str, Block]) -> list[Item]:
    """The entries of a scope with repeated stretches as loops, those of its branches too."""
    return _Search(body, blocks).entries()


class _Search:
    """A search through the entries of one scope."""

    def __init__(self, body: Sequence[Item], blocks: Mapping[str, Block]) -> None:
        self.body = list(body)
        self.blocks = blocks
        for item in self.body:
            if isinstance(item, Branches):
                item.branches = [with_loops(branch, blocks) for branch in item.branches]
        keys = Keys(loose=True)
        self.keys = [keys.of_item(item) for item in self.body]
        self.first_keys = [keys.of_item(item, with_inputs=False) for item in self.body]
        self.sizes = [size([item]) for item in self.body]

    def entries(self) -> list[Item]:
        """The entries, with repeated stretches as loops."""
        found: list[Item] = []
        at = 0
        while at < len(self.body):
            loop, end = self._best(at)
            found.append(self.body[at] if loop is None else loop)
            at = end
        return found

    def _best(self, at: int) -> tuple[Loop | None, int]:
        """The loop that begins there and saves the most lines, and the entry behind it."""
        best: tuple[int, Loop | None, int] = (0, None, at + 1)
        for length in range(1, min(LONGEST, (len(self.body) - at) // 2) + 1):
            if self.first_keys[at] != self.first_keys[at + length]:
                continue
            rounds = self._rounds(at, length)
            lines = sum(self.sizes[at : at + length])
            if rounds < 2 or (rounds - 1) * lines - 2 <= best[0]:
                continue
            for found in self._loops(at, length, rounds):
                saved = (rounds - 1) * lines - 2 - len(found.variables)
                if saved > best[0] and len(found.variables) <= MOST_VARIABLES:
                    best = (saved, found, at + length * rounds)
        return best[1], best[2]

    def _rounds(self, at: int, length: int) -> int:
        """How often a stretch follows itself, names and values aside."""
        rounds = 1
        while at + (rounds + 1) * length <= len(self.body):
            start = at + rounds * length
            if self.first_keys[start] != self.first_keys[at] or any(
                self.keys[start + step] != self.keys[at + step] for step in range(1, length)
            ):
                break
            rounds += 1
        return rounds

    def _loops(self, at: int, length: int, rounds: int) -> Iterator[Loop]:
        """The loop of a stretch; none where its rounds differ in more than values and counted names."""
        stretches = [self.body[at + number * length : at + (number + 1) * length] for number in range(rounds)]
        taken = [stretch[0].inputs for stretch in stretches]
        inputs: tuple[Ref, ...] | None = None
        if all(refs is None for refs in taken[1:]) and (taken[0] is None or len(taken[0]) == 1):
            inputs = taken[0]  # each round takes what the one before gives
            stretches = [[with_inputs(stretch[0], None), *stretch[1:]] for stretch in stretches]
        try:
            body, slots = unified(stretches, self.blocks, numbered=True)
        except Mismatch:
            return
        if isinstance(body[0], Group) and inputs is None and body[0].inputs is None and taken[0] is not None:
            return
        last = _last_name(stretches[-1])
        yield Loop(None, body, inputs, rounds, slots.vectors, last=last, arriving=stretches[0][0].arriving)


def _last_name(stretch: Sequence[Item]) -> str | None:
    """The name of what entries give."""
    item = next((item for item in reversed(stretch) if item.inputs != ()), None)
    if item is None:
        return None
    return item.last if isinstance(item, Loop) else item.name
