"""The input sizes at which a network can be built, found by its closed forms and checked by building it."""

from __future__ import annotations

from functools import cached_property
from itertools import chain, islice, product
from math import prod
from typing import TYPE_CHECKING, NamedTuple

from cnncalc.shapes import MAX_SIZE
from cnncalc.solve.building import Builder
from cnncalc.solve.closed_forms import closed_forms, follows_sizes
from cnncalc.solve.coupling import Coupling
from cnncalc.solve.intervals import intervals
from cnncalc.solve.limits import MOST_COMBINATIONS, QUESTION_BUDGET
from cnncalc.solve.probes import own_sizes
from cnncalc.solve.residues import as_condition, common_residues
from cnncalc.solve.smallest_input import SmallestInput

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.graph.graph import Graph
    from cnncalc.shapes import Shape
    from cnncalc.solve.building import Variable
    from cnncalc.solve.intervals import Intervals
    from cnncalc.symbolic.floor_forms import FloorForm

TensorAxis = tuple[int, int]
"""The number of a tensor, and one of its axes."""


class SizeSet(NamedTuple):
    """Input sizes: those in the intervals of `inputs` that are congruent to one of `residues` by `modulus`."""

    inputs: Intervals
    modulus: int = 1
    residues: tuple[int, ...] = (0,)


class Domain:
    """The input sizes at which a network can be built; `variables` are the spatial axes of its inputs.

    What has to build at another size raises `BudgetSpentError` where the budget of the question is spent;
    `builder.begin_question()` begins another. `build_budget` is how many sizes are built one by one.
    """

    def __init__(self, network: Graph) -> None:
        self.network = network
        self.builder = Builder(network)
        closed = closed_forms(network, self.builder)
        self.forms, self.constraints, self.equalities, self.confirmed = closed
        self.coupling = Coupling(self.builder, self.forms)
        self.follows_sizes = follows_sizes(network)
        self.sizes_move_together = len(network.inputs) > 1 or bool(self.equalities)
        """Whether other axes may have to change with one, so that sizes which have to be equal are."""
        self.variables: list[Variable] = self.builder.variables
        self.build_budget = max(QUESTION_BUDGET // (network.entries + 1), 8)
        self._search = SmallestInput(self.builder, closed, self.build_budget, self.coupling)
        self._own = own_sizes(network)
        self._spans: dict[tuple[Variable, int], dict[Variable, tuple[int, int]]] = {}

    def at(self, variable: Variable, size: int) -> Graph | None:
        """The network with an input's axis of that size; None where it cannot be built.

        Other axes keep their sizes if they can, and else take compatible ones.
        """
        alone = self._built_alone(variable, size)
        if alone is not None or not self.sizes_move_together:
            return alone
        return next((network for network, _ in self._with_others(variable, size)), None)

    def sizes_of_others(self, variable: Variable, size: int) -> dict[Variable, Intervals]:
        """The other axes that have to change with that size, and the sizes that they may have then."""
        if not self.sizes_move_together or self._built_alone(variable, size) is not None:
            return {}
        spans = self._spans_of_others(variable, size)
        if prod(last + 1 - first for first, last in spans.values()) > MOST_COMBINATIONS:
            return {other: (span,) for other, span in spans.items()} if self.at(variable, size) is not None else {}
        built = [sizes for _, sizes in self._with_others(variable, size)]
        columns = zip(spans, zip(*built, strict=True), strict=True) if built else ()
        return {other: intervals(sorted(set(sizes))) for other, sizes in columns}

    def _built_alone(self, variable: Variable, size: int) -> Graph | None:
        """The network with this axis alone changed; None where it cannot be built."""
        return None if self._breaks_equality(variable, size) else self.builder.at({variable: size})

    def _breaks_equality(self, variable: Variable, size: int) -> bool:
        """Whether sizes that have to be equal, and do not broadcast, would differ with this axis alone changed.

        Then nothing has to be built to know that other axes have to change too. Where options follow the size, the
        forms are not certain, and this is False.
        """
        if self.follows_sizes:
            return False
        for forms in self.equalities:
            self.builder.spend(len(forms) // 16)
            sizes = {
                form.at(size if form.variable == variable else self._own[form.variable])
                for form in forms
                if form.variable
            }
            if len(sizes) > 1 and 1 not in sizes:
                return True
        return False

    def _spans_of_others(self, variable: Variable, size: int) -> dict[Variable, tuple[int, int]]:
        """The first and last compatible size of other axes, by the forms or else by equal sizes."""
        return self.compatible_sizes(variable, size) or self._axes_of_same_size(variable, size)

    def _with_others(self, variable: Variable, size: int) -> Iterator[tuple[Graph, tuple[int, ...]]]:
        """The network, and the sizes of the other axes, for some combinations of sizes compatible with this one."""
        spans = self._spans_of_others(variable, size)
        for sizes in islice(product(*(range(first, last + 1) for first, last in spans.values())), MOST_COMBINATIONS):
            network = self.builder.at({variable: size, **dict(zip(spans, sizes, strict=True))})
            if network is not None:
                yield network, sizes

    def compatible_sizes(self, variable: Variable, size: int) -> dict[Variable, tuple[int, int]]:
        """The first and last compatible size of each other axis; empty if there are none.

        Compatible by the forms, which are equal then; layers that broadcast also take 1.
        """
        known = self._spans.get((variable, size))
        if known is None:
            known = self._spans[variable, size] = self._find_compatible(variable, size)
        return known

    def _find_compatible(self, variable: Variable, size: int) -> dict[Variable, tuple[int, int]]:
        """As `compatible_sizes`: spans narrowed equality by equality, until nothing changes."""
        spans: dict[Variable, tuple[int, int]] = {variable: (size, size)}
        for _ in self.variables:
            before = dict(spans)
            for forms in self.equalities:
                self.builder.spend(len(forms) // 16)
                _narrow(spans, forms)
            if spans == before:
                break
        del spans[variable]
        return spans if all(first <= last for first, last in spans.values()) else {}

    def _axes_of_same_size(self, variable: Variable, size: int) -> dict[Variable, tuple[int, int]]:
        """The same axes of other inputs that have this one's size in the network at hand, each with the new size."""
        before = self.network.inputs[variable[0]][variable[1]]
        equal = (
            other
            for other in self.variables
            if other[0] != variable[0] and other[1] == variable[1] and self.network.inputs[other[0]][other[1]] == before
        )
        return dict.fromkeys(equal, (size, size))

    @cached_property
    def smallest(self) -> dict[str, Shape] | None:
        """The smallest input; None if it is not found."""
        return self._search.smallest()

    def first(self, variable: Variable) -> int:
        """The size of an axis of the smallest input or, where this is not found, the least by the forms."""
        if self.smallest is None:
            return self._search.least_by_forms(variable)
        return self.smallest[variable[0]][variable[1]]

    def least(self, variable: Variable) -> int:
        """A size that an axis is at least: that of the smallest input, unless it may be less where others are more."""
        if len(self.coupling.group(variable)) > 1:
            return self._search.least_by_forms(variable)
        return self.first(variable)

    def sizes(self, variable: Variable | None, form: FloorForm, output: int, tensor_axis: TensorAxis) -> SizeSet | None:
        """The sizes of an axis, or of all for None, at which a form gives `output` and the network can be built.

        Each is built, unless they are too many: then the forms give them, and a sample is built. `tensor_axis` is what
        the form is of. None where that has another size, so that the form does not hold, or where it is not known.
        """
        if variable is None:
            interval = (max(map(self.least, self.variables)), MAX_SIZE)
            return self._by_congruence(self.variables, interval, output, tensor_axis)
        first, last = form.inverse(output, output)
        first, last = max(first, self.least(variable)), min(last, MAX_SIZE)
        if first > last:
            return SizeSet(())
        if last - first >= self.build_budget:
            return self._by_congruence([variable], (first, last), output, tensor_axis)
        built = [(size, network) for size in range(first, last + 1) if (network := self.at(variable, size)) is not None]
        if any(self.size_of(network, tensor_axis) != output for _, network in built):
            return None
        return SizeSet(intervals(size for size, _ in built))

    def _buildable(self, variable: Variable) -> tuple[int, tuple[int, ...]]:
        """The modulus and residues of the sizes that fulfil the constraints of layers; 0 where they are not known."""
        conditions = [as_condition(found) for found in self.constraints if found.forms[0].variable == variable]
        return common_residues(conditions, self.least(variable), self.builder)

    def _by_congruence(
        self, variables: list[Variable], interval: tuple[int, int], output: int, tensor_axis: TensorAxis
    ) -> SizeSet | None:
        """The sizes of an interval too long to build them all; None where one of a sample does not give `output`."""
        known = {self._buildable(variable) for variable in variables}
        modulus, residues = known.pop()
        if known or not modulus:
            return None
        for variable in variables:
            for size in _sample(interval, modulus, residues):
                network = self.at(variable, size)
                if network is None or self.size_of(network, tensor_axis) != output:
                    return None
        return SizeSet((interval,), modulus, residues)

    def size_of(self, network: Graph, tensor_axis: TensorAxis) -> int | None:
        """The size of an axis of a tensor at another input, where layers and axes may be others; None without it."""
        tensor, axis = tensor_axis
        name, tensors = self.network.tensors[tensor].name, network.tensors
        likely = tensors[tensor : tensor + 1]  # where no layer is left out it is the same number
        shape = next((other.shape for other in chain(likely, tensors) if other.name == name), ())
        return shape[axis] if len(shape) == len(self.network.tensors[tensor].shape) else None


def _narrow(spans: dict[Variable, tuple[int, int]], forms: tuple[FloorForm, ...]) -> None:
    """Narrow the spans of axes to the sizes at which their forms can equal those whose spans are known."""
    known = [(form, spans[form.variable]) for form in forms if form.variable in spans]
    if not known:
        return
    first = max(form.at(span[0]) for form, span in known)
    last = min(form.at(span[1]) for form, span in known)
    for form in forms:
        assert form.variable is not None
        low, high = form.inverse(first, last)
        before = spans.get(form.variable, (1, MAX_SIZE))
        spans[form.variable] = max(low, before[0]), min(high, before[1])


def _sample(interval: tuple[int, int], modulus: int, residues: tuple[int, ...]) -> list[int]:
    """A sample of the sizes in an interval that fulfil a congruence: the first few, and some far away."""
    first, last = interval
    starts = [first + step for step in (*range(9), 97, 1001, *(1 << power for power in range(12, 31, 3))) if residues]
    sizes = (min(start + (residue - start) % modulus for residue in residues) for start in starts)
    return [size for size in dict.fromkeys(sizes) if size <= last]
