"""Where an output can change: arrays that are true where something changes, through the real kernels.

None lets one change cancel another: they take sums with positive weights, maxima, or some of the values at a time, and
are above 0 exactly where something that changes is read.

Channels that are all alike are held once and seen as many, by a stride of 0; most maps of most networks are, since a
filter that reads all channels makes the same of them as every other.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

import numpy as np

from cnncalc.kernels.arrays import merge, pad
from cnncalc.kernels.attention import scaled_dot_product
from cnncalc.kernels.bordered import convolve_bordered
from cnncalc.kernels.convolution import convolve
from cnncalc.kernels.filtering import filtered
from cnncalc.kernels.normalization import local_response_norm
from cnncalc.kernels.pooling import max_pool
from cnncalc.kernels.resampling import resample
from cnncalc.kernels.transposed import convolve_transposed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.kernels.arrays import Array
    from cnncalc.kernels.windows import AxisWindow


def filled(shape: Sequence[int], value: float) -> Array:
    """An array of one number."""
    return np.full(tuple(shape), value, np.float32)


def as_floats(x: Array) -> Array:
    """1 where the array is true and 0 elsewhere, for kernels that compute with values."""
    return x.astype(np.float32)


def channels_alike(x: Array) -> bool:
    """Whether all channels of ``(N, C, *spatial)`` are one, seen C times."""
    return x.shape[1] == 1 or x.strides[1] == 0


def distinct_channels(x: Array) -> Array:
    """One channel of those that are alike, else all."""
    return x[:, :1] if channels_alike(x) else x


def repeated(x: Array, size: int, axis: int = 1) -> Array:
    """The channels, or what else there is along `axis`, as often as makes `size`; one is not copied."""
    if x.shape[axis] == 1:
        return np.broadcast_to(x, (*x.shape[:axis], size, *x.shape[axis + 1 :]))
    return np.repeat(x, size // x.shape[axis], axis)


def repeated_each(x: Array, times: int, axis: int) -> Array:
    """Each channel, or what else there is along `axis`, so many times."""
    return np.repeat(x, times, axis)


def by_groups(x: Array, groups: int) -> Array:
    """``(N, groups, *spatial)``: where any channel of each group is true, of ``(N, C, *spatial)``.

    >>> by_groups(np.eye(4, dtype=bool)[np.newaxis], 2)[0].astype(int).tolist()
    [[1, 1, 0, 0], [0, 0, 1, 1]]
    """
    if channels_alike(x):
        return repeated(distinct_channels(x), groups)
    if groups == x.shape[1]:
        return x
    found: Array = x.reshape(len(x), groups, -1, *x.shape[2:]).max(2)
    return found


def by_spans(x: Array, spans: Sequence[tuple[int, int]]) -> Array:
    """``(N, spans, *spatial)``: where any channel of each span, from its first up to its end, is true.

    >>> by_spans(np.eye(4, dtype=bool)[np.newaxis], [(0, 3), (3, 4)])[0].astype(int).tolist()
    [[1, 1, 1, 0], [0, 0, 0, 1]]
    """
    if channels_alike(x):
        return repeated(distinct_channels(x), len(spans))
    return np.stack([x[:, first:end].max(1) for first, end in spans], 1)


def reachable_by_windows(x: Array, windows: Sequence[AxisWindow], channels: int, border: str = "zeros") -> Array:
    """A convolution whose weights are all 1, of channels that are all alike, or of each by itself.

    `border` is what the padding is, zeros or a mode of `convolve_bordered`. The sums are taken in the smallest integers
    that hold the number of taps.
    """
    distinct = distinct_channels(x)
    kernel = [window.kernel_size for window in windows]
    counts = np.min_scalar_type(prod(kernel))
    rows = distinct.reshape(1, -1, *distinct.shape[2:]).view(np.uint8).astype(counts, copy=False)
    ones = np.ones((rows.shape[1], 1, *kernel), rows.dtype)
    groups = rows.shape[1]
    if border == "zeros":
        output = convolve(rows, ones, windows=windows, groups=groups)
    else:
        output = convolve_bordered(rows, ones, windows=windows, mode=border, groups=groups)
    return repeated(output.reshape(*distinct.shape[:2], *output.shape[2:]), channels)


def reachable_by_spreading(x: Array, windows: Sequence[AxisWindow], channels: int) -> Array:
    """A transposed convolution whose weights are all 1, of each channel by itself, repeated to so many."""
    distinct = distinct_channels(x)
    spread = _spread(as_floats(distinct).reshape(-1, 1, *x.shape[2:]), windows)
    return repeated(spread.reshape(*distinct.shape[:2], *spread.shape[2:]), channels)


def _spread(x: Array, windows: Sequence[AxisWindow]) -> Array:
    """One channel, spread by a kernel of ones."""
    ones = filled((1, 1, *(window.kernel_size for window in windows)), 1.0)
    return convolve_transposed(x, ones, windows=windows)


def reachable_together(x: Array, axes: Sequence[int]) -> Array:
    """Whether anything is reachable along the axes, for every place along them.

    >>> reachable_together(np.eye(3, dtype=bool)[np.newaxis, :2], [2])[0].tolist()
    [[True, True, True], [True, True, True]]
    """
    return np.broadcast_to(distinct_channels(x).any(tuple(axes), keepdims=True), x.shape)


def reachable_by_lookup(x: Array, places: Array, axes: Sequence[int], coordinates: Sequence[int]) -> Array:
    """What is looked up anywhere along the `axes` of ``x``, at places that stand along the axes `coordinates`.

    Of a map ``(N, C, *I)`` and places ``(N, rank, *O)``: ``(N, C, *O)``, by axes that are kept at 1.
    """
    return merge("maximum", [x.max(tuple(axes), keepdims=True), places.max(tuple(coordinates), keepdims=True)])


def everywhere(x: Array, sizes: Sequence[int]) -> Array:
    """``(N, C, *sizes)``: the channels of ``(N, C)`` at every place."""
    return np.broadcast_to(x.reshape(*x.shape, *(1,) * len(sizes)), (*x.shape, *sizes))


def any_along(x: Array, axis: int) -> Array:
    """1 where anything is reachable along an axis, which is kept with size 1."""
    return as_floats((distinct_channels(x) if axis == 1 else x).max(axis, keepdims=True))


def reachable_neighbours(x: Array, size: int) -> Array:
    """The channels of which one of `size` around is reachable: by a response norm that only grows with each of them."""
    if channels_alike(x):
        return x
    floor = np.float32(1e-3)
    return local_response_norm(as_floats(x) + floor, size, size, -1.0, 0.0) - floor / 2


def reachable_by_resampling(
    x: Array, sources: Sequence[tuple[int, int, int]], sizes: Sequence[int], kernel: str
) -> Array:
    """Resampled places with a weight on one that is reachable.

    Weights of a cubic kernel may be negative and cancel. So every fourth position of each axis goes at a time, of
    which its four taps see one.
    """
    if kernel != "cubic":
        return resample(as_floats(x), sources, kernel=kernel, sizes=sizes)
    found = np.zeros((*x.shape[:2], *sizes), bool)
    for phases in np.ndindex(*(4,) * len(sizes)):
        every_fourth = [slice(phase, None, 4) for phase in phases]
        part = np.zeros(x.shape, np.float32)
        part[:, :, *every_fourth] = x[:, :, *every_fourth]
        found |= resample(part, sources, kernel=kernel, sizes=sizes) != 0
    return found


def reachable_by_filtering(
    x: Array, sources: Sequence[tuple[int, int, int]], sizes: Sequence[int], kernel: str
) -> Array:
    """Places of a filtered map with a weight on one that is reachable; weights are taken without their signs."""
    return filtered(as_floats(x), sources, kernel=kernel, sizes=sizes, signed=False)


def reachable_by_heads(rows: Sequence[Array], heads: int, groups: int, *, causal: bool, before: int = 0) -> Array:
    """What each query reaches, ``(B, T, F)``, by attention of so many heads, in groups that share keys and values.

    It reaches all channels of its head, of the query as of the keys it sees, and the value's channel by channel. Which
    keys these are the real kernel tells: with queries and keys of 0 it is the mean of all that a query sees.
    """
    query, key, value = rows
    queries = query.reshape(*query.shape[:2], groups, heads // groups, -1).max(-1, keepdims=True)
    keys = key.reshape(*key.shape[:2], groups, -1).max(-1)
    both = np.concatenate([keys, value], -1)
    nothing = np.zeros((len(both), before, both.shape[-1]), both.dtype)
    seen = scaled_dot_product(
        np.zeros((*query.shape[:2], 1), np.float32),
        np.zeros((len(key), before + key.shape[1], 1), np.float32),
        np.concatenate([nothing, both], 1),
        heads=1,
        scale=1.0,
        causal=causal,
        before=before,
    )
    by_key = seen[..., :groups].reshape(*seen.shape[:2], groups, 1, 1)
    by_value = seen[..., groups:].reshape(*seen.shape[:2], groups, 1, -1)
    found: Array = queries + by_key + by_value
    return found.reshape(*found.shape[:2], -1)


def reachable_halves(x: Array, axis: int) -> Array:
    """The places of which one of both halves of the axis is reachable."""
    return merge("add", np.split(x, 2, axis))


def reachable_by_unpooling(
    x: Array, source: Array, windows: Sequence[AxisWindow], *, output_size: Sequence[int] | None = None
) -> Array:
    """Every place under a window whose value, or whose maximum's place, may change."""
    changed = as_floats(x) + max_pool(as_floats(source), windows)
    back = [_back_to(*sizes) for sizes in zip(windows, x.shape[2:], source.shape[2:], strict=True)]
    found = _spread(changed.reshape(-1, 1, *x.shape[2:]), back).reshape(source.shape)
    sizes = source.shape[2:] if output_size is None else output_size
    longer = [(0, max(size - before, 0)) for size, before in zip(sizes, source.shape[2:], strict=True)]
    return pad(found, longer)[:, :, *map(slice, sizes)]


def _back_to(window: AxisWindow, positions: int, size: int) -> AxisWindow:
    """The window that spreads its positions over the `size` values from which it pooled them."""
    before = window.padding[0]
    beyond = (positions - 1) * window.stride + window.extent - before - size
    return window._replace(padding=(before, max(beyond, 0)), output_padding=max(-beyond, 0))


def above_zero(x: Array) -> Array:
    """Whether the array is above 0, so that nothing grows or vanishes from layer to layer.

    A window that lies in the padding alone has a maximum of minus infinity, or a mean of nothing: it is not reachable.
    """
    if x.dtype == bool:
        return x
    found = distinct_channels(x) > 0
    return repeated(found, x.shape[1]) if channels_alike(x) else found
