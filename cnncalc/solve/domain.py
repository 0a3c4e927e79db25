"""The inputs at which a network can be built, found by its closed forms and held against building it."""

from __future__ import annotations

from contextlib import suppress
from functools import cached_property
from itertools import chain, islice, product
from math import prod
from typing import TYPE_CHECKING, NamedTuple

from cnncalc.shapes import MAX_SIZE
from cnncalc.solve.building import Builder, SpentError
from cnncalc.solve.closed_forms import closed, follows_sizes
from cnncalc.solve.intervals import intervals
from cnncalc.solve.limits import COMBINATIONS, LARGEST, QUESTION
from cnncalc.solve.probes import own_sizes
from cnncalc.solve.residues import as_condition, common_residues
from cnncalc.spec.smallest import BUDGET, smallest_input

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.graph.graph import Graph
    from cnncalc.shapes import Shape
    from cnncalc.solve.building import Root
    from cnncalc.solve.intervals import Intervals
    from cnncalc.symbolic.floor_forms import FloorForm

Place = tuple[int, int]
"""The number of a tensor, and one of its axes."""


class Sizes(NamedTuple):
    """The input sizes that do something: intervals, of which those that are congruent to one of `residues` will do."""

    inputs: Intervals
    modulus: int = 1
    residues: tuple[int, ...] = (0,)


class Domain:
    """A network at other input sizes; `roots` are the spatial axes of its inputs, channels being axis 0.

    What asks for sizes that were not built yet raises `SpentError` where the question has cost as much as it may;
    `builder.begin()` begins another.
    """

    def __init__(self, network: Graph) -> None:
        self.network = network
        self.builder = Builder(network)
        self.forms, self.constraints, self.meetings, self.settled = closed(network, self.builder)
        self.unsure = follows_sizes(network)
        self.roots: list[Root] = self.builder.roots
        self.patience = max(QUESTION // (network.entries + 1), 8)
        self._own = own_sizes(network)
        self._spans: dict[tuple[Root, int], dict[Root, tuple[int, int]]] = {}

    def at(self, root: Root, size: int) -> Graph | None:
        """The network with one axis of an input of that size, and None where it cannot be built so.

        Axes of other inputs stay where they can, and follow where sizes have to meet.
        """
        alone = self._alone(root, size)
        if alone is not None or len(self.network.inputs) == 1:
            return alone
        return next((network for network, _ in self._followed(root, size)), None)

    def others(self, root: Root, size: int) -> dict[Root, Intervals]:
        """The axes of other inputs that have to follow that size, and the sizes that they may have then."""
        if len(self.network.inputs) == 1 or self._alone(root, size) is not None:
            return {}
        spans = self._following(root, size)
        if prod(last + 1 - first for first, last in spans.values()) > COMBINATIONS:
            return {other: (span,) for other, span in spans.items()} if self.at(root, size) is not None else {}
        built = [sizes for _, sizes in self._followed(root, size)]
        columns = zip(spans, zip(*built, strict=True), strict=True) if built else ()
        return {other: intervals(sorted(set(sizes))) for other, sizes in columns}

    def _alone(self, root: Root, size: int) -> Graph | None:
        return None if self._parts(root, size) else self.builder.at({root: size})

    def _parts(self, root: Root, size: int) -> bool:
        """Whether sizes that meet now, and do not broadcast, would differ with this axis alone changed.

        Then nothing has to be built to see that other axes have to follow. Where options follow the size, forms do not
        tell that.
        """
        if self.unsure:
            return False
        for forms in self.meetings:
            self.builder.spend(len(forms) // 16)
            sizes = {form.at(size if form.root == root else self._own[form.root]) for form in forms if form.root}
            if len(sizes) > 1 and 1 not in sizes:
                return True
        return False

    def _following(self, root: Root, size: int) -> dict[Root, tuple[int, int]]:
        return self.meeting(root, size) or self._equal(root, size)

    def _followed(self, root: Root, size: int) -> Iterator[tuple[Graph, tuple[int, ...]]]:
        """The network where other inputs follow, and their sizes, for each of some combinations of these."""
        spans = self._following(root, size)
        for sizes in islice(product(*(range(first, last + 1) for first, last in spans.values())), COMBINATIONS):
            network = self.builder.at({root: size, **dict(zip(spans, sizes, strict=True))})
            if network is not None:
                yield network, sizes

    def meeting(self, root: Root, size: int) -> dict[Root, tuple[int, int]]:
        """The first and last size of each axis of another input with which it meets this one; none where it never does.

        Sizes that meet by the forms; layers that broadcast also take 1.
        """
        known = self._spans.get((root, size))
        if known is None:
            known = self._spans[root, size] = self._met(root, size)
        return known

    def _met(self, root: Root, size: int) -> dict[Root, tuple[int, int]]:
        spans: dict[Root, tuple[int, int]] = {root: (size, size)}
        for _ in self.roots:
            before = dict(spans)
            for forms in self.meetings:
                self.builder.spend(len(forms) // 16)
                _narrow(spans, forms)
            if spans == before:
                break
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

    @cached_property
    def smallest(self) -> dict[str, Shape] | None:
        """The smallest input, by the forms where they tell it and else by bisection; None if it is not found.

        Where neither tells, as sizes may be too large too, it is one below which no axis alone can be cut.
        """
        self.builder.begin()
        try:
            found = self._smallest_by_forms() or self._searched()
            if found is not None and not self.unsure:
                return found
            found = found or self._walked() or dict(self.network.inputs)
        except SpentError:
            return None
        self.builder.begin_probing()
        return self._lowered(found) if self.roots else found

    def _smallest_by_forms(self) -> dict[str, Shape] | None:
        sizes = self._raised({root: self._least_by_forms(root) for root in self.roots})
        built = self.builder.at(sizes)
        return None if built is None or any(self._shrinks(sizes, root) for root in self.roots) else dict(built.inputs)

    def _least_by_forms(self, root: Root) -> int:
        """The least size at which every form of an axis is at least 1."""
        own = {form for axes in self.forms for form in axes if form is not None and form.root == root}
        return max([1, *(form.inverse(1, 1)[0] for form in own)])

    def _raised(self, sizes: dict[Root, int]) -> dict[Root, int]:
        """The least sizes that are no smaller and meet, by the forms."""
        for _ in self.roots:
            before = dict(sizes)
            for forms in self.meetings:
                self.builder.spend(len(forms) // 16)
                meets = max(form.at(sizes[form.root]) for form in forms if form.root)
                sizes |= {
                    form.root: max(sizes[form.root], form.inverse(meets, meets)[0]) for form in forms if form.root
                }
            if sizes == before:
                break
        return sizes

    def _shrinks(self, sizes: dict[Root, int], root: Root) -> bool:
        return sizes[root] > 1 and self.builder.at({**sizes, root: sizes[root] - 1}) is not None

    def _searched(self) -> dict[str, Shape] | None:
        return smallest_input(self.builder.blueprint, dict(self.network.inputs), min(BUDGET, self.builder.left))

    def _walked(self) -> dict[str, Shape] | None:
        """The first that can be built, all axes growing together from the least that the forms allow."""
        start = max([1, *map(self._least_by_forms, self.roots)])
        for size in range(start, start + self.patience):
            built = self.builder.at(dict.fromkeys(self.roots, size))
            if built is not None:
                return dict(built.inputs)
        return None

    def _lowered(self, found: dict[str, Shape]) -> dict[str, Shape]:
        """The input, or a smaller one that can be built: smaller ones may pass again below some that do not."""
        with suppress(SpentError):
            while (lower := self._lower(found)) is not None:
                found = lower
        return found

    def _lower(self, found: dict[str, Shape]) -> dict[str, Shape] | None:
        """The first input that can be built below one, all axes cut alike or one alone."""
        sizes = {(name, axis): found[name][axis] for name, axis in self.roots}
        together = ({root: min(size, most) for root, size in sizes.items()} for most in range(1, max(sizes.values())))
        alone = ({**sizes, root: size} for root in self.roots for size in range(1, sizes[root]))
        for smaller in islice(chain(together, alone), 2 * LARGEST):
            built = self.builder.probe(smaller)
            if built is not None:
                return dict(built.inputs)
        return None

    def least(self, root: Root) -> int:
        """The least size of an axis of an input."""
        return self.smallest[root[0]][root[1]] if self.smallest is not None else self._least_by_forms(root)

    def sizes(self, root: Root | None, form: FloorForm, output: int, place: Place) -> Sizes | None:
        """The sizes of an axis at which a form gives the output and the network can be built; of any axis for None.

        Every one is built, unless they are too many; then the forms tell, and some are built. `place` is what the form
        is of; None where that has another size, so that the form does not hold, or where it is not known.
        """
        if root is None:
            interval = (max(map(self.least, self.roots)), MAX_SIZE)
            return self._among(self.roots, interval, output, place)
        first, last = form.inverse(output, output)
        first, last = max(first, self.least(root)), min(last, MAX_SIZE)
        if first > last:
            return Sizes(())
        if last - first >= self.patience:
            return self._among([root], (first, last), output, place)
        built = [(size, network) for size in range(first, last + 1) if (network := self.at(root, size)) is not None]
        if any(self.size_of(network, place) != output for _, network in built):
            return None
        return Sizes(intervals(size for size, _ in built))

    def _buildable(self, root: Root) -> tuple[int, tuple[int, ...]]:
        """The modulus and the residues of the sizes that meet what layers ask of them; a modulus of 0 is not known."""
        conditions = [as_condition(found) for found in self.constraints if found.forms[0].root == root]
        return common_residues(conditions, self.least(root), self.builder)

    def _among(self, roots: list[Root], interval: tuple[int, int], output: int, place: Place) -> Sizes | None:
        """An interval of too many sizes to build them all; None where some do not do that should."""
        known = {self._buildable(root) for root in roots}
        modulus, residues = known.pop()
        if known or not modulus:
            return None
        for root in roots:
            for size in _members(interval, modulus, residues):
                network = self.at(root, size)
                if network is None or self.size_of(network, place) != output:
                    return None
        return Sizes((interval,), modulus, residues)

    def size_of(self, network: Graph, place: Place) -> int | None:
        """The size of an axis of a tensor at another input, where layers may be others; None if it is not there."""
        tensor, axis = place
        name, tensors = self.network.tensors[tensor].name, network.tensors
        likely = tensors[tensor : tensor + 1]  # where no layer is left out it is the same number
        shape = next((other.shape for other in chain(likely, tensors) if other.name == name), ())
        return shape[axis] if axis < len(shape) else None


def _narrow(spans: dict[Root, tuple[int, int]], forms: tuple[FloorForm, ...]) -> None:
    """Narrow the sizes of axes to those at which their forms agree with those that are known."""
    known = [(form, spans[form.root]) for form in forms if form.root in spans]
    if not known:
        return
    first = max(form.at(span[0]) for form, span in known)
    last = min(form.at(span[1]) for form, span in known)
    for form in forms:
        assert form.root is not None
        low, high = form.inverse(first, last)
        before = spans.get(form.root, (1, MAX_SIZE))
        spans[form.root] = max(low, before[0]), min(high, before[1])


def _members(interval: tuple[int, int], modulus: int, residues: tuple[int, ...]) -> list[int]:
    """Some of the sizes in an interval that meet a congruence: the first few, and some far away."""
    first, last = interval
    starts = [first + step for step in (*range(9), 97, 1001, *(1 << power for power in range(12, 31, 3))) if residues]
    sizes = (min(start + (residue - start) % modulus for residue in residues) for start in starts)
    return [size for size in dict.fromkeys(sizes) if size <= last]
