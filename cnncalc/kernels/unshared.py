"""Convolution with weights of their own at each position; integers stay exact as long as their type holds the sums."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

import numpy as np

from cnncalc.kernels.columns import window_columns
from cnncalc.kernels.windows import SCRATCH_BYTES, boxes, restricted, slices, slide_over

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.kernels.arrays import Array
    from cnncalc.kernels.windows import AxisWindow


def convolve_unshared(x: Array, weight: Array, bias: Array | None = None, *, windows: Sequence[AxisWindow]) -> Array:
    """Cross-correlate ``(N, C, *I)``, zeros around, with a weight ``(*O, out, C, *kernel)`` and a bias ``(*O, out)``.

    >>> from cnncalc.kernels.windows import AxisWindow
    >>> x, weight = np.arange(4).reshape(1, 1, 4), np.array([1, 10, 100]).reshape(3, 1, 1, 1)
    >>> convolve_unshared(x, weight * np.ones(2, int), windows=[AxisWindow(2)])
    array([[[  1,  30, 500]]])
    """
    sliding = slide_over(x.shape[2:], windows)
    filters, *taken = weight.shape[len(windows) :]
    output = np.empty((len(x), filters, *(window.positions for window in sliding)), np.result_type(x, weight))
    most = SCRATCH_BYTES // output.itemsize
    for box in boxes(output.shape[2:], lambda counts: filters * prod(taken) * prod(counts) <= most):
        values, inside = restricted(sliding, box)
        taps = [window.taps() for window in inside]
        kept = (slice(one.start, one.stop) for one in taps)
        positions = prod(count for _, count in box)
        matrices = weight[*slices(box), :, :, *kept].reshape(positions, filters, -1)
        for number, sample in enumerate(x):
            columns = window_columns(sample[:, *values], inside, taps, output.dtype)
            products = matrices @ columns.T[:, :, np.newaxis]
            output[number, :, *slices(box)] = products[:, :, 0].T.reshape(filters, *(count for _, count in box))
    if bias is not None:
        output += np.moveaxis(bias, -1, 0)
    return output
