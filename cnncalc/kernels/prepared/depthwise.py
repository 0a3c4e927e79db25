"""Convolution with one filter a channel."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from cnncalc.kernels.prepared.shares import joined, lines_of, lines_within, tiles

if TYPE_CHECKING:
    from cnncalc.kernels.arrays import Array
    from cnncalc.kernels.prepared.finish import Finish, Place
    from cnncalc.kernels.prepared.shares import Call, Share

TILE_BYTES: Final = 2**20
"""About the most memory of an output that is finished at a time: einsum takes some 10 microseconds to begin."""


class TapConvolution:
    """Cross-correlation by windows ``(N, OH, OW, kh, kw, C)`` with ``(C, kh, kw)`` to ``(N, OH, OW, C)``.

    The direct definition is ``sum over i, j of windows[n, y, x, i, j, c] weight[c, i, j]``. Where the windows follow
    each other pixel by pixel a tap is one pass over a whole line, with its weights as often as the line has pixels.
    """

    scratch_size = 0

    def __init__(self, windows: Array, weight: Array, finish: Finish, target: Array) -> None:
        self.windows = windows
        self.finish = finish
        self.target = target
        self.weight = np.ascontiguousarray(weight.transpose(1, 2, 0))
        width, channels = target.shape[2:]
        self.in_runs = windows.strides[2] == channels * windows.strides[5] and joined(target, 2) is not None
        if self.in_runs:
            self.weight = np.tile(self.weight, (1, 1, width))

    def calls(self, share: Share) -> list[Call]:
        """The share of a thread: some of the lines."""
        samples, lines = self.target.shape[:2]
        most = lines_within(TILE_BYTES, self.target)
        return [
            call
            for sample, inside in lines_of(share, samples, lines)
            for part in tiles(inside, most)
            for call in self._lines(sample, part)
        ]

    def _lines(self, sample: int, lines: range) -> list[Call]:
        """The calls that make some lines of the output."""
        place: Place = (slice(sample, sample + 1), slice(lines.start, lines.stop), slice(None), slice(None))
        windows, target = self.windows[sample, lines.start : lines.stop], self.target[place]
        by_tap = windows.transpose(2, 3, 0, 1, 4)
        run = joined(target[0], 1)
        if self.in_runs and run is not None:
            down, channel = windows.strides[0], windows.strides[4]
            view = np.lib.stride_tricks.as_strided(
                by_tap, (*by_tap.shape[:2], *run.shape), (*by_tap.strides[:2], down, channel), writeable=False
            )
            first = partial(np.einsum, "ijhx,ijx->hx", view, self.weight, out=run)
        else:
            first = partial(np.einsum, "ijhwc,ijc->hwc", by_tap, self.weight, out=target[0])
        return [first, *self.finish.calls(target, place, target)]
