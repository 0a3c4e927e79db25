"""How often a session is run for its least time."""

from __future__ import annotations

from typing import Any

import pytest

from cnncalc.sessions import measuring


class Slow:
    """Stands for a session whose runs take so many seconds, the first of them twice as many, and for the clock."""

    def __init__(self, seconds: float) -> None:
        self.seconds = 2 * seconds
        self.later = seconds
        self.now = 0.0
        self.runs = 0

    def run(self, array: Any) -> None:
        """Takes its time."""
        del array
        self.now += self.seconds
        self.seconds = self.later
        self.runs += 1

    def operation_seconds(self, array: Any) -> dict[int, float]:
        """Takes its time, all of it for one operation."""
        took = self.seconds
        self.run(array)
        return {0: took}


@pytest.mark.parametrize(("seconds", "runs"), [(0.015625, 31), (0.25, 5), (0.5, 5), (1.0, 2), (64.0, 1)])
def test_slow_networks_are_run_some_times_too(seconds: float, runs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    session: Any = Slow(seconds)
    monkeypatch.setattr(measuring, "perf_counter", lambda: session.now)
    assert measuring._least(session, None) == (seconds if runs > 1 else 2 * seconds, runs)


@pytest.mark.parametrize(("seconds", "runs"), [(0.015625, 15), (0.125, 5), (0.25, 5), (64.0, 1)])
def test_operations_are_timed_some_times_too(seconds: float, runs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    session: Any = Slow(seconds)
    monkeypatch.setattr(measuring, "perf_counter", lambda: session.now)
    assert measuring._of_operations(session, None) == {0: seconds if runs > 1 else 2 * seconds}
    assert session.runs == runs
