"""Limits of time and memory, for the process that calls `set_limits`; without that nothing is limited or measured."""

from __future__ import annotations

import resource
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

ADDRESSES: Final = 3 * 2**30
"""Bytes that the process may still map once the limits are set, so that no case can take the machine down."""
AGAIN: Final = 1.0
"""Seconds after which a command that swallowed the exception is stopped anew."""


class OvertimeError(BaseException):
    """The time is up. No `Exception`, so that no command takes it for a fault of the user."""


def are_set() -> bool:
    """Whether this process is held to limits; where it is not, nobody is to judge by time or memory."""
    return bool(_seconds[0])


def slack() -> float:
    """How many times as long as on a normal machine everything may take."""
    return _slack[0]


class Memory:
    """By how many bytes the memory of the process grew at its peak."""

    def __init__(self) -> None:
        self.grown = 0


_seconds = [0.0]
"""The limit of processor time; 0 where there is none."""
_slack = [1.0]


def set_limits(seconds: float, slack: float = 1.0) -> None:
    """Limit every command line from now on to so much processor time, and this process to its memory.

    The seconds are those of a normal machine, and `slack` is how many times as long they may be here.
    """
    _seconds[0], _slack[0] = seconds * slack, slack
    signal.signal(signal.SIGPROF, _stop)
    most = _status("VmSize") + ADDRESSES
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


@contextmanager
def held() -> Iterator[Memory]:
    """Stop what is inside by `OvertimeError` when its time is up, and measure its memory."""
    memory = Memory()
    if not are_set():
        yield memory
        return
    before = _reset_peak()
    signal.setitimer(signal.ITIMER_PROF, _seconds[0], AGAIN)
    try:
        yield memory
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        memory.grown = max(_status("VmHWM") - before, 0) if before else 0


def _stop(*_: Any) -> None:
    raise OvertimeError


def _reset_peak() -> int:
    """Forget the peak so far, and return what is in use; 0 where the system does not tell."""
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    except OSError:
        return 0
    return _status("VmRSS")


def _status(key: str) -> int:
    """A figure of /proc/self/status in bytes, 0 where there is none."""
    try:
        with open("/proc/self/status") as file:
            return next((int(line.split()[1]) * 1024 for line in file if line.startswith(f"{key}:")), 0)
    except OSError:
        return 0
