"""Sets of positions along one axis: what a unit sees, exactly, with holes and clipped at borders.

A set is held as its first position and the bits of an integer, so that a window's taps are a handful of shifts however
many positions they reach, and a set costs memory for its extent and not for the axis that it lies on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnncalc.receptive import AxisMap


FEW: Final = 64
"""As many positions are moved one by one."""


class Positions(NamedTuple):
    """A set of positions: `first`, and each bit of `bits` for the position so far behind it; bit 0 is set.

    The empty set has no bits.

    >>> list(Positions.span(3, 5).each())
    [3, 4, 5]
    """

    first: int
    bits: int

    @staticmethod
    def span(first: int, last: int) -> Positions:
        """All from `first` to `last`; none where the last is before the first."""
        return Positions(first, (1 << (last - first + 1)) - 1) if first <= last else EMPTY

    def __bool__(self) -> bool:
        return self.bits != 0

    @property
    def last(self) -> int:
        """The largest of them."""
        return self.first + self.bits.bit_length() - 1

    @property
    def total(self) -> int:
        """How many there are.

        >>> Positions.span(0, 2).spread(2).total
        3
        """
        return self.bits.bit_count()

    def each(self) -> Iterator[int]:
        """The positions in order."""
        bits, at = self.bits, self.first
        while bits:
            gap = (bits & -bits).bit_length() - 1
            at += gap
            yield at
            bits >>= gap + 1
            at += 1

    def moved(self, by: int) -> Positions:
        """Each position so much further."""
        return Positions(self.first + by, self.bits) if by and self.bits else self

    def spread(self, step: int) -> Positions:
        """Each position times `step`, which is at least 1.

        >>> list(Positions.span(1, 3).spread(4).each())
        [4, 8, 12]
        """
        if step == 1 or self.bits <= 1:
            return Positions(self.first * step, self.bits)
        if self.total <= FEW:
            return Positions(self.first * step, sum(1 << (place - self.first) * step for place in self.each()))
        digits = f"{self.bits:b}"
        return Positions(self.first * step, int(("0" * (step - 1)).join(digits), 2))

    def thinned(self, step: int, phase: int = 0) -> Positions:
        """Of the positions ``q step + phase`` the numbers q: the opposite of `spread`.

        >>> list(Positions.span(1, 7).thinned(3, 1).each())
        [0, 1, 2]
        """
        if step == 1 or not self.bits:
            return self.moved(-phase)
        skipped = (phase - self.first) % step
        digits = f"{self.bits >> skipped:b}"[::-1][::step]
        return _normal((self.first + skipped - phase) // step, int(digits[::-1], 2))

    def reaching(self, taps: int, dilation: int = 1) -> Positions:
        """Each position and the `taps` - 1 behind it, `dilation` apart.

        >>> list(Positions.span(0, 0).reaching(3, 2).each())
        [0, 2, 4]
        """
        bits, done = self.bits, 1
        while done < taps:
            more = min(done, taps - done)
            bits |= bits << (more * dilation)
            done += more
        return Positions(self.first, bits)

    def within(self, size: int) -> Positions:
        """Those from 0 to `size` - 1.

        >>> list(Positions.span(-2, 9).within(3).each())
        [0, 1, 2]
        """
        if not self.bits or (self.first >= 0 and self.last < size):
            return self
        first = max(self.first, 0)
        bits = self.bits >> (first - self.first)
        return _normal(first, bits & ((1 << max(size - first, 0)) - 1))

    def union(self, other: Positions) -> Positions:
        """Those of both."""
        if not self.bits or not other.bits:
            return self if self.bits else other
        first = min(self.first, other.first)
        return Positions(first, self.bits << (self.first - first) | other.bits << (other.first - first))

    def covers(self, other: Positions) -> bool:
        """Whether all of the other set are in this one."""
        if not other.bits or self == other:
            return True
        gap = other.first - self.first
        return gap >= 0 and not other.bits & ~(self.bits >> gap)

    def read(self, reads: AxisMap) -> Positions:
        """What units at these positions read together by a map, not clipped; nothing for none.

        >>> from cnncalc.receptive import AxisMap
        >>> list(Positions.span(1, 2).read(AxisMap((-1,), (0,), 3)).each())
        [2, 3, 5, 6]
        """
        period, found = len(reads.firsts), EMPTY
        near = reads.gap == 1 and reads.lasts[0] - reads.firsts[0] + 1 >= reads.step
        without_gaps = near and not self.bits & (self.bits + 1)
        if self.bits and period == 1 and without_gaps:
            return Positions.span(self.first * reads.step + reads.firsts[0], self.last * reads.step + reads.lasts[0])
        for phase, (first, last) in enumerate(zip(reads.firsts, reads.lasts, strict=True)):
            if first <= last:
                cycles = self.thinned(period, phase).spread(reads.step)
                found = found.union(cycles.reaching((last - first) // reads.gap + 1, reads.gap).moved(first))
        return found


EMPTY = Positions(0, 0)


def _normal(first: int, bits: int) -> Positions:
    """The set with bit 0 set."""
    if not bits:
        return EMPTY
    gap = (bits & -bits).bit_length() - 1
    return Positions(first + gap, bits >> gap)


def whole(size: int) -> Positions:
    """All positions of an axis."""
    return Positions(0, (1 << size) - 1)


def union_of(sets: Iterable[Positions]) -> Positions:
    """Those of all sets."""
    found = EMPTY
    for positions in sets:
        found = found.union(positions)
    return found
