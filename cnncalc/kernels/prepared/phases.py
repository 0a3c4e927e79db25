"""A transposed convolution along one axis as convolutions: one for each phase, which is a place within a stride."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cnncalc.kernels.prepared.columns import filter_matrices

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.kernels.arrays import Array
    from cnncalc.kernels.windows import AxisWindow


class Phase(NamedTuple):
    """Every stride-th output from `start` on, `outputs` of them.

    They are made by the taps ``tap, tap + stride, ...`` of the kernel, `taps` of them, of the input from `first` on,
    which may be before its border: output ``start + n stride`` is the sum over u of ``x[first + n + u]`` times the tap
    that is u-th from behind.
    """

    start: int
    outputs: int
    tap: int
    taps: int
    first: int

    @property
    def stop(self) -> int:
        """Behind the last input that is read."""
        return self.first + self.outputs + self.taps - 1


def phases_of(window: AxisWindow, made: int) -> list[Phase]:
    """The phases of an axis of `made` outputs, of a kernel that has no gaps and is at least as long as the stride.

    Input p times tap t is a part of output ``p stride + t - before``.

    >>> from cnncalc.kernels.windows import AxisWindow
    >>> for phase in phases_of(AxisWindow(4, stride=2, padding=(1, 1)), made=6):
    ...     print(phase)
    Phase(start=0, outputs=3, tap=1, taps=2, first=-1)
    Phase(start=1, outputs=3, tap=0, taps=2, first=0)
    """
    before, found = window.padding[0], []
    for start in range(min(window.stride, made)):
        last, tap = divmod(start + before, window.stride)
        taps = len(range(tap, window.kernel_size, window.stride))
        found.append(Phase(start, len(range(start, made, window.stride)), tap, taps, last - taps + 1))
    return found


def border_of_phases(phases: Sequence[Phase], size: int) -> tuple[int, int]:
    """What is read before and behind an axis of `size` inputs."""
    return max(0, *(-phase.first for phase in phases)), max(0, *(phase.stop - size for phase in phases))


def phase_matrices(weight: Array, down: Phase, across: Phase, strides: Sequence[int]) -> Array:
    """The taps of a phase of filters ``(out, C, kh, kw)`` in the order of inputs, as matrices of filters."""
    (rows, columns), (first, second) = strides, (down.tap, across.tap)
    return filter_matrices(np.flip(weight[:, :, first::rows, second::columns], (2, 3)))
