"""What may be executed: how much memory there is, as far as the machine tells, and how many operations take hours."""

from __future__ import annotations

import os
from typing import Final

from cnncalc.errors import CnncalcError

MOST_TOLD: Final = 10**18
"""The number above which a message gives no exact figure."""
MOST_OPERATIONS: Final = 10**14
"""Matrix products do some 10**10 to 10**11 operations a second, pools some 10**9; VGG-16 takes 3 x 10**10 an image."""


def check_work(subject: str, operations: int, hint: str) -> None:
    """Raise `CnncalcError` if the floating-point operations would take hours."""
    if operations > MOST_OPERATIONS:
        most = f"{operations:,}" if operations < MOST_TOLD else f"over {MOST_TOLD:,}"
        raise CnncalcError(
            f"{subject} takes {most} operations, and at most {MOST_OPERATIONS:,} are executed: more take hours",
            hint=hint,
        )


def available() -> int | None:
    """Bytes that this process may still take; None where the machine does not say."""
    limits = [limit for limit in (_free(), _control_group(), _address_space()) if limit is not None]
    return min(limits) if limits else None


def _free() -> int | None:
    """What the system can hand out without swapping."""
    try:
        with open("/proc/meminfo") as file:
            for line in file:
                if line.startswith("MemAvailable:"):
                    return int(line.split()[1]) * 1024
    except (OSError, ValueError):
        pass
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return None


def _control_group() -> int | None:
    """What is left of a container's limit (control groups, version 2)."""
    try:
        with open("/sys/fs/cgroup/memory.max") as limit, open("/sys/fs/cgroup/memory.current") as current:
            return int(limit.read()) - int(current.read())
    except (OSError, ValueError):
        return None


def _address_space() -> int | None:
    """What is left of `ulimit -v`."""
    try:
        import resource

        limit, _ = resource.getrlimit(resource.RLIMIT_AS)
        if limit == resource.RLIM_INFINITY:
            return None
        with open("/proc/self/statm") as file:
            return max(limit - int(file.read().split()[0]) * resource.getpagesize(), 0)
    except (ImportError, OSError, ValueError):
        return None
