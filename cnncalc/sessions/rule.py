"""Which kernel a convolution is given, by its shape alone.

It is the fastest, or near it: `tests/benchmarks/kernels.py` measures them beside each other. The numbers here are those
found with OpenBLAS's kernels for AVX2; with those for AVX-512 products take less time, and tiles gain less. Where its
weights would take too much memory in all, `budget` gives one that takes less.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.kernels.windows import AxisWindow
    from cnncalc.shapes import Shape

SMALLEST_FOR_4: Final = 24
SMALLEST_FOR_2: Final = 12
"""The sizes of a map from which on Winograd's tiles of 4 x 4 and of 2 x 2 values pay: below there are too few tiles."""
FEWEST_CHANNELS: Final = 24
"""Transforming tiles costs as much for each channel as it saves, where there are fewer."""
FEW_CHANNELS: Final = 16
"""Columns of so few channels are copied in short runs, which are longer for two positions at once."""


class Kernel(StrEnum):
    """A way to compute a convolution."""

    PIXELS = "pixels x filters"
    """One matrix product, of the map as it lies and the filters."""
    COLUMNS = "columns x filters"
    """A product of the windows, laid out as rows of a matrix, and the filters."""
    PAIRS = "column pairs x filters"
    """The same with windows that hold those of two neighbouring positions."""
    GROUPS = "columns x filters, by group"
    DEPTHWISE = "tap by tap"
    """For each tap a product of the map, value by value, with the weights of that tap."""
    PHASES = "a convolution a phase"
    """Of a transposed convolution: each place within a stride is a convolution by some of the taps."""
    WINOGRAD_2 = "Winograd F(2x2, 3x3)"
    WINOGRAD_4 = "Winograd F(4x4, 3x3)"

    @property
    def tile(self) -> int:
        """The values along each axis of the output that a Winograd tile makes; 0 for other kernels."""
        return {Kernel.WINOGRAD_2: 2, Kernel.WINOGRAD_4: 4}.get(self, 0)


def kernel_of(windows: Sequence[AxisWindow], groups: int, before: Shape, after: Shape, *, exact: bool) -> Kernel:
    """The kernel for a convolution of a map ``(C, H, W)`` to another; an `exact` one reads its own values alone.

    >>> from cnncalc.kernels.windows import AxisWindow
    >>> windows = [AxisWindow(3, padding=(1, 1))] * 2
    >>> [kernel_of(windows, 1, (64, n, n), (64, n, n), exact=False).tile for n in (28, 14, 7)]
    [4, 2, 0]
    >>> kernel_of(windows, 64, (64, 56, 56), (64, 56, 56), exact=False)
    <Kernel.DEPTHWISE: 'tap by tap'>
    """
    if groups > 1:
        return Kernel.DEPTHWISE if groups == before[0] == after[0] else Kernel.GROUPS
    if all(window.kernel_size == 1 and window.stride == 1 and not any(window.padding) for window in windows):
        return Kernel.PIXELS
    plain = all((window.kernel_size, window.stride, window.dilation) == (3, 1, 1) for window in windows)
    if plain and not exact and min(before[0], after[0]) >= FEWEST_CHANNELS:
        size = min(after[1:])
        if size >= SMALLEST_FOR_2:
            return Kernel.WINOGRAD_4 if size >= SMALLEST_FOR_4 else Kernel.WINOGRAD_2
    if not exact and before[0] <= FEW_CHANNELS and windows[-1].dilation == 1 and after[-1] % 2 == 0:
        return Kernel.PAIRS
    return Kernel.COLUMNS
