"""Pooling. Windows are rectangles, so each axis is reduced by itself, tap by tap.

They are for floats. An extremum is one of the values, unchanged, and a mean of values that are 0 or 1 is above 0
exactly where a 1 is under the window: the proof of receptive fields counts on both, and not on norms, which may
overflow.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

import numpy as np

from cnncalc.kernels.arrays import BOX, mean_over
from cnncalc.kernels.threads import LEAST, in_threads
from cnncalc.kernels.windows import at_most, boxes, restricted, slices, slide_over

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cnncalc.kernels.arrays import Array
    from cnncalc.kernels.windows import AxisWindow, Index, SlidingWindow, Span

    ReduceAxis = Callable[[Array, int, SlidingWindow, Span], Array]
    """Pools an axis, counted as the array does, under a window; the span says which of all positions these are."""


def max_pool(x: Array, windows: Sequence[AxisWindow]) -> Array:
    """The maximum over each window of ``(N, C, *I)``."""

    def maximum(part: Array, axis: int, window: SlidingWindow, _: Span) -> Array:
        return _reduced(np.maximum, part, axis, window, -np.inf)

    return _axis_by_axis(maximum, x, windows)


def min_pool(x: Array, windows: Sequence[AxisWindow]) -> Array:
    """The minimum over each window of ``(N, C, *I)``."""

    def minimum(part: Array, axis: int, window: SlidingWindow, _: Span) -> Array:
        return _reduced(np.minimum, part, axis, window, np.inf)

    return _axis_by_axis(minimum, x, windows)


def avg_pool(
    x: Array, windows: Sequence[AxisWindow], *, count_include_pad: bool = True, divisor: int | None = None
) -> Array:
    """The mean over each window of ``(N, C, *I)``, or its sum divided by `divisor`.

    What overhangs the padded input is never counted.
    """
    whole = slide_over(x.shape[2:], windows)

    def mean(part: Array, axis: int, window: SlidingWindow, span: Span) -> Array:
        total = _reduced(np.add, part, axis, window, 0.0)
        if divisor is None:
            padding = windows[axis - 2].padding if count_include_pad else (0, 0)
            total /= _along(position_counts(whole[axis - 2], span, padding).astype(total.dtype), axis, total.ndim)
        return total

    pooled = _axis_by_axis(mean, x, windows)
    if divisor is not None:
        pooled /= divisor
    return pooled


def lp_pool(x: Array, windows: Sequence[AxisWindow], p: float) -> Array:
    """The Lp norm of each window of ``(N, C, *I)``, scaled by its largest value so that no power overflows."""

    def norm(part: Array, axis: int, window: SlidingWindow, _: Span) -> Array:
        largest = _reduced(np.maximum, part, axis, window, 0.0)
        np.maximum(largest, -_reduced(np.minimum, part, axis, window, 0.0), out=largest)
        scale = np.where(largest > 0, largest, part.dtype.type(1))
        powers = np.zeros_like(largest)
        leading: Index = (slice(None),) * axis
        for _tap, positions, values in window.overlaps():
            powers[*leading, positions] += np.abs(part[*leading, values] / scale[*leading, positions]) ** p
        pooled: Array = largest * powers ** (1 / p)
        return pooled

    return _axis_by_axis(norm, x, windows)


def _axis_by_axis(reduce: ReduceAxis, x: Array, windows: Sequence[AxisWindow]) -> Array:
    """All positions, of some channels and positions at a time where what is between two axes would be large."""
    sliding = slide_over(x.shape[2:], windows)
    sizes = (*x.shape[:2], *(window.positions for window in sliding))
    output = np.empty(sizes, x.dtype)

    def work(box: tuple[Span, ...]) -> None:
        values, parts = restricted(sliding, box[2:])
        pooled: Array = x[*slices(box[:2]), *values]
        for axis, (window, span) in enumerate(zip(parts, box[2:], strict=True), 2):
            pooled = reduce(pooled, axis, window, span)
        output[slices(box)] = pooled

    read = -(-prod(x.shape[2:]) // max(prod(sizes[2:]), 1))
    found = boxes(sizes, at_most(max(BOX // max(read, 1), 1)))
    if x.size > LEAST:
        in_threads(work, found)
    else:
        for box in found:
            work(box)
    return output


def position_counts(window: SlidingWindow, span: Span, padding: tuple[int, int]) -> Array:
    """How many taps lie on values or padding that counts, at some of the positions."""
    first, count = span
    starts = np.arange(first, first + count) * window.stride - window.before
    earliest = np.maximum(-((starts + padding[0]) // window.dilation), 0)
    latest = np.minimum((window.size + padding[1] - 1 - starts) // window.dilation, window.kernel_size - 1)
    return latest - earliest + 1


def _along(values: Array, axis: int, ndim: int) -> Array:
    """A vector that broadcasts along one axis of an array with so many."""
    return values.reshape(-1, *(1,) * (ndim - 1 - axis))


def _reduced(operation: np.ufunc, x: Array, axis: int, window: SlidingWindow, fill: float) -> Array:
    """All values under the window along one axis merged into a new array, `fill` where there are none."""
    leading: Index = (slice(None),) * axis
    taps = window.overlaps()
    everywhere = slice(0, window.positions)
    # A tap that lies on values at every position is the start, so that nothing has to be filled.
    start = next((number for number, (_, positions, _) in enumerate(taps) if positions == everywhere), None)
    if start is None:
        result = np.full((*x.shape[:axis], window.positions, *x.shape[axis + 1 :]), fill, x.dtype)
    else:
        result = x[*leading, taps.pop(start)[2]].copy()
    for _, positions, values in taps:
        target = result[*leading, positions]
        operation(target, x[*leading, values], out=target)
    return result


def adaptive_avg_pool(x: Array, output_size: Sequence[int | None]) -> Array:
    """The mean over windows from floor(i I / O) to ceil((i + 1) I / O)."""
    for axis, after in _shrinking_first(x, output_size):
        before = x.shape[axis]
        x = _adaptive(np.add, x, axis, after)
        starts, ends = _adaptive_windows(before, after, slice(0, after))
        x /= _along((ends - starts).astype(x.dtype), axis, x.ndim)
    return x


def adaptive_max_pool(x: Array, output_size: Sequence[int | None]) -> Array:
    """The maximum over windows from floor(i I / O) to ceil((i + 1) I / O)."""
    for axis, after in _shrinking_first(x, output_size):
        x = _adaptive(np.maximum, x, axis, after)
    return x


def _shrinking_first(x: Array, output_size: Sequence[int | None]) -> list[tuple[int, int]]:
    """The axes that are pooled and their sizes after; what is between is so no larger than the input or the output."""
    wanted = [(axis, after) for axis, after in enumerate(output_size, 2) if after is not None]
    return sorted(wanted, key=lambda pair: pair[1] / x.shape[pair[0]])


def _adaptive_windows(before: int, after: int, units: slice) -> tuple[Array, Array]:
    """Where the windows of some of `after` positions begin and end."""
    numbers = np.arange(units.start, units.stop, dtype=np.int64)
    return numbers * before // after, -(-(numbers + 1) * before // after)


def _adaptive(operation: np.ufunc, x: Array, axis: int, after: int) -> Array:
    """The values of each window merged: window by window, or tap by tap if windows have fewer taps."""
    before = x.shape[axis]
    output = np.empty((*x.shape[:axis], after, *x.shape[axis + 1 :]), x.dtype)
    leading: Index = (slice(None),) * axis
    by_window = after <= -(-before // after)
    at_once = max(BOX * after // max(output.size, 1), 1)
    for first in range(0, after, at_once):
        chosen = slice(first, min(first + at_once, after))
        starts, ends = _adaptive_windows(before, after, chosen)
        if not by_window:
            output[*leading, chosen] = _tap_by_tap(operation, x, axis, starts, ends)
            continue
        for unit, (start, end) in enumerate(zip(starts, ends, strict=True), first):
            operation.reduce(x[*leading, start:end], axis, out=output[*leading, unit])
    return output


def _tap_by_tap(operation: np.ufunc, x: Array, axis: int, starts: Array, ends: Array) -> Array:
    """Windows of few values: the first of each, with the second of those that have one, and so on."""
    output = np.take(x, starts, axis)
    leading: Index = (slice(None),) * axis
    for tap in range(1, int((ends - starts).max())):
        units = np.flatnonzero(starts + tap < ends)
        output[*leading, units] = operation(output[*leading, units], np.take(x, starts[units] + tap, axis))
    return output


def region_max(x: Array, regions: Sequence[Sequence[Span]]) -> Array:
    """The maximum over given regions of ``(N, C, *I)``: for each axis the first and last value of each."""
    for axis, spans in enumerate(regions, 2):
        x = _by_region(np.maximum, x, axis, spans)
    return x


def region_mean(x: Array, regions: Sequence[Sequence[Span]]) -> Array:
    """The mean over given regions of ``(N, C, *I)``: for each axis the first and last value of each."""
    for axis, spans in enumerate(regions, 2):
        counts = np.array([last + 1 - first for first, last in spans], x.dtype)
        x = _by_region(np.add, x, axis, spans)
        x /= _along(counts, axis, x.ndim)
    return x


def _by_region(operation: np.ufunc, x: Array, axis: int, spans: Sequence[Span]) -> Array:
    """The values of each region along an axis merged."""
    output = np.empty((*x.shape[:axis], len(spans), *x.shape[axis + 1 :]), x.dtype)
    leading: Index = (slice(None),) * axis
    for unit, (first, last) in enumerate(spans):
        operation.reduce(x[*leading, first : last + 1], axis, out=output[*leading, unit])
    return output


def global_avg_pool(x: Array) -> Array:
    """The mean of each channel, with its spatial axes kept at 1."""
    return mean_over(x, range(2, x.ndim))


def global_max_pool(x: Array) -> Array:
    """The maximum of each channel, with its spatial axes kept at 1."""
    maximum: Array = x.max(tuple(range(2, x.ndim)), keepdims=True)
    return maximum
