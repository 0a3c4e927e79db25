"""What a session does, told operation by operation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.sessions.operations import Convolve, Join, Layered, MultiplyMatrix, Rescale
from cnncalc.sessions.results import Plan, PlannedOperation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnncalc.graph.graph import Graph
    from cnncalc.sessions.binding import Binding
    from cnncalc.sessions.operations import Operation
    from cnncalc.sessions.program import Program


def plan_of(
    network: Graph,
    binding: Binding,
    program: Program,
    seconds: Mapping[int, float],
    *,
    threads: int,
    **others: Any,
) -> Plan:
    """The plan of a network that is bound to memory, of the program that its threads run.

    `seconds` are those of operations that were measured, by their numbers; `others` are further fields of the plan.
    """
    itemsize = binding.dtype.itemsize
    operations = tuple(
        _planned(network, binding, number, waits=threads > 1 and number in program.waits, seconds=seconds.get(number))
        for number in range(len(binding.lowered.operations))
    )
    return Plan(
        **network.heading,
        **others,
        threads=threads,
        batch_size=binding.batch,
        dtype=binding.dtype.name,
        layers=len(network.nodes),
        macs=network.macs,
        weight_bytes=sum(operation.weight_bytes for operation in operations),
        tensor_bytes=binding.places.size * binding.batch * itemsize,
        scratch_bytes=program.scratch * threads * itemsize,
        operations=operations,
        idle=_idle(network, operations),
    )


def _idle(network: Graph, operations: tuple[PlannedOperation, ...]) -> tuple[str, ...]:
    """The layers of no operation."""
    run = {name for operation in operations for name in operation.layers}
    return tuple(node.name for node in network.nodes if node.name not in run)


def _planned(network: Graph, binding: Binding, number: int, *, waits: bool, seconds: float | None) -> PlannedOperation:
    operation = binding.lowered.operations[number]
    part = binding.places.parts.get(operation.output)
    a_value = binding.batch * binding.dtype.itemsize
    return PlannedOperation(
        layers=tuple(dict.fromkeys(node.name for node in operation.nodes)),
        kernel=_kernel(binding, operation),
        output_shape=network.layout.external(binding.lowered.shapes[operation.output]),
        macs=sum(node.macs for node in dict.fromkeys(operation.nodes)),
        weight_bytes=sum(array.nbytes for array in _weights(binding, number, operation)),
        offset=None if part is None else part.home.start * a_value,
        bytes=None if part is None else part.home.values * a_value,
        first_channel=None if part is None else part.first,
        waits=waits,
        seconds=seconds,
    )


def _weights(binding: Binding, number: int, operation: Operation) -> list[Any]:
    """The arrays of numbers that do not depend on the input, which the kernel of an operation reads."""
    own: list[Any] = [operation.ending.bias]
    if isinstance(operation, Convolve):
        own += [*binding.weights[number], operation.floor]
    elif isinstance(operation, MultiplyMatrix):
        own.append(operation.weight)
    elif isinstance(operation, Rescale):
        own.append(operation.scale)
    elif isinstance(operation, Layered):
        own += operation.arrays.values()
    return [array for array in own if array is not None]


def _kernel(binding: Binding, operation: Operation) -> str:
    """What an operation is done by; of maps side by side, whether all lie in place."""
    if isinstance(operation, Convolve):
        return operation.kernel.value
    if isinstance(operation, Layered):
        node, layer = operation.nodes[0], operation.step.layer
        return f"{operation.name}: {node.type if layer is node.layer else layer.type_name}"
    if isinstance(operation, Join):
        copied = len(binding.places.misplaced(operation))
        return f"{copied} of {len(operation.inputs)} copied" if copied else operation.name
    return operation.name
