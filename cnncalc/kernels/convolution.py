"""Convolution, its transpose and the fully connected product.

A convolution gathers the windows into columns and multiplies them with the weights, a block of rows at a time so
that the columns stay small. How many positions there are follows from the padded array and the stride alone.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Final

import numpy as np

from cnncalc.kernels.arrays import pad

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.kernels.arrays import Array

COLUMN_BYTES: Final = 2**24
"""About the most memory that the gathered windows take."""

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
    windows = sliding_windows(pad(x, pads), weight.shape[2:], stride, dilation)
    rank = len(stride)
    positions = windows.shape[2 : 2 + rank]
    output = np.empty((len(x), len(weight), *positions), np.result_type(x, weight))
    if groups == x.shape[1] == len(weight) and groups > 1:
        _depthwise(windows, weight, output)
    else:
        _grouped(windows, weight, output, groups)
    if bias is not None:
        output += bias.reshape(-1, *(1,) * rank)
    return output


def sliding_windows(x: Array, kernel: Sequence[int], stride: Sequence[int], dilation: Sequence[int]) -> Array:
    """A view ``(N, C, *positions, *kernel)`` of every window of ``(N, C, *I)``; it is not to be written to."""
    extents = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
    axes = tuple(range(2, x.ndim))
    every = np.lib.stride_tricks.sliding_window_view(x, extents, axes)
    steps = tuple(slice(None, None, s) for s in stride)
    taps = tuple(slice(None, None, d) for d in dilation)
    view: Array = every[(slice(None), slice(None), *steps, *taps)]
    return view


def _grouped(windows: Array, weight: Array, output: Array, groups: int) -> None:
    """Multiply each group's windows, as columns, with its weights."""
    rank = (windows.ndim - 2) // 2
    inputs, outputs = windows.shape[1] // groups, len(weight) // groups
    rows = windows.shape[2]
    taps = int(np.prod(weight.shape[1:]))
    row_bytes = taps * int(np.prod(windows.shape[3 : 2 + rank])) * output.itemsize
    block = max(1, min(rows, COLUMN_BYTES // max(row_bytes, 1)))
    kernel_axes = range(1 + rank, 1 + 2 * rank)
    order = (0, *kernel_axes, *range(1, 1 + rank))
    for sample in range(len(windows)):
        for group in range(groups):
            chosen = slice(group * outputs, (group + 1) * outputs)
            matrix = weight[chosen].reshape(outputs, taps)
            source = windows[sample, group * inputs : (group + 1) * inputs]
            for first in range(0, rows, block):
                columns = source[:, first : first + block].transpose(order).reshape(taps, -1)
                target = output[sample, chosen, first : first + block]
                target[...] = (matrix @ columns).reshape(target.shape)


def _depthwise(windows: Array, weight: Array, output: Array) -> None:
    """One filter a channel: add up the taps, a block of channels at a time that stays in the cache."""
    rank = (windows.ndim - 2) // 2
    channels = len(weight)
    block = max(1, min(channels, CACHED_BYTES // max(prod(output.shape[2:]) * output.itemsize, 1)))
    scaled = np.empty((block, *output.shape[2:]), output.dtype)
    for sample in range(len(output)):
        for first in range(0, channels, block):
            chosen = slice(first, first + block)
            target = output[sample, chosen]
            for number, tap in enumerate(np.ndindex(*weight.shape[2:])):
                scale = weight[(chosen, 0, *tap)].reshape(-1, *(1,) * rank)
                product = scaled[: len(target)] if number else target
                np.multiply(windows[(sample, chosen, ..., *tap)], scale, out=product)
                if number:
                    target += product


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

    Tap t of the input at q is added to the output at ``q stride + t dilation``; the output ends `added` after the last.
    """
    rank = len(stride)
    taps = zip(x.shape[2:], weight.shape[2:], stride, dilation, added, strict=True)
    shape = [(size - 1) * s + d * (k - 1) + 1 + more for size, k, s, d, more in taps]
    output = np.zeros((len(x), groups * weight.shape[1], *shape), np.result_type(x, weight))
    values = x.reshape(len(x), groups, x.shape[1] // groups, -1)
    matrices = weight.reshape(groups, x.shape[1] // groups, *weight.shape[1:])
    for tap in np.ndindex(*weight.shape[2:]):
        spread = matrices[(..., *tap)].swapaxes(1, 2) @ values
        reached = [
            slice(t * d, t * d + (size - 1) * s + 1, s)
            for t, d, s, size in zip(tap, dilation, stride, x.shape[2:], strict=True)
        ]
        output[(slice(None), slice(None), *reached)] += spread.reshape(len(x), -1, *x.shape[2:])
    kept = tuple(slice(before, size - after) for size, (before, after) in zip(shape, pads, strict=True))
    result = np.ascontiguousarray(output[(slice(None), slice(None), *kept)])
    if bias is not None:
        result += bias.reshape(-1, *(1,) * rank)
    return result


def linear(x: Array, weight: Array, bias: Array | None = None, *, axis: int = 1) -> Array:
    """Multiply `axis` of the input by a weight ``(out, in)``."""
    moved = np.moveaxis(x, axis, -1)
    output: Array = moved @ weight.T
    if bias is not None:
        output += bias
    return np.moveaxis(output, -1, axis)
