"""Convolution of 3 x 3 taps with fewer products, by Winograd's minimal filtering.

Lavin and Gray 2015, arXiv:1509.09308: of a tile of the input d and a filter g, m x m values of the output are
``A^T [(G g G^T) * (B^T d B)] A``: ``(m + 2)^2`` products in the place of ``9 m^2``. The sums of products over the
channels are matrix products, one for each place of the transformed tiles.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from cnncalc.kernels.prepared.shares import lines_of, tiles

if TYPE_CHECKING:
    from cnncalc.kernels.arrays import Array
    from cnncalc.kernels.prepared.finish import Finish
    from cnncalc.kernels.prepared.shares import Call, Share

TILES: Final = 100
"""About how many tiles are transformed at a time."""


class Transform(NamedTuple):
    """The matrices of F(m x m, 3 x 3): input ``(m + 2, m + 2)``, filters ``(m + 2, 3)``, sums ``(m, m + 2)``."""

    of_input: Array
    of_filter: Array
    of_sums: Array

    @property
    def made(self) -> int:
        """m, the values along each axis of the output that a tile makes."""
        return len(self.of_sums)


def transform(made: int) -> Transform:
    """The matrices to make 2 x 2 or 4 x 4 values of the output at a time, with points 0, 1, -1 (2, -2) and infinity."""
    if made == 2:
        return Transform(
            np.array([[1, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, 1, 0, -1]], float),
            np.array([[2, 0, 0], [1, 1, 1], [1, -1, 1], [0, 0, 2]], float) / 2,
            np.array([[1, 1, 1, 0], [0, 1, -1, -1]], float),
        )
    return Transform(
        np.array(
            [
                [4, 0, -5, 0, 1, 0],
                [0, -4, -4, 1, 1, 0],
                [0, 4, -4, -1, 1, 0],
                [0, -2, -1, 2, 1, 0],
                [0, 2, -1, -2, 1, 0],
                [0, 4, 0, -5, 0, 1],
            ],
            float,
        ),
        np.array([[6, 0, 0], [-4, -4, -4], [-4, 4, -4], [1, 2, 4], [1, -2, 4], [0, 0, 24]], float) / 24,
        np.array([[1, 1, 1, 1, 1, 0], [0, 1, -1, 2, -2, 0], [0, 1, 1, 4, 4, 0], [0, 1, -1, 8, -8, 1]], float),
    )


def transformed_filters(weight: Array, made: int) -> Array:
    """Filters ``(out, C, 3, 3)`` as matrices ``((m + 2)^2, C, out)``, transformed in their own type."""
    g = transform(made).of_filter
    both = np.kron(g, g).astype(weight.dtype)
    out, channels = weight.shape[:2]
    return np.ascontiguousarray((both @ weight.reshape(-1, 9).T).reshape(-1, out, channels).transpose(0, 2, 1))


class WinogradConvolution:
    """Cross-correlation of ``(N, H, W, C)`` by 3 x 3 taps, one pixel apart, to ``(N, OH, OW, out)``.

    The input holds whole tiles: it is ``m ceil(OH / m) + 2`` pixels high, and as wide for OW, with any numbers in what
    is beyond the border. `filters` are `transformed_filters`.
    """

    def __init__(self, x: Array, filters: Array, finish: Finish, target: Array) -> None:
        self.x = x
        self.filters = filters
        self.finish = finish
        self.target = target
        self.made = {16: 2, 36: 4}[len(filters)]
        self.places = len(filters)
        matrices = transform(self.made)
        self.of_input = np.kron(matrices.of_input, matrices.of_input).astype(x.dtype)
        self.of_sums = np.kron(matrices.of_sums, matrices.of_sums).astype(x.dtype)
        self.down, self.across = (-(-size // self.made) for size in target.shape[1:3])

    @property
    def _most_lines(self) -> int:
        """The lines of tiles that are worked on at a time; one that is too long is cut."""
        most: int = max(min(TILES // self.across, self.down), 1)
        return most

    @property
    def _most_tiles(self) -> int:
        most: int = min(self._most_lines * self.across, TILES)
        return most

    @property
    def scratch_size(self) -> int:
        """The values of scratch memory that a thread needs."""
        channels, out = self.filters.shape[1:]
        size: int = self._most_tiles * self.places * 2 * max(channels, out)
        return size

    def calls(self, share: Share) -> list[Call]:
        """The share of a thread: some of the lines of tiles."""
        return [
            call
            for sample, inside in lines_of(share, len(self.x), self.down)
            for lines in tiles(inside, self._most_lines)
            for across in tiles(range(self.across), self._most_tiles)
            for call in self._block(sample, lines, across, share)
        ]

    def _block(self, sample: int, lines: range, across: range, share: Share) -> list[Call]:
        """The calls that make some tiles of some lines of them."""
        channels, out = self.filters.shape[1:]
        count, places, made = len(lines) * len(across), self.places, self.made
        half = self._most_tiles * places * max(channels, out)
        first, second = share.scratch[:half], share.scratch[half : 2 * half]
        tile = made + 2
        _, down, right, channel = self.x.strides
        tiled = np.lib.stride_tricks.as_strided(
            self.x[sample, lines.start * made :, across.start * made :],
            (tile, tile, len(lines), len(across), channels),
            (down, right, down * made, right * made, channel),
            writeable=False,
        )
        taken = first[: places * count * channels].reshape(places, count * channels)
        values = second[: taken.size].reshape(taken.shape)
        sums = first[: places * count * out].reshape(places, count, out)
        results = second[: made * made * count * out].reshape(made * made, count * out)
        calls: list[Call] = [
            partial(np.copyto, taken.reshape(tiled.shape), tiled),
            partial(np.matmul, self.of_input, taken, out=values),
            partial(np.matmul, values.reshape(places, count, channels), self.filters, out=sums),
            partial(np.matmul, self.of_sums, sums.reshape(places, -1), out=results),
        ]
        return calls + self._placed(results.reshape(made, made, len(lines), len(across), out), sample, lines, across)

    def _placed(self, results: Array, sample: int, lines: range, across: range) -> list[Call]:
        """The calls that finish values ``(m, m, lines, across, out)`` and put them where they belong.

        Whole tiles are finished together, and those that are cut by the edge one place of theirs after another.
        """
        made = self.made
        height, width = self.target.shape[1:3]
        place = (
            slice(sample, sample + 1),
            slice(lines.start * made, min(lines.stop * made, height)),
            slice(across.start * made, min(across.stop * made, width)),
            slice(None),
        )
        target = self.target[place]
        added = None if self.finish.added is None else self.finish.added[place]
        whole_lines, whole_across = target.shape[1] // made, target.shape[2] // made
        calls: list[Call] = []
        if whole_lines and whole_across:
            calls += self.finish.calls_on(
                results[:, :, :whole_lines, :whole_across],
                self._tiled(target, whole_lines, whole_across),
                None if added is None else self._tiled(added, whole_lines, whole_across),
                slice(None),
            )
        for i in range(made):
            for j in range(made):
                beside = slice(whole_across * made + j, None, made)
                below, within = slice(whole_lines * made + i, None, made), slice(j, whole_across * made, made)
                for rows, columns in ((slice(i, None, made), beside), (below, within)):
                    part = target[0, rows, columns]
                    if part.size:
                        first = results[i, j, rows.start // made :, columns.start // made :]
                        cut = None if added is None else added[0, rows, columns]
                        calls += self.finish.calls_on(first[: len(part), : part.shape[1]], part, cut, slice(None))
        return calls if self.finish.function is None else [*calls, partial(self.finish.function, target)]

    def _tiled(self, array: Array, lines: int, across: int) -> Array:
        """A view ``(m, m, lines, across, C)`` of the whole tiles of ``(1, H, W, C)``."""
        _, down, right, channel = array.strides
        shape = (self.made, self.made, lines, across, array.shape[3])
        return np.lib.stride_tricks.as_strided(
            array, shape, (down, right, down * self.made, right * self.made, channel)
        )
