"""A network as operations: those of its layers, one after another, of which some become part of others."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cnncalc.sessions.fusion import Fusion
from cnncalc.sessions.layer_operations import Site, add_operation
from cnncalc.sessions.operations import Convolve

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cnncalc.graph.graph import Graph
    from cnncalc.graph.node import Node
    from cnncalc.kernels import Array
    from cnncalc.sessions.operations import Operation
    from cnncalc.shapes import Shape

    Arrays = Callable[[Node], Mapping[str, Array]]


class Lowered(NamedTuple):
    """A network as operations: `operations` in an order of execution, `shapes` of all tensors by number.

    There are tensors also between the steps of a node. `alike` says of a tensor whose values are those of another which
    one that is. `constants` are the tensors that no input reaches, ``(1, C, ...)``. `inputs` and `outputs` are numbers.
    """

    operations: list[Operation]
    shapes: dict[int, Shape]
    alike: dict[int, int]
    constants: dict[int, Array]
    inputs: range
    outputs: Sequence[int]

    def source(self, number: int) -> int:
        """The tensor that holds the values of this one."""
        return self.alike.get(number, number)


@np.errstate(all="ignore")  # weights may be any: what comes of them is seen in what is computed
def lower(network: Graph, arrays: Arrays, *, exact: bool) -> Lowered:
    """A network as operations; `arrays` gives the weights of a node, which the operations then own unless shared.

    Where it is to be `exact` no convolution has a kernel that rounds more than the sum of its products does.
    """
    shapes = {tensor.number: tensor.shape for tensor in network.tensors}
    fusion = Fusion(_readers(network))
    constants: dict[int, Array] = {}
    shared = {node.storage for node in network.nodes if node.arrays.owner}
    for node in network.nodes:
        inputs, weights = list(node.inputs), arrays(node)
        for step in node.steps:
            last = step is node.steps[-1]
            output = node.output if last else -len(shapes)  # below 0: between steps
            shapes[output] = step.output_shape
            own = {k.removeprefix(step.prefix): a for k, a in weights.items() if k.startswith(step.prefix)}
            site = Site(node, step, own, inputs, output, node.storage in shared)
            if node.sees_input:
                add_operation(fusion, site)
            else:
                constants[output] = site.layer.forward([constants[number] for number in inputs], own)
            inputs = [output]
    for operation in fusion.operations:
        operation.inputs = [fusion.source(number) for number in operation.inputs]
        if operation.ending.added is not None:
            operation.ending.added = fusion.source(operation.ending.added)
        if isinstance(operation, Convolve):
            operation.choose_kernel(shapes, exact=exact)
    outputs = list(network.outputs)
    return Lowered(fusion.operations, shapes, fusion.alike, constants, range(len(network.inputs)), outputs)


class _OneReader(dict[int, int]):
    """How many read each tensor; those between steps are read by the next."""

    def __missing__(self, number: int) -> int:
        return 1


def _readers(network: Graph) -> Mapping[int, int]:
    found = _OneReader({tensor.number: 0 for tensor in network.tensors})
    for number in [number for node in network.nodes for number in node.inputs] + list(network.outputs):
        found[number] += 1
    return found


def by_levels(operations: Sequence[Operation]) -> list[Operation]:
    """The operations with those side by side that do not need each other, so that threads wait less often."""
    levels: dict[int, int] = {}
    for operation in operations:
        levels[operation.output] = 1 + max((levels.get(number, 0) for number in operation.takes), default=0)
    return sorted(operations, key=lambda operation: levels[operation.output])
