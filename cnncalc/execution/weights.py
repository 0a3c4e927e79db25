"""Draws the arrays of layers, weights and buffers: as the spec gives them, by an initialiser, or at random.

The draw depends on the seed and on the layer's name alone, so that a layer has the same weights whatever stands
around it; arrays that it shares are those of their owner. Random weights are scaled so that a layer's output has a mean
square of about 1, whatever arrives; a network of any depth keeps its values finite.
"""

from __future__ import annotations

from collections import Counter
from math import prod, sqrt
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cnncalc.execution.drawing import RandomArrays
from cnncalc.layers.weights import Initialiser, Values

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnncalc.graph.graph import Graph
    from cnncalc.graph.node import Node
    from cnncalc.kernels import Array
    from cnncalc.shapes import Shape

LEAST_MOMENT: Final = 1e-12
LARGEST_MOMENT: Final = 1e12
"""The range that mean squares are kept in, so that no weight is scaled by 0 or beyond what floats can hold."""


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

    `moments` are the mean squares of the tensors so far, by number, as they follow from those of the inputs, which are
    1; random weights are scaled by them. Arrays that several nodes share are drawn for the first of them, and kept as
    long as there is another. As for weights that are read, `notes` and `not_finite` tell of values that are not finite:
    there are none. `threads` is how many draw large arrays, by default as many as there are processors; values do not
    depend on it.
    """

    def __init__(self, network: Graph, seed: int, dtype: Any, threads: int | None = None) -> None:
        self.seed = seed
        self.threads = threads
        self.dtype = np.dtype(dtype)
        self.moments = [1.0] * len(network.inputs)
        self.notes: list[str] = []
        self.not_finite: frozenset[str] = frozenset()
        self.shared = SharedArrays(network)
        self.moments_drawn_for: dict[str, float] = {}

    def arrays(self, node: Node) -> dict[str, Array]:
        """Every array of the node, by name, each of the shape that the layer states."""
        input_moments = [self.moments[number] for number in node.inputs]
        mean_moment = sum(input_moments) / len(input_moments) if input_moments else 1.0
        drawn_for = self.moments_drawn_for.setdefault(node.storage, mean_moment)
        self._append_moment(node, input_moments, mean_moment / drawn_for)
        return self.shared.of(node, lambda: self._drawn(node, mean_moment))

    def _append_moment(self, node: Node, input_moments: list[float], growth: float) -> None:
        """Append that of the node's output, which is larger by `growth` where weights were drawn for other inputs."""
        moments = input_moments
        for step in node.steps:
            moments = [step.layer.output_moment(moments, step.input_shapes)]
        output_moment = moments[0] * growth
        self.moments.append(min(max(output_moment, LEAST_MOMENT), LARGEST_MOMENT))

    def _drawn(self, node: Node, mean_moment: float) -> dict[str, Array]:
        """The arrays, scaled for inputs of that mean square."""
        random = RandomArrays(self.seed, node.storage, self.dtype, self.threads)
        given = node.given_weights
        arrays: dict[str, Array] = {}
        scale = mean_moment
        for name, shape in node.weight_shapes.items():
            owner, inner = node.layer.owner(name)
            initial_mean = owner.initial_mean(inner, shape)
            if initial_mean is not None:
                bounds = initial_mean - 0.1, initial_mean + 0.1
            else:
                bound = sqrt(3.0 / (max(owner.fan_in(inner, shape), 1) * scale))
                bounds = -bound, bound
            arrays[name] = self._array(random, shape, given.get(name), bounds)
            scale = 1.0 if len(shape) > 1 and initial_mean is None else scale
        for name, shape in node.buffer_shapes.items():
            arrays[name] = self._array(random, shape, given.get(name), _buffer_range(name, mean_moment))
        return {**arrays, **node.layer.settled(arrays)}

    def _array(
        self,
        random: RandomArrays,
        shape: Shape,
        given: Values | Initialiser | None,
        bounds: tuple[float, float],
    ) -> Array:
        """An array of this shape: as the spec gives it, or uniform within the bounds."""
        if isinstance(given, Values):
            return given_array(given, shape, self.dtype)
        if given is not None:
            return self._initialised(random, given, shape)
        return random.uniform(shape, *bounds)

    def _initialised(self, random: RandomArrays, given: Initialiser, shape: Shape) -> Array:
        """As `torch.nn.init` defines them; the fans are those of a weight ``(out, in, *kernel)``."""
        constants = {"zeros": 0.0, "ones": 1.0, "constant": given.value}
        if given.name in constants:
            return np.full(shape, constants[given.name], self.dtype)
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


def _buffer_range(name: str, mean_moment: float) -> tuple[float, float]:
    """The bounds of a running statistic, such that it is about that of the layer's input, as after training."""
    if name in ("running_var", "variance"):
        return 0.9 * mean_moment, 1.1 * mean_moment
    return -0.1 * sqrt(mean_moment), 0.1 * sqrt(mean_moment)
