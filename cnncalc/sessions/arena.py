"""Where things begin in one piece of memory, of which each takes some for a while."""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_COMPARED: Final = 2000
"""So many are each held against all others; of more, each takes the first gap that is free when it is needed."""


class Life(NamedTuple):
    """How much is needed, and the first and the last moment at which it is."""

    size: int
    first: int
    last: int


def arranged(lives: Sequence[Life]) -> list[int]:
    """Where each begins, so that no two overlap that are needed at one moment.

    The largest are placed first, each where the first gap is among those that it meets: Pisarchyk and Lee 2020,
    arXiv:2001.03288.

    >>> arranged([Life(4, 0, 1), Life(8, 1, 2), Life(6, 2, 3)])
    [8, 0, 8]
    """
    return _by_size(lives) if len(lives) <= MOST_COMPARED else _in_order(lives)


def end_of(lives: Sequence[Life], starts: Sequence[int]) -> int:
    """How much memory is taken in all.

    >>> end_of([Life(4, 0, 1), Life(8, 1, 2)], [8, 0])
    12
    """
    return max((start + life.size for life, start in zip(lives, starts, strict=True)), default=0)


def _by_size(lives: Sequence[Life]) -> list[int]:
    starts = [0] * len(lives)
    placed: list[tuple[int, int, Life]] = []  # by where they begin
    for number in sorted(range(len(lives)), key=lambda n: (-lives[n].size, lives[n].first)):
        size, first, last = lives[number]
        start = 0
        for begin, end, other in placed:
            if other.first <= last and first <= other.last:
                if begin - start >= size:
                    break
                start = max(start, end)
        starts[number] = start
        insort(placed, (start, start + size, lives[number]))
    return starts


def _in_order(lives: Sequence[Life]) -> list[int]:
    """Each in the smallest gap that is large enough when it is first needed, or at the end."""
    starts = [0] * len(lives)
    gaps = _Gaps()
    ending: dict[int, list[int]] = {}
    moment = -1
    for number in sorted(range(len(lives)), key=lambda n: lives[n].first):
        size, first, last = lives[number]
        for past in range(moment, first):
            for gone in ending.pop(past, ()):
                gaps.give_back(starts[gone], lives[gone].size)
        moment = first
        starts[number] = gaps.take(size)
        ending.setdefault(last, []).append(number)
    return starts


class _Gaps:
    """Memory that is free: gaps by where they begin and by their size, and all behind `end`."""

    def __init__(self) -> None:
        self.end = 0
        self._by_start: dict[int, int] = {}
        self._by_end: dict[int, int] = {}
        self._by_size: list[tuple[int, int]] = []

    def take(self, size: int) -> int:
        """The start of so much memory, which is then no longer free."""
        place = bisect_left(self._by_size, (size, -1))
        if place == len(self._by_size):
            start, self.end = self.end, self.end + size
            return start
        found, start = self._by_size[place]
        self._remove(start, found)
        if found > size:
            self._insert(start + size, found - size)
        return start

    def give_back(self, start: int, size: int) -> None:
        """Make memory free again, as one gap with those beside it."""
        end = start + size
        if start in self._by_end:
            before = self._by_end[start]
            self._remove(before, start - before)
            start = before
        if end in self._by_start:
            behind = self._by_start[end]
            self._remove(end, behind)
            end += behind
        if end == self.end:
            self.end = start
        else:
            self._insert(start, end - start)

    def _insert(self, start: int, size: int) -> None:
        if size:
            self._by_start[start] = size
            self._by_end[start + size] = start
            insort(self._by_size, (size, start))

    def _remove(self, start: int, size: int) -> None:
        del self._by_start[start], self._by_end[start + size]
        del self._by_size[bisect_left(self._by_size, (size, start))]
