"""Threads that share the parts of a kernel's work, and the scratch arrays that they lend each other.

NumPy lets go of Python's lock in all that takes long, so threads of Python compute at once. Outside of
`sharing_threads` there is one, and whoever multiplies matrices leaves the threads to BLAS; within it BLAS is to have
one thread, as two that share would wait for each other. A part never shares its own work out again.
"""

from __future__ import annotations

from collections import deque
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import pairwise
from math import prod
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

Part = TypeVar("Part")

LEAST: Final = 2**15
"""Values below which elementwise work is not shared: a thread takes longer to wake than to compute them."""


class _Round(Generic[Part]):
    """Some parts of work, which threads take one after another."""

    def __init__(self, work: Callable[[Part], object], parts: Iterable[Part]) -> None:
        self.work = work
        self.parts = deque(parts)
        self.errors = np.geterr()  # a thread has its own, and would warn of what this one ignores
        self.done: SimpleQueue[BaseException | None] = SimpleQueue()

    def walk(self) -> None:
        """Take parts until none is left."""
        with np.errstate(**self.errors):
            while True:
                try:
                    part = self.parts.popleft()
                except IndexError:
                    return
                self.work(part)

    def help(self) -> None:
        """Take parts beside another thread, and tell it at the end what was raised."""
        failure: BaseException | None = None
        try:
            self.walk()
        except BaseException as error:  # noqa: BLE001 - whatever it is, the thread that waits has to be told
            failure = error
            self.parts.clear()
        self.done.put(failure)


class _Crew:
    """Threads beside the one that calls, which wait for rounds of work."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.rounds: SimpleQueue[_Round[Any] | None] = SimpleQueue()
        self.threads: list[Thread] = []

    def share(self, work: Callable[[Part], object], parts: Sequence[Part]) -> None:
        """Have all parts done, by this thread too; raises what the work raises."""
        shared, helpers = _Round(work, parts), self._helpers(min(self.size, len(parts)) - 1)
        for _ in range(helpers):
            self.rounds.put(shared)
        try:
            shared.walk()
        finally:
            shared.parts.clear()
            failures = [shared.done.get() for _ in range(helpers)]
        for failure in failures:
            if failure is not None:
                raise failure

    def _helpers(self, wanted: int) -> int:
        """Start threads until there are as many as wanted, or as the system allows; returns how many may help."""
        while len(self.threads) < wanted:
            thread = Thread(target=self._serve, daemon=True)
            try:
                thread.start()
            except RuntimeError:  # there may be no more of them: those that are there do all of the work
                break
            self.threads.append(thread)
        return min(wanted, len(self.threads))

    def close(self) -> None:
        """End the threads."""
        for _ in self.threads:
            self.rounds.put(None)
        for thread in self.threads:
            thread.join()

    def _serve(self) -> None:
        while (shared := self.rounds.get()) is not None:
            shared.help()
            del shared  # which would keep arrays in memory until the next


_CREW: Final[ContextVar[_Crew | None]] = ContextVar("crew", default=None)


@contextmanager
def sharing_threads(count: int) -> Iterator[None]:
    """Within it so many threads share the work of kernels that this thread calls, itself among them.

    >>> with sharing_threads(3):
    ...     thread_count()
    3
    """
    crew = _Crew(count)
    token = _CREW.set(crew)
    try:
        yield
    finally:
        _CREW.reset(token)
        crew.close()


def thread_count() -> int:
    """How many threads would share work now."""
    crew = _CREW.get()
    return 1 if crew is None else crew.size


def in_threads(work: Callable[[Part], object], parts: Iterable[Part]) -> None:
    """Call `work` with every part, in no order, and with several at once where threads share work.

    >>> found = set()
    >>> in_threads(found.add, "abc")
    >>> sorted(found)
    ['a', 'b', 'c']
    """
    crew = _CREW.get()
    listed = list(parts)
    if crew is None or crew.size == 1 or len(listed) < 2:
        for part in listed:
            work(part)
        return
    token = _CREW.set(None)
    try:
        crew.share(work, listed)
    finally:
        _CREW.reset(token)


def portions(size: int, count: int | None = None) -> list[slice]:
    """`size` places in `count` slices of nearly one length, or in one for each thread; none is empty.

    >>> portions(7, 3)
    [slice(0, 2, None), slice(2, 4, None), slice(4, 7, None)]
    """
    count = max(min(thread_count() if count is None else count, size), 1)
    bounds = [size * number // count for number in range(count + 1)]
    return [slice(start, stop) for start, stop in pairwise(bounds)]


class Scratch:
    """Arrays that are lent to one part of work after another: as many are made as are in use at once."""

    def __init__(self, dtype: np.dtype[Any]) -> None:
        self.dtype = dtype
        self.free: deque[NDArray[Any]] = deque()

    @contextmanager
    def lent(self, *shapes: Sequence[int]) -> Iterator[list[NDArray[Any]]]:
        """Arrays of these shapes, whatever their values."""
        sizes = [prod(shape) for shape in shapes]
        try:
            whole = self.free.pop()
        except IndexError:
            whole = np.empty(0, self.dtype)
        if whole.size < sum(sizes):
            del whole
            whole = np.empty(sum(sizes), self.dtype)
        ends = [sum(sizes[: number + 1]) for number in range(len(sizes))]
        arrays = zip(shapes, sizes, ends, strict=True)
        yield [whole[end - size : end].reshape(shape) for shape, size, end in arrays]
        self.free.append(whole)
