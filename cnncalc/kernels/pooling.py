"""Pooling. Windows are rectangles, so each axis is reduced by itself, tap by tap."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cnncalc.kernels.arrays import BOX
from cnncalc.kernels.windows import SCRATCH_BYTES, Axis, at, axes_of, boxes, parts, slices, within

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cnncalc.kernels.arrays import Array
    from cnncalc.kernels.windows import Span

    Make = Callable[[Array, list[Axis], Sequence[Span]], Array]
    """Makes the output of a box of positions, of the values that it reaches."""


def max_pool(
    x: Array,
    *,
    kernel_size: Sequence[int],
    stride: Sequence[int],
    dilation: Sequence[int],
    pads: Sequence[tuple[int, int]],
    ceil_mode: bool = False,
) -> Array:
    """The maximum over each window of ``(N, C, *I)``."""
    axes = axes_of(x.shape[2:], kernel_size, stride, dilation, pads, ceil_mode=ceil_mode)

    def maximum(part: Array, axes: list[Axis], _: Sequence[Span]) -> Array:
        for number, axis in enumerate(axes, 2):
            part = _reduced(np.maximum, part, number, axis, -np.inf)
        return part

    return _in_boxes(maximum, x, axes)


def avg_pool(
    x: Array,
    *,
    kernel_size: Sequence[int],
    stride: Sequence[int],
    dilation: Sequence[int],
    pads: Sequence[tuple[int, int]],
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor: int | None = None,
) -> Array:
    """The mean over each window of ``(N, C, *I)``, or its sum divided by `divisor`.

    What overhangs the padded input is never counted.
    """
    axes = axes_of(x.shape[2:], kernel_size, stride, dilation, pads, ceil_mode=ceil_mode)
    counted = pads if count_include_pad else [(0, 0)] * len(axes)

    def mean(part: Array, axes: list[Axis], box: Sequence[Span]) -> Array:
        for number, (axis, whole, span, padded) in enumerate(zip(axes, everywhere, box, counted, strict=True), 2):
            part = _reduced(np.add, part, number, axis, 0.0)
            if divisor is None:
                part /= _counts(whole, span, padded).astype(part.dtype).reshape(-1, *(1,) * (part.ndim - 1 - number))
        if divisor is not None:
            part /= divisor
        return part

    everywhere = axes
    return _in_boxes(mean, x, axes)


def lp_pool(
    x: Array,
    p: float,
    *,
    kernel_size: Sequence[int],
    stride: Sequence[int],
    dilation: Sequence[int],
    pads: Sequence[tuple[int, int]],
    ceil_mode: bool = False,
) -> Array:
    """The Lp norm of each window of ``(N, C, *I)``, scaled by its largest value so that no power overflows."""
    axes = axes_of(x.shape[2:], kernel_size, stride, dilation, pads, ceil_mode=ceil_mode)

    def norm(part: Array, axes: list[Axis], _: Sequence[Span]) -> Array:
        for number, axis in enumerate(axes, 2):
            largest = _reduced(np.maximum, part, number, axis, 0.0)
            np.maximum(largest, -_reduced(np.minimum, part, number, axis, 0.0), out=largest)
            scale = np.where(largest > 0, largest, part.dtype.type(1))
            powers = np.zeros_like(largest)
            lead = (slice(None),) * number
            for _tap, where, values in axis.met():
                powers[at(*lead, where)] += np.abs(part[at(*lead, values)] / scale[at(*lead, where)]) ** p
            part = largest * powers ** (1 / p)
        return part

    return _in_boxes(norm, x, axes)


def _in_boxes(make: Make, x: Array, axes: list[Axis]) -> Array:
    """The output of all positions, of some channels and positions at a time where those before would be large."""
    sizes = (*x.shape[:2], *(axis.positions for axis in axes))
    output: Array | None = None
    for whole in boxes(sizes, within(SCRATCH_BYTES // x.itemsize)):
        samples, box = whole[:2], whole[2:]
        values, windows = parts(axes, box)
        made = make(x[at(*slices(samples), *values)], windows, box)
        if made.shape == sizes:
            return made
        output = np.empty(sizes, made.dtype) if output is None else output
        output[slices(whole)] = made
    return np.empty(sizes, x.dtype) if output is None else output


def _counts(axis: Axis, span: Span, padding: tuple[int, int]) -> Array:
    """How many taps lie on values or padding that counts, at some of the positions."""
    first, count = span
    starts = np.arange(first, first + count) * axis.stride - axis.before
    earliest = np.maximum(-((starts + padding[0]) // axis.dilation), 0)
    latest = np.minimum((axis.size + padding[1] - 1 - starts) // axis.dilation, axis.kernel - 1)
    return latest - earliest + 1


def _reduced(operation: np.ufunc, x: Array, number: int, axis: Axis, fill: float) -> Array:
    """All values under the window along one axis merged into a new array, `fill` where there are none."""
    lead = (slice(None),) * number
    met = axis.met()
    everywhere = slice(0, axis.positions)
    whole = next((n for n, (_, where, _) in enumerate(met) if where == everywhere), None)
    if whole is None:
        result = np.full((*x.shape[:number], axis.positions, *x.shape[number + 1 :]), fill, x.dtype)
    else:
        result = x[at(*lead, met.pop(whole)[2])].copy()
    for _, where, values in met:
        target = result[at(*lead, where)]
        operation(target, x[at(*lead, values)], out=target)
    return result


def adaptive_avg_pool(x: Array, output_size: Sequence[int | None]) -> Array:
    """The mean over windows from floor(i I / O) to ceil((i + 1) I / O)."""
    for axis, after in _shrinking_first(x, output_size):
        before = x.shape[axis]
        x = _adaptive(np.add, x, axis, after)
        starts, ends = _adaptive_windows(before, after, slice(0, after))
        x /= (ends - starts).astype(x.dtype).reshape(-1, *(1,) * (x.ndim - 1 - axis))
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
    lead = (slice(None),) * axis
    by_window = after <= -(-before // after)
    at_once = max(BOX * after // max(output.size, 1), 1)
    for first in range(0, after, at_once):
        chosen = slice(first, min(first + at_once, after))
        starts, ends = _adaptive_windows(before, after, chosen)
        if not by_window:
            output[at(*lead, chosen)] = _tap_by_tap(operation, x, axis, starts, ends)
            continue
        for unit, (start, end) in enumerate(zip(starts, ends, strict=True), first):
            operation.reduce(x[at(*lead, slice(start, end))], axis, out=output[at(*lead, unit)])
    return output


def _tap_by_tap(operation: np.ufunc, x: Array, axis: int, starts: Array, ends: Array) -> Array:
    """Windows of few values: the first of each, with the second of those that have one, and so on."""
    output = np.take(x, starts, axis)
    lead = (slice(None),) * axis
    for tap in range(1, int((ends - starts).max())):
        units = np.flatnonzero(starts + tap < ends)
        output[at(*lead, units)] = operation(output[at(*lead, units)], np.take(x, starts[units] + tap, axis))
    return output


def global_avg_pool(x: Array) -> Array:
    """The mean of each channel, with its spatial axes kept at 1."""
    mean: Array = x.mean(tuple(range(2, x.ndim)), keepdims=True)
    return mean


def mean(x: Array, axes: Sequence[int]) -> Array:
    """The mean over the axes, which are kept at 1."""
    found: Array = x.mean(tuple(axes), keepdims=True)
    return found


def global_max_pool(x: Array) -> Array:
    """The maximum of each channel, with its spatial axes kept at 1."""
    maximum: Array = x.max(tuple(range(2, x.ndim)), keepdims=True)
    return maximum
