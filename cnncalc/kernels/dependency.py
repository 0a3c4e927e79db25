"""Where an output can change: arrays that are true where something changes, through the real kernels.

Channels that are all alike are held once and seen as many, by a stride of 0; most maps of most networks are, since a
filter that reads all channels makes the same of them as every other.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from cnncalc.kernels.arrays import merge, pad
from cnncalc.kernels.convolution import convolve, convolve_transposed
from cnncalc.kernels.normalization import local_response_norm
from cnncalc.kernels.pooling import max_pool
from cnncalc.kernels.resampling import resample

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.kernels.arrays import Array


def filled(shape: Sequence[int], value: float) -> Array:
    """An array of one number."""
    return np.full(tuple(shape), value, np.float32)


def numbers(x: Array) -> Array:
    """1 where the array is true and 0 elsewhere, for kernels that compute with values."""
    return x.astype(np.float32)


def alike(x: Array) -> bool:
    """Whether all channels of ``(N, C, *spatial)`` are one, seen C times."""
    return x.shape[1] == 1 or x.strides[1] == 0


def once(x: Array) -> Array:
    """One channel of those that are alike, else all."""
    return x[:, :1] if alike(x) else x


def repeated(x: Array, size: int, axis: int = 1) -> Array:
    """The channels, or what else there is along `axis`, as often as makes `size`; one is not copied."""
    if x.shape[axis] == 1:
        return np.broadcast_to(x, (*x.shape[:axis], size, *x.shape[axis + 1 :]))
    return np.repeat(x, size // x.shape[axis], axis)


def touched_by_windows(x: Array, kernel_size: Sequence[int], channels: int, moves: Mapping[str, Any]) -> Array:
    """A convolution whose weights are all 1, of channels that are all alike, or of each by itself.

    The sums are taken in the smallest integers that hold the number of taps.
    """
    thin = once(x)
    counts = np.min_scalar_type(prod(kernel_size))
    rows = thin.reshape(1, -1, *thin.shape[2:]).view(np.uint8).astype(counts, copy=False)
    output = convolve(rows, np.ones((rows.shape[1], 1, *kernel_size), rows.dtype), **moves, groups=rows.shape[1])
    return repeated(output.reshape(*thin.shape[:2], *output.shape[2:]), channels)


def touched_by_spreading(x: Array, kernel_size: Sequence[int], channels: int, moves: Mapping[str, Any]) -> Array:
    """A transposed convolution whose weights are all 1, of channels that are all alike."""
    return repeated(convolve_transposed(numbers(once(x)), filled((1, 1, *kernel_size), 1.0), **moves), channels)


def touched_together(x: Array, axes: Sequence[int]) -> Array:
    """Whether anything is touched along the axes, for every place along them.

    >>> touched_together(np.eye(3, dtype=bool)[np.newaxis, :2], [2])[0].tolist()
    [[True, True, True], [True, True, True]]
    """
    return np.broadcast_to(once(x).any(tuple(axes), keepdims=True), x.shape)


def touched_neighbours(x: Array, size: int) -> Array:
    """The channels of which one of `size` around is touched: by a response norm that only grows with each of them."""
    if alike(x):
        return x
    floor = np.float32(1e-3)
    return local_response_norm(numbers(x) + floor, size, size, -1.0, 0.0) - floor / 2


def touched_by_resampling(
    x: Array, sources: Sequence[tuple[int, int, int]], sizes: Sequence[int], kernel: str
) -> Array:
    """Resampled places with a weight on one that is touched.

    Weights of a cubic kernel may be negative and cancel. So every fourth position of each axis goes at a time, of
    which its four taps see one.
    """
    if kernel != "cubic":
        return resample(numbers(x), sources, kernel=kernel, sizes=sizes)
    found = np.zeros((*x.shape[:2], *sizes), bool)
    for phases in np.ndindex(*(4,) * len(sizes)):
        chosen = (slice(None), slice(None), *(slice(phase, None, 4) for phase in phases))
        part = np.zeros(x.shape, np.float32)
        part[chosen] = x[chosen]
        found |= resample(part, sources, kernel=kernel, sizes=sizes) != 0
    return found


def touched_halves(x: Array, axis: int) -> Array:
    """The places of which one of both halves of the axis is touched."""
    return merge("add", np.split(x, 2, axis))


def touched_by_unpooling(
    x: Array,
    source: Array,
    *,
    kernel_size: Sequence[int],
    stride: Sequence[int],
    dilation: Sequence[int],
    pads: Sequence[tuple[int, int]],
    ceil_mode: bool,
    output_size: Sequence[int] | None,
) -> Array:
    """Every place under a window whose value, or whose maximum's place, may change."""
    where = max_pool(
        numbers(source), kernel_size=kernel_size, stride=stride, dilation=dilation, pads=pads, ceil_mode=ceil_mode
    )
    rows = (numbers(x) + where).reshape(-1, 1, *x.shape[2:])
    windows = zip(x.shape[2:], source.shape[2:], kernel_size, stride, dilation, pads, strict=True)
    beyond = [(n - 1) * s + d * (k - 1) + 1 - before - size for n, size, k, s, d, (before, _) in windows]
    spread = convolve_transposed(
        rows,
        filled((1, 1, *kernel_size), 1.0),
        stride=stride,
        dilation=dilation,
        pads=[(before, max(more, 0)) for (before, _), more in zip(pads, beyond, strict=True)],
        added=[max(-more, 0) for more in beyond],
    )
    found = spread.reshape(source.shape)
    sizes = source.shape[2:] if output_size is None else output_size
    longer = [(0, max(size - before, 0)) for size, before in zip(sizes, source.shape[2:], strict=True)]
    return pad(found, longer)[(slice(None), slice(None), *map(slice, sizes))]


def marked(x: Array) -> Array:
    """Whether the array is above 0, so that nothing grows or vanishes from layer to layer.

    A window that lies in the padding alone has a maximum of minus infinity, or a mean of nothing: it is not touched.
    """
    if x.dtype == bool:
        return x
    found = once(x) > 0
    return repeated(found, x.shape[1]) if alike(x) else found
