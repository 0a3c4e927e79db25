"""The mean and the variance of each tensor, as they are expected with drawn weights: these are scaled by them."""

from __future__ import annotations

from math import isfinite, sqrt
from typing import TYPE_CHECKING, Final

from cnncalc.execution.branches import BranchScales, is_activated
from cnncalc.layers.statistics import STANDARD, Statistics

if TYPE_CHECKING:
    from cnncalc.graph.graph import Graph
    from cnncalc.graph.node import Node, Step

LEAST_VARIANCE: Final = 1e-12
LARGEST_VARIANCE: Final = 1e12
"""The range that variances are kept in, so that no weight is scaled by 0 or beyond what floats can hold."""

BIASED: Final = 0.2
"""The share of the biases in the variance before an activation: what does not depend on the network's input.

Behind one rectifier after another all inputs come to look alike (Schoenholz et al. 2017, arXiv:1611.01232), unless the
filters are centred; then differences between inputs grow by the root of pi / (pi - 1) a layer, and rounding errors with
them. With biases both stay about as large as they are. Biases also bring values back to the size that is expected,
where zeros at borders or smooth activations make them smaller or larger, which would add up from layer to layer.
"""


class Expectation:
    """Follows the statistics of tensors through a network, whose nodes come in the order of execution.

    They depend on layers and shapes alone, never on what was drawn: those of the network's inputs are `STANDARD`.
    """

    def __init__(self, network: Graph) -> None:
        self.network = network
        self.tensors = [STANDARD] * len(network.inputs)
        """The statistics by the tensor's number, as far as they were asked for."""
        self.waiting: list[Node] = []
        """The nodes that were passed since: of a network without weights nothing is worked out."""
        self.branch_scales = BranchScales(network)
        self.drawn_for: dict[str, float] = {}
        """By the name of arrays the mean square of the inputs that they are drawn for."""
        self.biased: dict[int, bool] = {}
        self.known: dict[tuple[Step, tuple[Statistics, ...]], Statistics] = {}

    def follow(self, node: Node) -> None:
        """Pass the next node."""
        self.waiting.append(node)

    def of(self, number: int) -> Statistics:
        """The statistics of a tensor, whose node was passed."""
        if number >= len(self.tensors):
            for node in self.waiting:
                self._append(node)
            self.waiting.clear()
        return self.tensors[number]

    def inputs(self, node: Node) -> tuple[Statistics, ...]:
        """The statistics of a node's inputs."""
        return tuple(map(self.of, node.inputs))

    def _append(self, node: Node) -> None:
        """Append those of the node's output; where it uses the arrays of another node, they are drawn for that one."""
        inputs = tuple(self.tensors[number] for number in node.inputs)
        square = mean_square(inputs)
        growth = square / self.drawn_for.setdefault(node.storage, square)
        own, *later = node.steps
        found = self._of_step(own, inputs)
        if self.is_biased(node):
            weighted = 1 - BIASED if "weight" in node.weight_shapes else 1.0
            found = Statistics(found.mean, found.variance * weighted + BIASED)
        found = found.scaled(self.scale(node) * sqrt(growth))
        for step in later:
            found = self._of_step(step, (found,))
        self.tensors.append(_bounded(found))

    def scale(self, node: Node) -> float:
        """The factor for the weights of a node with which a branch ends."""
        return self.branch_scales.of(node)

    def is_biased(self, node: Node) -> bool:
        """Whether what comes before an activation has biases with a share of `BIASED`: weight and bias are drawn."""
        known = self.biased.get(node.output)
        if known is None:
            known = self.biased[node.output] = (
                node.layer.role in ("weighted", "norm")
                and is_activated(self.network, node)
                and "bias" in node.weight_shapes
                and node.given_weights.keys().isdisjoint(("weight", "bias"))
            )
        return known

    def is_centred(self, node: Node) -> bool:
        """Whether the node's filters are centred, where what arrives has a mean.

        Not where an activation follows without biases: nothing would then bring values back to the size expected.
        """
        return node.layer.has_filters and (self.is_biased(node) or not is_activated(self.network, node))

    def _of_step(self, step: Step, inputs: tuple[Statistics, ...]) -> Statistics:
        """The statistics after a step; steps are shared by nodes of one kind, and many of these take the same."""
        known = self.known.get((step, inputs))
        if known is None:
            known = self.known[step, inputs] = _bounded(step.layer.output_statistics(inputs, step.input_shapes))
        return known


def mean_square(inputs: tuple[Statistics, ...]) -> float:
    """The mean of the squares of what arrives; 1 where nothing does."""
    return sum(each.square for each in inputs) / len(inputs) if inputs else 1.0


def _bounded(found: Statistics) -> Statistics:
    """The statistics, held to what floats can hold and to what weights can be scaled by."""
    mean, variance, rectified = found
    if not isfinite(mean) or not isfinite(variance):
        return STANDARD
    most = sqrt(LARGEST_VARIANCE)
    variance = min(max(variance, LEAST_VARIANCE), LARGEST_VARIANCE)
    return Statistics(min(max(mean, -most), most), variance, rectified)
