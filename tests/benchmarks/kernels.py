"""The kernels of a convolution of 3 x 3 taps beside each other: `python -m tests.benchmarks.kernels`.

By one thread, so that the second processor may be busy; the figures are thousand million floating-point operations a
second of the direct definition, the least time of several. The kernel that the rule of sessions takes has a star: it
should be the fastest, or near it.
"""

from __future__ import annotations

from time import thread_time
from typing import TYPE_CHECKING, Final

import numpy as np

from cnncalc.execution.threads import blas_threads
from cnncalc.kernels.prepared.columns import (
    ColumnConvolution,
    filter_matrices,
    paired_filters,
    paired_windows,
    window_view,
)
from cnncalc.kernels.prepared.finish import Finish
from cnncalc.kernels.prepared.shares import Share
from cnncalc.kernels.prepared.winograd import WinogradConvolution, transformed_filters
from cnncalc.kernels.windows import AxisWindow
from cnncalc.sessions.rule import Kernel, kernel_of

if TYPE_CHECKING:
    from cnncalc.kernels.prepared.shares import Bound

SHAPES: Final = (
    *((224, 3, 64), (128, 8, 8), (128, 16, 16), (112, 24, 24), (112, 32, 32), (54, 32, 128)),
    *((56, 64, 64), (28, 128, 128), (28, 128, 32), (28, 512, 512), (24, 64, 64), (20, 64, 64), (14, 256, 256)),
    *((14, 128, 32), (12, 192, 192), (10, 256, 256), (7, 512, 512)),
)
"""Pixels along an axis, channels and filters."""
RUNS: Final = 9
BEYOND: Final = 8
"""Pixels behind the border: tiles that are cut read them."""


def kernels(pixels: int, channels: int, filters: int) -> dict[Kernel, Bound]:
    """Each kernel, bound to arrays of its own."""
    rng = np.random.default_rng(0)
    weight = rng.standard_normal((filters, channels, 3, 3), np.float32)
    x = rng.standard_normal((1, pixels + 2 + BEYOND, pixels + 2 + BEYOND, channels), np.float32)
    target, finish = (
        np.empty((1, pixels, pixels, filters), np.float32),
        Finish(np.zeros(filters, np.float32), None, 0.0),
    )
    windows, matrices = window_view(x[:, : pixels + 2, : pixels + 2], (3, 3), (1, 1), (1, 1)), filter_matrices(weight)
    pairs = paired_windows(windows, 1), paired_filters(matrices, 3, 3, 1)
    return {
        Kernel.COLUMNS: ColumnConvolution(windows, matrices, finish, target),
        Kernel.PAIRS: ColumnConvolution(*pairs, finish, target),
        Kernel.WINOGRAD_2: WinogradConvolution(x, transformed_filters(weight, 2), finish, target),
        Kernel.WINOGRAD_4: WinogradConvolution(x, transformed_filters(weight, 4), finish, target),
    }


def seconds(kernel: Bound) -> float:
    """The least time of several."""
    calls = kernel.calls(Share(0, 1, np.empty(kernel.scratch_size, np.float32)))
    least = float("inf")
    for _ in range(RUNS):
        started = thread_time()
        for call in calls:
            call()
        least = min(least, thread_time() - started)
    return least


def main() -> None:
    """Print a row a shape."""
    names = [Kernel.COLUMNS, Kernel.PAIRS, Kernel.WINOGRAD_2, Kernel.WINOGRAD_4]
    print(f"{'pixels, channels, filters':26}", *(f"{name:>23}" for name in names))
    with blas_threads(1):
        for pixels, channels, filters in SHAPES:
            taken = kernel_of(
                [AxisWindow(3, padding=(1, 1))] * 2,
                1,
                (channels, pixels, pixels),
                (filters, pixels, pixels),
                exact=False,
            )
            work = 2 * 9 * channels * filters * pixels**2 / 1e9
            figures = [
                f"{work / seconds(kernel):.0f}{' *' if name is taken else '  '}"
                for name, kernel in kernels(pixels, channels, filters).items()
            ]
            print(f"{f'{pixels} x {pixels}, {channels} -> {filters}':26}", *(f"{figure:>23}" for figure in figures))


if __name__ == "__main__":
    main()
