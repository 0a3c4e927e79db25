"""Arrays of random numbers, which follow from a seed and a name alone, and are drawn in threads where they are large.

A large array is cut into pieces of a fixed size, each with a generator of its own, so that the values are the same
whatever the number of threads. Values are drawn in float32 and converted where another type is wanted: a network has
the same weights in float32 and in float64.
"""

from __future__ import annotations

from functools import partial
from itertools import chain
from math import prod
from typing import TYPE_CHECKING, Any, Final
from zlib import crc32

import numpy as np

from cnncalc.execution.threads import processors
from cnncalc.kernels.threads import in_threads, sharing_threads

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cnncalc.kernels import Array

    Fill = Callable[[np.random.BitGenerator, Array], None]

PIECE: Final = 2**20
"""The values of a large array that are drawn with one generator. Another number is other weights for the same seed."""

BLOCK: Final = 2**16
"""The most values that are worked on at a time: they fit into a processor's cache, and it is a part of a piece."""

THREADED: Final = 2**21
"""The values from which on an array is drawn in threads; to start those takes as long as to draw some 200,000."""

STEPS: Final = 2**16
"""The evenly spaced numbers that uniform values are among: 16 random bits each."""


class RandomArrays:
    """Draws one array after another; which values those have follows from the seed, the name and the order alone.

    Small arrays come out of one generator, whose seeding takes longer than drawing some thousand values.

    >>> RandomArrays(0, "conv1").uniform((2, 3), -1.0, 1.0).shape
    (2, 3)
    """

    def __init__(self, seed: int, name: str, dtype: Any = np.float32, threads: int | None = None) -> None:
        self.entropy = [seed, crc32(name.encode())]
        self.dtype = np.dtype(dtype)
        self.threads = threads
        self.drawn = 0
        self.small: np.random.BitGenerator | None = None

    def uniform(self, shape: Sequence[int], low: float, high: float) -> Array:
        """Values from `low` to `high`: the middles of `STEPS` equal parts of what lies between, all as likely.

        This is more than twice as fast as 24 random bits a value, and weights are too few to tell.
        """
        return self._filled(shape, _uniform_fill(low, high))

    def centred(self, shape: Sequence[int], bound: float) -> Array:
        """Values from about ``-bound`` to ``bound``, those of each row ``array[i]`` with the mean 0."""
        row = prod(shape[1:])
        return self._filled(shape, partial(_fill_centred, fill=_uniform_fill(-bound, bound), row=row), row)

    def normal(self, shape: Sequence[int], deviation: float) -> Array:
        """Normal values around 0."""
        return self._filled(shape, partial(_fill_normal, deviation=deviation))

    def _filled(self, shape: Sequence[int], fill: Fill, row: int = 1) -> Array:
        """An array of this shape, filled in blocks; a large one in pieces, each of which has a generator.

        Blocks are of whole rows of so many values, or within one that is larger; pieces are of whole rows.
        """
        array = np.empty(shape, self.dtype)
        values = array.reshape(-1)
        span = max(BLOCK // row, 1) * row
        piece = max(PIECE // span, 1) * span
        self.drawn += 1
        if values.size <= piece:
            self.small = self.small or np.random.SFC64(self.entropy)
            _fill_blocks(self.small, values, fill, span)
            return array

        def fill_piece(number: int) -> None:
            bits = np.random.SFC64([*self.entropy, self.drawn, number])
            _fill_blocks(bits, values[number * piece : (number + 1) * piece], fill, span)

        pieces = range(-(-values.size // piece))
        threads = min(self.threads or processors(), len(pieces)) if values.size >= THREADED else 1
        with sharing_threads(threads):
            in_threads(fill_piece, pieces)
        return array


def _fill_blocks(bits: np.random.BitGenerator, values: Array, fill: Fill, span: int) -> None:
    """Fill each span of values a block at a time: it goes through memory once, and its page faults are the thread's."""
    spans = (range(start, min(start + span, values.size), BLOCK) for start in range(0, values.size, span))
    for start in chain.from_iterable(spans):
        block = values[start : min(start + BLOCK, start - start % span + span)]
        if block.dtype == np.float32:
            fill(bits, block)
        else:
            drawn = np.empty(block.size, np.float32)
            fill(bits, drawn)
            block[...] = drawn


def _fill_uniform(bits: np.random.BitGenerator, block: Array, *, step: np.float32, middle: float) -> None:
    """Fill a block with ``middle + step k``, where k are whole numbers of 16 random bits, with their sign.

    A generator gives 64 bits at a time. What NumPy's integers of that size and a float32 make is a float32.
    """
    whole = bits.random_raw(-(-block.size // 4)).view(np.int16)[: block.size]
    np.multiply(whole, step, out=block)
    np.add(block, np.float32(middle), out=block)


def _uniform_fill(low: float, high: float) -> Fill:
    """What fills blocks with values from `low` to `high`."""
    step = (high - low) / STEPS
    return partial(_fill_uniform, step=np.float32(step), middle=(high + low + step) / 2)


def _fill_centred(bits: np.random.BitGenerator, block: Array, *, fill: Fill, row: int) -> None:
    """Fill a block of whole rows, or of a part of one, and subtract from each row its mean."""
    fill(bits, block)
    rows = block.reshape(-1, min(row, block.size))
    np.subtract(rows, rows.mean(axis=1, keepdims=True), out=rows)


def _fill_normal(bits: np.random.BitGenerator, block: Array, *, deviation: float) -> None:
    """Fill a block with normal values."""
    np.random.Generator(bits).standard_normal(out=block, dtype=np.float32)
    np.multiply(block, np.float32(deviation), out=block)
