"""Transposed convolution, which spreads each value over a window.

Products and sums are taken in the type of the arrays, and no float comes between: integers stay exact as long as their
type holds the sums. A thread adds to channels of its own.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Final

import numpy as np

from cnncalc.kernels.convolution import check_taps
from cnncalc.kernels.threads import in_threads, portions
from cnncalc.kernels.windows import SCRATCH_BYTES, at_most, boxes, overlaps, restricted, slices

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.kernels.arrays import Array
    from cnncalc.kernels.windows import AxisWindow, SlidingWindow

TILE_BYTES: Final = 2**20
"""About the memory of the products of a tap, which are then added up."""


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
    grouped = weight.reshape(groups, x.shape[1] // groups, *weight.shape[1:])
    by_group = output.reshape(len(x), groups, -1, *output.shape[2:])
    add = _spread_values if prod(weight.shape[2:]) <= prod(x.shape[2:]) else _spread_kernels

    def spread_to(part: tuple[int, slice]) -> None:
        """Add to some channels of a sample, which no other thread adds to."""
        number, channels = part
        values = x[number].reshape(groups, -1, *x.shape[2:])
        add(values, grouped[:, :, channels], by_group[number, :, channels], spread)
        if bias is not None:
            target = by_group[number, :, channels]
            target += bias.reshape(groups, -1, *(1,) * len(windows))[:, channels]

    parts = portions(weight.shape[1])
    in_threads(spread_to, [(number, part) for number in range(len(x)) for part in parts])
    return output


def _spread_values(x: Array, weight: Array, output: Array, spread: list[SlidingWindow]) -> None:
    """Add each tap's products with the values ``(G, C / G, *I)`` to ``(G, out / G, *O)``, tap by tap."""
    channels = max(prod(x.shape[:2]), prod(output.shape[:2]))
    most = min(TILE_BYTES, SCRATCH_BYTES) // (output.itemsize * channels)
    for taps, positions, outputs in overlaps(spread):
        kernel = np.ascontiguousarray(weight[..., *taps].swapaxes(1, 2))  # NumPy is slow with taps between
        values, target = x[:, :, *positions], output[:, :, *outputs]
        for box in map(slices, boxes(values.shape[2:], at_most(max(most, 1)))):
            part = target[:, :, *box]
            part += (kernel @ values[:, :, *box].reshape(*x.shape[:2], -1)).reshape(part.shape)


def _spread_kernels(x: Array, weight: Array, output: Array, spread: list[SlidingWindow]) -> None:
    """Add each value's products with the kernels, value by value: there are fewer of them than taps.

    So taps and positions, and with them dilation and stride, change places.
    """
    turned = [
        one._replace(kernel_size=one.positions, positions=one.kernel_size, stride=one.dilation, dilation=one.stride)
        for one in spread
    ]
    most = SCRATCH_BYTES // (weight.itemsize * max(prod(weight.shape[:3]), 1))
    for box in boxes(weight.shape[3:], at_most(max(most, 1))):
        places, windows = restricted(turned, box)
        target = output[:, :, *places]
        kernels = weight[..., *slices(box)].reshape(*weight.shape[:2], -1)
        for positions, taps, outputs in overlaps(windows):
            products = x[..., *positions][:, np.newaxis] @ kernels
            counts = (count for _, count in box)
            target[:, :, *outputs] += products.reshape(*output.shape[:2], *counts)[:, :, *taps]
