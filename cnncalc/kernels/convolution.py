"""Convolution, its transpose and the fully connected product.

A convolution gathers the windows into columns and multiplies them with the weights, a box of positions at a time so
that the columns stay small. How many positions there are follows from the array, its padding and the stride alone.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cnncalc.kernels.windows import SCRATCH_BYTES, Axis, at, axes_of, boxes, meetings, parts, slices, within

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.kernels.arrays import Array

CACHED_BYTES: Final = 2**18
"""About the most memory of an output that is added to again and again."""


def convolve(
    x: Array,
    weight: Array,
    bias: Array | None = None,
    *,
    stride: Sequence[int],
    dilation: Sequence[int],
    pads: Sequence[tuple[int, int]],
    groups: int = 1,
) -> Array:
    """Cross-correlate ``(N, C, *I)`` with a weight ``(out, C / groups, *kernel)``, zeros around by `pads`."""
    axes = axes_of(x.shape[2:], weight.shape[2:], stride, dilation, pads)
    output = np.empty((len(x), len(weight), *(axis.positions for axis in axes)), np.result_type(x, weight))
    if groups == x.shape[1] == len(weight) and groups > 1:
        _depthwise(x, weight, output, axes)
    else:
        _grouped(x, weight, output, axes, groups)
    if bias is not None:
        output += bias.reshape(-1, *(1,) * len(axes))
    return output


def _grouped(x: Array, weight: Array, output: Array, axes: list[Axis], groups: int) -> None:
    """Multiply each group's windows, as columns, with its weights."""
    inputs, outputs = x.shape[1] // groups, len(weight) // groups
    most = SCRATCH_BYTES // output.itemsize

    def fits(counts: Sequence[int]) -> bool:
        taps = inputs * prod(axis.most_taps(count) for axis, count in zip(axes, counts, strict=True))
        return bool(max(taps, outputs) * prod(counts) <= most)

    for box in boxes(output.shape[2:], fits):
        values, windows = parts(axes, box)
        taps = [axis.taps() for axis in windows]
        chosen = tuple(slice(one.start, one.stop) for one in taps)
        for group in range(groups):
            kernels = weight[at(slice(group * outputs, (group + 1) * outputs), slice(None), *chosen)]
            for sample in range(len(x)):
                source = x[at(sample, slice(group * inputs, (group + 1) * inputs), *values)]
                target = output[at(sample, slice(group * outputs, (group + 1) * outputs), *slices(box))]
                _multiplied(kernels, _columns(source, windows, taps, output.dtype), target, most)


def _multiplied(kernels: Array, columns: Array, target: Array, most: int) -> None:
    """The product of kernels, which are copied some at a time where taps of them are left out, and columns."""
    rows = len(kernels) if kernels.flags.c_contiguous else max(most // max(len(columns), 1), 1)
    for first in range(0, len(kernels), rows):
        part = target[first : first + rows]
        matrix = kernels[first : first + rows].reshape(len(part), len(columns))
        if part.flags.c_contiguous:
            np.matmul(matrix, columns, out=part.reshape(len(part), columns.shape[1]))
        else:
            part[...] = (matrix @ columns).reshape(part.shape)


def _columns(source: Array, axes: list[Axis], taps: list[range], dtype: np.dtype[Any]) -> Array:
    """The windows of ``(C, *values)`` as columns, ``(C x taps, positions)``, of the taps that meet values."""
    counts, positions = [len(one) for one in taps], [axis.positions for axis in axes]
    rows, columns = len(source) * prod(counts), prod(positions)
    spans = [axis.reach(one) for axis, one in zip(axes, taps, strict=True)]
    covered = len(source) * prod(end - start for start, end in spans) * source.itemsize
    if all(counts) and covered <= SCRATCH_BYTES:
        rank = len(axes)
        views = _windows(_surrounded(source, spans), axes, counts)
        return views.transpose(0, *range(1 + rank, 1 + 2 * rank), *range(1, 1 + rank)).reshape(rows, columns)
    gathered = np.zeros((len(source), *counts, *positions), dtype)
    for numbers, where, values in meetings(axes):
        tap = (number - one.start for number, one in zip(numbers, taps, strict=True))
        gathered[at(slice(None), *tap, *where)] = source[at(slice(None), *values)]
    return gathered.reshape(rows, columns)


def _surrounded(source: Array, spans: Sequence[tuple[int, int]]) -> Array:
    """The values of ``(C, *values)`` from a start to an end along each axis, with zeros where there are none."""
    inside = tuple(slice(max(start, 0), min(end, n)) for (start, end), n in zip(spans, source.shape[1:], strict=True))
    kept = source[at(slice(None), *inside)]
    whole = [end - start for start, end in spans]
    if list(kept.shape[1:]) == whole:
        return kept
    around = np.zeros((len(source), *whole), source.dtype)
    places = (slice(one.start - start, one.stop - start) for one, (start, _) in zip(inside, spans, strict=True))
    around[at(slice(None), *places)] = kept
    return around


def _windows(x: Array, axes: Sequence[Axis], taps: Sequence[int]) -> Array:
    """A view ``(C, *positions, *taps)`` of every window of ``(C, *values)``; it is not to be written to."""
    extents = [axis.dilation * (count - 1) + 1 for axis, count in zip(axes, taps, strict=True)]
    every = np.lib.stride_tricks.sliding_window_view(x, extents, tuple(range(1, x.ndim)))
    steps = tuple(slice(None, None, axis.stride) for axis in axes)
    gaps = tuple(slice(None, None, axis.dilation) for axis in axes)
    view: Array = every[at(slice(None), *steps, *gaps)]
    return view


def _depthwise(x: Array, weight: Array, output: Array, axes: list[Axis]) -> None:
    """One filter a channel: add up the taps, a block of channels at a time that stays in the cache."""
    channels = len(weight)
    for box in boxes(output.shape[2:], within(SCRATCH_BYTES // output.itemsize)):
        values, windows = parts(axes, box)
        size = prod(count for _, count in box)
        block = max(1, min(channels, CACHED_BYTES // max(size * output.itemsize, 1)))
        products = np.empty(block * size, output.dtype)
        for sample in range(len(output)):
            for first in range(0, channels, block):
                chosen = slice(first, first + block)
                target = output[at(sample, chosen, *slices(box))]
                _add_taps(x[at(sample, chosen, *values)], weight[chosen, 0], target, windows, products)


def _add_taps(x: Array, weight: Array, target: Array, axes: list[Axis], products: Array) -> None:
    """The sum of the taps' products with the values that they meet; `products` is where they are made."""
    target[...] = 0
    for taps, where, values in meetings(axes):
        met = x[at(slice(None), *values)]
        product = products[: met.size].reshape(met.shape)
        np.multiply(met, weight[at(slice(None), *taps)].reshape(-1, *(1,) * len(axes)), out=product)
        target[at(slice(None), *where)] += product


def convolve_transposed(
    x: Array,
    weight: Array,
    bias: Array | None = None,
    *,
    stride: Sequence[int],
    dilation: Sequence[int],
    pads: Sequence[tuple[int, int]],
    added: Sequence[int],
    groups: int = 1,
) -> Array:
    """Spread ``(N, C, *I)`` by a weight ``(C, out / groups, *kernel)``, and cut `pads` off the output.

    Tap t of the input at q is added to the output at ``q stride + t dilation - before``; the output ends `added` after
    the last.
    """
    spreads = list(zip(x.shape[2:], weight.shape[2:], stride, dilation, pads, added, strict=True))
    sizes = [(n - 1) * s + d * (k - 1) + 1 + more - sum(cut) for n, k, s, d, cut, more in spreads]
    output = np.zeros((len(x), groups * weight.shape[1], *sizes), np.result_type(x, weight))
    windows = zip(sizes, spreads, strict=True)
    axes = [Axis(size, k, s, d, before, n) for size, (n, k, s, d, (before, _), _) in windows]
    matrices = weight.reshape(groups, x.shape[1] // groups, *weight.shape[1:])
    spread = _spread_values if prod(weight.shape[2:]) <= prod(x.shape[2:]) else _spread_kernels
    for sample, target in zip(x, output, strict=True):
        spread(sample.reshape(groups, -1, *x.shape[2:]), matrices, target, axes)
    if bias is not None:
        output += bias.reshape(-1, *(1,) * len(axes))
    return output


def _spread_values(x: Array, weight: Array, output: Array, axes: list[Axis]) -> None:
    """Add what each tap makes of the values ``(G, C / G, *I)``, tap by tap."""
    channels = max(prod(x.shape[:2]), len(output))
    for box in boxes(x.shape[2:], within(max(SCRATCH_BYTES // (output.itemsize * channels), 1))):
        reached, windows = parts(axes, box)
        target = output[at(slice(None), *reached)]
        values = x[at(..., *slices(box))].reshape(*x.shape[:2], -1)
        for taps, where, places in meetings(windows):
            spread = weight[at(..., *taps)].swapaxes(1, 2) @ values
            made = spread.reshape(len(output), *(count for _, count in box))
            target[at(slice(None), *places)] += made[(slice(None), *where)]


def _spread_kernels(x: Array, weight: Array, output: Array, axes: list[Axis]) -> None:
    """Add what each value makes of the kernels, value by value: there are fewer of them than taps."""
    turned = [a._replace(kernel=a.positions, positions=a.kernel, stride=a.dilation, dilation=a.stride) for a in axes]
    for box in boxes(weight.shape[3:], within(max(SCRATCH_BYTES // (weight.itemsize * prod(weight.shape[:3])), 1))):
        reached, windows = parts(turned, box)
        target = output[at(slice(None), *reached)]
        kernels = weight[at(..., *slices(box))].reshape(*weight.shape[:2], -1)
        for places, taps, where in meetings(windows):
            made = (x[at(..., *places)][:, np.newaxis] @ kernels).reshape(len(output), *(count for _, count in box))
            target[at(slice(None), *where)] += made[(slice(None), *taps)]


def linear(x: Array, weight: Array, bias: Array | None = None, *, axis: int = 1) -> Array:
    """Multiply `axis` of the input by a weight ``(out, in)``."""
    moved = np.moveaxis(x, axis, -1)
    # All positions in one product: NumPy multiplies a row at a time where there are more axes, or without BLAS.
    output: Array = (moved.reshape(-1, moved.shape[-1]) @ weight.T).reshape(*moved.shape[:-1], len(weight))
    if bias is not None:
        output += bias
    return np.moveaxis(output, -1, axis)
