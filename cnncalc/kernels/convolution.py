"""Convolution and the fully connected product.

Products and sums are taken in the type of the arrays, and no float comes between: integers stay exact as long as
their type holds the sums, which is what the proof of receptive fields counts on.

A convolution gathers the windows into columns and multiplies them with the weights, a tile of positions at a time so
that the columns stay in the cache. How many positions there are follows from the array, its padding and the stride
alone. The definition beside the fast form, for one output value of a map:

    output[n, f, r, c] = sum(x[n, i, r * stride + t * dilation - before, ...] * weight[f, i, t, u] for i, t, u)

where what lies beyond the map counts as 0. `tests/layers/naive.py` has it as a loop.
"""

from __future__ import annotations

from functools import partial
from math import prod
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from cnncalc.kernels.columns import Layout, window_columns
from cnncalc.kernels.threads import Scratch, in_threads, portions, thread_count
from cnncalc.kernels.windows import SCRATCH_BYTES, boxes, restricted, slices, slide_over

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager

    from cnncalc.kernels.arrays import Array
    from cnncalc.kernels.windows import AxisWindow, SlidingWindow, Span

TILE_BYTES: Final = 2**22
"""About the memory of a tile's columns, which are written and soon read again."""

LEAST_PRODUCTS: Final = 2**20
"""Products of two numbers below which one thread computes: another takes as long to wake."""

MOST_SCRATCH: Final = 8
"""Threads that share the scratch memory; more have as much each."""

FEWEST: Final = 800
"""Positions of a tile up to which its columns may be larger: a product packs the weights, however few there are."""


def convolve(
    x: Array, weight: Array, bias: Array | None = None, *, windows: Sequence[AxisWindow], groups: int = 1
) -> Array:
    """Cross-correlate ``(N, C, *I)`` with a weight ``(out, C / groups, *kernel)``, zeros around as padding.

    >>> from cnncalc.kernels.windows import AxisWindow
    >>> convolve(np.arange(5).reshape(1, 1, 5), np.ones((1, 1, 3), int), windows=[AxisWindow(3, padding=(1, 1))])
    array([[[1, 3, 6, 9, 7]]])
    """
    check_taps(weight, windows)
    sliding = slide_over(x.shape[2:], windows)
    output = np.empty((len(x), len(weight), *(window.positions for window in sliding)), np.result_type(x, weight))
    _Convolution(x, weight, bias, output, sliding, groups).compute()
    return output


def check_taps(weight: Array, windows: Sequence[AxisWindow]) -> None:
    """Raise `ValueError` for a weight that has other taps than the windows, which would be walked past its end."""
    kernel = tuple(window.kernel_size for window in windows)
    if weight.shape[2:] != kernel:
        raise ValueError(f"the weight has taps {weight.shape[2:]}, the windows {kernel}")


class _Tile(NamedTuple):
    """A part of the output: some groups of channels of a sample, at a box of positions."""

    sample: int
    groups: slice
    box: tuple[Span, ...]


class _Read(NamedTuple):
    """What a tile reads: the values ``(G, C, *values)``, and the windows on them, of which some taps are multiplied.

    Without a layout these taps are few, or far from each other.
    """

    source: Array
    windows: list[SlidingWindow]
    taps: list[range]
    layout: Layout | None

    def gather(self, bordered: Array, columns: Array, channels: slice) -> None:
        """Copy the windows of some channels to columns ``(G, values, columns)``."""
        assert self.layout is not None
        by_channel = columns.reshape(*self.source.shape[:2], -1, self.layout.columns)
        self.layout.gather(self.source[:, channels], bordered[:, channels], by_channel[:, channels])


class _Convolution:
    """One convolution: its arrays by groups, and how they are cut into tiles.

    `x` is ``(N, groups, C / groups, *I)``, `weight` ``(groups, out / groups, C / groups, *kernel)``, `output`
    ``(N, groups, out / groups, *O)``.
    """

    def __init__(
        self,
        x: Array,
        weight: Array,
        bias: Array | None,
        output: Array,
        sliding: list[SlidingWindow],
        groups: int,
    ) -> None:
        self.x = x.reshape(len(x), groups, x.shape[1] // groups, *x.shape[2:])
        self.weight = weight.reshape(groups, len(weight) // groups, *weight.shape[1:])
        self.matrices = self.weight.reshape(*self.weight.shape[:2], -1)
        self.bias = None if bias is None else bias.reshape(groups, -1, *(1,) * len(sliding))
        self.output = output.reshape(len(x), groups, -1, *output.shape[2:])
        self.sliding = sliding
        self.threads = thread_count() if output.size * prod(weight.shape[1:]) >= LEAST_PRODUCTS else 1
        self.scratch = Scratch(output.dtype)
        self.layouts: dict[tuple[SlidingWindow, ...], tuple[list[range], Layout | None]] = {}

    def compute(self) -> None:
        """Each tile by one thread or, where there are few, one after another by all threads."""
        tiles = list(self._tiles())
        rounds = -(-len(tiles) // self.threads)
        if self.threads == 1:
            for tile in tiles:
                self._alone(tile)
        elif len(tiles) >= 0.8 * rounds * self.threads:
            in_threads(self._alone, tiles)
        else:
            for tile in tiles:
                self._together(tile)

    def _tiles(self) -> Iterator[_Tile]:
        """What the output is cut into: boxes of which the columns stay small, and as many groups as stay so too."""
        inputs, filters = self.weight.shape[2], self.weight.shape[1]
        itemsize = self.output.itemsize

        def size(counts: Sequence[int]) -> int:
            taps = prod(window.most_taps(count) for window, count in zip(self.sliding, counts, strict=True))
            return int(max(inputs * taps, filters) * prod(counts) * itemsize)

        threads = self.threads
        everywhere = prod(self.output.shape[3:])
        # A product packs both of its matrices: each thread has its own positions where these are more than the filters.
        share = everywhere if len(self.x) * len(self.matrices) >= threads else max(-(-everywhere // threads), filters)

        def fits(counts: Sequence[int]) -> bool:
            few = SCRATCH_BYTES // min(threads, MOST_SCRATCH) if prod(counts) <= FEWEST else 0
            return bool(size(counts) <= max(TILE_BYTES, few) and prod(counts) <= share)

        groups = len(self.matrices)
        for box in boxes(self.output.shape[3:], fits):
            at_once = min(TILE_BYTES // max(size([count for _, count in box]), 1), -(-groups // (4 * threads)))
            for chosen in portions(groups, -(-groups // max(at_once, 1))):
                for sample in range(len(self.x)):
                    yield _Tile(sample, chosen, box)

    def _alone(self, tile: _Tile) -> None:
        """Compute a tile."""
        read = self._read(tile)
        every = slice(0, self.weight.shape[1])
        columns = None if read.layout is None else read.layout.as_columns(read.source)
        if read.layout is None:
            source = read.source.reshape(prod(read.source.shape[:2]), *read.source.shape[2:])
            columns = window_columns(source, read.windows, read.taps, self.output.dtype)
            columns = columns.reshape(len(read.source), len(columns) // len(read.source), columns.shape[1])
        if columns is not None:
            self._multiply(tile, read, columns, every)
            return
        with self._lent(read) as (columns, bordered):
            read.gather(bordered, columns, slice(None))
            self._multiply(tile, read, columns, every)

    def _together(self, tile: _Tile) -> None:
        """Compute a tile by all threads: first the columns of some channels each, then the outputs of some filters."""
        read = self._read(tile)
        filters = portions(self.weight.shape[1])
        if read.layout is None:
            self._alone(tile)
            return
        columns = read.layout.as_columns(read.source)
        if columns is not None:
            in_threads(partial(self._multiply, tile, read, columns), filters)
            return
        with self._lent(read) as (columns, bordered):
            in_threads(partial(read.gather, bordered, columns), portions(read.source.shape[1]))
            in_threads(partial(self._multiply, tile, read, columns), filters)

    def _read(self, tile: _Tile) -> _Read:
        """The values that a tile reads, and how they become columns; most tiles are alike in that."""
        values, windows = restricted(self.sliding, tile.box)
        source = self.x[tile.sample, tile.groups, :, *values]
        key = tuple(windows)
        if key not in self.layouts:
            taps = _taps(windows)
            self.layouts[key] = taps, Layout(windows, taps, self.weight.shape[1]) if all(taps) else None
        taps, layout = self.layouts[key]
        if layout is not None and source.size:
            size = prod(source.shape[:2]) * layout.places * self.output.itemsize
            if not layout.is_bordered or size <= SCRATCH_BYTES // min(self.threads, MOST_SCRATCH):
                return _Read(source, windows, taps, layout)
        return _Read(source, windows, taps, None)

    def _lent(self, read: _Read) -> AbstractContextManager[list[Array]]:
        """Columns, and what a map with its border takes."""
        assert read.layout is not None
        groups, channels = read.source.shape[:2]
        values = channels * prod(read.layout.taps)
        return self.scratch.lent((groups, values, read.layout.columns), (groups, channels, read.layout.places))

    def _multiply(self, tile: _Tile, read: _Read, columns: Array, filters: slice) -> None:
        """Multiply some filters with columns ``(G, values, columns)``, and write what is of positions to the output."""
        target = self.output[tile.sample, tile.groups, filters, *slices(tile.box)]
        bias = None if self.bias is None else self.bias[tile.groups, filters]
        layout = read.layout
        if layout is None or layout.is_exact:
            self._product(tile, read.taps, columns, filters, _flat(target))
            if bias is not None:
                target += bias
            return
        with self.scratch.lent((*target.shape[:2], layout.positions[0] * layout.steps[0])) as (products,):
            self._product(tile, read.taps, columns, filters, products[..., : layout.columns])
            rows = products.reshape(*target.shape[:3], *layout.lengths[1:])
            inside = rows[:, :, :, *(slice(0, count) for count in layout.positions[1:])]
            if bias is None:
                target[...] = inside
            else:
                np.add(inside, bias, out=target)

    def _product(self, tile: _Tile, taps: Sequence[range], columns: Array, filters: slice, products: Array) -> None:
        """The products themselves; where taps are left out, kernels are copied, some at a time."""
        if prod(map(len, taps)) == prod(self.weight.shape[3:]):
            np.matmul(self.matrices[tile.groups, filters], columns, out=products)
            return
        kept = self.weight[tile.groups, filters, :, *(slice(one.start, one.stop) for one in taps)]
        at_once = max(SCRATCH_BYTES // (max(columns.shape[1], 1) * len(kept) * columns.itemsize), 1)
        for first in range(0, kept.shape[1], at_once):
            some = kept[:, first : first + at_once]
            np.matmul(some.reshape(*some.shape[:2], -1), columns, out=products[:, first : first + at_once])


def _flat(target: Array) -> Array:
    """A box of an output, which is a run of its positions, with these in one axis; never a copy."""
    flat = target.reshape(*target.shape[:2], prod(target.shape[2:]))
    assert not target.size or np.may_share_memory(flat, target)
    return flat


def _taps(windows: Sequence[SlidingWindow]) -> list[range]:
    """The taps to multiply: all of them, as kernels lie then in one piece, unless most lie on no values."""
    found = [window.taps() for window in windows]
    every = [range(window.kernel_size) for window in windows]
    return every if 2 * prod(map(len, found)) > prod(map(len, every)) else found


def linear(x: Array, weight: Array, bias: Array | None = None, *, axis: int = 1) -> Array:
    """Multiply `axis` of the input by a weight ``(out, in)``."""
    moved = np.moveaxis(x, axis, -1)
    # All positions in one product: NumPy multiplies a row at a time where there are more axes, or without BLAS.
    rows = moved.reshape(-1, moved.shape[-1])
    output: Array = np.empty((len(rows), len(weight)), np.result_type(x, weight))

    def multiply(part: tuple[slice, slice]) -> None:
        some, units = part
        target = output[some, units]
        np.matmul(rows[some], weight[units].T, out=target)
        if bias is not None:
            target += bias[units]

    # The weights are read once where rows are few; where they are many, each thread has its own.
    along_rows = len(rows) >= len(weight)
    parts = portions(
        len(rows) if along_rows else len(weight), 1 if output.size * rows.shape[1] < LEAST_PRODUCTS else None
    )
    everything = slice(0, None)
    in_threads(multiply, [(part, everything) if along_rows else (everything, part) for part in parts])
    return np.moveaxis(output.reshape(*moved.shape[:-1], len(weight)), -1, axis)
