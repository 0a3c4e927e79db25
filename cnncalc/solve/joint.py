"""Sizes of axes that depend on each other, tried together by building the network at them."""

from __future__ import annotations

from itertools import chain, product
from typing import TYPE_CHECKING, NamedTuple

from cnncalc.shapes import MAX_SIZE
from cnncalc.solve.building import BudgetSpentError
from cnncalc.solve.closed_forms import variable_symbol
from cnncalc.solve.intervals import intervals
from cnncalc.solve.limits import JOINT_SIZES, JOINT_SOLUTIONS
from cnncalc.solve.results import Following

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.solve.building import Variable
    from cnncalc.solve.domain import Domain
    from cnncalc.solve.intervals import Intervals

Sizes = dict["Variable", int]


class JointSizes(NamedTuple):
    """Sizes of axes of inputs that together give what is wanted; `complete` says that there are no others."""

    found: list[Sizes]
    complete: bool

    def of(self, domain: Domain, variable: Variable) -> tuple[Intervals, tuple[Following, ...]]:
        """The sizes of one axis, and those of the others that go with each; the axis has to be one of those found."""
        by_size: dict[int, list[Sizes]] = {}
        for sizes in self.found:
            by_size.setdefault(sizes[variable], []).append(sizes)
        own = domain.network.inputs
        changed = {
            other for sizes in self.found for other, size in sizes.items() if size != own[other[0]][other[1]]
        } - {variable}
        others = [other for other in self.found[0] if other in changed]
        following = [(size, _sizes_of(domain, others, by_size[size])) for size in sorted(by_size)]
        return intervals(sorted(by_size)), tuple(Following((size, size), sizes) for size, sizes in following if sizes)


def joint_sizes(domain: Domain, tensor: int, wanted: Mapping[int, int], variables: Sequence[Variable]) -> JointSizes:
    """The sizes of `variables`, which depend on each other, at which axes of a tensor have the `wanted` sizes.

    Those whose sizes the closed forms name are tried at these, the others at the size they have and at small ones, as
    far as the budget of the question goes.
    """
    known = {variable: _by_forms(domain, tensor, wanted, variable) for variable in variables}
    complete = all(sizes is not None and len(sizes) <= JOINT_SIZES for sizes in known.values())
    candidates = [
        _free(domain, variable) if sizes is None else sizes[:JOINT_SIZES] for variable, sizes in known.items()
    ]
    found: list[Sizes] = []
    try:
        for combination in product(*candidates):
            sizes = dict(zip(variables, combination, strict=True))
            if gives(domain, tensor, wanted, sizes):
                found.append(sizes)
                if not complete and len(found) == JOINT_SOLUTIONS:
                    break
    except BudgetSpentError:
        complete = False
    return JointSizes(found, complete)


def gives(domain: Domain, tensor: int, wanted: Mapping[int, int], sizes: Mapping[Variable, int]) -> bool:
    """Whether the network can be built at these sizes, and axes of a tensor have the wanted sizes there."""
    built = domain.builder.at(sizes)
    return built is not None and all(domain.size_of(built, (tensor, axis)) == size for axis, size in wanted.items())


def _by_forms(domain: Domain, tensor: int, wanted: Mapping[int, int], variable: Variable) -> range | None:
    """The sizes of an axis at which every wanted size that follows it has its value; None if none does."""
    forms = [(form, size) for axis, size in wanted.items() if (form := domain.forms[tensor][axis])]
    spans = [form.inverse(size, size) for form, size in forms if form.variable == variable]
    if not spans:
        return None
    first, last = max(first for first, _ in spans), min(last for _, last in spans)
    return range(max(first, domain.least(variable)), min(last, MAX_SIZE) + 1)


def _free(domain: Domain, variable: Variable) -> list[int]:
    """The sizes at which an axis is tried that nothing wanted names: its own, and small ones."""
    own = domain.network.inputs[variable[0]][variable[1]]
    return list(dict.fromkeys(chain((own,), range(1, JOINT_SIZES + 1))))


def _sizes_of(domain: Domain, others: list[Variable], found: list[Sizes]) -> dict[str, Intervals]:
    """The sizes of other axes that go with one, by symbol: all of one other, of several those of the first."""
    shown = found if len(others) == 1 else found[:1]
    sizes_of = {other: intervals(sorted({sizes[other] for sizes in shown})) for other in others}
    return {variable_symbol(domain.network, other): sizes for other, sizes in sizes_of.items()}
