"""What a session does, told operation by operation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.sessions.operations import Convolve, Multiply
from cnncalc.sessions.results import Plan, PlannedOperation

if TYPE_CHECKING:
    from cnncalc.graph.graph import Graph
    from cnncalc.sessions.binding import Binding
    from cnncalc.sessions.program import Program


def plan_of(network: Graph, binding: Binding, program: Program, *, exact: bool, threads: int, blas: int) -> Plan:
    """The plan of a network that is bound to memory, of the program that its threads run."""
    itemsize, operations = binding.dtype.itemsize, binding.lowered.operations
    matrices = [operation.weight for operation in operations if isinstance(operation, Multiply)]
    return Plan(
        **network.heading,
        batch_size=binding.batch,
        dtype=binding.dtype.name,
        exact=exact,
        threads=threads,
        blas_threads=blas,
        weight_bytes=sum(array.nbytes for array in [*binding.weights.values(), *matrices]),
        tensor_bytes=binding.places.size * binding.batch * itemsize,
        scratch_bytes=program.scratch * threads * itemsize,
        operations=tuple(
            _planned(network, binding, number, waits=number in program.waits) for number in range(len(operations))
        ),
        notes=network.notes,
    )


def _planned(network: Graph, binding: Binding, number: int, *, waits: bool) -> PlannedOperation:
    operation = binding.lowered.operations[number]
    part = binding.places.parts.get(operation.output)
    a_value = binding.batch * binding.dtype.itemsize
    return PlannedOperation(
        layers=tuple(dict.fromkeys(node.name for node in operation.nodes)),
        kernel=operation.kernel.value if isinstance(operation, Convolve) else operation.name,
        output_shape=network.layout.external(binding.lowered.shapes[operation.output]),
        macs=sum(node.macs for node in dict.fromkeys(operation.nodes)),
        offset=None if part is None else part.home.start * a_value,
        bytes=None if part is None else part.home.values * a_value,
        waits=waits,
    )
