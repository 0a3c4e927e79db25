"""A graph as a flat list of layers, each with all that a spec says of it and nothing that goes without saying."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from cnncalc.errors import LayerError
from cnncalc.models.imported import Imported, ImportedLayer
from cnncalc.spec.array_statements import with_scopes
from cnncalc.structure.options import short_options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.graph.graph import Graph
    from cnncalc.graph.node import Node


def flat(graph: Graph) -> Imported:
    """The graph as a reader of models would give it.

    >>> import cnncalc
    >>> flat(cnncalc.load("lenet")).layers[0]
    <c1: conv2d {'out_channels': 6, 'kernel_size': 5, 'padding': 'same', 'activation': 'tanh'} from input>
    """
    names = [tensor.name for tensor in graph.tensors]
    layers = list(_layers(graph, names))
    return Imported(graph.name, graph.inputs, layers, [names[number] for number in graph.outputs])


class ArrayNames(NamedTuple):
    """The names of the layers that have arrays of their own, and of those layers and whole scopes that are not trained.

    Both are in the order of the layers.
    """

    owners: frozenset[str]
    frozen: list[str]


def array_names(graph: Graph) -> ArrayNames:
    """Which layers of a graph have arrays of their own."""
    owners = [node for node in graph.nodes if node.weight_shapes and node.arrays.owner is None]
    return ArrayNames(frozenset(node.name for node in owners), _frozen_names(graph))


def _frozen_names(graph: Graph) -> list[str]:
    """The fewest names that freeze what is frozen: of a scope, where all arrays in it are its own and frozen."""
    weighted = [(node, with_scopes(node.name)) for node in graph.nodes if node.weight_shapes]
    frozen = [names for node, names in weighted if node.arrays.owner is None and not node.arrays.is_trained]
    if not frozen:
        return []
    others = {
        name for node, names in weighted if node.arrays.owner is not None or node.arrays.is_trained for name in names
    }
    return list(dict.fromkeys(next(name for name in names if name not in others) for names in frozen))


def _layers(graph: Graph, names: list[str]) -> Iterator[ImportedLayer]:
    """Each node as a layer."""
    known: dict[int, tuple[Any, dict[str, Any]]] = {}
    there = {node.name for node in graph.nodes}
    for node in graph.nodes:
        # A layer object stands at many nodes; it is kept, so that its number is not given to another one.
        _, options = known.setdefault(id(node.layer), (node.layer, short_options(node.layer)))
        inputs = [names[number] for number in node.inputs]
        if node.layer.references:
            options, inputs = _referring(graph, node, options, inputs)
        owner = node.arrays.owner
        yield ImportedLayer(
            node.name,
            node.type,
            options,
            inputs,
            share=owner if owner in there and owner != node.name else None,
            shape=node.output_shape,
        )


def _referring(
    graph: Graph, node: Node, options: dict[str, Any], inputs: list[str]
) -> tuple[dict[str, Any], list[str]]:
    """The options of a layer that refers to earlier ones, with their full names, and the inputs that are its own."""
    options = dict(options)
    own = node.layer.arity[0]
    before = graph.nodes[: graph.nodes.index(node)]
    for option in node.layer.references:
        earlier = next((other for other in reversed(before) if _may_be_meant(node, other, own)), None)
        if earlier is not None:
            options[option] = earlier.name
    return options, inputs[:own]


def _may_be_meant(node: Node, other: Node, own: int) -> bool:
    """Whether an earlier node is one to which a node can refer: its inputs come behind the node's own."""
    if other.inputs != node.inputs[own:]:
        return False
    try:
        node.layer.bound(other.layer)
    except LayerError:
        return False
    return True
