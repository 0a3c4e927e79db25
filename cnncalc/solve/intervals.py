"""Sizes as intervals: how they are made of single sizes, and how they are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.shapes import MAX_SIZE

if TYPE_CHECKING:
    from collections.abc import Iterable

Intervals = tuple[tuple[int, int], ...]
"""Sizes as intervals, both ends included, in order."""


def intervals(sizes: Iterable[int]) -> Intervals:
    """Sizes in order as intervals, both ends included.

    >>> intervals([1, 2, 3, 7])
    ((1, 3), (7, 7))
    """
    found: list[tuple[int, int]] = []
    for size in sizes:
        if found and found[-1][1] == size - 1:
            found[-1] = (found[-1][0], size)
        else:
            found.append((size, size))
    return tuple(found)


def intervals_text(intervals: Intervals) -> str:
    """Intervals in words; the largest size there can be is not written.

    >>> intervals_text(((227, 230), (232, 232))), intervals_text(((67, MAX_SIZE),))
    ('227 to 230, 232', '67 and more')
    """
    return ", ".join(str(a) if a == b else f"{a} and more" if b == MAX_SIZE else f"{a} to {b}" for a, b in intervals)
