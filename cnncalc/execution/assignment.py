"""Which layer each of the arrays is of that are stored by name, and what does not fit.

An array is stored as ``<layer>.<array>``, as PyTorch's state dicts name them: ``layer1.0.conv1.weight``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.execution.misfits import Misfits, misfit_error
from cnncalc.layers.weights import Values

if TYPE_CHECKING:
    from cnncalc.graph.graph import Graph
    from cnncalc.graph.node import Node
    from cnncalc.models.stored_arrays import Store, StoredArray
    from cnncalc.shapes import Shape


class Assignment:
    """What a store has for each array of a network, and what does not fit.

    `found` has the stored arrays by the name under which a node's arrays are stored, and by theirs. `copies` are the
    arrays that a store has for a layer that shares those of another, each with the one that it is a copy of.
    """

    def __init__(self, network: Graph, store: Store) -> None:
        self.network = network
        self.store = store
        self.found: dict[str, dict[str, StoredArray]] = {}
        self.copies: dict[str, tuple[StoredArray, StoredArray]] = {}
        self.misfits = Misfits({}, {}, [], {})
        self._used: set[str] = set()
        for node in network.nodes:
            self._assign(node)
        for name, array in store.arrays.items():
            if name not in self._used and not _is_count(name):
                self.misfits.surplus[name] = array.shape

    def _assign(self, node: Node) -> None:
        """Look for the arrays of a node, and for copies of those where it shares another's."""
        shapes = {**node.weight_shapes, **node.buffer_shapes}
        known = self.found.get(node.storage)
        if known is None:
            known = self.found[node.storage] = {}
            given = node.given_weights
            for array, shape in shapes.items():
                stored = self._array(node, node.storage, array, shape)
                if stored is not None:
                    known[array] = stored
                elif not isinstance(given.get(array), Values):
                    self.misfits.missing[_names(node, node.storage, array)[0]] = shape
        if node.storage != node.name:
            for array, shape in shapes.items():
                copy = self._array(node, node.name, array, shape)
                if copy is not None and array in known:
                    self.copies[_names(node, node.name, array)[0]] = copy, known[array]

    def _array(self, node: Node, base: str, array: str, shape: Shape) -> StoredArray | None:
        """The stored array of a node's array; None where there is none. One that does not fit is kept as such."""
        names = _names(node, base, array)
        name = next((name for name in names if name in self.store.arrays), None)
        if name is None:
            return None
        self._used.add(name)
        stored = self.store.arrays[name]
        if not stored.is_float:
            self.misfits.no_floats[name] = stored.dtype
        elif not (stored.shape == shape or (len(names) > 1 and _squeezed(stored.shape) == _squeezed(shape))):
            self.misfits.misshapen.append((name, stored.shape, shape))
        return stored

    def check(self) -> None:
        """Raise `CnncalcError`, which names all that does not fit, unless everything does."""
        if any(self.misfits):
            raise misfit_error(self.store, self.network.name, self.misfits)


def _names(node: Node, base: str, array: str) -> list[str]:
    """The names under which an array may be stored: that of the layer alone where it is all that the layer is."""
    whole = f"{base}.{array}"
    return [base, whole] if array == node.layer.bare_array else [whole]


def _is_count(name: str) -> bool:
    """Whether it is the number of batches that PyTorch's batch norm has seen, which nothing is computed with."""
    return name.rpartition(".")[2] == "num_batches_tracked"


def _squeezed(shape: Shape) -> Shape:
    """A shape without its axes of size 1."""
    return tuple(size for size in shape if size != 1)
