"""Sums, scales and functions, value by value, and the product of a vector."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from cnncalc.kernels.prepared.shares import lines_of, lines_within, tiles

if TYPE_CHECKING:
    from cnncalc.kernels.arrays import Array
    from cnncalc.kernels.prepared.finish import Finish, Place
    from cnncalc.kernels.prepared.shares import Call, Share

TILE_BYTES: Final = 2**18
"""About the most memory of an output that is worked on at a time."""


class ScaledMap:
    """``x scale + bias`` with one number a channel, or x where there is no scale; the bias is that of `finish`."""

    def __init__(self, x: Array, scale: Array | None, finish: Finish, target: Array) -> None:
        self.x = x
        self.scale = scale
        self.finish = finish
        self.target = target

    @property
    def _most_lines(self) -> int:
        return lines_within(TILE_BYTES, self.x)

    @property
    def scratch_size(self) -> int:
        """The values of scratch memory that a thread needs."""
        size: int = self._most_lines * self.x.shape[2] * self.x.shape[3]
        return size

    def calls(self, share: Share) -> list[Call]:
        """The share of a thread: some of the lines."""
        samples, lines = self.target.shape[:2]
        found: list[Call] = []
        for sample, inside in lines_of(share, samples, lines):
            for part in tiles(inside, self._most_lines):
                place: Place = (slice(sample, sample + 1), slice(part.start, part.stop), slice(None), slice(None))
                source, target = self.x[place], self.target[place]
                (values,) = share.arrays(source.shape)
                if self.scale is None:
                    found.append(partial(np.copyto, values, source))
                else:
                    found.append(partial(np.multiply, source, self.scale, out=values))
                found += self.finish.calls(values, place, target)
        return found


class Product:
    """``(N, 1, 1, in)`` times a weight ``(out, in)``, as ``(N, 1, 1, out)``."""

    scratch_size = 0

    def __init__(self, x: Array, weight: Array, finish: Finish, target: Array) -> None:
        self.x = x[:, 0, 0]
        self.weight = weight
        self.finish = finish
        self.target = target

    def calls(self, share: Share) -> list[Call]:
        """The share of a thread: some of the outputs."""
        mine = share.of(len(self.weight))
        if not mine:
            return []
        chosen = slice(mine.start, mine.stop)
        place: Place = (slice(None), slice(None), slice(None), chosen)
        target = self.target[place]
        product = partial(np.matmul, self.x, self.weight[chosen].T, out=target[:, 0, 0])
        return [product, *self.finish.calls(target, place, target)]
