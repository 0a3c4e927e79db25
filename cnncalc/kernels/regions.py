"""Regions of a map brought to one size, each by its own box: ``(x1, y1, x2, y2)`` in the channels of the boxes.

They are for floats. Boxes may lie outside of the map, and may be of any size.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.kernels.arrays import Array

FAR = 1e9
"""Where a box has a coordinate further away, or none that is a number, it is brought here: no map reaches so far."""


def roi_align(
    x: Array, boxes: Array, sizes: Sequence[int], *, spatial_scale: float, sampling_ratio: int, aligned: bool
) -> Array:
    """The means ``(N, C, K, *sizes)`` of samples under the bins of K regions of ``(N, C, H, W)``.

    `boxes` are ``(N, 4, K)``. A bin has `sampling_ratio` samples along an axis, or where that is below 1 as many as it
    spans pixels, rounded up. The weights of the pixels along both axes multiply, so that each region is two products.
    """
    samples, channels, *before = x.shape
    ends = _finite(boxes) * spatial_scale - (0.5 if aligned else 0.0)
    output = np.zeros((samples, channels, boxes.shape[2], *sizes), x.dtype)
    for sample, region in np.ndindex(samples, boxes.shape[2]):
        left, top, right, bottom = ends[sample, :, region]
        if not aligned:
            right, bottom = max(right, left + 1), max(bottom, top + 1)
        axes = zip((top, left), (bottom, right), before, sizes, strict=True)
        (rows, down), (columns, along) = (_bins(*axis, sampling_ratio) for axis in axes)
        part = x[sample, :, rows, columns]
        output[sample, :, region] = down.astype(x.dtype) @ part @ along.T.astype(x.dtype)
    return output


def _finite(boxes: Array) -> Array:
    """The coordinates in double precision, none of them infinite."""
    exact = boxes.astype(np.float64)
    return np.clip(np.where(np.isnan(exact), 0, exact), -FAR, FAR)


def _bins(start: float, end: float, size: int, bins: int, sampling_ratio: int) -> tuple[slice, Array]:
    """The pixels of an axis that are read between two places, and their weights in each bin, ``(bins, pixels)``.

    A sample has a weight of 1, cut in two between its neighbours; beyond a pixel from the map it has none.
    """
    length = (end - start) / bins
    count = sampling_ratio if sampling_ratio > 0 else max(int(np.ceil(length)), 0)
    weights = np.zeros((bins, size))
    if not count:
        return slice(0, size), weights
    firsts = start + np.arange(bins) * length
    step = length / count
    inside, number = _samples_inside(firsts, step, count, size)
    places = firsts[:, np.newaxis] + (number + 0.5) * step
    share = np.where(inside & (places >= -1) & (places <= size), 1 / count, 0)
    places = np.clip(places, 0, size - 1)
    before = np.floor(places).astype(np.intp)
    rows = np.broadcast_to(np.arange(bins)[:, np.newaxis], places.shape)
    np.add.at(weights, (rows, before), share * (1 - (places - before)))
    np.add.at(weights, (rows, np.minimum(before + 1, size - 1)), share * (places - before))
    read = np.flatnonzero(weights.any(0))
    pixels = slice(read[0], read[-1] + 1) if len(read) else slice(0, 0)
    return pixels, weights[:, pixels]


def _samples_inside(firsts: Array, step: float, count: int, size: int) -> tuple[Array, Array]:
    """For each bin numbers of samples among which are all that may be on the map, and whether the bin has each."""
    if not step:
        number = np.arange(min(count, 1))  # all at one place: one stands for them
        return np.ones((len(firsts), len(number)), bool), np.broadcast_to(number, (len(firsts), len(number)))
    ends = np.stack([(-1 - firsts) / step, (size - firsts) / step])
    low = np.clip(np.floor(ends.min(0)) - 1, 0, count).astype(np.int64)
    high = np.clip(np.ceil(ends.max(0)) + 1, 0, count).astype(np.int64)
    number = low[:, np.newaxis] + np.arange(int((high - low).max()))
    return number < high[:, np.newaxis], number


def roi_pool(x: Array, boxes: Array, sizes: Sequence[int], *, spatial_scale: float) -> Array:
    """The maxima ``(N, C, K, *sizes)`` under the bins of K regions of ``(N, C, H, W)``; 0 for a bin without pixels.

    Boxes are rounded to pixels, the last one included, halves away from zero.
    """
    samples, channels, *before = x.shape
    scaled = _finite(boxes) * spatial_scale
    ends = (np.sign(scaled) * np.floor(np.abs(scaled) + 0.5)).astype(np.int64)
    output = np.zeros((samples, channels, boxes.shape[2], *sizes), x.dtype)
    for sample, region in np.ndindex(samples, boxes.shape[2]):
        left, top, right, bottom = map(int, ends[sample, :, region])
        rows = _cells(top, bottom, before[0], sizes[0])
        columns = _cells(left, right, before[1], sizes[1])
        for row, down in enumerate(rows):
            for column, along in enumerate(columns):
                part = x[sample, :, down, along]
                if part.size:
                    output[sample, :, region, row, column] = part.max((1, 2))
    return output


def _cells(start: int, end: int, size: int, bins: int) -> list[slice]:
    """The pixels of each bin between two pixels, both included, as far as they are on the axis."""
    length = max(end - start + 1, 1)
    edges = [(start + i * length // bins, start - (-(i + 1) * length // bins)) for i in range(bins)]
    return [slice(min(max(first, 0), size), min(max(last, 0), size)) for first, last in edges]
