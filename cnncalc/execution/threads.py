"""How many threads compute: ours, and those of BLAS, the library that multiplies matrices for NumPy."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from threadpoolctl import ThreadpoolController

QUOTA: Final = "/sys/fs/cgroup/cpu.max"
"""Where Linux says how much processor time a container may use: ``200000 100000`` is that of two processors."""


def processors() -> int:
    """How many processors this process may use: those that it is bound to, and no more than its container's share."""
    try:
        count = len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        count = os.cpu_count() or 1
    with suppress(OSError, ValueError), open(QUOTA, encoding="ascii") as file:
        quota, period = map(int, file.read().split())  # the word "max" is no number: there is no limit
        count = min(count, max(round(quota / period), 1))
    return count


@contextmanager
def kernel_threads(count: int | None = None) -> Iterator[None]:
    """Within it so many threads, by default one a processor, share the work of kernels, and BLAS has one in each.

    Threads of BLAS that share a product wait for each other busily, and so for whoever else uses a processor; and what
    is not a product would have one thread.

    >>> from cnncalc.kernels.threads import thread_count
    >>> with kernel_threads(3):
    ...     thread_count()
    3
    """
    from cnncalc.kernels.threads import sharing_threads

    with blas_threads(1), sharing_threads(processors() if count is None else count):
        yield


@contextmanager
def blas_threads(count: int) -> Iterator[None]:
    """Within it BLAS computes with so many threads, in all of the process, and then with as many as before.

    >>> with blas_threads(1):
    ...     pass
    """
    limit = _limits()
    limit.begin(count)
    try:
        yield
    finally:
        limit.end(count)


class _Limits:
    """The limits of BLAS that hold now: it has one for all of the process, whose threads may begin and end at any time.

    The last that began holds, and what was before the first is restored when none is left.
    """

    def __init__(self) -> None:
        self.lock = Lock()
        self.counts: list[int] = []
        self.first: Any = None

    def begin(self, count: int) -> None:
        """Set a limit."""
        with self.lock:
            limiter = _controller().limit(limits=count, user_api="blas")
            self.first = self.first if self.counts else limiter
            self.counts.append(count)

    def end(self, count: int) -> None:
        """Take the limit off again."""
        with self.lock:
            self.counts.remove(count)
            if self.counts:
                _controller().limit(limits=self.counts[-1], user_api="blas")
            else:
                self.first.restore_original_limits()


@cache
def _limits() -> _Limits:
    """Those of this process."""
    return _Limits()


@cache
def _controller() -> ThreadpoolController:
    """What knows the libraries that are loaded; NumPy's must be, so it is loaded here."""
    import numpy as np
    from threadpoolctl import ThreadpoolController

    assert np.__name__
    return ThreadpoolController()
