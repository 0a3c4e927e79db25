"""The windows of a map as columns, which are multiplied with the weights of a convolution.

The columns ``(channels x taps, positions)`` are copied from the map with zeros around it, in one call. Where rows are
short they are copied in runs: take a map of W columns with `low` zeros before each row and `high` behind it. Written
row behind row, with the larger of both between two rows (what is behind one is before the next), and P the larger of
them and W together, the tap at ``(i, j)`` of a window lies at position ``(r, c)`` on value ``(r + i) P + c + j``. Its
values at all positions are one run that begins at ``i P + j``, which is copied several times as fast as short rows;
what is multiplied at the places between two rows is left out of the output.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.lib.stride_tricks import as_strided

from cnncalc.kernels.windows import overlaps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.kernels.arrays import Array
    from cnncalc.kernels.windows import SlidingWindow

LONG: Final = 32
"""Positions in a row from which copying row by row is as fast as runs."""

MANY: Final = 256
"""Filters up to which runs are taken: with more, products at places that are none of a position take longer."""

WASTE: Final = 1.5
"""The most places in a run for each that is a position."""


class Layout:
    """How a map lies in memory with its border, and how columns are copied from there for so many filters.

    `lengths` are the places along each axis of the map with its border, and `places` all of them, with those behind the
    last row that runs reach into. A column has as many values as there are `columns`: positions or, where `in_runs`,
    places of a run.
    """

    def __init__(self, windows: Sequence[SlidingWindow], taps: Sequence[range], filters: int) -> None:
        under = [window.values_under(kept) for window, kept in zip(windows, taps, strict=True)]
        borders = [(-span.start, span.stop - window.size) for span, window in zip(under, windows, strict=True)]
        self.taps = [len(kept) for kept in taps]
        self.lows = [low for low, _ in borders]
        self.sizes = [window.size for window in windows]
        self.positions = [window.positions for window in windows]
        self.strides = [window.stride for window in windows]
        self.dilations = [window.dilation for window in windows]
        self.is_bordered = any(map(any, borders))
        full = [len(span) for span in under]
        shared = [max(size + max(ends), n) for size, ends, n in zip(self.sizes, borders, self.positions, strict=True)]
        shared[0] = full[0]
        run = sum((n - 1) * prod(shared[axis + 1 :]) for axis, n in enumerate(self.positions)) + 1
        is_short = self.positions[-1] < LONG and filters <= MANY
        self.in_runs = is_short and set(self.strides) == {1} and run <= WASTE * prod(self.positions)
        self.lengths = shared if self.in_runs else full
        self.steps = [prod(self.lengths[axis + 1 :]) for axis in range(len(self.lengths))]
        self.columns = run if self.in_runs else prod(self.positions)
        beyond = (max(n - length, 0) for n, length in zip(full, self.lengths, strict=True))
        self.places = prod(self.lengths) + sum(more * step for more, step in zip(beyond, self.steps, strict=True))

    @property
    def is_exact(self) -> bool:
        """Whether columns have positions alone."""
        return self.columns == prod(self.positions)

    def as_columns(self, x: Array) -> Array | None:
        """The columns ``(G, C, positions)`` as a view of ``(G, C, *values)``; None where they have to be copied."""
        if self.is_bordered or set(self.taps) != {1} or set(self.strides) != {1}:
            return None
        columns = x.reshape(*x.shape[:2], -1)
        return columns if np.may_share_memory(columns, x) else None

    def gather(self, x: Array, bordered: Array, columns: Array) -> None:
        """Copy the windows of ``(G, C, *values)`` to ``(G, C, taps, columns)``; `bordered` is ``(G, C, places)``."""
        if self.is_bordered or (self.in_runs and not x[0, 0].flags.c_contiguous):
            bordered.fill(0)
            whole = bordered[..., : prod(self.lengths)].reshape(*x.shape[:2], *self.lengths)
            inside = whole[:, :, *(slice(low, low + n) for low, n in zip(self.lows, self.sizes, strict=True))]
            np.copyto(inside, x)
            x = whole
        along = x.strides[2:]
        apart = (dilation * step for dilation, step in zip(self.dilations, along, strict=True))
        ends = [self.columns] if self.in_runs else self.positions
        moves = along[-1:] if self.in_runs else (s * step for s, step in zip(self.strides, along, strict=True))
        target = columns.reshape(*x.shape[:2], *self.taps, *ends)
        np.copyto(target, as_strided(x, target.shape, (*x.strides[:2], *apart, *moves), writeable=False))


def window_columns(source: Array, windows: Sequence[SlidingWindow], taps: list[range], dtype: np.dtype[Any]) -> Array:
    """The windows of ``(C, *values)`` as columns, ``(C x taps, positions)``, of the taps that lie on values.

    No border is made: each tap's values are copied by themselves, which is for windows that reach far.
    """
    counts, positions = [len(one) for one in taps], [window.positions for window in windows]
    gathered = np.zeros((len(source), *counts, *positions), dtype)
    for numbers, where, values in overlaps(windows):
        tap = (number - one.start for number, one in zip(numbers, taps, strict=True))
        gathered[:, *tap, *where] = source[:, *values]
    return gathered.reshape(len(source) * prod(counts), prod(positions))
