"""Which parts of a memory are taken at which steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.memory.spans import Spans

if TYPE_CHECKING:
    from collections.abc import Iterator


class Occupancy:
    """The parts of a memory that are taken during some steps, numbered from 0.

    Each node of a binary tree over the steps has the spans that are taken during all of its steps, and those that are
    at any. A few nodes make up any range of steps, and spans that touch are one: of thousands of things that are there
    for long no pair is compared.
    """

    def __init__(self, steps: int) -> None:
        self._leaves = 1 << max(steps - 1, 0).bit_length()
        self._throughout: dict[int, Spans] = {}
        self._sometime: dict[int, Spans] = {}

    def place(self, size: int, first: int, last: int) -> int:
        """Take so much from a first to a last step, in the lowest gap; gives where it begins.

        >>> memory = Occupancy(4)
        >>> memory.place(8, 1, 2), memory.place(6, 2, 3), memory.place(4, 0, 1)
        (0, 8, 8)
        """
        if not size:
            return 0
        parts = list(self._parts(first, last))
        above = {node >> level for leaf in (first, last) for node in [leaf + self._leaves] for level in self._depths}
        start = self._lowest(size, parts, above)
        for node in parts:
            self._throughout.setdefault(node, Spans()).add(start, start + size)
        for node in above.union(parts):
            self._sometime.setdefault(node, Spans()).add(start, start + size)
        return start

    @property
    def _depths(self) -> range:
        return range(self._leaves.bit_length())

    def _lowest(self, size: int, parts: list[int], above: set[int]) -> int:
        """Where the lowest gap of a size is in all that is taken at any step of the parts."""
        taken = [self._sometime[node] for node in parts if node in self._sometime]
        taken += [self._throughout[node] for node in above if node in self._throughout]
        start, before = 0, -1
        while start != before:
            before = start
            for spans in taken:
                start = spans.gap(start, size)
        return start

    def _parts(self, first: int, last: int) -> Iterator[int]:
        """The fewest nodes of the tree that make up a range of steps."""
        low, high = first + self._leaves, last + self._leaves + 1
        while low < high:
            if low & 1:
                yield low
                low += 1
            if high & 1:
                high -= 1
                yield high
            low >>= 1
            high >>= 1
