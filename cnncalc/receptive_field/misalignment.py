"""Where paths with different centres merge: the layer, and the two of its inputs by which they arrive."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from cnncalc.receptive_field.hull_figures import have_same_centres, hull_figures
from cnncalc.receptive_field.propagation import fields_by_input
from cnncalc.receptive_field.results import Merge

if TYPE_CHECKING:
    from cnncalc.graph.graph import Graph
    from cnncalc.graph.node import Node
    from cnncalc.receptive_field.field import Field
    from cnncalc.receptive_field.propagation import Fields
    from cnncalc.shapes import Shape


def merge_of(network: Graph, fields: list[Fields], tensor: int, name: str) -> Merge | None:
    """The first merge, on the way to a tensor, of paths from the input `name` whose centres differ; None for none.

    `fields` are those of all tensors.

    >>> import cnncalc
    >>> from cnncalc.receptive_field.propagation import receptive_fields
    >>> branch = "{max_pool: {kernel_size: 2, stride: 1, padding: [[0, 1]]}}"
    >>> network = cnncalc.load(f"input: 1x8\\nlayers:\\n- residual: {{layers: [{branch}]}}\\n- relu\\n")
    >>> merge_of(network, receptive_fields(network), network.tensor(), "input")
    Merge(layer='add_1', paths=('max_pool_1', 'input'))
    """
    tensors = network.tensors
    if _aligned(fields[tensor], name, tensors[tensor].shape):
        return None
    while earlier := _earlier(network, fields, tensor, name):
        tensor = earlier
    while node := tensors[tensor].producer:
        found = _first_misaligned_pair(network, node, fields, name)
        if found is not None:
            here, there = found
            return Merge(node.name, (tensors[node.inputs[here]].name, tensors[node.inputs[there]].name))
        tensor = next(number for number in node.inputs if name in fields[number])
    return None


def _earlier(network: Graph, fields: list[Fields], tensor: int, name: str) -> int | None:
    """The first input of what makes a tensor in which paths with different centres meet already."""
    tensors = network.tensors
    producer = tensors[tensor].producer
    taken = producer.inputs if producer else ()
    return next((number for number in taken if not _aligned(fields[number], name, tensors[number].shape)), None)


def _aligned(fields: Fields, name: str, shape: Shape) -> bool:
    return all(hull_figures(field, shape).aligned for field in fields.get(name, ()))


def _first_misaligned_pair(network: Graph, node: Node, fields: list[Fields], name: str) -> tuple[int, int] | None:
    """The places, among a node's inputs, of the first two by which paths with different centres arrive."""
    arriving = fields_by_input(network, node, [fields[number] for number in node.inputs])
    paths = [(place, of_input[name]) for place, of_input in enumerate(arriving) if name in of_input]
    pairs = combinations(paths, 2)
    return next(((a, b) for (a, one), (b, other) in pairs if not _have_same_centres(one, other, node)), None)


def _have_same_centres(one: tuple[Field, ...], other: tuple[Field, ...], node: Node) -> bool:
    """Whether two paths have the same centres along every axis."""
    return all(have_same_centres(a, b, node.output_shape) for a, b in zip(one, other, strict=True))
