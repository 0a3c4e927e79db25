"""Where things begin in one piece of memory, of which each takes some for a while: in which order they are placed.

Each goes to the lowest gap among those that were placed before it and are there at one of its steps. What differs is
the order: by size, or by breadth, both of Pisarchyk and Lee 2020, arXiv:2001.03288. Neither is always the better one.
"""

from __future__ import annotations

from functools import partial
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from cnncalc.memory.occupancy import Occupancy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


class Life(NamedTuple):
    """How much is needed, and the first and the last step at which it is."""

    size: int
    first: int
    last: int


def by_size(lives: Sequence[Life], *, earlier_first: bool = False) -> list[int]:
    """Where each begins, the largest placed first; of equal ones the later one, as TensorFlow Lite Micro does.

    >>> by_size([Life(4, 0, 1), Life(8, 1, 2), Life(6, 2, 3)])
    [8, 0, 8]
    """
    sign = 1 if earlier_first else -1
    return _placed(lives, lambda number: (-lives[number].size, sign * number))


def by_breadth(lives: Sequence[Life]) -> list[int]:
    """Where each begins, those of the step at which most is needed placed first, and of a step the largest.

    >>> by_breadth([Life(4, 0, 1), Life(8, 1, 2), Life(6, 2, 3)])
    [8, 0, 8]
    """
    rank = _Least(_ranks(needed(lives)))
    begin = min((life.first for life in lives), default=0)

    def key(number: int) -> tuple[int, int, int]:
        size, first, last = lives[number]
        return rank.among(first - begin, last - begin), -size, -number

    return _placed(lives, key)


def smallest(lives: Sequence[Life]) -> list[int]:
    """Where each begins by the first way that takes no more than is needed at once, or else by that which takes least.

    >>> smallest([Life(4, 0, 1), Life(8, 1, 2), Life(6, 2, 3)])
    [8, 0, 8]
    """
    least = bound(lives)
    found: list[list[int]] = []
    for place in (by_size, by_breadth, partial(by_size, earlier_first=True)):
        found.append(place(lives))
        if end_of(lives, found[-1]) <= least:
            return found[-1]
    return min(found, key=lambda starts: end_of(lives, starts))


def end_of(lives: Sequence[Life], starts: Sequence[int]) -> int:
    """How much memory is taken in all.

    >>> end_of([Life(4, 0, 1), Life(8, 1, 2)], [8, 0])
    12
    """
    return max((start + life.size for life, start in zip(lives, starts, strict=True)), default=0)


def bound(lives: Iterable[Life]) -> int:
    """The most that is needed at one step: no placement takes less.

    >>> bound([Life(4, 0, 1), Life(8, 1, 2), Life(6, 2, 3)])
    14
    """
    return max(needed(lives), default=0)


def needed(lives: Iterable[Life]) -> list[int]:
    """How much is needed at each step, from the first to the last at which something is.

    >>> needed([Life(4, 0, 1), Life(8, 1, 2), Life(6, 2, 3)])
    [4, 12, 14, 6]
    """
    lives = list(lives)
    begin = min((life.first for life in lives), default=0)
    end = max((life.last + 1 for life in lives), default=0)
    more = [0] * (end - begin + 1)
    for size, first, last in lives:
        more[first - begin] += size
        more[last + 1 - begin] -= size
    return list(accumulate(more))[:-1]


def _placed(lives: Sequence[Life], key: Callable[[int], tuple[int, ...]]) -> list[int]:
    """Where each begins, if each in turn is placed in the lowest gap."""
    begin = min((life.first for life in lives), default=0)
    occupancy = Occupancy(max((life.last - begin + 1 for life in lives), default=0))
    starts = [0] * len(lives)
    for number in sorted(range(len(lives)), key=key):
        size, first, last = lives[number]
        starts[number] = occupancy.place(size, first - begin, last - begin)
    return starts


def _ranks(sizes: Sequence[int]) -> list[int]:
    """The place of each step among all, from that at which most is needed on; of equal ones the earlier one first.

    >>> _ranks([4, 12, 14, 6])
    [3, 1, 0, 2]
    """
    ranks = [0] * len(sizes)
    for rank, step in enumerate(sorted(range(len(sizes)), key=lambda step: -sizes[step])):
        ranks[step] = rank
    return ranks


class _Least:
    """The least of some numbers in a row: those of every 1, 2, 4, 8, ... in a row are known."""

    def __init__(self, numbers: list[int]) -> None:
        self._levels = [numbers]
        width = 1
        while width * 2 <= len(numbers):
            below = self._levels[-1]
            self._levels.append(list(map(min, below, below[width:])))
            width *= 2

    def among(self, first: int, last: int) -> int:
        """The least from a first to a last one.

        >>> _Least([5, 3, 8, 1]).among(0, 2)
        3
        """
        level = (last - first + 1).bit_length() - 1
        row = self._levels[level]
        return min(row[first], row[last + 1 - (1 << level)])
