"""Max unpooling: values back where the maxima stood."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cnncalc.kernels.sliding import SCRATCH_BYTES, Axis, at, axes_of, boxes, meetings, slices, within

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.kernels.arrays import Array

Places = NDArray[np.integer[Any]]


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
    axes = axes_of(source.shape[2:], kernel_size, stride, dilation, pads, ceil_mode=ceil_mode)
    sizes = source.shape[2:] if output_size is None else tuple(output_size)
    output = np.zeros((*x.shape[:2], prod(sizes)), x.dtype)
    for number in np.ndindex(*x.shape[:2]):
        for box in boxes(x.shape[2:], within(SCRATCH_BYTES // 32)):
            places = _places_of_maxima(source[number], axes, box, sizes)
            output[number][places.reshape(-1)] = x[at(*number, *slices(box))].reshape(-1)
    return output.reshape(*x.shape[:2], *sizes)


def _places_of_maxima(x: Array, axes: Sequence[Axis], box: Sequence[tuple[int, int]], sizes: Sequence[int]) -> Places:
    """Where in a map of `sizes`, row by row, the windows at a box of positions have their maxima; at 0 if nowhere."""
    moved = [
        a._replace(before=a.before - first * a.stride, positions=n) for a, (first, n) in zip(axes, box, strict=True)
    ]
    largest = np.full([axis.positions for axis in moved], -np.inf, x.dtype)
    places: Places = np.full(largest.shape, -1, np.intp)
    for _, where, values in meetings(moved):
        met, known = x[values], largest[where]
        better = (met > known) | (places[where] < 0) | (np.isnan(met) & ~np.isnan(known))
        rows = [np.arange(one.start, one.stop, one.step) for one in values]
        np.copyto(places[where], np.ravel_multi_index(np.ix_(*rows), tuple(sizes), mode="clip"), where=better)
        np.copyto(known, met, where=better)
    return np.maximum(places, 0)
