"""Windows laid out as columns, and columns added up to a map.

What is laid out keeps its type and its values, to the bit; sums are taken in the type of the array.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

import numpy as np

from cnncalc.kernels.windows import overlaps, slide_over

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.kernels.arrays import Array
    from cnncalc.kernels.windows import AxisWindow


def unfold(x: Array, windows: Sequence[AxisWindow]) -> Array:
    """``(N, C, *I) -> (N, C taps, positions)``: the values under each window as a column, 0 in the padding.

    >>> from cnncalc.kernels.windows import AxisWindow
    >>> unfold(np.arange(1, 5).reshape(1, 1, 4), [AxisWindow(2, stride=2, padding=(1, 1))])[0].tolist()
    [[0, 2, 4], [1, 3, 0]]
    """
    sliding = slide_over(x.shape[2:], windows)
    taps, positions = [window.kernel_size for window in windows], [window.positions for window in sliding]
    columns = np.zeros((*x.shape[:2], *taps, *positions), x.dtype)
    for tap, where, values in overlaps(sliding):
        columns[:, :, *tap, *where] = x[:, :, *values]
    return columns.reshape(len(x), x.shape[1] * prod(taps), prod(positions))


def fold(x: Array, sizes: Sequence[int], windows: Sequence[AxisWindow]) -> Array:
    """``(N, C taps, positions) -> (N, C, *sizes)``: each value added where its window's tap lies.

    >>> from cnncalc.kernels.windows import AxisWindow
    >>> fold(np.arange(6).reshape(1, 2, 3), [4], [AxisWindow(2, stride=1)])[0].tolist()
    [[0, 4, 6, 5]]
    """
    sliding = slide_over(sizes, windows)
    taps, positions = [window.kernel_size for window in windows], [window.positions for window in sliding]
    columns = x.reshape(len(x), -1, *taps, *positions)
    output = np.zeros((len(x), columns.shape[1], *sizes), x.dtype)
    for tap, where, values in overlaps(sliding):
        output[:, :, *values] += columns[:, :, *tap, *where]
    return output
