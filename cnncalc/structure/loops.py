"""Repeated stretches of entries, as loops."""

from __future__ import annotations

from itertools import islice
from operator import eq
from typing import TYPE_CHECKING, Final

from cnncalc.structure.keys import Keys, size
from cnncalc.structure.program import Branches, Group, Loop
from cnncalc.structure.renaming import with_inputs
from cnncalc.structure.slots import Mismatch
from cnncalc.structure.unification import unified

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cnncalc.structure.program import Block, Item, Ref

LONGEST: Final = 40
"""The entries of a round, beyond which no loop is looked for."""
MOST_VARIABLES: Final = 8
FEWEST: Final = 3
"""The rounds that are a loop where the stretch that follows is alike, and yet no round of it."""


def with_loops(body: Sequence[Item], blocks: Mapping[str, Block]) -> list[Item]:
    """The entries of a scope with repeated stretches as loops, those of its branches too."""
    entries = list(body)
    for item in entries:
        if isinstance(item, Branches):
            item.branches = [with_loops(branch, blocks) for branch in item.branches]
    search = _Search(entries, blocks)
    outer = search.entries(range(1, LONGEST + 1))
    longest = max((len(item.body) for item in outer if isinstance(item, Loop)), default=1)
    if longest == 1:
        return outer
    # Shorter rounds, which may stand in those of other loops, go before these.
    for lengths in (*([length] for length in range(1, longest)), range(1, LONGEST + 1)):
        if any(map(search.may_repeat, lengths)):
            entries = search.entries(lengths)
            search.set(entries)
    return entries if _lines(entries) < _lines(outer) else outer


def _lines(items: Iterable[Item]) -> int:
    """About how many lines entries take, with the variables of their loops."""
    items = list(items)
    inside = sum(_lines(item.body) - size(item.body) for item in items if isinstance(item, Loop))
    return size(items) + sum(len(item.variables) for item in items if isinstance(item, Loop)) + inside


class _Search:
    """A search through the entries of one scope."""

    def __init__(self, body: Sequence[Item], blocks: Mapping[str, Block]) -> None:
        self.blocks = blocks
        self._keys = Keys(loose=True)
        self.set(body)

    def set(self, body: Sequence[Item]) -> None:
        """Search through these entries from now on."""
        self.body = list(body)
        self.keys = [self._keys.of_item(item) for item in self.body]
        self.first_keys = [self._keys.of_item(item, with_inputs=False) for item in self.body]
        self.sizes = [size([item]) for item in self.body]

    def may_repeat(self, length: int) -> bool:
        """Whether some entry is like that so many entries behind it."""
        return any(map(eq, self.first_keys, islice(self.first_keys, length, None)))

    def entries(self, lengths: Sequence[int]) -> list[Item]:
        """The entries, with repeated stretches of one of these lengths as loops."""
        found: list[Item] = []
        at = 0
        while at < len(self.body):
            loop, end = self._best(at, lengths)
            found.append(self.body[at] if loop is None else loop)
            at = end
        return found

    def _best(self, at: int, lengths: Sequence[int]) -> tuple[Loop | None, int]:
        """The loop that begins there and saves the most lines, and the entry behind it."""
        # What saves nothing where it stands may be a part of rounds that are alike.
        best: tuple[int, Loop | None, int] = (-1 if len(lengths) == 1 else 0, None, at + 1)
        for length in lengths:
            if at + 2 * length > len(self.body):
                break
            if self.first_keys[at] != self.first_keys[at + length]:
                continue
            rounds = self._rounds(at, length)
            lines = sum(self.sizes[at : at + length])
            if rounds < 2 or (rounds - 1) * lines - 2 <= best[0]:
                continue
            found = self._longest(at, length, rounds)
            if found is None or not isinstance(found.count, int):
                continue
            saved = (found.count - 1) * lines - 2 - len(found.variables)
            if saved > best[0] and len(found.variables) <= MOST_VARIABLES:
                best = (saved, found, at + length * found.count)
        return best[1], best[2]

    def _longest(self, at: int, length: int, rounds: int) -> Loop | None:
        """The loop of as many rounds as are one text, three at least unless there are two in all."""
        found = self._loop(at, length, rounds)
        if found is not None:
            return found
        fewest, most = FEWEST, rounds - 1
        while fewest <= most:
            number = (fewest + most) // 2
            shorter = self._loop(at, length, number)
            fewest, most = (fewest, number - 1) if shorter is None else (number + 1, most)
            found = shorter or found
        return found

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

    def _loop(self, at: int, length: int, rounds: int) -> Loop | None:
        """The loop of a stretch; None where its rounds differ in more than values and counted names."""
        stretches = [self.body[at + number * length : at + (number + 1) * length] for number in range(rounds)]
        taken = [stretch[0].inputs for stretch in stretches]
        inputs: tuple[Ref, ...] | None = None
        if all(refs is None for refs in taken[1:]) and (taken[0] is None or len(taken[0]) == 1):
            inputs = taken[0]  # each round takes what the one before gives
            stretches = [[with_inputs(stretch[0], None), *stretch[1:]] for stretch in stretches]
        try:
            body, slots = unified(stretches, self.blocks, numbered=True)
        except Mismatch:
            return None
        if isinstance(body[0], Group) and inputs is None and body[0].inputs is None and taken[0] is not None:
            return None
        last = _last_name(stretches[-1])
        return Loop(None, body, inputs, rounds, slots.vectors, last=last, arriving=stretches[0][0].arriving)


def _last_name(stretch: Sequence[Item]) -> str | None:
    """The name of what entries give."""
    item = next((item for item in reversed(stretch) if item.inputs != ()), None)
    if item is None:
        return None
    return item.last if isinstance(item, Loop) else item.name
