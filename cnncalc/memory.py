"""How much memory there is, as far as the machine tells."""

from __future__ import annotations

import os


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
