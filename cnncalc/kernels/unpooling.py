"""Max unpooling: values back where the maxima stood."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cnncalc.kernels.arrays import pad
from cnncalc.kernels.convolution import sliding_windows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.kernels.arrays import Array

Positions = NDArray[np.integer[Any]]


def max_unpool(
    x: Array,
    source: Array,
    *,
    kernel_size: Sequence[int],
    stride: Sequence[int],
    dilation: Sequence[int],
    pads: Sequence[tuple[int, int]],
    ceil_mode: bool = False,
    output_size: Sequence[int] | None = None,
) -> Array:
    """Put each value of ``(N, C, *O)`` where its window of ``source (N, C, *I)`` has its maximum, zeros elsewhere.

    Of equal values in a window the first counts. Where windows share a maximum, the last one's value stays.
    """
    taps = _largest_taps(source, kernel_size, stride, dilation, pads, ceil_mode=ceil_mode)
    sizes = source.shape[2:] if output_size is None else tuple(output_size)
    places: Positions = np.zeros(taps[0].shape, np.intp)
    for axis, (tap, step, spread, (before, _)) in enumerate(zip(taps, stride, dilation, pads, strict=True)):
        start = np.arange(tap.shape[axis + 2]).reshape(-1, *(1,) * (x.ndim - 3 - axis)) * step - before
        inside = np.clip(start + tap * spread, 0, source.shape[axis + 2] - 1)
        places = places * sizes[axis] + inside
    output = np.zeros((x.shape[0] * x.shape[1], int(np.prod(sizes))), x.dtype)
    rows = np.arange(len(output))[:, np.newaxis]
    output[rows, places.reshape(len(output), -1)] = x.reshape(len(output), -1)
    return output.reshape(*x.shape[:2], *sizes)


def _largest_taps(
    x: Array,
    kernel_size: Sequence[int],
    stride: Sequence[int],
    dilation: Sequence[int],
    pads: Sequence[tuple[int, int]],
    *,
    ceil_mode: bool,
) -> tuple[Positions, ...]:
    """For each axis, the tap at which each window has its maximum; of equal ones the first."""
    rank = x.ndim - 2
    overhang = [
        (before, after + (step - 1 if ceil_mode else 0)) for (before, after), step in zip(pads, stride, strict=True)
    ]
    windows = sliding_windows(pad(x, overhang, value=-np.inf), kernel_size, stride, dilation)
    if ceil_mode:
        starting = zip(x.shape[2:], pads, stride, strict=True)
        windows = windows[(slice(None), slice(None), *(slice(-(-(n + before) // s)) for n, (before, _), s in starting))]
    flat = windows.reshape(*windows.shape[: 2 + rank], -1).argmax(-1)
    return np.unravel_index(flat, tuple(kernel_size))
