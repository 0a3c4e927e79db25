"""How large the branches of a network are drawn, so that their sums stay of one size however many there are."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cnncalc.graph.graph import Graph
    from cnncalc.graph.node import Node

SCALED: Final = frozenset(("weight", "weight_v", "weight_g", "bias"))
"""The arrays of a layer that its output is proportional to."""


class BranchScales:
    """By what factor the last weights of each branch are scaled that ends in a sum.

    The k-th branch that is added to a stream has ``1 / k`` of the variance of the first: as in trained residual
    networks the stream stays of one size, its variance grows as the logarithm of their number, and each branch changes
    it. The values of a branch whose last layer is an activation all have one sign and add up faster: it has ``1 / k``
    of the values of the first. Where a sum has no stream, its branches share its variance evenly. All of it follows
    from the graph alone, and adding layers behind changes nothing before.
    """

    def __init__(self, network: Graph) -> None:
        self.network = network
        self.branches = [1] * len(network.tensors)
        """By tensor the number of branches that were added up in it."""
        self.scales: dict[int, float] = {}
        """By the tensor that a branch's last weights make."""
        for node in network.nodes:
            arriving = [self.branches[number] for number in node.inputs]
            if node.layer.is_sum and len(arriving) > 1:
                self.branches[node.output] = self._sum(node)
            elif node.layer.role not in ("weighted", "norm"):
                self.branches[node.output] = max(arriving, default=1)

    def of(self, node: Node) -> float:
        """The factor for the weights of a node."""
        return self.scales.get(node.output, 1.0)

    def _sum(self, node: Node) -> int:
        """Scale the branches that end in the sum; returns how many are added up in it."""
        ends = {number: self._end(number) for number in node.inputs}
        streams = [number for number in node.inputs if ends[number] is None]
        count = sum(self.branches[number] for number in streams)
        for end in ends.values():
            if end is not None and not streams:
                self.scales[end.output] = 1 / sqrt(len(ends))
            elif end is not None:
                rectified = is_activated(self.network, end)
                self.scales[end.output] = 1 / count if rectified else 1 / sqrt(count)
        return count + len(node.inputs) - len(streams) if streams else 1

    def _end(self, number: int) -> Node | None:
        """The node whose weights scale a tensor and nothing else; None where there is none."""
        while True:
            tensor = self.network.tensors[number]
            node = tensor.producer
            if node is None or len(tensor.readers) != 1 or not node.inputs or node.layer.is_sum:
                return None
            if node.layer.role in ("weighted", "norm"):
                shapes = node.layer.weight_shapes(node.input_shapes)
                scaled = "weight" in shapes or "weight_g" in shapes
                return node if scaled and SCALED.issuperset(shapes) else None
            number = node.inputs[0]


def is_activated(network: Graph, node: Node) -> bool:
    """Whether all that reads the node's own output is activations, its own or those of layers behind."""
    if len(node.steps) > 1:
        return node.steps[1].layer.role == "activation"
    readers = network.tensors[node.output].readers
    return bool(readers) and all(reader.layer.role == "activation" for reader in readers)
