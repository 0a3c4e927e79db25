"""Pools over moving windows, and the mean of a map."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from cnncalc.kernels.prepared.shares import lines_of, lines_within, tiles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.kernels.arrays import Array
    from cnncalc.kernels.prepared.finish import Finish, Place
    from cnncalc.kernels.prepared.shares import Call, Share
    from cnncalc.kernels.windows import SlidingWindow

TILE_BYTES: Final = 2**18
"""About the scratch memory in which the axis of lines has been pooled, and that of columns not yet."""

MOST_ADDED: Final = 2**10
"""Values of which float32 holds the sum: of 300,000 that are added one after another it loses a thousandth."""


class Pool:
    """The values of ``(N, H, W, C)`` under windows put together: first those of each column, then those of each line.

    What lies beyond the border is left out; `fill` is what a window has that lies on nothing else. The result is
    multiplied by `factors` ``(OH, OW)``, as a mean is.
    """

    def __init__(
        self,
        x: Array,
        windows: Sequence[SlidingWindow],
        operation: np.ufunc,
        fill: float,
        finish: Finish,
        target: Array,
        factors: Array | None = None,
    ) -> None:
        self.x = x
        self.down, self.across = windows
        self.operation = operation
        self.fill = fill
        self.finish = finish
        self.target = target
        self.factors = factors

    @property
    def _most_lines(self) -> int:
        most: int = min(lines_within(TILE_BYTES, self.x), self.target.shape[1])
        return most

    @property
    def scratch_size(self) -> int:
        """The values of scratch memory that a thread needs."""
        size: int = self._most_lines * self.x.shape[2] * self.x.shape[3]
        return size

    def calls(self, share: Share) -> list[Call]:
        """The share of a thread: some of the lines."""
        samples, lines = self.target.shape[:2]
        return [
            call
            for sample, inside in lines_of(share, samples, lines)
            for part in tiles(inside, self._most_lines)
            for call in self._lines(sample, part, share)
        ]

    def _lines(self, sample: int, lines: range, share: Share) -> list[Call]:
        """The calls that make some lines of the output."""
        place: Place = (slice(sample, sample + 1), slice(lines.start, lines.stop), slice(None), slice(None))
        (columns,) = share.arrays((len(lines), *self.x.shape[2:]))
        target = self.target[place]
        window = self.down.at((lines.start, len(lines)))
        calls = self._reduced(self.x[sample], 0, window, columns)
        calls += self._reduced(columns, 1, self.across, target[0])
        if self.factors is not None:
            factors = np.ascontiguousarray(
                np.broadcast_to(self.factors[lines.start : lines.stop, :, np.newaxis], (*target.shape[1:3], 1))
            )
            calls.append(partial(np.multiply, target[0], factors, out=target[0]))
        return calls + self.finish.calls(target, place, target)

    def _reduced(self, x: Array, axis: int, window: SlidingWindow, out: Array) -> list[Call]:
        """The calls that put together what lies under a window along one axis."""
        leading = (slice(None),) * axis
        everywhere = slice(0, window.positions)
        taps = window.overlaps()
        whole = [x[(*leading, values)] for _, positions, values in taps if positions == everywhere]
        parts = [(positions, values) for _, positions, values in taps if positions != everywhere]
        calls: list[Call] = []
        if not whole:
            calls.append(partial(out.fill, self.fill))
        elif len(whole) == 1:
            calls.append(partial(np.copyto, out, whole[0]))
        else:
            calls.append(partial(self.operation, whole[0], whole[1], out=out))
        calls += [partial(self.operation, out, other, out=out) for other in whole[2:]]
        for positions, values in parts:
            target = out[(*leading, positions)]
            calls.append(partial(self.operation, target, x[(*leading, values)], out=target))
        return calls


class MapMean:
    """The mean of each channel of ``(N, H, W, C)``, as ``(N, 1, 1, C)``.

    The lines are added up first and then the columns: NumPy adds one pixel after another to a sum, whose rounding grows
    with their number, which is that of a side so and not of the map. A side that is long is added up in float64.
    """

    def __init__(self, x: Array, finish: Finish, target: Array) -> None:
        self.x = x
        self.finish = finish
        self.target = target

    @property
    def scratch_size(self) -> int:
        """The values of scratch memory that a thread needs: the sums of a sample's columns."""
        size: int = self.x.shape[2] * self.x.shape[3]
        return size

    def calls(self, share: Share) -> list[Call]:
        """The share of a thread: some of the channels."""
        mine = share.of(self.x.shape[3])
        if not mine:
            return []
        channels = slice(mine.start, mine.stop)
        place: Place = (slice(None), slice(None), slice(None), channels)
        target = self.target[place]
        (columns,) = share.arrays((self.x.shape[2], len(mine)))
        down, across = (None if size <= MOST_ADDED else np.float64 for size in self.x.shape[1:3])
        calls: list[Call] = []
        for values, total in zip(self.x[..., channels], target[:, 0, 0], strict=True):
            calls.append(partial(np.add.reduce, values, 0, down, columns))
            calls.append(partial(np.add.reduce, columns, 0, across, total))
        count = self.x.shape[1] * self.x.shape[2]
        calls.append(partial(np.multiply, target, target.dtype.type(1 / count), out=target))
        return calls + self.finish.calls(target, place, target)
