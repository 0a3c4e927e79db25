"""Draws the arrays of layers, weights and buffers: as the spec gives them, by an initialiser, or at random.

The draw depends on the seed and on the layer's name alone, so that a layer has the same weights whatever stands
around it, but for their scale; arrays that it shares are those of their owner. Weights are scaled by the statistics
that are expected of what arrives, so that a layer's output has a mean square of about 1: a network of any depth keeps
its values of one size. Running statistics are drawn about as they would be after training.
"""

from __future__ import annotations

from collections import Counter
from math import prod, sqrt
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cnncalc.execution.branches import SCALED
from cnncalc.execution.drawing import RandomArrays
from cnncalc.execution.expectation import BIASED, Expectation, mean_square
from cnncalc.layers.statistics import STANDARD
from cnncalc.layers.weights import Initialiser, Values

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnncalc.graph.graph import Graph
    from cnncalc.graph.node import Node
    from cnncalc.kernels import Array
    from cnncalc.shapes import Shape

SPREAD: Final = 0.1
"""How far scales, running statistics and most biases are drawn to either side of what they are in the mean."""

LEAST_COMMON: Final = 0.01
"""The share of the mean square that the square of the mean has from which on filters are centred."""


class SharedArrays:
    """The arrays that several nodes of a network use, kept from the first of these to the last."""

    def __init__(self, network: Graph) -> None:
        self.uses = Counter(node.storage for node in network.nodes)
        self.known: dict[str, dict[str, Array]] = {}

    def of(self, node: Node, make: Callable[[], dict[str, Array]]) -> dict[str, Array]:
        """The arrays of a node; `make` is called for the first that uses them. Nodes come in the order of execution."""
        arrays = self.known.pop(node.storage, None) or make()
        self.uses[node.storage] -= 1
        if self.uses[node.storage]:
            self.known[node.storage] = arrays
        return arrays


class WeightDraw:
    """Draws the arrays of a network's nodes, which have to be drawn in the order of execution.

    Arrays that several nodes share are drawn for the first of them, and kept as long as there is another. As for
    weights that are read, `notes` and `not_finite` tell of values that are not finite: there are none. `threads` is how
    many draw large arrays, by default as many as there are processors; values do not depend on it.
    """

    def __init__(self, network: Graph, seed: int, dtype: Any, threads: int | None = None) -> None:
        self.seed = seed
        self.threads = threads
        self.dtype = np.dtype(dtype)
        self.notes: list[str] = []
        self.not_finite: frozenset[str] = frozenset()
        self.shared = SharedArrays(network)
        self.expected = Expectation(network)

    def arrays(self, node: Node) -> dict[str, Array]:
        """Every array of the node, by name, each of the shape that the layer states."""
        self.expected.follow(node)
        return self.shared.of(node, lambda: self._drawn(node))

    def _drawn(self, node: Node) -> dict[str, Array]:
        """The arrays, drawn anew."""
        weights, buffers = node.weight_shapes, node.buffer_shapes
        if not weights and not buffers:
            return {}
        draw = _NodeDraw(node, RandomArrays(self.seed, node.storage, self.dtype, self.threads), self.expected)
        arrays = {name: draw.weight(name, shape) for name, shape in weights.items()}
        arrays |= {name: draw.buffer(name, shape) for name, shape in buffers.items()}
        return {**arrays, **node.layer.settled(arrays)}


class _NodeDraw:
    """Draws the arrays of one node, one after another."""

    def __init__(self, node: Node, random: RandomArrays, expected: Expectation) -> None:
        inputs = expected.inputs(node)
        self.layer = node.layer
        self.given = node.given_weights
        self.random = random
        self.arriving = inputs[0] if inputs else STANDARD
        self.square = mean_square(inputs)
        """Of what the next weight is multiplied with: the inputs, and then what the weight before made of them."""
        self.scale = expected.scale(node)
        self.centred = expected.is_centred(node)
        self.biased = BIASED if expected.is_biased(node) else 0.0

    def weight(self, name: str, shape: Shape) -> Array:
        """A weight or a bias: given, around its mean, or scaled by the number of values that it sums up."""
        if name in self.given:
            return self._given(name, shape)
        owner, inner = self.layer.owner(name)
        mean = owner.initial_mean(inner, shape)
        scale = self.scale if name in SCALED else 1.0
        if name == "bias" and self.biased:
            spread = scale * sqrt(3 * self.biased)
            return self.random.uniform(shape, -spread, spread)
        if name in SCALED:
            scale *= sqrt(1 - self.biased)
        if mean is not None:
            return self.random.uniform(shape, scale * mean - SPREAD * scale, scale * mean + SPREAD * scale)
        return self._summing(shape, scale * scale / max(owner.fan_in(inner, shape), 1))

    def _summing(self, shape: Shape, variance: float) -> Array:
        """A weight of that variance for inputs whose mean square is 1, and smaller for larger ones.

        Filters of several channels whose mean is not 0 are centred: they do not see what all channels have in common.
        """
        square, self.square = self.square, 1.0
        common = self.arriving.mean * self.arriving.mean
        if self.centred and shape[1] > 1 and common > LEAST_COMMON * square:
            seen = self.arriving.variance * (1 - 1 / shape[1])
            return self.random.centred(shape, sqrt(3 * variance / seen))
        bound = sqrt(3 * variance / square)
        return self.random.uniform(shape, -bound, bound)

    def buffer(self, name: str, shape: Shape) -> Array:
        """A running statistic: given, or around that of the input, as after training."""
        if name in self.given:
            return self._given(name, shape)
        mean, variance, _ = self.arriving
        if name in ("running_var", "variance"):
            return self.random.uniform(shape, (1 - SPREAD) * variance, (1 + SPREAD) * variance)
        middle = mean if name.endswith("mean") else 0.0
        spread = SPREAD * sqrt(variance)
        return self.random.uniform(shape, middle - spread, middle + spread)

    def _given(self, name: str, shape: Shape) -> Array:
        """An array as the spec gives it."""
        given = self.given[name]
        if isinstance(given, Values):
            return given_array(given, shape, self.random.dtype)
        return _initialised(self.random, given, shape)


def _initialised(random: RandomArrays, given: Initialiser, shape: Shape) -> Array:
    """As `torch.nn.init` defines them; the fans are those of a weight ``(out, in, *kernel)``."""
    constants = {"zeros": 0.0, "ones": 1.0, "constant": given.value}
    if given.name in constants:
        return np.full(shape, constants[given.name], random.dtype)
    if given.name == "uniform":
        return random.uniform(shape, 0.0, 1.0)
    if given.name == "normal":
        return random.normal(shape, given.deviation)
    fan_in = prod(shape[1:])
    fan_out = prod((*shape[:1], *shape[2:]))
    variance = 2.0 / fan_in if given.name.startswith("kaiming") else 2.0 / (fan_in + fan_out)
    if given.name.endswith("normal"):
        return random.normal(shape, sqrt(variance))
    return random.uniform(shape, -sqrt(3.0 * variance), sqrt(3.0 * variance))


def given_array(given: Values, shape: Shape, dtype: Any) -> Array:
    """The numbers that a spec gives, in an array of this shape."""
    array: Array = np.empty(shape, dtype)
    array[...] = np.asarray(given.numbers, dtype)
    return array
