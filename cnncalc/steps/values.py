"""The values that a layer calculates with: small whole numbers drawn for it, or those of the executed network."""

from __future__ import annotations

from functools import partial
from math import prod
from typing import TYPE_CHECKING, Any, Final
from zlib import crc32

import numpy as np

from cnncalc.errors import CnncalcError, shape_text
from cnncalc.execution.executor import capture, check_runs
from cnncalc.execution.resources import check_memory
from cnncalc.execution.tensors import prepared_inputs, random_inputs
from cnncalc.execution.weights import given_array
from cnncalc.layers.normalized_weight import NormalizedWeight
from cnncalc.layers.weights import Values

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnncalc.execution.executor import Captured
    from cnncalc.graph.graph import Graph
    from cnncalc.graph.node import Node
    from cnncalc.kernels import Array
    from cnncalc.models.stored_arrays import Store
    from cnncalc.shapes import Shape

MOST_DRAWN: Final = 2**28
"""The values of an input up to which they are drawn, each in a byte."""

MOST_WEIGHTS: Final = 2**24
"""Those of an array of weights that is drawn as a whole, because no single filter does."""

SIGNED: Final = (-4, 6)
COUNTED: Final = (0, 10)
SUMMED: Final = (0, 4)
"""From where to where inputs are drawn: of functions, of pools and merges, and of weighted sums."""

WEIGHTS: Final = (-2, 3)
SCALES: Final = (1, 4)
VARIANCES: Final = (1, 10)
"""From where to where weights and biases are drawn; scales; and variances."""


class LayerValues:
    """The inputs of a layer for one sample, without the batch and channels first, and its arrays by name.

    `input_source` and `weight_source` say where they come from, in the words of `Steps`.
    """

    def __init__(self, node: Node, inputs: list[Array], input_source: str, weight_source: str) -> None:
        self.node = node
        self.inputs = inputs
        self.input_source = input_source
        if not self.names():
            weight_source = "none"
        elif all(isinstance(node.given_weights.get(name), Values) for name in self.names()):
            weight_source = "given"
        self.weight_source = weight_source

    def array(self, name: str) -> Array:
        """The array of that name as a whole, in float64."""
        raise NotImplementedError

    def part(self, name: str, index: int, axis: int = 0) -> Array:
        """One slice of an array along an axis, such as the filter of one output channel."""
        return np.asarray(np.take(self.array(name), index, axis))

    def weight(self, index: int, axis: int = 0, name: str = "weight") -> Array:
        """What the weight that the layer uses, normalised if it is to be, has for one output channel."""
        layer = self.node.layer
        if name == "weight" and isinstance(layer, NormalizedWeight) and layer.normalization:
            return np.asarray(np.take(self.used_weight(), index, axis))
        return self.part(name, index, axis)

    def used_weight(self) -> Array:
        """The whole weight that the layer uses, normalised if it is to be."""
        layer = self.node.layer
        if isinstance(layer, NormalizedWeight):
            return layer.used_weight({name: self.array(name) for name in self.names() if name != "bias"})
        return self.array("weight")

    def names(self) -> list[str]:
        """The names of all arrays of the layer."""
        return [*self.node.weight_shapes, *self.node.buffer_shapes]

    def number(self, name: str, index: int | tuple[int, ...] = 0) -> float | None:
        """One number of an array; None where the layer has no such array."""
        if name not in self.names():
            return None
        return float(self.part(name, index) if isinstance(index, int) else self.array(name)[index])


class ExecutedValues(LayerValues):
    """The values that a network has at a layer when it is executed."""

    def __init__(self, node: Node, captured: Captured, input_source: str, weight_source: str) -> None:
        super().__init__(node, [array[0] for array in captured.inputs], input_source, weight_source)
        self.arrays = captured.arrays
        self._used: Array | None = None

    def array(self, name: str) -> Array:
        """The array of that name as a whole, in float64."""
        return self.arrays[name]

    def used_weight(self) -> Array:
        """The whole weight that the layer uses, normalised if it is to be."""
        if self._used is None:
            self._used = super().used_weight()
        return self._used


class DrawnValues(LayerValues):
    """Small whole numbers, drawn from a seed and the layer's name, and what the spec gives of its weights.

    The filter of each output channel is drawn by itself, when it is needed: of a large layer only one is.
    """

    def __init__(self, node: Node, seed: int, inputs: list[Array] | None = None) -> None:
        """The `inputs` are drawn, too, unless they are given."""
        self.seed = [seed, crc32(node.storage.encode())]
        self.given = node.given_weights
        self.shapes = {**node.weight_shapes, **node.buffer_shapes}
        self.known: dict[str, Array] = {}
        self._used: Array | None = None
        source = "small" if inputs is None else "data"
        super().__init__(node, self._drawn_inputs(node) if inputs is None else inputs, source, "small")

    def _drawn_inputs(self, node: Node) -> list[Array]:
        """Small whole numbers in the shape of each input."""
        low, high = _input_range(node)
        found = []
        for number, shape in enumerate(node.input_shapes):
            _check_size(f"the input of `{node.name}`", shape, MOST_DRAWN)
            found.append(np.random.default_rng([*self.seed, number]).integers(low, high, shape, np.int8))
        return found

    def array(self, name: str) -> Array:
        """The array of that name as a whole, in float64."""
        if name not in self.known:
            self.known[name] = self._whole(name)
        return self.known[name]

    def part(self, name: str, index: int, axis: int = 0) -> Array:
        """One slice of an array along an axis, such as the filter of one output channel."""
        if isinstance(self.given.get(name), Values) or axis != _filter_axis(self.node, name):
            return super().part(name, index, axis)
        return self._slice(name, index)

    def used_weight(self) -> Array:
        """The whole weight that the layer uses, normalised if it is to be."""
        if self._used is None:
            self._used = super().used_weight()
        return self._used

    def _whole(self, name: str) -> Array:
        shape = self.shapes[name]
        given = self.given.get(name)
        if isinstance(given, Values):
            return given_array(given, shape, np.float64)
        _check_size(f"`{name}` of `{self.node.name}`", shape, MOST_WEIGHTS)
        axis = _filter_axis(self.node, name)
        return np.stack([self._slice(name, index) for index in range(shape[axis])], axis)

    def _slice(self, name: str, index: int) -> Array:
        """The numbers of one filter, or the one number of a vector."""
        axis = _filter_axis(self.node, name)
        shape = tuple(size for number, size in enumerate(self.shapes[name]) if number != axis)
        constant = {"zeros": 0.0, "ones": 1.0}.get(getattr(self.given.get(name), "name", ""))
        if constant is not None:
            return np.full(shape, constant)
        rng = np.random.default_rng([*self.seed, crc32(name.encode()), index])
        low, high = _array_range(self.node, name)
        return rng.integers(low, high, shape).astype(np.float64)


def _filter_axis(node: Node, name: str) -> int:
    """The axis of an array whose slices make one output channel each."""
    return 1 if node.layer.type_name == "conv_transpose" and name == "weight" else 0


def _input_range(node: Node) -> tuple[int, int]:
    """From where to where the inputs of a layer are drawn."""
    if node.layer.role == "weighted":
        return SUMMED
    return COUNTED if "pool" in node.layer.type_name or node.layer.role == "merge" else SIGNED


def _array_range(node: Node, name: str) -> tuple[int, int]:
    """From where to where an array of a layer is drawn."""
    if "var" in name:
        return VARIANCES
    return SCALES if node.layer.role == "norm" and name == "weight" else WEIGHTS


def _check_size(what: str, shape: Shape, most: int) -> None:
    """Raise `CnncalcError` for an array that is too large to be drawn."""
    if prod(shape) > most:
        raise CnncalcError(
            f"{what} is {shape_text(shape)}: {prod(shape):,} values, and at most {most:,} are drawn",
            hint="try a smaller --input",
        )


def executed(network: Graph, node: Node, data: Any, *, seed: int, weights: Store | None) -> ExecutedValues:
    """The values at a layer of the network executed in float64 on the first sample of data, or of a drawn input."""
    check_runs(network, 1)
    if data is None:
        check_memory(network, 1, "float64")
        inputs: Mapping[str, Array] = random_inputs(network, seed, 1, "float64")
    else:
        prepared, _ = prepared_inputs(network, data, "float64", partial(check_memory, network, dtype="float64"))
        inputs = {name: array[:1] for name, array in prepared.items()}
    captured = capture(network, node, inputs, seed=seed, dtype="float64", weights=weights)
    sources = "drawn" if data is None else "data", "drawn" if weights is None else "stored"
    return ExecutedValues(node, captured, *sources)
