"""Spans of numbers, such as the parts of a memory that are taken."""

from __future__ import annotations

from bisect import bisect_left, bisect_right


class Spans:
    """Numbers in spans from a first one to one behind the last; those that touch are one."""

    __slots__ = ("_ends", "_firsts")

    def __init__(self) -> None:
        self._firsts: list[int] = []
        self._ends: list[int] = []

    def add(self, first: int, end: int) -> None:
        """Add a span.

        >>> spans = Spans()
        >>> spans.add(0, 2), spans.add(5, 9), spans.add(2, 4)
        (None, None, None)
        >>> spans.overlap(4, 5), spans.overlap(4, 6), spans.overlap(3, 4)
        (False, True, True)
        """
        low, high = bisect_left(self._ends, first), bisect_right(self._firsts, end)
        if low < high:
            first, end = min(first, self._firsts[low]), max(end, self._ends[high - 1])
        self._firsts[low:high] = [first]
        self._ends[low:high] = [end]

    def overlap(self, first: int, end: int) -> bool:
        """Whether a number of this span is among those added."""
        place = bisect_right(self._ends, first)
        return place < len(self._firsts) and self._firsts[place] < end

    def gap(self, start: int, size: int) -> int:
        """The first number from `start` on at which so many begin of which none was added.

        >>> spans = Spans()
        >>> spans.add(0, 2), spans.add(5, 9)
        (None, None)
        >>> spans.gap(0, 3), spans.gap(0, 4), spans.gap(3, 2)
        (2, 9, 3)
        """
        place = bisect_right(self._ends, start)
        while place < len(self._firsts) and self._firsts[place] < start + size:
            start = self._ends[place]
            place += 1
        return start
