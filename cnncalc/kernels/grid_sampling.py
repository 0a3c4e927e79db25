"""Maps looked up at places that are computed themselves, and the grids of such places.

A grid has the coordinates in its channels, the one along the last axis first: -1 and 1 are the ends of an axis. They
are for floats; places are computed in single precision at least.
"""

from __future__ import annotations

from functools import reduce
from itertools import product
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from cnncalc.kernels.resampling import cubic_shifts
from cnncalc.kernels.windows import SCRATCH_BYTES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.kernels.arrays import Array

    Taps = list[tuple[Array, Array]]
    """For each tap along an axis the pixel at every place, and its weight, 0 where there is no pixel."""


def grid_sample(x: Array, grid: Array, *, mode: str, padding_mode: str, align_corners: bool) -> Array:
    """The values ``(N, C, *O)`` of ``(N, C, *I)`` at the places of ``(N, rank, *O)``.

    `mode` is `nearest`, `bilinear`, in every rank, or `bicubic`; `padding_mode` is `zeros`, `border` or `reflection`,
    and as in PyTorch it moves the taps of `bicubic`, and in the other modes the place. Not a number counts as -1.
    """
    samples, channels, *sizes = x.shape
    values = x.reshape(samples, channels, -1)
    places = grid.reshape(samples, len(sizes), -1)
    output = np.empty((samples, channels, places.shape[2]), x.dtype)
    at_once = max(SCRATCH_BYTES // (4 * x.itemsize * max(channels, 16)), 1)
    for sample, start in product(range(samples), range(0, places.shape[2], at_once)):
        chosen = slice(start, start + at_once)
        taps = [
            _taps(_pixels(at[chosen], size, align_corners), size, (mode, padding_mode, align_corners))
            for at, size in zip(places[sample, ::-1], sizes, strict=True)
        ]
        output[sample, :, chosen] = _weighed(values[sample], taps, sizes)
    return output.reshape(samples, channels, *grid.shape[2:])


def _pixels(coordinates: Array, size: int, align_corners: bool) -> Array:
    """Where coordinates from -1 to 1 lie among pixels from 0 on; those that are very far away are brought nearer."""
    exact = coordinates.astype(np.promote_types(coordinates.dtype, np.float32), copy=False)
    near = np.clip(np.where(np.isnan(exact), -1, exact), -1e6, 1e6)
    found: Array = (near + 1) / 2 * (size - 1) if align_corners else ((near + 1) * size - 1) / 2
    return found


def _taps(places: Array, size: int, how: tuple[str, str, bool]) -> Taps:
    """The taps of all places along an axis."""
    mode, padding_mode, align_corners = how
    if mode == "bicubic":
        before = np.floor(places)
        shifts = cubic_shifts(places - before)
        return [
            _inside(_padded(before + shift, size, padding_mode, align_corners), weight, size)
            for shift, weight in shifts
        ]
    places = _padded(places, size, padding_mode, align_corners)
    if mode == "nearest":
        return [_inside(np.rint(places), np.ones_like(places), size)]
    before = np.floor(places)
    share = places - before
    return [_inside(before, 1 - share, size), _inside(before + 1, share, size)]


def _padded(places: Array, size: int, padding_mode: str, align_corners: bool) -> Array:
    """The places, with those outside brought to the border or mirrored at it."""
    if padding_mode == "zeros":
        return places
    if padding_mode == "reflection":
        edge, span = (0.0, size - 1) if align_corners else (-0.5, size)
        beyond = np.abs(places - edge) % (2 * span) if span else np.zeros_like(places)
        places = np.minimum(beyond, 2 * span - beyond) + edge
    return np.clip(places, 0, size - 1)


def _inside(pixels: Array, weights: Array, size: int) -> tuple[Array, Array]:
    """A tap whose weight is 0 where it is outside the axis."""
    is_inside = (pixels >= 0) & (pixels < size)
    return np.clip(pixels, 0, size - 1).astype(np.intp), np.where(is_inside, weights, 0)


def _weighed(values: Array, taps: Sequence[Taps], sizes: Sequence[int]) -> Array:
    """The sum of all combinations of the axes' taps, of ``(C, pixels)``."""
    strides = [prod(sizes[axis + 1 :]) for axis in range(len(sizes))]
    total: Array | None = None
    for along in product(*taps):
        pixels = sum(pixel * stride for (pixel, _), stride in zip(along, strides, strict=True))
        part = values[:, pixels] * reduce(np.multiply, [weight for _, weight in along]).astype(values.dtype)
        total = part if total is None else np.add(total, part, out=total)
    assert total is not None
    return total


def affine_grid(theta: Array, sizes: Sequence[int], *, align_corners: bool) -> Array:
    """The grid ``(N, rank, *sizes)`` that affine matrices make of a plain one: ``(N, rank (rank + 1))``, row by row."""
    rank = len(sizes)
    matrix = theta.reshape(len(theta), rank, rank + 1, *(1,) * rank)
    grid = np.broadcast_to(matrix[:, :, rank], (len(theta), rank, *sizes)).copy()
    for axis, size in enumerate(sizes):
        ends = np.linspace(-1, 1, size) if size > 1 else np.zeros(1)
        steps = ends if align_corners else ends * ((size - 1) / size)
        along = steps.astype(theta.dtype).reshape(-1, *(1,) * (rank - 1 - axis))
        grid += matrix[:, :, rank - 1 - axis] * along
    return grid
