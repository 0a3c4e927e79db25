"""The share of a kernel's work that is a thread's, and the scratch memory of that thread."""

from __future__ import annotations

from itertools import pairwise
from math import prod
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from cnncalc.kernels.threads import portions

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cnncalc.kernels.arrays import Array

    Call = Callable[[], object]


class Share(NamedTuple):
    """One of so many `threads`, by its `number` from 0, with scratch memory of its own."""

    number: int
    threads: int
    scratch: Array

    def of(self, total: int) -> range:
        """The part of so many things in a row that is this thread's.

        >>> [list(Share(number, 2, np.empty(0)).of(5)) for number in range(2)]
        [[0, 1], [2, 3, 4]]
        """
        return range(total * self.number // self.threads, total * (self.number + 1) // self.threads)

    def arrays(self, *shapes: Sequence[int]) -> list[Array]:
        """Arrays of these shapes in the scratch memory, one behind another."""
        found, start = [], 0
        for shape in shapes:
            size = prod(shape)
            found.append(self.scratch[start : start + size].reshape(shape))
            start += size
        return found


class Bound(Protocol):
    """A kernel that is bound to the arrays that it reads and writes."""

    @property
    def scratch_size(self) -> int:
        """The values of scratch memory that a thread needs."""

    def calls(self, share: Share) -> list[Call]:
        """What a thread does, in order; those of different threads need nothing of each other."""


class Serial(NamedTuple):
    """Calls that only the first thread makes, as a kernel."""

    made: Sequence[Call]
    scratch_size: int = 0

    def calls(self, share: Share) -> list[Call]:
        """All of them for the first thread, none for others."""
        return [] if share.number else list(self.made)


class Several(NamedTuple):
    """Kernels that need nothing of each other, as one."""

    kernels: Sequence[Bound]

    @property
    def scratch_size(self) -> int:
        """What the largest needs."""
        return max(kernel.scratch_size for kernel in self.kernels)

    def calls(self, share: Share) -> list[Call]:
        """A thread's share of each."""
        return [call for kernel in self.kernels for call in kernel.calls(share)]


def tiles(places: range, most: int) -> list[range]:
    """Places in a row cut into parts of at most so many, as even as they come.

    >>> tiles(range(10, 20), 4)
    [range(10, 13), range(13, 16), range(16, 20)]
    """
    return [places[part] for part in portions(len(places), -(-len(places) // max(most, 1)))] if places else []


def lines_within(size: int, array: Array) -> int:
    """How many lines of ``(N, H, W, C)`` are worked on at a time, so that they take about `size` bytes; at least one.

    >>> lines_within(100, np.zeros((1, 8, 3, 2), np.float32)), lines_within(1, np.zeros((1, 8, 3, 2), np.float32))
    (4, 1)
    """
    _, lines, width, channels = array.shape
    fitting: int = max(min(size // max(width * channels * array.itemsize, 1), lines), 1)
    return fitting


def joined(array: Array, first: int, count: int = 2) -> Array | None:
    """A view in which `count` axes from `first` on are one; None where their values do not follow each other.

    >>> joined(np.zeros((2, 3, 4)), 0).shape, joined(np.zeros((2, 3, 4))[:, :2], 0)
    ((6, 4), None)
    """
    sizes, strides = array.shape, array.strides
    last = first + count - 1
    kept = [axis for axis in range(first, last + 1) if sizes[axis] != 1]
    for outer, inner in pairwise(kept):
        if strides[outer] != strides[inner] * sizes[inner]:
            return None
    size = prod(sizes[first : last + 1])
    stride = strides[kept[-1]] if kept else strides[last]
    return np.lib.stride_tricks.as_strided(
        array, (*sizes[:first], size, *sizes[last + 1 :]), (*strides[:first], stride, *strides[last + 1 :])
    )


def lines_of(share: Share, samples: int, lines: int) -> list[tuple[int, range]]:
    """A thread's share of the lines of all samples: of which sample, and which of its lines.

    >>> lines_of(Share(1, 2, np.empty(0)), samples=3, lines=4)
    [(1, range(2, 4)), (2, range(0, 4))]
    """
    mine = share.of(samples * lines)
    inside = (range(max(mine.start - n * lines, 0), min(mine.stop - n * lines, lines)) for n in range(samples))
    return [(number, places) for number, places in enumerate(inside) if places]
