"""Windows along the axes of an array, walked without padding: what lies outside of the array is never made.

A window may be very much larger than the array, by its kernel, its dilation or its padding. So each kernel walks only
the taps and the positions that meet values, in boxes of positions that are small enough for its scratch arrays.
"""

from __future__ import annotations

from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

SCRATCH_BYTES: Final = 2**24
"""About the most memory that a kernel takes beside its inputs and its output."""

Index = tuple[Any, ...]
"""What an array is indexed with: numbers, slices and an ellipsis."""

Span = tuple[int, int]
"""The first of some positions, and their number."""


class Axis(NamedTuple):
    """A window along an axis of `size` values: position p puts tap t on the value ``p stride + t dilation - before``.

    >>> axis = Axis(size=9, kernel=3, stride=1, dilation=4, before=4, positions=9)
    >>> axis.meeting(0)
    (slice(4, 9, None), slice(0, 5, 1))
    """

    size: int
    kernel: int
    stride: int
    dilation: int
    before: int
    positions: int

    def taps(self) -> range:
        """The taps that may meet a value at some position; those before and behind meet none at any.

        >>> Axis(size=9, kernel=1001, stride=1, dilation=1, before=500, positions=9).taps()
        range(492, 509)
        """
        first = -(-(self.before - (self.positions - 1) * self.stride) // self.dilation)
        last = (self.before + self.size - 1) // self.dilation
        return range(max(first, 0), min(last, self.kernel - 1) + 1)

    def most_taps(self, positions: int) -> int:
        """The most taps that meet values at `positions` positions in a row."""
        return max(min(self.kernel, (self.size - 1 + (positions - 1) * self.stride) // self.dilation + 1), 0)

    def meeting(self, tap: int) -> tuple[slice, slice] | None:
        """The positions at which a tap meets values, and these values; None where there are none."""
        offset = self.before - tap * self.dilation
        first, last = (
            max(-(-offset // self.stride), 0),
            min((offset + self.size - 1) // self.stride, self.positions - 1),
        )
        if last < first:
            return None
        return slice(first, last + 1), slice(first * self.stride - offset, last * self.stride - offset + 1, self.stride)

    def met(self) -> list[tuple[int, slice, slice]]:
        """The taps that meet values, each with the positions and the values."""
        found = ((tap, self.meeting(tap)) for tap in self.taps())
        return [(tap, *places) for tap, places in found if places is not None]

    def reach(self, taps: range) -> Span:
        """Where the values begin and end that some taps span at all positions; also outside of the axis."""
        start = taps.start * self.dilation - self.before
        return start, start + (len(taps) - 1) * self.dilation + (self.positions - 1) * self.stride + 1

    def part(self, span: Span) -> tuple[slice, Axis]:
        """The values that some of the positions reach, and the window as it lies on those."""
        first, count = span
        moved = self._replace(before=self.before - first * self.stride, positions=count)
        taps = moved.taps()
        if not taps:
            return slice(0, 0), moved._replace(size=0)
        low = max(taps[0] * self.dilation - moved.before, 0)
        high = min((count - 1) * self.stride + taps[-1] * self.dilation - moved.before, self.size - 1)
        return slice(low, high + 1), moved._replace(size=high + 1 - low, before=moved.before + low)


def axes_of(
    sizes: Sequence[int],
    kernel: Sequence[int],
    stride: Sequence[int],
    dilation: Sequence[int],
    pads: Sequence[tuple[int, int]],
    *,
    ceil_mode: bool = False,
) -> list[Axis]:
    """The windows of an array with so many values along each axis, at every position that the padded array has.

    Under `ceil_mode` the axis is longer by a last window that overhangs, but one that would start behind the input
    and the padding before it is dropped.
    """
    axes = []
    for n, k, s, d, (before, after) in zip(sizes, kernel, stride, dilation, pads, strict=True):
        starts = n + before + after - d * (k - 1)
        if ceil_mode:
            starts = min(starts + s - 1, n + before)
        axes.append(Axis(n, k, s, d, before, len(range(0, max(starts, 0), s))))
    return axes


def boxes(sizes: Sequence[int], fits: Callable[[Sequence[int]], bool]) -> Iterator[tuple[Span, ...]]:
    """Boxes of positions that together are all; `fits` says whether one with so many along each axis is small enough.

    The first axes are cut first, so that what a box holds lies together.

    >>> [box for box in boxes([2, 3], lambda counts: counts[0] * counts[1] <= 3)]
    [((0, 1), (0, 3)), ((1, 1), (0, 3))]
    """
    counts = list(sizes)
    for axis in range(len(counts)):
        while counts[axis] > 1 and not fits(counts):
            counts[axis] = -(-counts[axis] // 2)
    return product(
        *([(at, min(count, n - at)) for at in range(0, n, count or 1)] for n, count in zip(sizes, counts, strict=True))
    )


def at(*index: Any) -> Index:
    """A tuple to index an array with: the arguments."""
    return index


def within(values: int) -> Callable[[Sequence[int]], bool]:
    """Whether a box holds at most so many positions."""
    return lambda counts: prod(counts) <= values


def slices(box: Iterable[Span]) -> Index:
    """The index of a box in an array."""
    return tuple(slice(first, first + count) for first, count in box)


def parts(axes: Iterable[Axis], box: Iterable[Span]) -> tuple[Index, list[Axis]]:
    """The values that a box of positions reaches along each axis, and the windows as they lie on those."""
    found = [axis.part(span) for axis, span in zip(axes, box, strict=True)]
    return tuple(values for values, _ in found), [axis for _, axis in found]


def meetings(axes: Iterable[Axis]) -> Iterator[tuple[Index, Index, Index]]:
    """Each tap that meets values: its number along each axis, the positions at which it does, and the values."""
    for along in product(*(axis.met() for axis in axes)):
        taps, positions, values = zip(*along, strict=True)
        yield taps, positions, values
