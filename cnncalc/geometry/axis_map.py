"""Which positions of an earlier axis each unit of a later one reads, as a periodic affine map.

A window gives one; maps compose, so the receptive field of a unit deep in the network is again an `AxisMap`, from its
units to the input's pixels.

The quantities are those of Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural Networks",
Distill 2019, doi:10.23915/distill.00021.
"""
# No postponed annotations here: named tuples compile each one that is a string, which takes half of the import.

from itertools import pairwise
from math import gcd, lcm
from operator import le, sub
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LARGEST_SIZE: Final = 2**62
"""A field larger than this, of an input whose size is below 2**31, is reported as one that sees the whole of it."""

LONGEST_PERIOD: Final = 4096
"""The most units of a pattern: a longer one counts as units that read all. Composing maps walks the product of their
periods, and the field of a deep network composes one for each layer."""


class AxisMap(NamedTuple):
    """Which positions each unit reads.

    Unit ``q * period + r`` reads those from ``firsts[r] + q * step`` to ``lasts[r] + q * step``.

    A window has period 1; upsampling by two has period 2 and step 1; where an axis is turned round the step is -1. Both
    ends are inclusive and not clipped to the image: they describe an interior unit. A unit that reads nothing, as
    between the taps of a transposed convolution whose stride is larger than its kernel, has a first position that is
    larger than its last. A layer's own map says that it reads every `gap`-th position between both ends, as dilated
    windows do; of what is read through several layers only the ends are known.

    >>> AxisMap((-1,), (1,), 2).interval(10)
    (19, 21)
    """

    firsts: tuple[int, ...]
    lasts: tuple[int, ...]
    step: int
    gap: int = 1

    @property
    def period(self) -> int:
        """The number of units after which the pattern repeats."""
        return len(self.firsts)

    @property
    def size(self) -> int:
        """The most positions that a unit reads, from its first to its last."""
        widest: int = max(map(sub, self.lasts, self.firsts))
        return max(0, widest + 1)

    @property
    def ordered(self) -> bool:
        """Whether every unit reads something, and begins and ends no sooner than the one before it."""
        if len(self.firsts) == 1:
            return self.firsts[0] <= self.lasts[0] and self.step >= 0
        following = ((*ends[1:], ends[0] + self.step) for ends in (self.firsts, self.lasts))
        return all(map(le, self.firsts, self.lasts)) and all(
            all(map(le, ends, after)) for ends, after in zip((self.firsts, self.lasts), following, strict=True)
        )

    def interval(self, unit: int) -> tuple[int, int]:
        """The first and last position that `unit` reads."""
        cycles, phase = divmod(unit, len(self.firsts))
        return self.firsts[phase] + cycles * self.step, self.lasts[phase] + cycles * self.step

    def span(self, first: int, last: int, gap: int = 1, *, ordered: bool | None = None) -> tuple[int, int]:
        """The first and last position that every `gap`-th unit from `first` to `last` reads together.

        `ordered` is that of the map, where it is known.

        >>> gaps = AxisMap((0, 1), (0, 0), 1)
        >>> gaps.span(0, 1), gaps.span(1, 1), gaps.span(1, 3, 2)
        ((0, 0), (1, 0), (1, 0))
        >>> AxisMap((9,), (9,), -1).span(0, 4)
        (5, 9)
        """
        start, end = self.interval(first)[0], self.interval(last)[1]
        if self.ordered if ordered is None else ordered:
            return (start, end) if first <= last else (start, start - 1)
        rounds = (self.period // gcd(self.period, gap) - 1) * gap
        early = map(self.interval, range(first, min(last, first + rounds) + 1, gap))
        late = map(self.interval, range(last, max(first, last - rounds) - 1, -gap))
        if self.step < 0:
            early, late = late, early
        return (
            min((a for a, b in early if a <= b), default=start),
            max((b for a, b in late if a <= b), default=start - 1),
        )

    def compose(self, earlier: "AxisMap") -> "AxisMap":
        """What the units read through an earlier map: composition, earlier map first.

        >>> conv = AxisMap((-1,), (1,), 1)
        >>> conv.compose(conv).size
        5
        """
        ordered = earlier.ordered
        if len(self.firsts) == 1 == len(earlier.firsts) and ordered:
            stride = earlier.step
            return AxisMap(
                (earlier.firsts[0] + self.firsts[0] * stride,),
                (earlier.lasts[0] + self.lasts[0] * stride,),
                self.step * stride,
            )
        cycles = earlier.period // gcd(earlier.period, self.step)
        units = range(cycles * self.period)
        reads = [earlier.span(*self.interval(unit), self.gap, ordered=ordered) for unit in units]
        return AxisMap(
            tuple(first for first, _ in reads),
            tuple(last for _, last in reads),
            cycles * self.step * earlier.step // earlier.period,
        ).reduced()

    @property
    def skips(self) -> bool:
        """Whether units together may leave out positions between those that they read, or at borders.

        >>> AxisMap((0,), (2,), 3).skips, AxisMap((0,), (1,), 3).skips
        (False, True)
        """
        turned = self.step < 0 and len(self.firsts) == 1 and self.firsts[0] <= self.lasts[0]
        return not (self.ordered or turned) or self.gap > 1 or abs(self.step) > self.period * self.size

    def same_rate(self, other: "AxisMap") -> bool:
        """Whether both advance by the same number of positions from unit to unit."""
        return self.step * other.period == other.step * self.period

    def hull(self, other: "AxisMap") -> "AxisMap":
        """The smallest map that covers both, which must have the same rate."""
        period = lcm(self.period, other.period)
        pairs = [interval_hull(self.interval(unit), other.interval(unit)) for unit in range(period)]
        return AxisMap(
            tuple(first for first, _ in pairs),
            tuple(last for _, last in pairs),
            self.step * period // self.period,
        ).reduced()

    def same_centres(self, other: "AxisMap") -> bool:
        """Whether every unit's interval has the same centre in both maps, if it reads anything by both."""
        pairs = ((self.interval(unit), other.interval(unit)) for unit in range(lcm(self.period, other.period)))
        return self.same_rate(other) and all(sum(a) == sum(b) or a[0] > a[1] or b[0] > b[1] for a, b in pairs)

    def reduced(self) -> "AxisMap":
        """The same map with the shortest period.

        >>> AxisMap((0, 0, 2, 2), (1, 1, 3, 3), 4).reduced()
        AxisMap(firsts=(0, 0), lasts=(1, 1), step=2, gap=1)
        """
        period = self.period
        if period == 1:
            return self
        ends = [*zip(self.firsts, self.lasts, strict=True), self.interval(period)]
        advances = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(ends)]
        shortest = next(shorter for shorter in periods(advances) if period % shorter == 0)
        if shortest == period:
            return self
        return AxisMap(self.firsts[:shortest], self.lasts[:shortest], self.step * shortest // period, self.gap)


def periods(row: "Sequence[object]") -> "Iterator[int]":
    """The numbers p, shortest first, with ``row[n + p] == row[n]`` for all n: in linear time.

    They are the lengths less those of the borders, which are both a beginning and an end of the row (Knuth, Morris and
    Pratt, "Fast pattern matching in strings", SIAM J. Comput. 6, 1977, doi:10.1137/0206024).

    >>> list(periods("abaab" * 2 + "a")), list(periods("aab"))
    ([5, 8, 10, 11], [3])
    """
    borders = [0] * (len(row) + 1)
    border = 0
    for length in range(2, len(row) + 1):
        while border and row[border] != row[length - 1]:
            border = borders[border]
        border += row[border] == row[length - 1]
        borders[length] = border
    border = borders[len(row)]
    while border:
        yield len(row) - border
        border = borders[border]
    yield len(row)


IDENTITY: Final = AxisMap((0,), (0,), 1)
"""Each unit reads the position of its own number."""


def interval_hull(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
    """The smallest interval that covers two, of which each may be empty."""
    if a[0] > a[1] or b[0] > b[1]:
        return a if b[0] > b[1] else b
    return min(a[0], b[0]), max(a[1], b[1])


def rate(reads: AxisMap) -> tuple[int, int] | None:
    """How much neighbours advance, as a fraction; None for units that begin again and again at the same place.

    >>> rate(AxisMap((0, 0), (0, 1), 1)), rate(AxisMap((0, 1), (0, 1), 0))
    ((1, 2), None)
    """
    step, period = reads.step, len(reads.firsts)
    if not step and period > 1:
        return None
    common = gcd(step, period)
    return step // common, period // common
