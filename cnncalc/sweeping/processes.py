"""Worker processes on this machine, which end with the program whatever ends it."""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import TYPE_CHECKING

from cnncalc.errors import CnncalcError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Executor


class _Worker(SpawnProcess):
    """A process that Ctrl-C does not reach: the terminal sends it to all, and the program itself ends its workers."""

    def start(self) -> None:
        """Start it with the signal blocked, which it inherits: from its first moment on it has no traceback to show."""
        if not hasattr(signal, "pthread_sigmask"):
            super().start()
            return
        before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
        try:
            super().start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Context(SpawnContext):
    """Spawned, not forked: a fork would copy the thread of a progress bar in whatever state it is."""

    Process = _Worker


@contextmanager
def worker_processes(number: int) -> Iterator[Executor]:
    """An executor with so many processes; when it ends, what has not begun is cancelled.

    Raises `CnncalcError` where one of them was ended from outside.
    """
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    with _quiet_tracker():
        executor = ProcessPoolExecutor(number, mp_context=_Context(), initializer=_end_with_parent)
    try:
        yield executor
    except BrokenProcessPool:
        hint = "where memory has run out, the system ends the largest process: try fewer --jobs"
        raise CnncalcError("a worker process was ended from outside", hint=hint) from None
    finally:
        executor.shutdown(cancel_futures=True)


@contextmanager
def _quiet_tracker() -> Iterator[None]:
    """While inside, processes begin without the warning of `multiprocessing` that a signal left semaphores behind.

    The process that clears them away, which begins with the first of them, would say so on standard error after Ctrl-C.
    """
    before = os.environ.get("PYTHONWARNINGS")
    os.environ["PYTHONWARNINGS"] = ",".join(filter(None, (before, "ignore:resource_tracker:UserWarning")))
    try:
        yield
    finally:
        if before is None:
            del os.environ["PYTHONWARNINGS"]
        else:
            os.environ["PYTHONWARNINGS"] = before


def _end_with_parent() -> None:
    """Let this process end as soon as its parent does, even where that was killed: a worker waits for ever else."""
    from multiprocessing import parent_process
    from threading import Thread

    parent = parent_process()
    assert parent is not None

    def wait() -> None:
        parent.join()
        os._exit(1)

    Thread(target=wait, daemon=True).start()
