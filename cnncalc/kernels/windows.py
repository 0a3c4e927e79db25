"""Windows along the axes of an array, walked without padding: what lies outside of the array is never made.

`AxisWindow` is what a caller says of a window: its numbers along one axis. How many positions it has is not among
them: the kernels count those by themselves, from the array that is there. Execution can so be held against the
shapes and the receptive fields that the layers compute, and neither may take the other's word.

A window may be very much larger than the array, by its kernel, its dilation or its padding. So each kernel walks only
the taps and the positions that lie on values, in boxes of positions that are small enough for its scratch arrays.
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


class AxisWindow(NamedTuple):
    """A window along one axis: `kernel_size` taps, `dilation` apart, from one position to the next by `stride`.

    `padding` is before and after: around the input of a convolution or a pool, cut off the output of a transposed
    convolution. `ceil_mode` keeps a last window that overhangs the end; `output_padding` lengthens the output of a
    transposed convolution at its end.
    """

    kernel_size: int
    stride: int = 1
    dilation: int = 1
    padding: tuple[int, int] = (0, 0)
    ceil_mode: bool = False
    output_padding: int = 0

    @property
    def extent(self) -> int:
        """The values from the first tap to the last, both included."""
        return self.dilation * (self.kernel_size - 1) + 1

    def slide_over(self, size: int) -> SlidingWindow:
        """The window at every position that an axis of `size` values has with its padding.

        Under `ceil_mode` the axis is longer by a last window that overhangs, but one that would start behind the
        input and the padding before it is dropped.

        >>> AxisWindow(kernel_size=3, stride=2, padding=(1, 0)).slide_over(9)
        SlidingWindow(size=9, kernel_size=3, stride=2, dilation=1, before=1, positions=4)
        """
        before, after = self.padding
        starts = size + before + after - self.extent + 1
        if self.ceil_mode:
            starts = min(starts + self.stride - 1, size + before)
        positions = len(range(0, max(starts, 0), self.stride))
        return SlidingWindow(size, self.kernel_size, self.stride, self.dilation, before, positions)

    def spread_from(self, positions: int) -> SlidingWindow:
        """The window on the axis that a transposed convolution makes of so many values, each of which is a position.

        >>> AxisWindow(kernel_size=3, stride=2, padding=(1, 0)).spread_from(4)
        SlidingWindow(size=8, kernel_size=3, stride=2, dilation=1, before=1, positions=4)
        """
        size = (positions - 1) * self.stride + self.extent - sum(self.padding) + self.output_padding
        return SlidingWindow(size, self.kernel_size, self.stride, self.dilation, self.padding[0], positions)


class SlidingWindow(NamedTuple):
    """A window on an axis of `size` values: position p puts tap t on the value ``p stride + t dilation - before``.

    >>> window = SlidingWindow(size=9, kernel_size=3, stride=1, dilation=4, before=4, positions=9)
    >>> window.overlap(0)
    (slice(4, 9, None), slice(0, 5, 1))
    """

    size: int
    kernel_size: int
    stride: int
    dilation: int
    before: int
    positions: int

    def taps(self) -> range:
        """The taps that may lie on a value at some position; those before and behind do at none.

        Also without any, its ends are places in the kernel, as of a slice: at positions behind all values they are not
        counted from the end.

        >>> AxisWindow(kernel_size=1001, padding=(500, 500)).slide_over(9).taps()
        range(492, 509)
        >>> AxisWindow(3, padding=(0, 9)).slide_over(4).at((6, 2)).taps()
        range(0, 0)
        """
        first = -(-(self.before - (self.positions - 1) * self.stride) // self.dilation)
        last = (self.before + self.size - 1) // self.dilation
        return range(max(first, 0), max(min(last, self.kernel_size - 1) + 1, 0))

    def most_taps(self, positions: int) -> int:
        """The most taps that lie on values at `positions` positions in a row."""
        return max(min(self.kernel_size, (self.size - 1 + (positions - 1) * self.stride) // self.dilation + 1), 0)

    def overlap(self, tap: int) -> tuple[slice, slice] | None:
        """The positions at which a tap lies on values, and these values; None where there are none."""
        offset = self.before - tap * self.dilation
        first = max(-(-offset // self.stride), 0)
        last = min((offset + self.size - 1) // self.stride, self.positions - 1)
        if last < first:
            return None
        return slice(first, last + 1), slice(first * self.stride - offset, last * self.stride - offset + 1, self.stride)

    def overlaps(self) -> list[tuple[int, slice, slice]]:
        """The taps that lie on values, each with the positions and the values."""
        found = ((tap, self.overlap(tap)) for tap in self.taps())
        return [(tap, *places) for tap, places in found if places is not None]

    def values_under(self, taps: range) -> range:
        """The values from the first to the last that some taps span at all positions; also outside of the axis."""
        start = taps.start * self.dilation - self.before
        return range(start, start + (len(taps) - 1) * self.dilation + (self.positions - 1) * self.stride + 1)

    def at(self, span: Span) -> SlidingWindow:
        """The window at some of its positions only, on the same values."""
        first, count = span
        return self._replace(before=self.before - first * self.stride, positions=count)

    def restricted(self, span: Span) -> tuple[slice, SlidingWindow]:
        """The values that some of the positions read, and the window as it lies on those."""
        window = self.at(span)
        taps = window.taps()
        if not taps:
            return slice(0, 0), window._replace(size=0)
        low = max(taps[0] * self.dilation - window.before, 0)
        high = min((window.positions - 1) * self.stride + taps[-1] * self.dilation - window.before, self.size - 1)
        return slice(low, high + 1), window._replace(size=high + 1 - low, before=window.before + low)


def slide_over(sizes: Sequence[int], windows: Sequence[AxisWindow]) -> list[SlidingWindow]:
    """The windows of an array with so many values along each axis."""
    return [window.slide_over(size) for window, size in zip(windows, sizes, strict=True)]


def boxes(sizes: Sequence[int], fits: Callable[[Sequence[int]], bool]) -> Iterator[tuple[Span, ...]]:
    """Boxes of positions that together are all; `fits` says whether one with so many along each axis is small enough.

    The first axes are cut first, so that what a box holds lies together.

    >>> [box for box in boxes([2, 3], at_most(3))]
    [((0, 1), (0, 3)), ((1, 1), (0, 3))]
    """
    counts = list(sizes)
    for axis in range(len(counts)):
        while counts[axis] > 1 and not fits(counts):
            counts[axis] = -(-counts[axis] // 2)
    spans = (
        [(first, min(count, size - first)) for first in range(0, size, count or 1)]
        for size, count in zip(sizes, counts, strict=True)
    )
    return product(*spans)


def at_most(positions: int) -> Callable[[Sequence[int]], bool]:
    """Whether a box holds at most so many positions."""
    return lambda counts: prod(counts) <= positions


def slices(box: Iterable[Span]) -> Index:
    """The index of a box in an array."""
    return tuple(slice(first, first + count) for first, count in box)


def restricted(windows: Iterable[SlidingWindow], box: Iterable[Span]) -> tuple[Index, list[SlidingWindow]]:
    """The values that a box of positions reads along each axis, and the windows as they lie on those."""
    found = [window.restricted(span) for window, span in zip(windows, box, strict=True)]
    return tuple(values for values, _ in found), [window for _, window in found]


def overlaps(windows: Iterable[SlidingWindow]) -> Iterator[tuple[Index, Index, Index]]:
    """Each tap that lies on values: its number along each axis, the positions at which it does, and the values."""
    for along in product(*(window.overlaps() for window in windows)):
        taps, positions, values = zip(*along, strict=True)
        yield taps, positions, values
