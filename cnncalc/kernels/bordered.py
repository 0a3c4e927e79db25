"""Convolution of maps that go on beyond their borders: mirrored, by the value at the edge, or from the other end.

As in `convolution`, integers stay exact as long as their type holds the sums. Nothing is made larger than the scratch
arrays: the border may be very much larger than the map, and of a box of positions only what their taps lie on is
gathered.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

import numpy as np

from cnncalc.kernels.arrays import pad
from cnncalc.kernels.convolution import check_taps, convolve
from cnncalc.kernels.windows import SCRATCH_BYTES, boxes, slices

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.kernels.arrays import Array
    from cnncalc.kernels.windows import AxisWindow


def convolve_bordered(
    x: Array,
    weight: Array,
    bias: Array | None = None,
    *,
    windows: Sequence[AxisWindow],
    mode: str,
    groups: int = 1,
) -> Array:
    """As `convolution.convolve`, with a border that `mode` fills: `reflect`, `replicate` or `circular`.

    >>> from cnncalc.kernels.windows import AxisWindow
    >>> x, ones = np.arange(5).reshape(1, 1, 5), np.ones((1, 1, 3), int)
    >>> convolve_bordered(x, ones, windows=[AxisWindow(3, padding=(1, 1))], mode="circular")
    array([[[5, 3, 6, 9, 7]]])
    """
    check_taps(weight, windows)
    pads = [window.padding for window in windows]
    sizes = [size + before + after for size, (before, after) in zip(x.shape[2:], pads, strict=True)]
    unpadded = [window._replace(padding=(0, 0)) for window in windows]
    if len(x) * x.shape[1] * prod(sizes) * x.itemsize <= SCRATCH_BYTES // 4:
        return convolve(pad(x, pads, mode), weight, bias, windows=unpadded, groups=groups)
    positions = [window.slide_over(size).positions for window, size in zip(unpadded, sizes, strict=True)]
    output = np.empty((len(x), len(weight), *positions), np.result_type(x, weight))
    if prod(sizes) <= 2 * prod(x.shape[2:]):
        for sample, target in zip(x, output, strict=True):
            _by_rows(sample, weight, bias, target, windows, mode, groups)
        return output
    for sample, target in zip(x, output, strict=True):
        _gathered(sample, weight.reshape(groups, len(weight) // groups, -1), target, windows, mode)
    if bias is not None:
        output += bias.reshape(-1, *(1,) * len(windows))
    return output


def _gathered(x: Array, matrices: Array, output: Array, windows: Sequence[AxisWindow], mode: str) -> None:
    """Multiply the windows of ``(C, *I)``, gathered as columns of a box at a time, with the weights of each group."""
    kernel = [window.kernel_size for window in windows]
    most = SCRATCH_BYTES // output.itemsize
    rank = len(windows)
    for box in boxes(output.shape[1:], lambda counts: len(x) * prod(kernel) * prod(counts) <= most):
        counts = [count for _, count in box]
        places = [
            _places(window, first, count, size, mode).reshape(-1)
            for window, (first, count), size in zip(windows, box, x.shape[1:], strict=True)
        ]
        values = x[np.ix_(np.arange(len(x)), *places)]
        pairs = (size for pair in zip(kernel, counts, strict=True) for size in pair)
        order = (0, *range(1, 2 * rank, 2), *range(2, 2 * rank + 1, 2))
        columns = values.reshape(len(x), *pairs).transpose(order).reshape(len(matrices), -1, prod(counts))
        products = matrices @ columns
        output[:, *slices(box)] = products.reshape(-1, *counts)


def _by_rows(
    x: Array,
    weight: Array,
    bias: Array | None,
    output: Array,
    windows: Sequence[AxisWindow],
    mode: str,
    groups: int,
) -> None:
    """Convolve ``(C, *I)`` some positions along the first axis at a time, so that no border is made of a whole map."""
    first, *others = windows
    pads = [(0, 0), *(window.padding for window in others)]
    unpadded = [window._replace(padding=(0, 0)) for window in windows]
    values = len(x) * prod(sum(window.padding) + size for window, size in zip(others, x.shape[2:], strict=True))
    at_once = max(SCRATCH_BYTES // (4 * x.itemsize * values * first.stride), 1)
    for start in range(0, output.shape[1], at_once):
        count = min(at_once, output.shape[1] - start)
        rows = np.arange(start * first.stride, (start + count - 1) * first.stride + first.extent) - first.padding[0]
        part = pad(x[np.newaxis, :, _inside(rows, x.shape[1], mode)], pads, mode)
        output[:, start : start + count] = convolve(part, weight, bias, windows=unpadded, groups=groups)[0]


def _places(window: AxisWindow, first: int, count: int, size: int, mode: str) -> Array:
    """``(taps, positions)``: the value on which each tap lies at `count` positions from `first` on."""
    taps = np.arange(window.kernel_size)[:, np.newaxis] * window.dilation
    return _inside(taps + np.arange(first, first + count) * window.stride - window.padding[0], size, mode)


def _inside(places: Array, size: int, mode: str) -> Array:
    """Where the map has the values that stand at places, of which some are beyond its ends."""
    if mode == "circular":
        return places % size
    if mode == "reflect":
        return size - 1 - abs(size - 1 - abs(places))
    return places.clip(0, size - 1)
