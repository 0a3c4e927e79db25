"""What each thread does in a run: calls, in segments between which all threads wait for each other."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from cnncalc.kernels.prepared.shares import Serial, Share
from cnncalc.sessions.accesses import Accesses
from cnncalc.sessions.operations import Layered

if TYPE_CHECKING:
    from cnncalc.kernels.prepared.shares import Bound, Call
    from cnncalc.sessions.binding import Binding
    from cnncalc.sessions.operations import Operation
    from cnncalc.sessions.places import Home, Part


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

    An operation waits where it needs what others have made, or overwrites what they use; with `apart` each does. One
    that a layer executes itself has the machine for itself.
    """
    operations, kernels = binding.lowered.operations, binding.kernels()
    scratch = max((kernel.scratch_size for kernel in kernels), default=0)
    shares = [Share(number, threads, np.empty(scratch, binding.dtype)) for number in range(threads)]
    segments: list[list[list[Call]]] = [[[]] for _ in shares]
    waits: set[int] = set()
    since, was_layered = Accesses(), False
    written: set[Home] = set()
    for number, (operation, kernel) in enumerate(zip(operations, kernels, strict=True)):
        if isinstance(kernel, Serial) and not kernel.made:  # parts that were written where they belong
            continue
        reads, writes = _parts(binding, operation)
        is_layered = isinstance(operation, Layered)
        if number and (apart or was_layered or is_layered or since.conflict(reads, writes)):
            waits.add(number)
            since = Accesses()
            for own in segments:
                own.append([])
        since.add(reads, writes)
        was_layered = is_layered
        for part in writes:
            if part.home not in written:
                written.add(part.home)
                segments[0][-1] += binding.cleared(part.home)
        for own, share in zip(segments, shares, strict=True):
            calls = kernel.calls(share)
            own[-1] += calls if len(calls) <= MOST_KEPT else [partial(_made_and_done, kernel, share)]
    return Program(segments, frozenset(waits), scratch)


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
