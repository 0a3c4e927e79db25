"""The inputs at which a network can be built, found by its closed forms and held against building it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from cnncalc.closed import closed
from cnncalc.errors import CnncalcError
from cnncalc.layers import LAYERS
from cnncalc.spec.expand import expand
from cnncalc.spec.smallest import smallest_input
from cnncalc.window import MAX_SIZE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cnncalc.forms import Form
    from cnncalc.layers.base import Layer
    from cnncalc.layout import Shape
    from cnncalc.network import Network, Node

BUDGET: Final = 60_000
"""The most layers that one question may build."""
LARGEST: Final = 4096
"""Where the network is built at every size of a range, the end of the range."""

Root = tuple[str, int]
"""The name of an input, and its axis, channels being 0."""

Intervals = tuple[tuple[int, int], ...]
"""Sizes as intervals, both ends included, in order."""


class Domain:
    """A network at other input sizes; `roots` are the spatial axes of its inputs, channels being axis 0."""

    def __init__(self, network: Network, layers: Mapping[str, type[Layer]] = LAYERS) -> None:
        self.network = network
        self.layers = layers
        self.forms, self.constraints = closed(network)
        self.roots: list[Root] = [
            (name, axis) for name, shape in network.inputs.items() for axis in range(1, len(shape))
        ]
        self.patience = max(BUDGET // (len(network.nodes) + 1), 8)
        self._built: dict[tuple[Root, int], Network | None] = {}

    def at(self, root: Root, size: int) -> Network | None:
        """The network with one axis of an input of that size, and None where it cannot be built so.

        Other inputs whose axis has the same size go along, since what meets must agree.
        """
        key = (root, size)
        if key not in self._built:
            self._built[key] = self._build(self._resized(dict(self.network.inputs), root, size))
        return self._built[key]

    def _resized(self, shapes: dict[str, Shape], root: Root, size: int) -> dict[str, Shape]:
        name, axis = root
        before = self.network.inputs[name][axis]
        return {
            other: (*shape[:axis], size, *shape[axis + 1 :]) if shape[axis : axis + 1] == (before,) else shape
            for other, shape in shapes.items()
        }

    def _build(self, shapes: dict[str, Shape]) -> Network | None:
        if self.network.choice is None:
            raise ValueError("this network was not built from a spec")
        try:
            return expand(self.network.choice, shapes, self.layers)
        except CnncalcError:
            return None

    @cached_property
    def smallest(self) -> dict[str, Shape] | None:
        """The smallest input, by the forms where they tell it and else by bisection; None if it is not found."""
        shapes = dict(self.network.inputs)
        for root in self.roots:
            shapes = self._resized(shapes, root, self._least_by_forms(root))
        if self._build(shapes) is not None and not any(self._shrinks(shapes, root) for root in self.roots):
            return shapes
        return self._searched() or self._walked()

    def _least_by_forms(self, root: Root) -> int:
        """The least size at which every form of an axis is at least 1."""
        own = {form for axes in self.forms for form in axes if form is not None and form.root == root}
        return max([1, *(form.inverse(1, 1)[0] for form in own)])

    def _shrinks(self, shapes: dict[str, Shape], root: Root) -> bool:
        size = shapes[root[0]][root[1]]
        return size > 1 and self._build(self._resized(shapes, root, size - 1)) is not None

    def _searched(self) -> dict[str, Shape] | None:
        choice = self.network.choice
        assert choice is not None
        return smallest_input(lambda shapes: expand(choice, shapes, self.layers), dict(self.network.inputs))

    def _walked(self) -> dict[str, Shape] | None:
        """The first that can be built, all axes growing together from the least that the forms allow."""
        start = max([1, *map(self._least_by_forms, self.roots)])
        for size in range(start, start + self.patience):
            shapes = {name: (shape[0], *(size for _ in shape[1:])) for name, shape in self.network.inputs.items()}
            if self._build(shapes) is not None:
                return shapes
        return None

    def least(self, root: Root) -> int:
        """The least size of an axis of an input."""
        return self.smallest[root[0]][root[1]] if self.smallest is not None else self._least_by_forms(root)

    def sizes(self, root: Root, form: Form, output: int) -> Intervals:
        """The sizes of an axis at which a form gives the output and the network can be built, as intervals.

        Every one is built, unless they are too many; then the forms alone tell.
        """
        first, last = form.inverse(output, output)
        first, last = max(first, self.least(root)), min(last, MAX_SIZE)
        if first > last:
            return ()
        if last - first >= self.patience:
            return ((first, last),)
        return intervals(size for size in range(first, last + 1) if self.at(root, size) is not None)

    def enumerated(self, root: Root, node: Node, axis: int, output: int) -> tuple[Intervals, tuple[int, int]]:
        """The sizes at which the network gives the output, found by building it at each of a range, and the range."""
        tried = list(self._tried(root, node, axis))
        ends = (tried[0][0], tried[-1][0])
        return intervals(size for size, found in tried if found == output), ends

    def _tried(self, root: Root, node: Node, axis: int) -> Iterator[tuple[int, int | None]]:
        least = self.least(root)
        for size in range(least, min(least + self.patience, LARGEST)):
            built = self.at(root, size)
            shapes = {} if built is None else {other.name: other.output_shape for other in built.nodes}
            shape = shapes.get(node.name, ())
            yield size, shape[axis] if axis < len(shape) else None

    def near(self, root: Root, node: Node, axis: int, output: int) -> list[tuple[int, Intervals]]:
        """The outputs next below and above one, of those that were tried, and their inputs."""
        tried = [(found, size) for size, found in self._tried(root, node, axis) if found is not None]
        below = max((found for found, _ in tried if found < output), default=None)
        above = min((found for found, _ in tried if found > output), default=None)
        ends = [end for end in (below, above) if end is not None]
        return [(end, intervals(size for found, size in tried if found == end)) for end in ends]


def intervals(sizes: Iterable[int]) -> Intervals:
    """Sizes in order as intervals, both ends included.

    >>> intervals([1, 2, 3, 7])
    ((1, 3), (7, 7))
    """
    found: list[tuple[int, int]] = []
    for size in sizes:
        if found and found[-1][1] == size - 1:
            found[-1] = (found[-1][0], size)
        else:
            found.append((size, size))
    return tuple(found)
