"""The part of a graph that some of its outputs need."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING

from cnncalc.graph.graph import Graph
from cnncalc.graph.liveness import dependencies_of
from cnncalc.graph.node import ArrayUse

if TYPE_CHECKING:
    from collections.abc import Sequence


def restricted(graph: Graph, outputs: Sequence[int]) -> Graph:
    """The graph of the inputs and layers that these tensors depend on, with them as its outputs.

    >>> import cnncalc
    >>> lenet = cnncalc.load("lenet")
    >>> [node.name for node in restricted(lenet, [lenet.tensor("c3")]).nodes]
    ['c1', 's2', 'c3']
    """
    needed = sorted({number for output in outputs for number in dependencies_of(graph.tensors, output)})
    renumbered = {number: new for new, number in enumerate(needed)}
    inputs = {tensor.name: tensor.shape for tensor in map(graph.tensors.__getitem__, needed) if not tensor.producer}
    nodes = []
    stored: set[str] = set()
    for node in graph.nodes:
        if node.output in renumbered:
            other = copy(node)
            other.inputs = tuple(renumbered[number] for number in node.inputs)
            other.output = renumbered[node.output]
            if not node.arrays.is_counted and node.storage not in stored:  # the owner is not needed here
                other.arrays = ArrayUse(node.storage, is_trained=node.arrays.is_trained)
            stored.add(node.storage)
            nodes.append(other)
    scopes = {
        name: tuple(renumbered[number] for number in tensors)
        for name, tensors in graph.scopes.items()
        if renumbered.keys() >= set(tensors)
    }
    kept = [renumbered[output] for output in outputs]
    return Graph(graph.blueprint, inputs, nodes, kept, scopes=scopes, follows_sizes=graph.follows_sizes)
