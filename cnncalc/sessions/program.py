"""What each thread does in a run: calls, in segments between which all threads wait for each other."""

from __future__ import annotations

from functools import partial
from math import prod
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from cnncalc.kernels.prepared.shares import Serial, Share
from cnncalc.sessions.accesses import Accesses

if TYPE_CHECKING:
    from cnncalc.kernels.prepared.shares import Bound, Call
    from cnncalc.sessions.binding import Binding
    from cnncalc.sessions.operations import Operation
    from cnncalc.sessions.places import Home, Part


LEAST_SHARED: Final = 1_000_000
"""Less work takes some 30 microseconds, and to wait for another thread as long."""
VALUE: Final = 4
"""Products that take as long as to make a value of them: to add a bias, to hold it in bounds, to put it where it is."""
MOST_KEPT: Final = 1000
"""More calls of an operation are made anew in each run: of the largest maps they would take as much as weights do."""


class Program(NamedTuple):
    """For each thread its segments of calls; `waits` are the operations before which all threads wait.

    `scratch` is how many values of memory each thread has for its own use.
    """

    segments: list[list[list[Call]]]
    waits: frozenset[int]
    scratch: int


def program_of(binding: Binding, threads: int, *, apart: bool = False) -> Program:
    """The program of all operations of a network.

    An operation waits where it needs what other threads have made, or overwrites what they use; with `apart` each does.
    One that a layer executes itself, or that is small, is the first thread's alone.
    """
    operations, kernels = binding.lowered.operations, binding.kernels()
    scratch = max((kernel.scratch_size for kernel in kernels), default=0)
    shares = [Share(number, threads, np.empty(scratch, binding.dtype)) for number in range(threads)]
    segments: list[list[list[Call]]] = [[[]] for _ in shares]
    waits: set[int] = set()
    since = _Since()
    written: set[Home] = set()
    for number, (operation, kernel) in enumerate(zip(operations, kernels, strict=True)):
        if isinstance(kernel, Serial) and not kernel.made:  # parts that were written where they belong
            continue
        reads, writes = _parts(binding, operation)
        is_alone = isinstance(kernel, Serial) or work(operation, binding) < LEAST_SHARED
        if number and (apart or since.conflict(reads, writes, is_alone=is_alone)):
            waits.add(number)
            since = _Since()
            for own in segments:
                own.append([])
        since.add(reads, writes, is_alone=is_alone)
        for part in writes:
            if part.home not in written:
                written.add(part.home)
                segments[0][-1] += binding.cleared(part.home)
        parts = [Share(0, 1, shares[0].scratch)] if is_alone else shares
        for own, share in zip(segments, parts, strict=False):
            calls = kernel.calls(share)
            own[-1] += calls if len(calls) <= MOST_KEPT else [partial(_made_and_done, kernel, share)]
    return Program(segments, frozenset(waits), scratch)


class _Since:
    """What was read and written since all threads met, by the first alone and by all."""

    def __init__(self) -> None:
        self._alone = Accesses()
        self._shared = Accesses()

    def add(self, reads: list[Part], writes: list[Part], *, is_alone: bool) -> None:
        """Note what an operation reads and writes."""
        (self._alone if is_alone else self._shared).add(reads, writes)

    def conflict(self, reads: list[Part], writes: list[Part], *, is_alone: bool) -> bool:
        """Whether an operation has to wait for another thread: what the first does alone is in order."""
        return self._shared.conflict(reads, writes) or (not is_alone and self._alone.conflict(reads, writes))


def work(operation: Operation, binding: Binding) -> int:
    """About how many products an operation takes, and as much for a few values of its output as for one."""
    values = prod(binding.lowered.shapes[operation.output])
    return binding.batch * (sum(node.macs for node in operation.nodes) + VALUE * values)


def _made_and_done(kernel: Bound, share: Share) -> None:
    """Make the calls of a thread, and do them."""
    for call in kernel.calls(share):
        call()


def _parts(binding: Binding, operation: Operation) -> tuple[list[Part], list[Part]]:
    """What an operation reads and writes of the tensors that have a place."""
    parts = binding.places.parts
    return [parts[number] for number in operation.takes if number in parts], [
        parts[number] for number in [operation.output] if number in parts
    ]
