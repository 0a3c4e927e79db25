"""Threads that work through lists of calls together, and wait for each other between them.

Each list was made beforehand, and all threads have about as much to do between two waits. The threads of
`kernels.threads`, which share a kernel's parts while it runs, take one part after another from a queue: there the parts
take different times, and there are some hundred in a run where here there are thousands of calls.
"""

from __future__ import annotations

from contextlib import suppress
from threading import Lock, Thread
from typing import TYPE_CHECKING

import numpy as np

from cnncalc.errors import CnncalcError

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
        try:
            for number in range(1, size):
                Thread(target=self._serve, args=(number,), name=f"cnncalc-{number}", daemon=True).start()
        except RuntimeError:
            self.close()
            raise CnncalcError(f"{size} threads cannot be started here", hint="`threads` takes fewer") from None
        except BaseException:  # an interruption
            self.close()
            raise

    def run(self, work: Sequence[Sequence[Segment]]) -> None:
        """Each thread, the calling one first, goes through its segments; raises what any of them raised.

        After an error no further call is made, and the team can be used again. After an interruption it is closed:
        others may be at work for a while, with what they have.
        """
        if not any(segment for others in work[1:] for segment in others):  # none needs to wake
            with np.errstate(all="ignore"):
                for segment in work[0]:
                    for call in segment:
                        call()
            return
        self._work, self._failure = work, None
        try:
            for lock in self._go_on[1:]:
                lock.release()
            self._walk(0)
        except BaseException:
            self.close()
            raise
        failure, self._failure, self._work = self._failure, None, []
        if failure is not None:
            raise failure

    def close(self) -> None:
        """End the threads: each at the next lock that it comes to."""
        if not self.is_closed:
            self.is_closed = True
            for lock in self._go_on[1:]:
                with suppress(RuntimeError):  # it is open
                    lock.release()

    def _serve(self, number: int) -> None:
        while not self.is_closed:
            self._go_on[number].acquire()
            if not self.is_closed:
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
                except Exception as error:  # noqa: BLE001 - raised again in the thread that called
                    self._failure = error
                self._meet(number, is_last=place == len(segments))
                if self.is_closed:
                    return

    def _meet(self, number: int, *, is_last: bool) -> None:
        """Wait until all are here; at the end only the first thread waits, and the others for the next work."""
        if number:
            self._arrived[number].release()
            if not is_last:
                self._go_on[number].acquire()
            return
        for lock in self._arrived[1:]:
            lock.acquire()
        if not is_last:
            for lock in self._go_on[1:]:
                lock.release()


def _closed() -> Lock:
    lock = Lock()
    lock.acquire()
    return lock
