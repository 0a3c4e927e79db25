"""The depth of a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnncalc.graph.graph import Graph
    from cnncalc.graph.node import Node


def depth(network: Graph) -> int:
    """The number of weighted layers on the longest path from an input to any layer: the 18 of ResNet-18.

    Weighted are those that multiply by learnt weights, as convolutions and linear layers do: norms are not counted.

    >>> import cnncalc
    >>> depth(cnncalc.load("resnet18")), depth(cnncalc.load("lenet"))
    (18, 5)
    """
    depths = dict.fromkeys(range(len(network.inputs)), 0)
    weighted: dict[object, bool] = {}
    for node in network.nodes:
        kind = node.kind
        if kind not in weighted:
            weighted[kind] = _is_weighted(node)
        depths[node.output] = max((depths[number] for number in node.inputs), default=0) + weighted[kind]
    return max(depths.values())


def _is_weighted(node: Node) -> bool:
    return node.macs > 0 and bool(node.weight_shapes)
