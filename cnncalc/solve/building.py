"""A network built at other sizes of its inputs: each only once, and no more than a question may cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.solve.limits import FEWEST_BUILDS, KEPT, LARGEST_BUILD, PROBES, PROBING, QUESTION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnncalc.graph.graph import Graph

Root = tuple[str, int]
"""The name of an input, and its axis, channels being 0."""


class SpentError(Exception):
    """The question has cost as much as it may, and is not answered."""


class Builder:
    """Builds a network at other sizes, whatever `in_features` its layers want; `roots` are the axes that have sizes.

    >>> import cnncalc
    >>> builder = Builder(cnncalc.load("alexnet"))
    >>> builder.roots, builder.at({("input", 1): 67}).nodes[-1].output_shape, builder.at({("input", 1): 66})
    ([('input', 1), ('input', 2)], (1000,), None)
    """

    def __init__(self, network: Graph) -> None:
        self.network = network
        self.blueprint = network.blueprint.relaxed
        self.roots = [(name, axis) for name, shape in network.inputs.items() for axis in range(1, len(shape))]
        self.most = max(QUESTION, FEWEST_BUILDS * network.entries)
        self.left = self.most
        self._known: dict[tuple[int, ...], Graph | None] = {}
        self._kept = 0

    def begin(self, most: int | None = None) -> None:
        """Begin another question, which may visit so many entries, or as many as any."""
        self.left = self.most if most is None else most

    def begin_probing(self) -> None:
        """Begin to look for sizes at which options change, which may cost less."""
        self.left = max(PROBING, PROBES * self.network.entries)

    def spend(self, cost: int) -> None:
        """Count what a question costs beside building; raises `SpentError`."""
        self.left -= cost
        if self.left < 0:
            raise SpentError

    def at(self, sizes: Mapping[Root, int]) -> Graph | None:
        """The network with axes of these sizes, the others as they are; None where it cannot be built.

        Raises `SpentError` where that is not known, as it would cost more than is left.
        """
        key = self._key(sizes)
        if key not in self._known:
            self._keep(key, self._built(sizes, self.left))
        return self._known[key]

    def probe(self, sizes: Mapping[Root, int]) -> Graph | None:
        """As `at`, but None too where the network would be many times larger: what is not known there is not needed."""
        key = self._key(sizes)
        if key in self._known:
            return self._known[key]
        try:
            return self._built(sizes, LARGEST_BUILD * self.network.entries + 1000)
        except SpentError:
            if self.left < 0:
                raise
            return None

    def _built(self, sizes: Mapping[Root, int], most: int) -> Graph | None:
        shapes = {
            name: (shape[0], *(sizes.get((name, axis), shape[axis]) for axis in range(1, len(shape))))
            for name, shape in self.network.inputs.items()
        }
        found = self.blueprint.attempt(shapes, max(min(most, self.left), 0))
        self.spend(found.cost + 1)
        if found.network is None and found.error is None:
            raise SpentError
        return found.network

    def _key(self, sizes: Mapping[Root, int]) -> tuple[int, ...]:
        own = self.network.inputs
        return tuple(sizes.get((name, axis), own[name][axis]) for name, axis in self.roots)

    def _keep(self, key: tuple[int, ...], network: Graph | None) -> None:
        """Keep what was built, and forget all before it where that becomes too much."""
        size = 1 if network is None else len(network.nodes) + 1
        if self._kept + size > max(KEPT, 2 * len(self.network.nodes)):
            self._known.clear()
            self._kept = 0
        self._kept += size
        self._known[key] = network
