"""Pooling. Windows are rectangles, so each axis is reduced by itself, tap by tap."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cnncalc.kernels.arrays import pad

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cnncalc.kernels.arrays import Array


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
    for axis, (kernel, step, spread, padding) in enumerate(zip(kernel_size, stride, dilation, pads, strict=True), 2):
        taps = _taps(x, axis, kernel, step, spread, padding, fill=-np.inf, ceil_mode=ceil_mode)
        x = _reduced(np.maximum, taps)
    return x


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
    for axis, (kernel, step, spread, padding) in enumerate(zip(kernel_size, stride, dilation, pads, strict=True), 2):
        sums = _reduced(np.add, _taps(x, axis, kernel, step, spread, padding, fill=0.0, ceil_mode=ceil_mode))
        if divisor is not None:
            x = sums
            continue
        counted = np.ones((1, 1, x.shape[axis]), x.dtype)
        if count_include_pad:
            counted = pad(counted, [padding], value=1.0)
            counts = _taps(counted, 2, kernel, step, spread, (0, 0), fill=0.0, ceil_mode=ceil_mode, start=padding)
        else:
            counts = _taps(counted, 2, kernel, step, spread, padding, fill=0.0, ceil_mode=ceil_mode)
        x = sums / _reduced(np.add, counts)[0, 0].reshape(-1, *(1,) * (x.ndim - 1 - axis))
    return x if divisor is None else x / divisor


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
    x = np.abs(x)
    for axis, (kernel, step, spread, padding) in enumerate(zip(kernel_size, stride, dilation, pads, strict=True), 2):
        taps = _taps(x, axis, kernel, step, spread, padding, fill=0.0, ceil_mode=ceil_mode)
        largest = _reduced(np.maximum, taps)
        scale = np.where(largest > 0, largest, x.dtype.type(1))
        x = largest * _reduced(np.add, [(tap / scale) ** p for tap in taps]) ** (1 / p)
    return x


def _taps(
    x: Array,
    axis: int,
    kernel: int,
    step: int,
    spread: int,
    padding: tuple[int, int],
    *,
    fill: float,
    ceil_mode: bool,
    start: tuple[int, int] = (0, 0),
) -> list[Array]:
    """For each tap of the window along one axis, the values under it at every position.

    Under `ceil_mode` the axis is extended for a last window that overhangs, and a window that would start behind
    the input and the padding before it is dropped. `start` is padding that the array already bears.
    """
    before, after = padding
    size = x.shape[axis] - sum(start)
    pads = [(0, 0)] * (x.ndim - 2)
    pads[axis - 2] = (before, after + (step - 1 if ceil_mode else 0))
    x = pad(x, pads, value=fill)
    extent = spread * (kernel - 1) + 1
    ends = x.shape[axis] - extent + 1
    if ceil_mode:
        ends = min(ends, size + before + start[0])
    lead = (slice(None),) * axis
    return [x[(*lead, slice(tap * spread, tap * spread + ends, step))] for tap in range(kernel)]


def _reduced(operation: np.ufunc, taps: list[Array]) -> Array:
    """All taps merged into a new array."""
    if len(taps) == 1:
        return taps[0].copy()
    result: Array = operation(taps[0], taps[1])
    for tap in taps[2:]:
        operation(result, tap, out=result)
    return result


def adaptive_avg_pool(x: Array, output_size: Sequence[int | None]) -> Array:
    """The mean over windows from floor(i I / O) to ceil((i + 1) I / O)."""
    return _adaptive(x, output_size, lambda part, axis: part.mean(axis, keepdims=True))


def adaptive_max_pool(x: Array, output_size: Sequence[int | None]) -> Array:
    """The maximum over windows from floor(i I / O) to ceil((i + 1) I / O)."""
    return _adaptive(x, output_size, lambda part, axis: part.max(axis, keepdims=True))


def _adaptive(x: Array, output_size: Sequence[int | None], reduce: Callable[[Array, int], Array]) -> Array:
    for axis, after in enumerate(output_size, 2):
        if after is None:
            continue
        before = x.shape[axis]
        lead = (slice(None),) * axis
        parts = (x[(*lead, slice(i * before // after, -(-(i + 1) * before // after)))] for i in range(after))
        x = np.concatenate([reduce(part, axis) for part in parts], axis)
    return x


def global_avg_pool(x: Array) -> Array:
    """The mean of each channel, with its spatial axes kept at 1."""
    mean: Array = x.mean(tuple(range(2, x.ndim)), keepdims=True)
    return mean


def global_max_pool(x: Array) -> Array:
    """The maximum of each channel, with its spatial axes kept at 1."""
    maximum: Array = x.max(tuple(range(2, x.ndim)), keepdims=True)
    return maximum
