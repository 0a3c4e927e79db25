"""Changing the size of a map: resampling, moving pixels to channels and back, and cutting.

Values that are only moved, `nearest` ones among them, stay what they are, whatever their type; the weights of `linear`
and `cubic` are for floats, and are taken at exact positions.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, prod
from typing import TYPE_CHECKING, Final

import numpy as np

from cnncalc.kernels.threads import in_threads
from cnncalc.kernels.windows import boxes, slices

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnncalc.kernels.arrays import Array
    from cnncalc.kernels.windows import Span

TILE_BYTES: Final = 2**20
"""About the memory of what is resampled at once."""

CUBIC: Final = -0.75
"""The slope parameter of the cubic kernel, that of PyTorch and ONNX."""


Taps = list[tuple["Array", "Array | None"]]
"""For each tap of a kernel, the value that every output takes, and its weight there, if it is not 1."""


def resample(
    x: Array,
    sources: Sequence[tuple[int, int, int]],
    *,
    kernel: str,
    sizes: Sequence[int] | None = None,
    scales: Sequence[float] | None = None,
) -> Array:
    """Resample the spatial axes of ``(N, C, *I)`` to `sizes`, or to `scales` times their size, rounded down.

    `sources` holds ``(a, b, c)`` for each axis: output i lies at ``(a i + b) / c`` of the input. `kernel` is `nearest`
    (the position before), `linear` or `cubic`. What lies outside has the value of the edge.
    """
    before, after = x.shape[2:], sizes_after(x, sizes, scales)
    output = np.empty((*x.shape[:2], *after), x.dtype)
    order = sorted(range(len(before)), key=lambda axis: after[axis] / before[axis])

    def fits(counts: Sequence[int]) -> bool:
        """By what there is after each axis: the outputs along those that are done, the values taken along others."""
        along = [c * n // o + 4 for c, n, o in zip(counts[2:], before, after, strict=True)]
        most = 0
        for axis in order:
            along[axis] = counts[2 + axis]
            most = max(most, prod(along))
        return bool(prod(counts[:2]) * most * x.itemsize <= TILE_BYTES)

    def work(box: tuple[Span, ...]) -> None:
        taps = [
            _taps(source, range(f, f + c), n, kernel)
            for source, (f, c), n in zip(sources, box[2:], before, strict=True)
        ]
        part = x[*slices(box[:2]), *(slice(first, last + 1) for first, last, _ in taps)]
        for axis in order:
            part = _weighed(part, 2 + axis, taps[axis][2])
        output[slices(box)] = part

    in_threads(work, boxes(output.shape, fits))
    return output


def sizes_after(x: Array, sizes: Sequence[int] | None, scales: Sequence[float] | None) -> Sequence[int]:
    """The spatial sizes that are given, or those of ``(N, C, *I)`` times the scales, rounded down."""
    before = x.shape[2:]
    return sizes or [floor(n * s) for n, s in zip(before, scales or (1.0,) * len(before), strict=True)]


def _taps(source: tuple[int, int, int], units: range, size: int, kernel: str) -> tuple[int, int, Taps]:
    """The first and last value that some outputs along an axis take, and their taps, counted from that first one."""
    whole, share = positions_before(*source, units)
    taps = [(np.clip(whole + shift, 0, size - 1), factor) for shift, factor in _TAPS[kernel](share)]
    first, last = int(taps[0][0].min()), int(taps[-1][0].max())
    return first, last, [(places - first, factor) for places, factor in taps]


def _weighed(x: Array, axis: int, taps: Taps) -> Array:
    """The sum of the taps along an axis, each times its weight."""
    output: Array | None = None
    for places, factor in taps:
        part = np.take(x, places, axis)
        if factor is not None:
            part *= factor.astype(x.dtype).reshape(-1, *(1,) * (x.ndim - 1 - axis))
        output = part if output is None else np.add(output, part, out=output)
    assert output is not None
    return output


def positions_before(a: int, b: int, c: int, units: range) -> tuple[Array, Array]:
    """The position before each output, and how far behind it the output lies; exact, however long the fraction is."""
    if a * units.stop + abs(b) + c < 2**62:
        places = a * np.arange(units.start, units.stop, dtype=np.int64) + b
        return places // c, places % c / c
    exact = [a * unit + b for unit in units]
    return np.array([place // c for place in exact], np.int64), np.array([place % c / c for place in exact])


Shifts = Sequence[tuple[int, "Array | None"]]
"""The taps of a kernel: how far from the position before, and the weight at every output, if it is not 1."""


def _nearest(share: Array) -> Shifts:
    del share
    return [(0, None)]


def _linear(share: Array) -> Shifts:
    return [(0, 1 - share), (1, share)]


def cubic_shifts(share: Array) -> Sequence[tuple[int, Array]]:
    """Keys 1981, doi:10.1109/TASSP.1981.1163711."""

    def near(t: Array) -> Array:
        weight: Array = ((CUBIC + 2) * t - (CUBIC + 3)) * t * t + 1
        return weight

    def far(t: Array) -> Array:
        weight: Array = ((CUBIC * t - 5 * CUBIC) * t + 8 * CUBIC) * t - 4 * CUBIC
        return weight

    return [(-1, far(share + 1)), (0, near(share)), (1, near(1 - share)), (2, far(2 - share))]


_TAPS: Final[dict[str, Callable[[Array], Shifts]]] = {"nearest": _nearest, "linear": _linear, "cubic": cubic_shifts}


def pixel_shuffle(x: Array, factor: int) -> Array:
    """``(N, C factor^n, *I) -> (N, C, *I factor)``: each channel becomes a block of pixels, the last axis fastest."""
    rank = x.ndim - 2
    blocks = x.reshape(len(x), -1, *(factor,) * rank, *x.shape[2:])
    order = [axis for pair in zip(range(2 + rank, 2 + 2 * rank), range(2, 2 + rank), strict=True) for axis in pair]
    return blocks.transpose(0, 1, *order).reshape(len(x), blocks.shape[1], *(size * factor for size in x.shape[2:]))


def pixel_unshuffle(x: Array, factor: int) -> Array:
    """``(N, C, *I factor) -> (N, C factor^n, *I)``: the opposite of `pixel_shuffle`, the block within the channel."""
    blocks, outer = _blocks(x, factor)
    moved = blocks.transpose(0, 1, *(axis + 1 for axis in outer), *outer)
    return moved.reshape(len(x), -1, *moved.shape[2 + len(outer) :])


def rearranged(x: Array, cut: Sequence[int], order: Sequence[int], sizes: Sequence[int]) -> Array:
    """Each sample with its axes cut, put into another order, and joined to others."""
    return x.reshape(len(x), *cut).transpose(0, *(1 + axis for axis in order)).reshape(len(x), *sizes)


def _blocks(x: Array, factor: int) -> tuple[Array, range]:
    """``(N, C, I, factor, ...)`` of ``(N, C, I factor, ...)``, and the axes that count the blocks."""
    cut = [size for whole in x.shape[2:] for size in (whole // factor, factor)]
    return x.reshape(*x.shape[:2], *cut), range(2, 2 + len(cut), 2)


def channel_shuffle(x: Array, groups: int) -> Array:
    """The channels of the groups interleaved: the first of each, then the second of each."""
    parts = x.reshape(len(x), groups, x.shape[1] // groups, *x.shape[2:])
    return parts.swapaxes(1, 2).reshape(x.shape)


def crop(x: Array, pads: Sequence[tuple[int, int]]) -> Array:
    """Cut so much off the spatial axes, before and after each."""
    inner = (slice(before, size - after) for size, (before, after) in zip(x.shape[2:], pads, strict=True))
    return np.ascontiguousarray(x[(slice(None), slice(None), *inner)])
