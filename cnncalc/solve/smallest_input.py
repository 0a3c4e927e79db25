"""The smallest input of a network: by its closed forms, by bisection, or by building it at smaller sizes."""

from __future__ import annotations

from contextlib import suppress
from itertools import chain, islice
from typing import TYPE_CHECKING

from cnncalc.solve.building import BudgetSpentError
from cnncalc.solve.closed_forms import follows_sizes
from cnncalc.solve.limits import MOST_TRIED_SIZES
from cnncalc.spec.smallest import SEARCH_BUDGET, smallest_input

if TYPE_CHECKING:
    from cnncalc.shapes import Shape
    from cnncalc.solve.building import Builder, Variable
    from cnncalc.solve.closed_forms import ClosedForms
    from cnncalc.solve.coupling import Coupling


class SmallestInput:
    """The search for the smallest input, which builds at most `build_budget` sizes one by one."""

    def __init__(self, builder: Builder, closed: ClosedForms, build_budget: int, coupling: Coupling) -> None:
        self.builder = builder
        self.network = builder.network
        self.variables = builder.variables
        self.forms = closed.forms
        self.equalities = closed.equalities
        self.build_budget = build_budget
        self.may_be_smaller = follows_sizes(builder.network) or bool(coupling.opaque)
        """Whether a smaller input may pass though one between does not."""

    def smallest(self) -> dict[str, Shape] | None:
        """The smallest input, by the forms or else by bisection; None if it is not found.

        Where neither finds it, as some sizes may also be too large, it is one of which no axis alone can be made
        smaller.
        """
        self.builder.begin_question()
        try:
            found = self._smallest_by_forms() or self._smallest_by_bisection()
            if found is not None and not self.may_be_smaller:
                return found
            found = found or self._smallest_by_growing() or dict(self.network.inputs)
        except BudgetSpentError:
            return None
        self.builder.begin_probing()
        return self._lowered(found) if self.variables else found

    def _smallest_by_forms(self) -> dict[str, Shape] | None:
        """The least compatible sizes at which all forms are at least 1, if they can be built and are the least."""
        sizes = self._raised({variable: self.least_by_forms(variable) for variable in self.variables})
        built = self.builder.at(sizes)
        if built is None or any(self._can_shrink(sizes, variable) for variable in self.variables):
            return None
        return dict(built.inputs)

    def least_by_forms(self, variable: Variable) -> int:
        """The least size at which every form of an axis is at least 1."""
        own = {form for axes in self.forms for form in axes if form is not None and form.variable == variable}
        return max([1, *(form.inverse(1, 1)[0] for form in own)])

    def _raised(self, sizes: dict[Variable, int]) -> dict[Variable, int]:
        """The least compatible sizes, by the forms, of which none is smaller than in `sizes`."""
        for _ in self.variables:
            before = dict(sizes)
            for forms in self.equalities:
                self.builder.spend(len(forms) // 16)
                largest = max(form.at(sizes[form.variable]) for form in forms if form.variable)
                sizes |= {
                    form.variable: max(sizes[form.variable], form.inverse(largest, largest)[0])
                    for form in forms
                    if form.variable
                }
            if sizes == before:
                break
        return sizes

    def _can_shrink(self, sizes: dict[Variable, int], variable: Variable) -> bool:
        """Whether the network can be built with this axis smaller by 1."""
        return sizes[variable] > 1 and self.builder.at({**sizes, variable: sizes[variable] - 1}) is not None

    def _smallest_by_bisection(self) -> dict[str, Shape] | None:
        """The smallest input that bisection finds within the budget that is left."""
        return smallest_input(
            self.builder.blueprint, dict(self.network.inputs), min(SEARCH_BUDGET, self.builder.budget_left)
        )

    def _smallest_by_growing(self) -> dict[str, Shape] | None:
        """The first input that can be built with equal axes, from the least size that the forms allow."""
        start = max([1, *map(self.least_by_forms, self.variables)])
        for size in range(start, start + self.build_budget):
            built = self.builder.at(dict.fromkeys(self.variables, size))
            if built is not None:
                return dict(built.inputs)
        return None

    def _lowered(self, found: dict[str, Shape]) -> dict[str, Shape]:
        """The smallest input that is found below one: smaller ones may pass again below some that do not."""
        with suppress(BudgetSpentError):
            while (lower := self._next_lower(found)) is not None:
                found = lower
        return found

    def _next_lower(self, found: dict[str, Shape]) -> dict[str, Shape] | None:
        """The first input that can be built below one, with all its axes cut to one size or one axis alone."""
        sizes = {(name, axis): found[name][axis] for name, axis in self.variables}
        all_axes = (
            {variable: min(size, most) for variable, size in sizes.items()} for most in range(1, max(sizes.values()))
        )
        one_axis = ({**sizes, variable: size} for variable in self.variables for size in range(1, sizes[variable]))
        for smaller in islice(chain(all_axes, one_axis), 2 * MOST_TRIED_SIZES):
            built = self.builder.probe(smaller)
            if built is not None:
                return dict(built.inputs)
        return None
