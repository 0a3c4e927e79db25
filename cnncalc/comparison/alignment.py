"""Two sequences side by side."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_Item = TypeVar("_Item")

MOST_CELLS: Final = 250_000
"""The most pairs of items that are held against each other: a tenth of a second. Of more it is done greedily."""
_NEAR: Final = 64
"""How far a greedy search looks ahead."""


def rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """As many of the pairs as rise in both places, of pairs that rise in the second.

    >>> rising([(3, 0), (0, 1), (1, 2), (5, 3), (4, 4)])
    [(0, 1), (1, 2), (4, 4)]
    """
    ends: list[int] = []  # the least first place with which as many pairs rise, and which pair that is
    last: list[int] = []
    previous: list[int] = []
    for at, (place, _) in enumerate(pairs):
        length = bisect_left(ends, place)
        previous.append(last[length - 1] if length else -1)
        ends[length : length + 1] = [place]
        last[length : length + 1] = [at]
    found: list[tuple[int, int]] = []
    at = last[-1] if last else -1
    while at >= 0:
        found.append(pairs[at])
        at = previous[at]
    return found[::-1]


def aligned(
    one: Sequence[_Item], other: Sequence[_Item], alike: Callable[[_Item, _Item], bool]
) -> list[tuple[int, int]]:
    """The places of items that are alike, in order and as many as there can be: a longest common subsequence.

    >>> aligned("abcbdab", "bdcaba", str.__eq__)
    [(1, 0), (4, 1), (5, 3), (6, 4)]
    """
    start = 0
    ends = [len(one), len(other)]
    while start < min(ends) and alike(one[start], other[start]):
        start += 1
    while start < min(ends) and alike(one[ends[0] - 1], other[ends[1] - 1]):
        ends = [end - 1 for end in ends]
    before = [(at, at) for at in range(start)]
    behind = zip(range(ends[0], len(one)), range(ends[1], len(other)), strict=True)
    find = _longest if (ends[0] - start) * (ends[1] - start) <= MOST_CELLS else _greedy
    middle = find(one[start : ends[0]], other[start : ends[1]], alike)
    return [*before, *((start + i, start + j) for i, j in middle), *behind]


def _longest(
    one: Sequence[_Item], other: Sequence[_Item], alike: Callable[[_Item, _Item], bool]
) -> list[tuple[int, int]]:
    """A longest common subsequence, by the lengths of those of all ends."""
    lengths = [[0] * (len(other) + 1) for _ in range(len(one) + 1)]
    for i in reversed(range(len(one))):
        row, below = lengths[i], lengths[i + 1]
        for j in reversed(range(len(other))):
            row[j] = below[j + 1] + 1 if alike(one[i], other[j]) else max(below[j], row[j + 1])
    found: list[tuple[int, int]] = []
    i = j = 0
    while i < len(one) and j < len(other):
        if alike(one[i], other[j]):
            found.append((i, j))
            i, j = i + 1, j + 1
        elif lengths[i + 1][j] >= lengths[i][j + 1]:
            i += 1
        else:
            j += 1
    return found


def _greedy(
    one: Sequence[_Item], other: Sequence[_Item], alike: Callable[[_Item, _Item], bool]
) -> list[tuple[int, int]]:
    """A common subsequence: of each item the next that is like it and near."""
    found: list[tuple[int, int]] = []
    start = 0
    for i, item in enumerate(one):
        for j in range(start, min(start + _NEAR, len(other))):
            if alike(item, other[j]):
                found.append((i, j))
                start = j + 1
                break
    return found
