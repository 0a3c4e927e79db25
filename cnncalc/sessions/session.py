"""A network with its weights, prepared to be run again and again."""

from __future__ import annotations

import os
import weakref
from functools import partial
from itertools import pairwise
from threading import Lock
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final, NoReturn, Self

import numpy as np

from cnncalc import arguments
from cnncalc.errors import CnncalcError
from cnncalc.execution.executor import check_runs
from cnncalc.execution.resources import check_memory, check_room, not_copied
from cnncalc.execution.stored_weights import StoredWeights
from cnncalc.execution.tensors import in_spec_order, one_or_by_name, prepared_inputs
from cnncalc.execution.threads import blas_threads, processors
from cnncalc.execution.weights import WeightDraw
from cnncalc.graph.opaque import refuse_opaque
from cnncalc.sessions.binding import Binding, prepared_weight
from cnncalc.sessions.budget import limit_weights
from cnncalc.sessions.lowering import lower
from cnncalc.sessions.operations import Convolve, Layered
from cnncalc.sessions.places import placed
from cnncalc.sessions.planning import plan_of
from cnncalc.sessions.program import program_of
from cnncalc.sessions.team import Team

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnncalc.graph.graph import Graph
    from cnncalc.kernels import Array
    from cnncalc.models.stored_arrays import Store
    from cnncalc.sessions.lowering import Lowered
    from cnncalc.sessions.program import Program
    from cnncalc.sessions.results import Plan

UNKNOWN: Final[Mapping[int, float]] = {}


class Session:
    """A network with its weights, prepared once and run on arrays of any batch size.

    Norms are folded into the weights of the convolutions before them, last steps are done where the sums are, and
    tensors lie in memory that is taken once for the last batch size. `run` gives what `Network.forward` does, within
    rounding. A session keeps threads until it is closed, at the end of a ``with`` block or when nothing refers to it.
    Several threads may call it: each run waits for the one before. A copy of the process can run it too, but is not to
    be made while a run is under way: OpenBLAS may hang then, in the process that was copied. Values that are not finite
    stay in their places, but where Winograd's convolutions spread them over a tile, and those of few channels over two
    positions that are made at once; an `exact` session has neither.
    """

    def __init__(
        self,
        network: Graph,
        *,
        seed: int = 0,
        dtype: str = "float32",
        threads: int | None = None,
        exact: bool = False,
        weights: Store | None = None,
    ) -> None:
        started = perf_counter()
        refuse_opaque(network, "what it computes")
        check_memory(network, 1, dtype)
        check_runs(network, 1)
        self.network = network
        self.seed = seed
        self.dtype = dtype
        self.threads = threads or processors()
        self.exact = exact
        self.weights = None if weights is None else weights.name
        arrays: WeightDraw | StoredWeights
        if weights is None:
            arrays = WeightDraw(network, seed, dtype, self.threads)
            lowered = lower(network, arrays.arrays, exact=exact)
        else:
            arrays = StoredWeights(network, weights, dtype)
            lowered = lower(network, lambda node: _read_only(arrays.arrays(node)), exact=exact)
        self.notes = tuple(arrays.notes)
        limit_weights(lowered)
        self._places = placed(lowered)
        self._weights = _prepared(self._places.lowered)
        self.team_size = self.threads if _is_ours(self._places.lowered) else 1
        self._bound: tuple[Binding, Program] | None = None
        self._turn = Lock()
        self._gather()
        self.seconds = perf_counter() - started

    def __repr__(self) -> str:
        count = "1 thread" if self.threads == 1 else f"{self.threads} threads"
        return f"<Session of {self.network.name}: {self.operations} operations, {count}>"

    @property
    def operations(self) -> int:
        """How many operations the network is run as."""
        return len(self._places.lowered.operations)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __reduce__(self) -> NoReturn:
        raise not_copied(self.network)

    def close(self) -> None:
        """End the threads and give the memory of tensors back; a later run takes both again."""
        with self._alone():
            self._finalizer()
            self._bound = None

    def run(self, array: Any) -> Array | dict[str, Array]:
        """The output for an array, or the outputs by name where there are several, in arrays that are the caller's.

        `array` is what `Network.forward` takes: as the spec orders axes, with or without a batch axis before it; for
        several inputs a dict by their names. Raises `CnncalcError` for one that does not fit.

        >>> import cnncalc
        >>> import numpy as np
        >>> network = cnncalc.load("lenet")
        >>> image = np.ones(network.inputs["input"], np.float32)
        >>> with network.session() as session:
        ...     output = session.run(image)
        >>> np.allclose(output, network.forward(image))
        True
        """
        data, batched = self._inputs(array)
        with self._alone():
            binding, program = self._program(len(next(iter(data.values()))))
            self._work_through(binding, program, data)
            binding.make_room(self.network.outputs)
            found = {
                self.network.tensors[number].name: self._output(binding, number, batched=batched)
                for number in self.network.outputs
            }
            binding.release()
        return one_or_by_name(found)

    def operation_seconds(self, array: Any) -> dict[int, float]:
        """How long each operation takes by itself, by its number in the plan: all threads wait before and after it.

        `array` is as in `run`. There are no seconds of an operation that does nothing, as its inputs lie in place.
        """
        data, _ = self._inputs(array)
        with self._alone():
            binding, _ = self._program(len(next(iter(data.values()))))
            program = program_of(binding, self.team_size, apart=True)
            moments: list[float] = []
            for segment in program.segments[0]:
                segment.insert(0, lambda: moments.append(perf_counter()))
            self._work_through(binding, program, data)
            moments.append(perf_counter())
            binding.release()
        took = [after - before for before, after in pairwise(moments)]
        return dict(zip((0, *sorted(program.waits)), took, strict=True))

    def plan(self, batch: int = 1) -> Plan:
        """What is run for a batch of so many samples, operation by operation, and where tensors lie."""
        return self.plan_with(arguments.whole_number("batch", batch, 1))

    def plan_with(self, batch: int, seconds: Mapping[int, float] = UNKNOWN) -> Plan:
        """The plan, with the seconds that operations were measured to take, by their numbers."""
        with self._alone():
            return plan_of(
                self.network,
                *self._program(batch),
                seconds,
                seed=self.seed,
                weights=self.weights,
                exact=self.exact,
                threads=self.team_size,
                blas_threads=self.threads // self.team_size,
                notes=(*self.network.notes, *self.notes),
                measured=None,
            )

    def _inputs(self, array: Any) -> tuple[dict[str, Array], bool]:
        """The inputs by name as ``(N, C, ...)``, and whether they came with a batch axis."""
        check_fits = partial(check_memory, self.network, dtype=self.dtype)
        return prepared_inputs(self.network, array, self.dtype, check_fits)

    def _work_through(self, binding: Binding, program: Program, data: dict[str, Array]) -> None:
        """Compute all tensors from the inputs, which are taken out of `data`: their places hold them from then on."""
        for number, name in enumerate(list(data)):
            binding.put(number, data.pop(name))
        try:
            with blas_threads(self.threads // self.team_size):
                self._team.run(program.segments)
        except MemoryError:
            raise _no_memory(self.network) from None

    def _program(self, batch: int) -> tuple[Binding, Program]:
        """What is run for a batch of this size; only that of the last size is kept."""
        if self._team.is_closed:
            self._gather()
            self._bound = None  # an interruption may have left a thread at work in it
        if self._bound is None or self._bound[0].batch != batch:
            self._bound = None  # before memory is taken again
            check_runs(self.network, batch)
            check_room(self.network, batch, self._places.size * batch * np.dtype(self.dtype).itemsize)
            try:
                binding = Binding(self._places, self._weights, batch, self.dtype)
                self._bound = binding, program_of(binding, self.team_size)
            except MemoryError:
                raise _no_memory(self.network) from None
        return self._bound

    def _alone(self) -> Lock:
        """What is held while the session is at work.

        A copy of this process has none of its threads: not those that share the work, nor one that may hold the lock.
        """
        if os.getpid() != self._process:
            self._turn, self._bound = Lock(), None
            self._gather()
        return self._turn

    def _gather(self) -> None:
        """Start the threads."""
        self._process = os.getpid()
        self._team = Team(self.team_size)
        self._finalizer = weakref.finalize(self, self._team.close)

    def _output(self, binding: Binding, number: int, *, batched: bool) -> Array:
        tensor = self.network.tensors[number]
        view = binding.external(number, tensor.shape)
        ordered = in_spec_order(view, self.network.layout, batched=batched and tensor.sees_input)
        return np.array(ordered, order="C")


def _read_only(arrays: Mapping[str, Array]) -> dict[str, Array]:
    """The arrays such that none is written to: they may be the caller's, or mapped files."""
    views = {name: array.view() for name, array in arrays.items()}
    for view in views.values():
        view.flags.writeable = False
    return views


def _no_memory(network: Graph) -> CnncalcError:
    return CnncalcError(f"{network.name} does not fit in memory", hint="try a smaller input or batch")


@np.errstate(all="ignore")
def _prepared(lowered: Lowered) -> dict[int, list[Array]]:
    """The weights of convolutions as their kernels take them, by the number of the operation, which loses its own."""
    found: dict[int, list[Array]] = {}
    for number, operation in enumerate(lowered.operations):
        if isinstance(operation, Convolve):
            found[number] = prepared_weight(operation, lowered.shapes)
            del operation.weight
    return found


def _is_ours(lowered: Lowered) -> bool:
    """Whether most of the work is done by kernels that share it between threads; else those of BLAS do more."""
    work = {True: 0, False: 0}
    for operation in lowered.operations:
        work[isinstance(operation, Layered)] += sum(node.macs for node in operation.nodes)
    return work[False] >= work[True]
