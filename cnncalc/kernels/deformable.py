"""Convolution whose taps are moved by offsets, with the map interpolated where they come to lie; for floats.

As elsewhere, windows are gathered into columns, a box of positions at a time so that the columns stay small.
"""

from __future__ import annotations

from itertools import product
from math import prod
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from cnncalc.kernels.convolution import check_taps
from cnncalc.kernels.windows import SCRATCH_BYTES, boxes, slices, slide_over

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.kernels.arrays import Array
    from cnncalc.kernels.windows import AxisWindow, SlidingWindow, Span

ALIVE: Final = 4
"""About how many arrays of the size of the columns are alive together."""


class Guide(NamedTuple):
    """What moves the taps, ``(N, offset groups x taps x 2, *O)``, and what they are multiplied with, if anything.

    Of the channels of a tap the first moves it down, the second to the right.
    """

    offset: Array
    mask: Array | None
    groups: int


def deform_convolve(
    x: Array,
    guide: Guide,
    weight: Array,
    bias: Array | None = None,
    *,
    windows: Sequence[AxisWindow],
    groups: int = 1,
) -> Array:
    """Cross-correlate ``(N, C, H, W)``, zeros around, with a weight ``(out, C / groups, *kernel)`` at moved taps.

    >>> from cnncalc.kernels.windows import AxisWindow
    >>> x, half_to_the_right = np.arange(3.0).reshape(1, 1, 1, 3), np.array([[0, 0, 0], [0.5, 0.5, 0.5]])
    >>> guide = Guide(half_to_the_right.reshape(1, 2, 1, 3), None, 1)
    >>> deform_convolve(x, guide, np.ones((1, 1, 1, 1)), windows=[AxisWindow(1)] * 2)
    array([[[[0.5, 1.5, 1. ]]]])
    """
    check_taps(weight, windows)
    sliding = slide_over(x.shape[2:], windows)
    output = np.empty((len(x), len(weight), *(window.positions for window in sliding)), np.result_type(x, weight))
    matrices = weight.reshape(groups, len(weight) // groups, -1)
    values = x.shape[1] * prod(weight.shape[2:])
    most = SCRATCH_BYTES // (ALIVE * output.itemsize)
    for box in boxes(output.shape[2:], lambda counts: values * prod(counts) <= most):
        places = [_places(window, span).astype(x.dtype) for window, span in zip(sliding, box, strict=True)]
        for number, sample in enumerate(x):
            here = (slice(number, number + 1), slice(None), *slices(box))
            part = guide._replace(offset=guide.offset[here], mask=None if guide.mask is None else guide.mask[here])
            columns = _columns(sample, part, places)
            products = matrices @ columns.reshape(groups, -1, prod(count for _, count in box))
            output[here] = products.reshape(1, len(weight), *(count for _, count in box))
    if bias is not None:
        output += bias.reshape(-1, 1, 1)
    return output


def _places(window: SlidingWindow, span: Span) -> Array:
    """``(taps, positions)``: where each tap lies before it is moved, at some of the positions."""
    first, count = span
    taps = np.arange(window.kernel_size)[:, np.newaxis] * window.dilation
    return taps + np.arange(first, first + count) * window.stride - window.before


def _columns(sample: Array, guide: Guide, places: Sequence[Array]) -> Array:
    """``(C, *kernel, *positions)``: the values of ``(C, H, W)`` where the taps lie."""
    (rows, heights), (columns, widths) = (place.shape for place in places)
    down, right = places[0][:, np.newaxis, :, np.newaxis], places[1][np.newaxis, :, np.newaxis]
    offsets = guide.offset.reshape(guide.groups, rows, columns, 2, heights, widths)
    found = np.empty((len(sample), rows, columns, heights, widths), sample.dtype)
    parts = zip(np.split(sample, guide.groups), np.split(found, guide.groups), offsets, strict=True)
    for channels, target, offset in parts:
        _interpolate(channels, down + offset[:, :, 0], right + offset[:, :, 1], target)
    if guide.mask is not None:
        by_group = found.reshape(guide.groups, -1, *found.shape[1:])
        by_group *= guide.mask.reshape(guide.groups, 1, *found.shape[1:])
    return found


def _interpolate(channels: Array, y: Array, x: Array, target: Array) -> None:
    """The values of ``(C, H, W)`` at places between pixels, of which the four around are weighted; 0 far outside."""
    target[...] = 0
    for down, right in product((0, 1), repeat=2):
        rows, share = _neighbour(y, down, channels.shape[1])
        columns, along = _neighbour(x, right, channels.shape[2])
        target += channels[:, rows, columns] * (share * along)


def _neighbour(places: Array, step: int, size: int) -> tuple[Array, Array]:
    """The pixel before or, for a step of 1, behind each place, and its weight; 0 outside of an axis of `size`."""
    places = places.clip(-1, size)
    pixels = np.floor(places) + step
    share = np.where((pixels >= 0) & (pixels < size), 1 - abs(places - pixels), 0)
    # A place that is no number has no pixel, and its weight is no number either.
    share = np.where(np.isnan(places), places, share)
    return np.nan_to_num(pixels).clip(0, size - 1).astype(np.intp), share
