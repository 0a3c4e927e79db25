"""Threads that work through lists of calls together, and wait for each other between them."""

from __future__ import annotations

from threading import Lock, Thread
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Segment = Sequence[Callable[[], object]]


class Team:
    """Threads beside the one that calls; each goes through its list of segments, and all begin each segment together.

    They wait at locks, one a thread and direction: that takes some 20 microseconds, where a condition takes 100.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self.is_closed = False
        self._work: Sequence[Sequence[Segment]] = []
        self._failure: BaseException | None = None
        self._arrived = [_closed() for _ in range(size)]
        self._go_on = [_closed() for _ in range(size)]
        for number in range(1, size):
            Thread(target=self._serve, args=(number,), name=f"cnncalc-{number}", daemon=True).start()

    def run(self, work: Sequence[Sequence[Segment]]) -> None:
        """Each thread, the calling one first, goes through its segments; raises what any of them raised.

        After an error, or an interruption, no further call is made, and the team can be used again.
        """
        self._work, self._failure = work, None
        for lock in self._go_on[1:]:
            lock.release()
        self._walk(0)
        failure, self._failure, self._work = self._failure, None, []
        if failure is not None:
            raise failure

    def close(self) -> None:
        """End the threads."""
        if not self.is_closed:
            self.is_closed = True
            for lock in self._go_on[1:]:
                lock.release()

    def _serve(self, number: int) -> None:
        while True:
            self._go_on[number].acquire()
            if self.is_closed:
                return
            self._walk(number)

    def _walk(self, number: int) -> None:
        """The segments of a thread, and after each the wait for the others; after a failure only that."""
        segments = self._work[number]
        with np.errstate(all="ignore"):  # it is of a thread
            for place, segment in enumerate(segments, 1):
                try:
                    if self._failure is None:
                        for call in segment:
                            call()
                except BaseException as error:  # noqa: BLE001 - raised again in the thread that called
                    self._failure = error
                self._meet(number, is_last=place == len(segments))

    def _meet(self, number: int, *, is_last: bool) -> None:
        """Wait until all are here; at the end only the first thread waits, and the others for the next work."""
        if number:
            self._arrived[number].release()
            if not is_last:
                self._go_on[number].acquire()
            return
        for lock in self._arrived[1:]:
            self._acquire(lock)
        if not is_last:
            for lock in self._go_on[1:]:
                lock.release()

    def _acquire(self, lock: Lock) -> None:
        """Acquire a lock, through interruptions: the others are still at work, and would never meet again."""
        while True:
            try:
                lock.acquire()
            except KeyboardInterrupt as interruption:
                self._failure = interruption
            else:
                return


def _closed() -> Lock:
    lock = Lock()
    lock.acquire()
    return lock
