"""One piece of memory for all tensors, of which a large one can be given back to the system and taken again."""

from __future__ import annotations

import mmap
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnncalc.kernels import Array

LINE: Final = 64
"""Bytes: the first value begins a line of the cache."""
LARGE: Final = 2**26
"""Bytes from which on memory is mapped by itself."""


class Memory:
    """So many zeros, as `values`."""

    def __init__(self, size: int, dtype: np.dtype[Any]) -> None:
        self._mapped: mmap.mmap | None = None
        # Only Linux fills pages that are given back with zeros when they are next used.
        if size * dtype.itemsize >= LARGE and sys.platform == "linux":
            self._mapped = _mapped(size * dtype.itemsize)
            self.values: Array = np.frombuffer(self._mapped, dtype)
        else:
            room = np.zeros(size + LINE // dtype.itemsize, dtype)
            skipped = -room.__array_interface__["data"][0] % LINE // dtype.itemsize
            self.values = room[skipped : skipped + size]

    def give_back(self, kept: Iterable[tuple[int, int]]) -> None:
        """Give the pages back in which there is nothing of what is kept, spans of values; zeros are there from then on.

        >>> memory = Memory(2**25, np.dtype(np.float32))
        >>> memory.values[:] = 1
        >>> memory.give_back([(2**24, 2**25)])
        >>> float(memory.values[2**24 :].min())
        1.0
        """
        if self._mapped is None:
            return
        itemsize, page, free = self.values.itemsize, mmap.PAGESIZE, 0
        for first, end in [*sorted(kept), (self.values.size, self.values.size)]:
            start, stop = -(-free * itemsize // page) * page, first * itemsize // page * page
            if stop > start:
                self._mapped.madvise(mmap.MADV_DONTNEED, start, stop - start)
            free = max(free, end)


def _mapped(size: int) -> mmap.mmap:
    """Memory of this process alone; raises `MemoryError`."""
    try:
        found = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    except OSError:
        raise MemoryError from None
    if hasattr(mmap, "MADV_HUGEPAGE"):  # as NumPy asks for its arrays: a large map has many pages
        with suppress(OSError):
            found.madvise(mmap.MADV_HUGEPAGE)
    return found
