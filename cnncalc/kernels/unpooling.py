"""Max unpooling: values back where the maxima stood, unchanged and of whatever type."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from cnncalc.kernels.windows import SCRATCH_BYTES, at_most, boxes, overlaps, slices, slide_over

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.kernels.arrays import Array
    from cnncalc.kernels.windows import AxisWindow, SlidingWindow, Span

PLACE_BYTES: Final = 32
"""What the place of a maximum takes while it is looked for: itself, the maximum, and what they are compared with."""

Places = NDArray[np.integer[Any]]


def max_unpool(
    x: Array, source: Array, windows: Sequence[AxisWindow], *, output_size: Sequence[int] | None = None
) -> Array:
    """Put each value of ``(N, C, *O)`` where its window of ``source (N, C, *I)`` has its maximum, zeros elsewhere.

    Of equal values in a window the first counts. Where windows share a maximum, the last one's value stays.
    """
    sliding = slide_over(source.shape[2:], windows)
    sizes = source.shape[2:] if output_size is None else tuple(output_size)
    maps, values = source.reshape(-1, *source.shape[2:]), x.reshape(-1, *x.shape[2:])
    output = np.zeros((len(maps), prod(sizes)), x.dtype)
    for (first, count), *box in boxes(values.shape, at_most(SCRATCH_BYTES // PLACE_BYTES)):
        chosen = slice(first, first + count)
        places = _places_of_maxima(maps[chosen], sliding, box, sizes)
        rows = np.arange(first, first + count)[:, np.newaxis]
        output[rows, places.reshape(count, -1)] = values[chosen, *slices(box)].reshape(count, -1)
    return output.reshape(*x.shape[:2], *sizes)


def _places_of_maxima(x: Array, sliding: Sequence[SlidingWindow], box: Sequence[Span], sizes: Sequence[int]) -> Places:
    """Where in maps of `sizes`, row by row, the windows at a box of positions have their maxima; at 0 if nowhere."""
    windows = [window.at(span) for window, span in zip(sliding, box, strict=True)]
    largest = np.full((len(x), *(window.positions for window in windows)), -np.inf, x.dtype)
    places: Places = np.full(largest.shape, -1, np.intp)
    for _, positions, values in overlaps(windows):
        candidates, known, found = x[:, *values], largest[:, *positions], places[:, *positions]
        better = (candidates > known) | (found < 0) | (np.isnan(candidates) & ~np.isnan(known))
        along = [np.arange(one.start, one.stop, one.step) for one in values]
        np.copyto(found, np.ravel_multi_index(np.ix_(*along), tuple(sizes), mode="clip"), where=better)
        np.copyto(known, candidates, where=better)
    return np.maximum(places, 0)
