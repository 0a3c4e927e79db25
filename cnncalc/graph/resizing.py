"""The same layers at other sizes of the inputs, without reading the spec's entries again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.errors import LayerError
from cnncalc.graph.graph import Graph
from cnncalc.graph.node import Node

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnncalc.graph.node import Step
    from cnncalc.shapes import Shape


def resized(graph: Graph, inputs: Mapping[str, Shape], known: dict[object, tuple[Step, ...]]) -> Graph | None:
    """The graph at these input shapes, channels first; None where it may have other layers there, or cannot be.

    The layers stay the same unless an expression of the spec reads a size, or the inputs have other channels or other
    numbers of axes. A layer that refuses its input is told by building from the spec, which knows its place, and so is
    one whose shared arrays would have another shape there. `known` holds the steps of kinds of layers that were checked
    before, and is added to.

    >>> import cnncalc
    >>> small = resized(cnncalc.load("lenet"), {"input": (1, 32, 32)}, {})
    >>> small.nodes[0].output_shape
    (6, 32, 32)
    """
    if graph.follows_sizes or not _are_alike(graph.inputs, inputs) or any(node.arrays.owner for node in graph.nodes):
        return None
    shapes = list(inputs.values())
    nodes: list[Node] = []
    try:
        for node in graph.nodes:
            arriving = [shapes[number] for number in node.inputs]
            nodes.append(
                Node(
                    node.name,
                    node.layer,
                    node.inputs,
                    node.output,
                    arriving,
                    known,
                    arrays=node.arrays,
                    sees_input=node.sees_input,
                )
            )
            shapes.append(nodes[-1].output_shape)
    except LayerError:
        return None
    return Graph(graph.blueprint, inputs, nodes, graph.outputs, scopes=graph.scopes, entries=graph.entries)


def _are_alike(before: Mapping[str, Shape], after: Mapping[str, Shape]) -> bool:
    """Whether inputs differ in their spatial sizes alone."""
    return list(before) == list(after) and all(
        (one[0], len(one)) == (other[0], len(other)) and len(one) > 1
        for one, other in zip(before.values(), after.values(), strict=True)
    )
