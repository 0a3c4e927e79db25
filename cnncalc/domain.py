"""The inputs at which a network can be built, found by its closed forms and held against building it."""

from __future__ import annotations

from functools import cached_property
from itertools import islice, product
from math import prod
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
    from cnncalc.network import Network

BUDGET: Final = 60_000
"""The most layers that one question may build."""
COMBINATIONS: Final = 64
"""The most combinations of the sizes of other inputs that are tried with one size."""
LARGEST: Final = 4096
"""Where the network is built at every size of a range, the end of the range."""
FEWER: Final = 256
"""The end of the range where a form has found no size, and options may be others there."""

Root = tuple[str, int]
"""The name of an input, and its axis, channels being 0."""

Intervals = tuple[tuple[int, int], ...]
"""Sizes as intervals, both ends included, in order."""


class Domain:
    """A network at other input sizes; `roots` are the spatial axes of its inputs, channels being axis 0."""

    def __init__(self, network: Network, layers: Mapping[str, type[Layer]] = LAYERS) -> None:
        self.network = network
        self.layers = layers
        self.forms, self.constraints, self.meetings = closed(network)
        self.roots: list[Root] = [
            (name, axis) for name, shape in network.inputs.items() for axis in range(1, len(shape))
        ]
        self.patience = max(BUDGET // (len(network.nodes) + 1), 8)
        self._found: dict[tuple[Root, int], tuple[Network | None, dict[Root, Intervals]]] = {}

    def at(self, root: Root, size: int) -> Network | None:
        """The network with one axis of an input of that size, and None where it cannot be built so.

        Axes of other inputs stay where they can, and follow where sizes have to meet.
        """
        return self._at(root, size)[0]

    def others(self, root: Root, size: int) -> dict[Root, Intervals]:
        """The axes of other inputs that have to follow that size, and the sizes that they may have then."""
        return self._at(root, size)[1]

    def _at(self, root: Root, size: int) -> tuple[Network | None, dict[Root, Intervals]]:
        key = (root, size)
        if key not in self._found:
            alone = self._build({root: size})
            several = len(self.network.inputs) > 1
            self._found[key] = self._followed(root, size) if alone is None and several else (alone, {})
        return self._found[key]

    def _followed(self, root: Root, size: int) -> tuple[Network | None, dict[Root, Intervals]]:
        """The network where other inputs follow, and all sizes with which they do, unless they are too many."""
        spans = self.meeting(root, size) or self._equal(root, size)
        built: list[tuple[Network, tuple[int, ...]]] = []
        for sizes in islice(product(*(range(first, last + 1) for first, last in spans.values())), COMBINATIONS):
            network = self._build({root: size, **dict(zip(spans, sizes, strict=True))})
            if network is not None:
                built.append((network, sizes))
        if not built:
            return None, {}
        if prod(last + 1 - first for first, last in spans.values()) > COMBINATIONS:
            return built[0][0], {other: (span,) for other, span in spans.items()}
        columns = zip(spans, zip(*(sizes for _, sizes in built), strict=True), strict=True)
        return built[0][0], {other: intervals(sorted(set(sizes))) for other, sizes in columns}

    def meeting(self, root: Root, size: int) -> dict[Root, tuple[int, int]]:
        """The first and last size of each axis of another input with which it meets this one; none where it never does.

        Sizes that meet by the forms; layers that broadcast also take 1.
        """
        spans: dict[Root, tuple[int, int]] = {root: (size, size)}
        for forms in self.meetings * len(self.roots):
            known = [(form, spans[form.root]) for form in forms if form.root in spans]
            if known:
                first = max(form.at(span[0]) for form, span in known)
                last = min(form.at(span[1]) for form, span in known)
                for form in forms:
                    assert form.root is not None
                    low, high = form.inverse(first, last)
                    before = spans.get(form.root, (1, MAX_SIZE))
                    spans[form.root] = max(low, before[0]), min(high, before[1])
        del spans[root]
        return spans if all(first <= last for first, last in spans.values()) else {}

    def _equal(self, root: Root, size: int) -> dict[Root, tuple[int, int]]:
        """The axes of other inputs that have the same size now, with this one."""
        before = self.network.inputs[root[0]][root[1]]
        alike = (
            other
            for other in self.roots
            if other[0] != root[0] and other[1] == root[1] and self.network.inputs[other[0]][other[1]] == before
        )
        return dict.fromkeys(alike, (size, size))

    def _build(self, sizes: Mapping[Root, int]) -> Network | None:
        """The network with axes of these sizes, the others as they are; None where it cannot be built."""
        if self.network.choice is None:
            raise ValueError("this network was not built from a spec")
        shapes = {
            name: (shape[0], *(sizes.get((name, axis), shape[axis]) for axis in range(1, len(shape))))
            for name, shape in self.network.inputs.items()
        }
        try:
            return expand(self.network.choice, shapes, self.layers)
        except CnncalcError:
            return None

    @cached_property
    def smallest(self) -> dict[str, Shape] | None:
        """The smallest input, by the forms where they tell it and else by bisection; None if it is not found."""
        sizes = self._raised({root: self._least_by_forms(root) for root in self.roots})
        built = self._build(sizes)
        if built is not None and not any(self._shrinks(sizes, root) for root in self.roots):
            return dict(built.inputs)
        return self._searched() or self._walked()

    def _least_by_forms(self, root: Root) -> int:
        """The least size at which every form of an axis is at least 1."""
        own = {form for axes in self.forms for form in axes if form is not None and form.root == root}
        return max([1, *(form.inverse(1, 1)[0] for form in own)])

    def _raised(self, sizes: dict[Root, int]) -> dict[Root, int]:
        """The least sizes that are no smaller and meet, by the forms."""
        for forms in self.meetings * len(self.roots):
            meets = max(form.at(sizes[form.root]) for form in forms if form.root)
            sizes |= {form.root: max(sizes[form.root], form.inverse(meets, meets)[0]) for form in forms if form.root}
        return sizes

    def _shrinks(self, sizes: dict[Root, int], root: Root) -> bool:
        return sizes[root] > 1 and self._build({**sizes, root: sizes[root] - 1}) is not None

    def _searched(self) -> dict[str, Shape] | None:
        choice = self.network.choice
        assert choice is not None
        return smallest_input(lambda shapes: expand(choice, shapes, self.layers), dict(self.network.inputs))

    def _walked(self) -> dict[str, Shape] | None:
        """The first that can be built, all axes growing together from the least that the forms allow."""
        start = max([1, *map(self._least_by_forms, self.roots)])
        for size in range(start, start + self.patience):
            built = self._build(dict.fromkeys(self.roots, size))
            if built is not None:
                return dict(built.inputs)
        return None

    def least(self, root: Root) -> int:
        """The least size of an axis of an input."""
        return self.smallest[root[0]][root[1]] if self.smallest is not None else self._least_by_forms(root)

    def sizes(self, root: Root, form: Form, output: int, place: tuple[int, int]) -> Intervals | None:
        """The sizes of an axis at which a form gives the output and the network can be built, as intervals.

        Every one is built, unless they are too many; then the forms alone tell. `place` is the tensor and its axis that
        the form is of; None where that has another size, so that the form does not hold.
        """
        first, last = form.inverse(output, output)
        first, last = max(first, self.least(root)), min(last, MAX_SIZE)
        if first > last:
            return ()
        if last - first >= self.patience:
            return ((first, last),)
        built = [(size, network) for size in range(first, last + 1) if (network := self.at(root, size)) is not None]
        if any(self.size_of(network, *place) != output for _, network in built):
            return None
        return intervals(size for size, _ in built)

    def size_of(self, network: Network, tensor: int, axis: int) -> int | None:
        """The size of an axis of a tensor at another input, where layers may be others; None if it is not there."""
        name, names = self.network.tensor_names[tensor], network.tensor_names
        number = tensor if tensor < len(names) and names[tensor] == name else names.index(name) if name in names else -1
        shape = network.tensor_shapes[number] if number >= 0 else ()
        return shape[axis] if axis < len(shape) else None

    def enumerated(
        self, root: Root, place: tuple[int, int], output: int, most: int = LARGEST
    ) -> tuple[Intervals, tuple[int, int]]:
        """The sizes at which an axis of a tensor has the size, found by building at each of a range, and the range."""
        tried = list(self._tried(root, place, most))
        ends = (tried[0][0], tried[-1][0])
        return intervals(size for size, found in tried if found == output), ends

    def _tried(self, root: Root, place: tuple[int, int], most: int) -> Iterator[tuple[int, int | None]]:
        least = self.least(root)
        for size in range(least, min(least + self.patience, most)):
            built = self.at(root, size)
            yield size, None if built is None else self.size_of(built, *place)

    def near(self, root: Root, place: tuple[int, int], output: int) -> list[tuple[int, Intervals]]:
        """The outputs next below and above one, of those that were tried, and their inputs."""
        tried = [(found, size) for size, found in self._tried(root, place, LARGEST) if found is not None]
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
