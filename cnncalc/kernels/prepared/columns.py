"""Convolution by columns: the windows of some lines laid out as rows of a matrix, times the filters."""

from __future__ import annotations

from functools import partial
from math import prod
from typing import TYPE_CHECKING, Final

import numpy as np

from cnncalc.kernels.prepared.shares import joined, tiles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.kernels.arrays import Array
    from cnncalc.kernels.prepared.finish import Finish, Place
    from cnncalc.kernels.prepared.shares import Call, Share

TILE_BYTES: Final = 2**19
"""About the scratch memory of one product: its columns and its sums stay in the second-level cache."""
FEWEST_ROWS: Final = 128
"""A product of fewer rows is slow: where there are no more, threads share the filters instead of the lines."""


def window_view(x: Array, kernel: Sequence[int], strides: Sequence[int], dilations: Sequence[int]) -> Array:
    """A view ``(N, OH, OW, kh, kw, C)`` of the windows of ``(N, H, W, C)``, which lie on it whole.

    >>> window_view(np.arange(5).reshape(1, 1, 5, 1), (1, 3), (1, 2), (1, 1))[0, 0, :, 0, :, 0]
    array([[0, 1, 2],
           [2, 3, 4]])
    """
    extents = [apart * (taps - 1) + 1 for taps, apart in zip(kernel, dilations, strict=True)]
    counts = [(size - extent) // step + 1 for size, extent, step in zip(x.shape[1:3], extents, strides, strict=True)]
    sample, *axes, channel = x.strides
    steps = [stride * step for stride, step in zip(axes, strides, strict=True)]
    taps = [stride * apart for stride, apart in zip(axes, dilations, strict=True)]
    shape = (len(x), *counts, *kernel, x.shape[3])
    return np.lib.stride_tricks.as_strided(x, shape, (sample, *steps, *taps, channel), writeable=False)


def filter_matrices(weight: Array, groups: int = 1) -> Array:
    """Filters ``(out, C / groups, kh, kw)`` as matrices ``(groups, kh kw C / groups, out / groups)``."""
    out, channels, *kernel = weight.shape
    grouped = weight.reshape(groups, out // groups, channels, *kernel)
    return np.ascontiguousarray(grouped.transpose(0, 3, 4, 2, 1)).reshape(groups, -1, out // groups)


class ColumnConvolution:
    """Cross-correlation by windows ``(N, OH, OW, kh, kw, C)`` to ``(N, OH, OW, out)``.

    The direct definition is ``sum over i, j, c of windows[n, y, x, i, j, c] weight[o, c, i, j]``, where c goes over the
    channels of the filter's group. `matrices` are those of `filter_matrices`. With a `floor` of one number a channel
    the values are held above it first. Windows and matrices may be those of pairs of positions.
    """

    def __init__(
        self, windows: Array, matrices: Array, finish: Finish, target: Array, floor: Array | None = None
    ) -> None:
        self.floor = floor
        self.windows = windows
        self.matrices = matrices
        self.finish = finish
        self.target = target
        self.samples, self.lines, self.width = windows.shape[:3]
        self.groups, self.depth, self.filters = matrices.shape
        is_pixel = prod(windows.shape[3:5]) == 1 and self.groups == 1 and floor is None
        self.pixels = joined(windows[:, :, :, 0, 0], 0, 3) if is_pixel else None
        """The columns themselves, where they are pixels that follow each other."""

    @property
    def _row_size(self) -> int:
        """The values of a row of the columns and of the sums."""
        columns = 0 if self.pixels is not None else self.depth
        size: int = self.groups * (columns + self.filters)
        return size

    @property
    def _most_rows(self) -> int:
        """The rows of one product, which are windows, where a line has as many."""
        return max(TILE_BYTES // max(self._row_size * self.target.itemsize, 1), FEWEST_ROWS)

    @property
    def _most_lines(self) -> int:
        """The lines of one product; one that is too long is cut."""
        most: int = min(max(self._most_rows // self.width, 1), self.samples * self.lines)
        return most

    @property
    def scratch_size(self) -> int:
        """The values of scratch memory that a thread needs."""
        rows: int = min(self._most_lines * self.width, self._most_rows)
        return rows * self._row_size

    def calls(self, share: Share) -> list[Call]:
        """The share of a thread: some of the lines or, where those are few, some of the filters."""
        total = self.samples * self.lines
        is_single = self.groups == 1 and self.filters == self.target.shape[3]
        by_filter = is_single and total * self.width < FEWEST_ROWS * share.threads
        filters = share.of(self.filters) if by_filter else range(self.filters)
        lines = range(total) if by_filter else share.of(total)
        return [
            call
            for tile in tiles(lines, self._most_lines)
            for samples, part in _within_samples(tile, self.lines)
            for across in tiles(range(self.width), self._most_rows)
            if filters
            for call in self._product((samples, part, _slice(across)), _slice(filters), share)
        ]

    def _product(self, chosen: tuple[slice, slice, slice], filters: slice, share: Share) -> list[Call]:
        """The calls that make some windows' values for some of the filters, or for all of several groups."""
        samples, lines, across = chosen
        windows = self.windows[chosen]
        channels = filters if self.filters == self.target.shape[3] else slice(None)
        together = self.target.shape[2] // self.width  # positions of a window
        place: Place = (samples, lines, slice(across.start * together, across.stop * together), channels)
        target = self.target[place]
        rows = prod(windows.shape[:3])
        if self.pixels is not None:
            start = (samples.start * self.lines + lines.start) * self.width + across.start
            columns, calls = self.pixels[np.newaxis, start : start + rows], []
            (sums,) = share.arrays((1, rows, filters.stop - filters.start))
        else:
            columns, sums = share.arrays(
                (self.groups, rows, self.depth), (self.groups, rows, filters.stop - filters.start)
            )
            by_group = split_channels(windows, self.groups)
            laid_out = columns.reshape(by_group.shape)
            calls = [partial(np.copyto, laid_out, by_group)]
            if self.floor is not None:
                calls = [partial(np.maximum, by_group, self.floor, out=laid_out)]
        matrices = self.matrices[..., filters]
        if self.groups > 1:
            calls.append(partial(np.matmul, columns, matrices, out=sums))
            by_group = sums.reshape(self.groups, *windows.shape[:3], -1)
            calls.append(partial(np.copyto, split_channels(target, self.groups), by_group))
            return calls + self.finish.calls(target, place, target)
        flat = joined(target, 0, 3)
        if flat is not None and (len(flat) == rows or flat.flags.c_contiguous):
            calls.append(partial(np.matmul, columns[0], matrices[0], out=flat.reshape(rows, -1)))
            return calls + self.finish.calls(target, place, target)
        calls.append(partial(np.matmul, columns[0], matrices[0], out=sums[0]))
        return calls + self.finish.calls(sums[0].reshape(target.shape), place, target)


def _slice(places: range) -> slice:
    return slice(places.start, places.stop)


def split_channels(array: Array, groups: int) -> Array:
    """A view ``(groups, ..., C / groups)`` of ``(..., C)``."""
    each = array.shape[-1] // groups
    shape, strides = (groups, *array.shape[:-1], each), (array.strides[-1] * each, *array.strides)
    return np.lib.stride_tricks.as_strided(array, shape, strides, writeable=array.flags.writeable)


def _within_samples(lines: range, in_a_sample: int) -> list[tuple[slice, slice]]:
    """Lines in a row as parts of samples: whole samples together, where there are no others.

    >>> _within_samples(range(2, 7), 4)
    [(slice(0, 1, None), slice(2, 4, None)), (slice(1, 2, None), slice(0, 3, None))]
    """
    if lines.start % in_a_sample == 0 == lines.stop % in_a_sample:
        return [(slice(lines.start // in_a_sample, lines.stop // in_a_sample), slice(0, in_a_sample))]
    found, place = [], lines.start
    while place < lines.stop:
        sample, line = divmod(place, in_a_sample)
        end = min(lines.stop, (sample + 1) * in_a_sample)
        found.append((slice(sample, sample + 1), slice(line, line + end - place)))
        place = end
    return found


def paired_windows(windows: Array, stride: int) -> Array:
    """Windows of two neighbouring positions of a line as one, which is wider by a stride; a view.

    >>> windows = window_view(np.arange(6).reshape(1, 1, 6, 1), (1, 3), (1, 1), (1, 1))
    >>> paired_windows(windows, 1)[0, 0, :, 0, :, 0]
    array([[0, 1, 2, 3],
           [2, 3, 4, 5]])
    """
    samples, lines, width, rows, taps, channels = windows.shape
    sample, line, across, *rest = windows.strides
    shape, strides = (samples, lines, width // 2, rows, taps + stride, channels), (sample, line, 2 * across, *rest)
    return np.lib.stride_tricks.as_strided(windows, shape, strides, writeable=False)


def paired_filters(matrices: Array, rows: int, taps: int, stride: int) -> Array:
    """Matrices of filters of so many rows and taps for `paired_windows`: each filter twice, once a stride further.

    Where the other begins or ends there are zeros. Of few channels the copied runs are longer so, which are what takes
    the time.
    """
    every = matrices.reshape(rows, taps, -1, matrices.shape[-1])
    channels, filters = every.shape[2:]
    wide = np.zeros((rows, taps + stride, channels, 2, filters), matrices.dtype)
    wide[:, :taps, :, 0] = every
    wide[:, stride:, :, 1] = every
    return wide.reshape(1, -1, 2 * filters)
