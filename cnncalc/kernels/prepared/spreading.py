"""Transposed convolution whose windows touch and do not overlap: each pixel becomes a block of them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from cnncalc.kernels.prepared.shares import joined, lines_of, tiles

if TYPE_CHECKING:
    from cnncalc.kernels.arrays import Array
    from cnncalc.kernels.prepared.finish import Finish, Place
    from cnncalc.kernels.prepared.shares import Call, Share

TILE_BYTES: Final = 2**19
"""About the scratch memory of one product: its pixels and its sums stay in the second-level cache."""


def spread_matrices(weight: Array) -> Array:
    """Filters ``(C, out, kh, kw)`` as matrices ``(kh, kw, C, out)``, one for each place in a block."""
    return np.ascontiguousarray(weight.transpose(2, 3, 0, 1))


class Spread:
    """Transposed convolution of ``(N, H, W, C)`` to ``(N, kh H, kw W, out)``, with a stride of the window's size.

    The direct definition is ``output[n, kh y + i, kw x + j, o] = sum over c of x[n, y, x, c] weight[c, o, i, j]``.
    `matrices` are those of `spread_matrices`.
    """

    def __init__(self, x: Array, matrices: Array, finish: Finish, target: Array) -> None:
        self.x = x
        self.matrices = matrices
        self.finish = finish
        self.target = target

    @property
    def _most_lines(self) -> int:
        """The lines of one product."""
        _, lines, width, channels = self.x.shape
        a_line = width * (channels + self.matrices.shape[3]) * self.x.itemsize
        most: int = min(max(TILE_BYTES // max(a_line, 1), 1), lines)
        return most

    @property
    def scratch_size(self) -> int:
        """The values of scratch memory that a thread needs."""
        size: int = self._most_lines * self.x.shape[2] * (self.x.shape[3] + self.matrices.shape[3])
        return size

    def calls(self, share: Share) -> list[Call]:
        """The share of a thread: some of the lines of the input."""
        samples, lines = self.x.shape[:2]
        return [
            call
            for sample, inside in lines_of(share, samples, lines)
            for part in tiles(inside, self._most_lines)
            for call in self._lines(sample, part, share)
        ]

    def _lines(self, sample: int, lines: range, share: Share) -> list[Call]:
        """The calls that spread some lines of the input: a product for each place in a block."""
        source = self.x[sample, lines.start : lines.stop]
        down, across, channels, filters = self.matrices.shape
        rows = source.shape[0] * source.shape[1]
        copied, sums = share.arrays((rows, channels), (rows, filters))
        calls: list[Call] = []
        pixels = joined(source, 0)
        if pixels is None:
            pixels = copied
            calls.append(partial(np.copyto, copied.reshape(source.shape), source))
        for i in range(down):
            for j in range(across):
                written = slice(lines.start * down + i, lines.stop * down, down)
                place: Place = (slice(sample, sample + 1), written, slice(j, None, across), slice(None))
                calls.append(partial(np.matmul, pixels, self.matrices[i, j], out=sums))
                calls += self.finish.calls(sums.reshape(1, *source.shape[:2], filters), place, self.target[place])
        return calls
