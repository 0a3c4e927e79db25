"""What can be executed here: whether it fits in the memory that the machine has, and ends within hours."""

from __future__ import annotations

import os
import sys
from math import prod
from typing import TYPE_CHECKING, Final

from cnncalc.dtypes import DTYPE_BYTES
from cnncalc.errors import CnncalcError
from cnncalc.graph.liveness import peak_elements
from cnncalc.layers.activations_axiswise import AlongAxis

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnncalc.graph.graph import Graph

LARGEST_SHOWN: Final = 10**18
"""The number above which a message gives no exact figure."""
MOST_OPERATIONS: Final = 10**14
"""Matrix products do some 10**10 to 10**11 operations a second, pools some 10**9; VGG-16 takes 3 x 10**10 an image."""


def check_work(subject: str, operations: int, hint: str) -> None:
    """Raise `CnncalcError` if the floating-point operations would take hours."""
    if operations > MOST_OPERATIONS:
        most = f"{operations:,}" if operations < LARGEST_SHOWN else f"over {LARGEST_SHOWN:,}"
        raise CnncalcError(
            f"{subject} takes {most} operations, and at most {MOST_OPERATIONS:,} are executed: more take hours",
            hint=hint,
        )


def check_memory(network: Graph, batch: int, dtype: str, kept: Iterable[int] = ()) -> None:
    """Raise `CnncalcError` if the weights and the peak of live tensors do not fit in memory together.

    The tensors `kept` stay alive to the end, as the outputs do.

    What the kernels take beside those is small, whatever the sizes, or the layer tells it (`working_values`); but an
    activation that is a last step along an axis, such as softmax, does not work in place and makes its output beside
    that of the layer.
    """
    value = DTYPE_BYTES[dtype]
    unseen = sum(prod(node.output_shape) for node in network.nodes if not node.sees_input)
    weights = (network.parameters + network.frozen + network.buffers + unseen) * value
    last_steps = ((node, step.layer) for node in network.nodes for step in node.steps[1:])
    twice = (prod(node.output_shape) for node, layer in last_steps if isinstance(layer, AlongAxis))
    working = (
        step.layer.working_values(step.input_shapes, step.output_shape) for n in network.nodes for step in n.steps
    )
    beside = max(*twice, *working, 0, 0)
    tensors = (peak_elements(network.tensors, {*network.outputs, *kept}) + beside) * batch * value
    known = available()
    room = sys.maxsize if known is None else known  # where the machine does not say, what NumPy can address
    if weights + tensors > room:
        raise CnncalcError(
            f"{network.name} does not fit in memory: its weights take {_gigabytes(weights)} and its tensors up to "
            f"{_gigabytes(tensors)}, and {_gigabytes(room)} are free",
            hint="try a smaller input or batch; a summary needs no memory for tensors",
        )


def check_room(network: Graph, batch: int, tensors: int) -> None:
    """Raise `CnncalcError` if what is still to be taken for the tensors of a batch, in bytes, is not there."""
    known = available()
    if known is not None and tensors > known:
        raise CnncalcError(
            f"{network.name} does not fit in memory: for a batch of {batch:,} its tensors take {_gigabytes(tensors)}, "
            f"and {_gigabytes(known)} are free",
            hint="try a smaller input or batch",
        )


def not_copied(network: Graph) -> CnncalcError:
    """The error for a session that is to be copied or sent to another process."""
    hint = "make one where it is used: it can be made from the network, which can be sent"
    return CnncalcError(
        f"the session of {network.name} has threads and memory of this process, and cannot be copied", hint=hint
    )


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:,.1f} GB" if count < LARGEST_SHOWN else f"more than {LARGEST_SHOWN // 10**9:,} GB"


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
