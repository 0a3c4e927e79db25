"""Resampling with a kernel as wide as the step, so that no pixel is skipped where a map is made smaller.

The weights of each output are those of the kernel at the pixels of the axis, divided by their sum: what lies outside
has none. They are for floats, and are taken at exact positions. Pillow and PyTorch's `antialias` do so.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from cnncalc.kernels.resampling import positions_before, sizes_after
from cnncalc.kernels.windows import SCRATCH_BYTES, boxes, slices

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.kernels.arrays import Array

CUBIC: Final = -0.5
"""The slope parameter of the cubic kernel, that of Pillow; without a wider kernel PyTorch takes -0.75."""

REACH: Final = {"linear": 1, "cubic": 2}
"""How many steps each kernel reaches to both sides."""

ROUNDING: Final = 1e-12
"""A weight below it is 0: exact ones are 0 there, or above the inverse of the largest size."""

UNITS: Final = 32
"""Outputs of which the weights are a matrix, most of which is 0."""


class Taps(NamedTuple):
    """Where some outputs along an axis lie, and the first and last pixel that each reads."""

    before: Array
    share: Array
    firsts: Array
    lasts: Array


def filtered(
    x: Array,
    sources: Sequence[tuple[int, int, int]],
    *,
    kernel: str,
    sizes: Sequence[int] | None = None,
    scales: Sequence[float] | None = None,
    signed: bool = True,
) -> Array:
    """Resample the spatial axes of ``(N, C, *I)`` to `sizes`, or to `scales` times their size, rounded down.

    `sources` holds ``(a, b, c)`` for each axis: output i lies at ``(a i + b) / c`` of the input. `kernel` is `linear`
    or `cubic`, and steps ``max(a / c, 1)``. Unless `signed`, the weights are their absolute values.
    """
    before, after = x.shape[2:], sizes_after(x, sizes, scales)
    output = np.empty((*x.shape[:2], *after), x.dtype)
    order = sorted(range(len(before)), key=lambda axis: after[axis] / before[axis])
    reach = [2 * REACH[kernel] * max(a // c + 1, 1) for a, _, c in sources]

    def fits(counts: Sequence[int]) -> bool:
        """By what there is after each axis: the outputs along those that are done, the values read along others."""
        along = [min(c * n // o + r, n) for c, n, o, r in zip(counts[2:], before, after, reach, strict=True)]
        most = 0
        for axis in order:
            most = max(most, along[axis] * UNITS)
            along[axis] = counts[2 + axis]
            most = max(most, prod(counts[:2]) * prod(along))
        return bool(most * x.itemsize <= SCRATCH_BYTES)

    for box in boxes(output.shape, fits):
        taps = [
            _taps(source, range(f, f + c), n, kernel)
            for source, (f, c), n in zip(sources, box[2:], before, strict=True)
        ]
        starts = [int(axis.firsts[0]) for axis in taps]
        part = x[*slices(box[:2]), *(slice(s, int(axis.lasts[-1]) + 1) for s, axis in zip(starts, taps, strict=True))]
        for axis in order:
            part = _weighed(part, 2 + axis, taps[axis], starts[axis], (sources[axis], kernel, signed))
        output[slices(box)] = part
    return output


def _taps(source: tuple[int, int, int], units: range, size: int, kernel: str) -> Taps:
    """The pixels that some outputs along an axis read."""
    a, b, c = source
    reach = REACH[kernel] * max(a, c)
    firsts = positions_before(a, b - reach, c, units)[0] + 1
    lasts = positions_before(a, b + reach - 1, c, units)[0]
    return Taps(*positions_before(*source, units), np.maximum(firsts, 0), np.minimum(lasts, size - 1))


def _weighed(x: Array, axis: int, taps: Taps, start: int, how: tuple[tuple[int, int, int], str, bool]) -> Array:
    """What the outputs sum up along an axis, whose first value is pixel `start`."""
    output = np.empty((*x.shape[:axis], len(taps.before), *x.shape[axis + 1 :]), x.dtype)
    for unit in range(0, len(taps.before), UNITS):
        chosen = Taps(*(values[unit : unit + UNITS] for values in taps))
        first, last = int(chosen.firsts[0]), int(chosen.lasts[-1])
        weights = _weights(chosen, np.arange(first, last + 1), *how).astype(x.dtype)
        rows = np.moveaxis(x[(slice(None),) * axis + (slice(first - start, last + 1 - start),)], axis, -1)
        output[(slice(None),) * axis + (slice(unit, unit + UNITS),)] = np.moveaxis(rows @ weights.T, -1, axis)
    return output


def _weights(taps: Taps, pixels: Array, source: tuple[int, int, int], kernel: str, signed: bool) -> Array:
    """The weight of each pixel in each output, ``(outputs, pixels)``."""
    a, _, c = source
    places = np.abs((pixels - taps.before[:, np.newaxis] - taps.share[:, np.newaxis]) * (c / max(a, c)))
    found: Array = np.maximum(1 - places, 0) if kernel == "linear" else _cubic(places)
    found[np.abs(found) < ROUNDING] = 0
    found /= found.sum(1, keepdims=True)
    return found if signed else np.abs(found)


def _cubic(t: Array) -> Array:
    """Keys 1981, doi:10.1109/TASSP.1981.1163711, at so many steps from the middle."""
    near = ((CUBIC + 2) * t - (CUBIC + 3)) * t * t + 1
    far = ((CUBIC * t - 5 * CUBIC) * t + 8 * CUBIC) * t - 4 * CUBIC
    weights: Array = np.where(t < 1, near, np.where(t < 2, far, 0))
    return weights
