"""What windows read whose places follow from a quotient: those of adaptive pools and of resampling."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from math import gcd
from typing import TYPE_CHECKING, Final, NamedTuple

from cnncalc.geometry.access import SAME, Access, Whole
from cnncalc.geometry.axis_map import IDENTITY, LONGEST_PERIOD, AxisMap

if TYPE_CHECKING:
    from collections.abc import Callable
    from fractions import Fraction

    from cnncalc.geometry.index_set import IndexSet


def adaptive(before: int, after: int) -> Access:
    """How the windows of an adaptive pool read `before` positions to make `after` of them."""
    if before == after:
        return SAME
    return Whole(before) if after == 1 else Adaptive(before, after)


class Adaptive(Access):
    """Unit i of `after` reads the positions from ``floor(i before / after)`` to ``ceil((i + 1) before / after) - 1``.

    The pattern repeats after ``after / gcd(before, after)`` units.

    >>> Adaptive(5, 3).hull()
    AxisMap(firsts=(0, 1, 3), lasts=(1, 3, 4), step=5, gap=1)
    """

    __slots__ = ("after", "before")

    def __init__(self, before: int, after: int) -> None:
        self.before = before
        self.after = after

    def ends(self, unit: int) -> tuple[int, int]:
        """The first and last position that a unit reads."""
        return unit * self.before // self.after, -(-(unit + 1) * self.before // self.after) - 1

    def hull(self) -> AxisMap | None:
        """The windows themselves; None where their pattern is too long."""
        common = gcd(self.before, self.after)
        period = self.after // common
        if period > LONGEST_PERIOD:
            return None
        spans = [self.ends(unit) for unit in range(period)]
        return AxisMap(tuple(first for first, _ in spans), tuple(last for _, last in spans), self.before // common)

    def read_by(self, units: IndexSet) -> IndexSet:
        """The windows themselves, however irregular they are."""
        from cnncalc.geometry.quotient_windows import read_by_spans

        common = gcd(self.before, self.after)
        pattern = (self.after // common, self.before // common)
        return read_by_spans(units, self.ends, pattern, dense_step=1 + (self.after - 1) // self.before)


REACH: Final = {"nearest": (0, 0), "linear": (0, 1), "cubic": (-1, 2)}
"""The first and last tap of each interpolation, from the position before, where the source lies between positions."""


class Source(NamedTuple):
    """Where the outputs lie along an axis of the input: output i at ``(step i + offset) / denominator``."""

    step: int
    offset: int
    denominator: int

    def pattern(self) -> tuple[int, int]:
        """After how many outputs the places repeat, and by how many positions those are further on."""
        common = gcd(self.step, self.denominator)
        return self.denominator // common, self.step // common


class Resampled(Access):
    """Each unit reads the positions of an axis of `size` around its source that have a weight other than 0.

    `interpolation` is `nearest`, `linear` or `cubic`; beyond the ends lies the value there, once more.

    >>> Resampled(Source(2, -1, 4), "linear", 5).hull()
    AxisMap(firsts=(-1, 0), lasts=(0, 1), step=1, gap=1)
    """

    __slots__ = ("interpolation", "size", "source")

    def __init__(self, source: Source, interpolation: str, size: int) -> None:
        self.source = source
        self.interpolation = interpolation
        self.size = size

    def ends(self, unit: int) -> tuple[int, int]:
        """The first and last position that a unit reads, not clipped.

        >>> Resampled(Source(2, -1, 4), "linear", 5).ends(0)
        (-1, 0)
        """
        place, between = divmod(self.source.step * unit + self.source.offset, self.source.denominator)
        first, last = REACH[self.interpolation] if between else (0, 0)
        return place + first, place + last

    def hull(self) -> AxisMap | None:
        """The taps with a weight; None where their pattern is too long."""
        period, advance = self.source.pattern()
        if period > LONGEST_PERIOD:
            return None
        spans = [self.ends(unit) for unit in range(period)]
        found = AxisMap(tuple(first for first, _ in spans), tuple(last for _, last in spans), advance)
        return IDENTITY if found == IDENTITY else found

    def read_by(self, units: IndexSet) -> IndexSet:
        """The taps with a weight; at the border those that stand for what lies outside.

        >>> from cnncalc.geometry.index_set import IndexSet
        >>> list(Resampled(Source(2, -1, 4), "linear", 5).read_by(IndexSet.span(0, 2)).each())
        [0, 1]
        """
        from cnncalc.geometry.quotient_windows import read_by_spans

        dense_step = self.source.denominator // max(self.source.step, 1)
        return read_by_spans(units, self.ends, self.source.pattern(), dense_step).clamped(self.size)


class Filtered(Access):
    """Each unit reads the positions of an axis of `size` under a kernel around its source, widened where that steps on.

    A `linear` kernel reaches one step to each side and a `cubic` one two, where a step is at least one position;
    positions outside the axis have no weight. At one step from its source a cubic kernel is 0.

    >>> Filtered(Source(6, 2, 2), "linear", 12).hull()
    AxisMap(firsts=(-1,), lasts=(3,), step=3, gap=1)
    """

    __slots__ = ("interpolation", "reach", "size", "source", "wide")

    def __init__(self, source: Source, interpolation: str, size: int) -> None:
        self.source = source
        self.interpolation = interpolation
        self.size = size
        self.wide = max(source.step, source.denominator)
        self.reach = 2 if interpolation == "cubic" else 1

    def between(self, unit: int, low: int, high: int) -> tuple[int, int]:
        """The first and last position between `low` and `high` steps from the source of a unit, both excluded."""
        step, offset, denominator = self.source
        place = step * unit + offset
        return (place + low * self.wide) // denominator + 1, -(-(place + high * self.wide) // denominator) - 1

    def hull(self) -> AxisMap | None:
        """From the first position with a weight to the last; None where their pattern is too long."""
        period, advance = self.source.pattern()
        if period > LONGEST_PERIOD:
            return None
        spans = [self.between(unit, -self.reach, self.reach) for unit in range(period)]
        found = AxisMap(tuple(first for first, _ in spans), tuple(last for _, last in spans), advance)
        return IDENTITY if found == IDENTITY else found

    def read_by(self, units: IndexSet) -> IndexSet:
        """The positions with a weight.

        >>> from cnncalc.geometry.index_set import IndexSet
        >>> list(Filtered(Source(6, 2, 2), "cubic", 12).read_by(IndexSet.span(1, 1)).each())
        [0, 2, 3, 4, 5, 6, 8, 9]
        """
        from cnncalc.geometry.index_set import union_of
        from cnncalc.geometry.quotient_windows import read_by_spans

        edges = (-2, -1, 1, 2) if self.reach == 2 else (-1, 1)
        pattern = self.source.pattern()
        parts = (
            read_by_spans(units, partial(self.between, low=low, high=high), pattern, dense_step=0)
            for low, high in pairwise(edges)
        )
        return union_of(parts).within(self.size)


class Spans(Access):
    """Each of `units` reads the positions of an axis of `size` from the first to the last of its `span`.

    `pattern` is a number of units, and how much further those read that are so many behind. All spans have `length`
    positions, if it is given.

    >>> Spans(lambda unit: (3 * unit, 3 * unit + 1), 3, (1, 3), 9).hull()
    AxisMap(firsts=(0,), lasts=(1,), step=3, gap=1)
    """

    __slots__ = ("length", "pattern", "size", "span", "units")

    def __init__(
        self,
        span: Callable[[int], tuple[int, int]],
        units: int,
        pattern: tuple[int, int],
        size: int,
        length: int | None = None,
    ) -> None:
        self.span = span
        self.units = units
        self.size = size
        self.length = length
        common = gcd(*pattern)
        self.pattern = (pattern[0] // common, pattern[1] // common)

    def total(self) -> int:
        """The positions that all units read, those of several once for each."""
        if self.length is not None:
            return self.units * self.length
        ends = map(self.span, range(self.units))
        return sum(last + 1 - first for first, last in ends)

    def hull(self) -> AxisMap | None:
        """The spans themselves; None where their pattern is too long."""
        period, advance = self.pattern
        if period > LONGEST_PERIOD:
            return None
        ends = [self.span(unit) for unit in range(period)]
        found = AxisMap(tuple(first for first, _ in ends), tuple(last for _, last in ends), advance)
        return IDENTITY if found == IDENTITY else found

    def read_by(self, units: IndexSet) -> IndexSet:
        """The spans themselves."""
        from cnncalc.geometry.quotient_windows import read_by_spans

        return read_by_spans(units, self.span, self.pattern, dense_step=0).within(self.size)


def simplest(number: float) -> Fraction:
    """The fraction that a number above 0 was meant to be: the simplest one that is the same float, if it is short.

    >>> simplest(1.1), simplest(2 / 3)
    (Fraction(11, 10), Fraction(2, 3))
    """
    from fractions import Fraction

    short = Fraction(number).limit_denominator(LONGEST_PERIOD)
    return short if float(short) == number else Fraction(number)
