"""Weights that are not drawn but read, a layer at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cnncalc.errors import CnncalcError
from cnncalc.execution.assignment import Assignment
from cnncalc.execution.tensors import not_finite
from cnncalc.execution.weights import SharedArrays, given_array
from cnncalc.layers.weights import Values

if TYPE_CHECKING:
    from cnncalc.graph.graph import Graph
    from cnncalc.graph.node import Node
    from cnncalc.kernels import Array
    from cnncalc.models.stored_arrays import Store


class StoredWeights:
    """Reads the arrays of a network's nodes from a store; raises `CnncalcError` where it does not fit.

    Arrays that a spec gives as numbers need not be stored. `notes` tells of values that are not finite, and
    `not_finite` the names under which these are stored.
    """

    def __init__(self, network: Graph, store: Store, dtype: str) -> None:
        assignment = Assignment(network, store)
        assignment.check()
        self.store = store
        self.dtype = dtype
        self.found = assignment.found
        self.shared = SharedArrays(network)
        self.notes: list[str] = []
        self.not_finite: set[str] = set()
        for name, (copy, original) in assignment.copies.items():
            if not np.array_equal(copy.values("float64"), original.values("float64"), equal_nan=True):
                fact = f"`{name}` of {store.name} is another array than the one that the layer shares"
                raise CnncalcError(fact, hint="leave it out, or give the layer weights of its own", place=store.place)

    def arrays(self, node: Node) -> dict[str, Array]:
        """Every array of the node, by name."""
        return self.shared.of(node, lambda: self._read(node))

    def _read(self, node: Node) -> dict[str, Array]:
        """The arrays, read."""
        stored, given = self.found[node.storage], node.given_weights
        arrays: dict[str, Array] = {}
        for name, shape in {**node.weight_shapes, **node.buffer_shapes}.items():
            numbers = given.get(name)
            if name in stored:
                arrays[name] = stored[name].values(self.dtype).reshape(shape)
                self._note(node, name, arrays[name])
            else:
                assert isinstance(numbers, Values)
                arrays[name] = given_array(numbers, shape, self.dtype)
        return arrays

    def _note(self, node: Node, name: str, array: Array) -> None:
        """Note values that are not finite, once for each array."""
        count = not_finite(array)
        if count:
            self.not_finite.add(node.storage)
            what = "1 value that is" if count == 1 else f"{count:,} values that are"
            fact = f"`{node.storage}.{name}` of {self.store.name} has {what} not finite"
            self.notes.append(f"{fact}; what follows from it is no fault of a layer")
