"""Threads go through their work together, whatever any of them raises, and end."""

from __future__ import annotations

import signal
import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from cnncalc import CnncalcError
from cnncalc.sessions import team
from cnncalc.sessions.team import Team

if TYPE_CHECKING:
    from collections.abc import Callable


def ours() -> set[threading.Thread]:
    """The threads of teams that are there, those of other tests among them."""
    return {thread for thread in threading.enumerate() if thread.name.startswith("cnncalc-")}


def wait_for_end(before: set[threading.Thread]) -> None:
    """Wait until there are no threads of teams but those that were there before."""
    for _ in range(500):
        if ours() <= before:
            return
        time.sleep(0.01)
    raise AssertionError(ours() - before)


def run_and_wait(found: Team, work: Any) -> None:
    """Run, and wait for a signal that comes late."""
    found.run(work)
    time.sleep(1)


def counting(size: int, segments: int) -> tuple[list[list[list[Callable[[], object]]]], list[list[int]]]:
    """Work in which each thread counts, and looks whether all others have done the segment before."""
    counts = [[0] for _ in range(size)]

    def step(number: int, place: int) -> None:
        assert all(count[0] >= place for count in counts)
        assert counts[number][0] == place
        counts[number][0] += 1

    return [[[partial(step, number, place)] for place in range(segments)] for number in range(size)], counts


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_no_thread_begins_a_segment_before_all_have_done_the_last(size: int) -> None:
    before = ours()
    found = Team(size)
    for segments in [1, 2, 7] * 30:
        work, counts = counting(size, segments)
        found.run(work)
        assert counts == [[segments]] * size
    found.close()
    found.close()
    wait_for_end(before)


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_what_any_thread_raises_is_raised_and_the_team_goes_on(size: int) -> None:
    before = ours()
    found = Team(size)
    for number in range(size):
        for place in range(4):
            work, counts = counting(size, 4)

            def fail() -> None:
                raise ValueError("this one")

            work[number][place].insert(0, fail)
            with pytest.raises(ValueError, match="this one"):
                found.run(work)
            assert counts[number] == [place]
            assert all(count[0] <= place + 1 for count in counts), "no call is made after it"
            work, counts = counting(size, 3)
            found.run(work)
            assert counts == [[3]] * size
    found.close()
    wait_for_end(before)


@pytest.mark.slow
@pytest.mark.parametrize("size", [2, 3, 5])
def test_thousands_of_tiny_segments(size: int) -> None:
    found = Team(size)
    work, counts = counting(size, 20_000)
    found.run(work)
    assert counts == [[20_000]] * size
    for _ in range(5000):
        work, counts = counting(size, 2)
        found.run(work)
        assert counts == [[2]] * size
    found.close()


@pytest.mark.parametrize("size", [1, 2, 4])
@pytest.mark.parametrize("segments", [1, 3])
def test_an_interruption_ends_the_threads(size: int, segments: int) -> None:
    """Wherever it comes: also while the first thread waits for others."""
    before = ours()
    for number in range(size):
        found = Team(size)
        work, _ = counting(size, segments)

        def interrupt() -> None:
            signal.raise_signal(signal.SIGINT)
            time.sleep(0.01)

        work[number][0].append(interrupt)
        with pytest.raises(KeyboardInterrupt):
            run_and_wait(found, work)
        found.close()
        wait_for_end(before)


def test_threads_that_cannot_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    class Refused(threading.Thread):
        def start(self) -> None:
            if self.name == "cnncalc-2":
                raise RuntimeError("can't start new thread")
            super().start()

    before = ours()
    monkeypatch.setattr(team, "Thread", Refused)
    with pytest.raises(CnncalcError) as caught:
        Team(4)
    assert str(caught.value) == "error: 4 threads cannot be started here\nhint: `threads` takes fewer"
    wait_for_end(before)


def test_warnings_of_numpy_are_off_in_all_threads() -> None:
    import numpy as np

    found = Team(2)
    infinite: list[Any] = [[[partial(np.divide, np.ones(1), np.zeros(1))]] for _ in range(2)]
    found.run(infinite)
    found.close()
