"""Convolution, its transpose and the fully connected product.

Products and sums are taken in the type of the arrays, and no float comes between: integers stay exact as long as
their type holds the sums, which is what the proof of receptive fields counts on.

A convolution gathers the windows into columns and multiplies them with the weights, a box of positions at a time so
that the columns stay small. How many positions there are follows from the array, its padding and the stride alone.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cnncalc.kernels.windows import SCRATCH_BYTES, at_most, boxes, overlaps, restricted, slices, slide_over

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.kernels.arrays import Array
    from cnncalc.kernels.windows import AxisWindow, SlidingWindow

CACHED_BYTES: Final = 2**18
"""About the most memory of an output that is added to again and again."""


def convolve(
    x: Array, weight: Array, bias: Array | None = None, *, windows: Sequence[AxisWindow], groups: int = 1
) -> Array:
    """Cross-correlate ``(N, C, *I)`` with a weight ``(out, C / groups, *kernel)``, zeros around as padding.

    >>> from cnncalc.kernels.windows import AxisWindow
    >>> convolve(np.arange(5).reshape(1, 1, 5), np.ones((1, 1, 3), int), windows=[AxisWindow(3, padding=(1, 1))])
    array([[[1, 3, 6, 9, 7]]])
    """
    check_taps(weight, windows)
    sliding = slide_over(x.shape[2:], windows)
    output = np.empty((len(x), len(weight), *(window.positions for window in sliding)), np.result_type(x, weight))
    if groups == x.shape[1] == len(weight) and groups > 1:
        _depthwise(x, weight, output, sliding)
    else:
        _grouped(x, weight, output, sliding, groups)
    if bias is not None:
        output += bias.reshape(-1, *(1,) * len(windows))
    return output


def check_taps(weight: Array, windows: Sequence[AxisWindow]) -> None:
    """Raise `ValueError` for a weight that has other taps than the windows, which would be walked past its end."""
    kernel = tuple(window.kernel_size for window in windows)
    if weight.shape[2:] != kernel:
        raise ValueError(f"the weight has taps {weight.shape[2:]}, the windows {kernel}")


def _grouped(x: Array, weight: Array, output: Array, sliding: list[SlidingWindow], groups: int) -> None:
    """Multiply each group's windows, as columns, with its weights."""
    inputs, outputs = x.shape[1] // groups, len(weight) // groups
    most = SCRATCH_BYTES // output.itemsize

    def fits(counts: Sequence[int]) -> bool:
        taps = inputs * prod(window.most_taps(count) for window, count in zip(sliding, counts, strict=True))
        return bool(max(taps, outputs) * prod(counts) <= most)

    for box in boxes(output.shape[2:], fits):
        values, windows = restricted(sliding, box)
        taps = [window.taps() for window in windows]
        kept = tuple(slice(one.start, one.stop) for one in taps)
        for group in range(groups):
            read = slice(group * inputs, (group + 1) * inputs)
            filters = slice(group * outputs, (group + 1) * outputs)
            kernels = weight[filters, :, *kept]
            for sample in range(len(x)):
                columns = window_columns(x[sample, read, *values], windows, taps, output.dtype)
                _multiply(kernels, columns, output[sample, filters, *slices(box)], most)


def _multiply(kernels: Array, columns: Array, target: Array, most: int) -> None:
    """The product of kernels, which are copied some at a time where taps of them are left out, and columns."""
    rows = len(kernels) if kernels.flags.c_contiguous else max(most // max(len(columns), 1), 1)
    for first in range(0, len(kernels), rows):
        part = target[first : first + rows]
        matrix = kernels[first : first + rows].reshape(len(part), len(columns))
        if part.flags.c_contiguous:
            np.matmul(matrix, columns, out=part.reshape(len(part), columns.shape[1]))
        else:
            part[...] = (matrix @ columns).reshape(part.shape)


def window_columns(source: Array, windows: list[SlidingWindow], taps: list[range], dtype: np.dtype[Any]) -> Array:
    """The windows of ``(C, *values)`` as columns, ``(C x taps, positions)``, of the taps that lie on values."""
    counts, positions = [len(one) for one in taps], [window.positions for window in windows]
    rows, columns = len(source) * prod(counts), prod(positions)
    spans = [window.values_under(one) for window, one in zip(windows, taps, strict=True)]
    # A view of every window is the fastest, but its padding has to be made; where that is much, as with far taps,
    # each tap's values are copied instead.
    covered = len(source) * prod(map(len, spans)) * source.itemsize
    if all(counts) and covered <= SCRATCH_BYTES:
        rank = len(windows)
        views = _every_window(_surrounded(source, spans), windows, counts)
        return views.transpose(0, *range(1 + rank, 1 + 2 * rank), *range(1, 1 + rank)).reshape(rows, columns)
    gathered = np.zeros((len(source), *counts, *positions), dtype)
    for numbers, where, values in overlaps(windows):
        tap = (number - one.start for number, one in zip(numbers, taps, strict=True))
        gathered[:, *tap, *where] = source[:, *values]
    return gathered.reshape(rows, columns)


def _surrounded(source: Array, spans: Sequence[range]) -> Array:
    """The values of ``(C, *values)`` in a span along each axis, with zeros where there are none."""
    inside = [slice(max(span.start, 0), min(span.stop, n)) for span, n in zip(spans, source.shape[1:], strict=True)]
    kept = source[:, *inside]
    whole = tuple(map(len, spans))
    if kept.shape[1:] == whole:
        return kept
    surrounded = np.zeros((len(source), *whole), source.dtype)
    places = (slice(one.start - s.start, one.stop - s.start) for one, s in zip(inside, spans, strict=True))
    surrounded[:, *places] = kept
    return surrounded


def _every_window(x: Array, windows: Sequence[SlidingWindow], taps: Sequence[int]) -> Array:
    """A view ``(C, *positions, *taps)`` of every window of ``(C, *values)``; it is not to be written to."""
    extents = [window.dilation * (count - 1) + 1 for window, count in zip(windows, taps, strict=True)]
    every = np.lib.stride_tricks.sliding_window_view(x, extents, tuple(range(1, x.ndim)))
    strides = [slice(None, None, window.stride) for window in windows]
    dilations = [slice(None, None, window.dilation) for window in windows]
    view: Array = every[:, *strides, *dilations]
    return view


def _depthwise(x: Array, weight: Array, output: Array, sliding: list[SlidingWindow]) -> None:
    """One filter a channel: add up the taps, a block of channels at a time that stays in the cache."""
    channels = len(weight)
    for box in boxes(output.shape[2:], at_most(SCRATCH_BYTES // output.itemsize)):
        values, windows = restricted(sliding, box)
        size = prod(count for _, count in box)
        block = max(1, min(channels, CACHED_BYTES // max(size * output.itemsize, 1)))
        products = np.empty(block * size, output.dtype)
        for sample in range(len(output)):
            for first in range(0, channels, block):
                chosen = slice(first, first + block)
                target = output[sample, chosen, *slices(box)]
                _add_taps(x[sample, chosen, *values], weight[chosen, 0], target, windows, products)


def _add_taps(x: Array, weight: Array, target: Array, windows: list[SlidingWindow], products: Array) -> None:
    """The sum of the taps' products with the values that they lie on; `products` is where they are made."""
    target[...] = 0
    for taps, positions, values in overlaps(windows):
        factor = x[:, *values]
        product = products[: factor.size].reshape(factor.shape)
        np.multiply(factor, weight[:, *taps].reshape(-1, *(1,) * len(windows)), out=product)
        target[:, *positions] += product


def convolve_transposed(
    x: Array, weight: Array, bias: Array | None = None, *, windows: Sequence[AxisWindow], groups: int = 1
) -> Array:
    """Spread ``(N, C, *I)`` by a weight ``(C, out / groups, *kernel)``, and cut the padding off the output.

    Tap t of the input at q is added to the output at ``q stride + t dilation - before``; the output ends
    `output_padding` after the last.

    >>> from cnncalc.kernels.windows import AxisWindow
    >>> convolve_transposed(np.arange(4).reshape(1, 1, 4), np.ones((1, 1, 3), int), windows=[AxisWindow(3, stride=2)])
    array([[[0, 0, 1, 1, 3, 2, 5, 3, 3]]])
    """
    check_taps(weight, windows)
    spread = [window.spread_from(n) for window, n in zip(windows, x.shape[2:], strict=True)]
    output = np.zeros((len(x), groups * weight.shape[1], *(one.size for one in spread)), np.result_type(x, weight))
    matrices = weight.reshape(groups, x.shape[1] // groups, *weight.shape[1:])
    add = _spread_values if prod(weight.shape[2:]) <= prod(x.shape[2:]) else _spread_kernels
    for sample, target in zip(x, output, strict=True):
        add(sample.reshape(groups, -1, *x.shape[2:]), matrices, target, spread)
    if bias is not None:
        output += bias.reshape(-1, *(1,) * len(windows))
    return output


def _spread_values(x: Array, weight: Array, output: Array, spread: list[SlidingWindow]) -> None:
    """Add each tap's products with the values ``(G, C / G, *I)``, tap by tap."""
    channels = max(prod(x.shape[:2]), len(output))
    for box in boxes(x.shape[2:], at_most(max(SCRATCH_BYTES // (output.itemsize * channels), 1))):
        places, windows = restricted(spread, box)
        target = output[:, *places]
        values = x[..., *slices(box)].reshape(*x.shape[:2], -1)
        for taps, positions, outputs in overlaps(windows):
            products = weight[..., *taps].swapaxes(1, 2) @ values
            target[:, *outputs] += products.reshape(len(output), *(count for _, count in box))[:, *positions]


def _spread_kernels(x: Array, weight: Array, output: Array, spread: list[SlidingWindow]) -> None:
    """Add each value's products with the kernels, value by value: there are fewer of them than taps.

    So taps and positions, and with them dilation and stride, change places.
    """
    turned = [
        one._replace(kernel_size=one.positions, positions=one.kernel_size, stride=one.dilation, dilation=one.stride)
        for one in spread
    ]
    for box in boxes(weight.shape[3:], at_most(max(SCRATCH_BYTES // (weight.itemsize * prod(weight.shape[:3])), 1))):
        places, windows = restricted(turned, box)
        target = output[:, *places]
        kernels = weight[..., *slices(box)].reshape(*weight.shape[:2], -1)
        for positions, taps, outputs in overlaps(windows):
            products = x[..., *positions][:, np.newaxis] @ kernels
            target[:, *outputs] += products.reshape(len(output), *(count for _, count in box))[:, *taps]


def linear(x: Array, weight: Array, bias: Array | None = None, *, axis: int = 1) -> Array:
    """Multiply `axis` of the input by a weight ``(out, in)``."""
    moved = np.moveaxis(x, axis, -1)
    # All positions in one product: NumPy multiplies a row at a time where there are more axes, or without BLAS.
    output: Array = (moved.reshape(-1, moved.shape[-1]) @ weight.T).reshape(*moved.shape[:-1], len(weight))
    if bias is not None:
        output += bias
    return np.moveaxis(output, -1, axis)
