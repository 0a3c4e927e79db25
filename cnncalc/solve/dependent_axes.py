"""Axes of an output whose input sizes depend on each other: held against each other, and else solved for together."""

from __future__ import annotations

from contextlib import suppress
from itertools import islice, product
from typing import TYPE_CHECKING, NamedTuple

from cnncalc.errors import CnncalcError
from cnncalc.solve.building import BudgetSpentError
from cnncalc.solve.closed_forms import variable_symbol
from cnncalc.solve.joint import gives, joint_sizes
from cnncalc.solve.limits import CHECKED_SIZES, FEWEST_BUILDS, MOST_COMBINATIONS, TRIAL_BUDGET

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cnncalc.solve.building import Variable
    from cnncalc.solve.domain import Domain, TensorAxis
    from cnncalc.solve.joint import JointSizes, Sizes
    from cnncalc.solve.results import AxisSolution


class DependentAxes(NamedTuple):
    """Axes of a tensor, the channels being 0, and the axes of inputs that decide on their sizes together."""

    axes: list[int]
    variables: list[Variable]


def dependent_axes(domain: Domain, tensor: int) -> Iterator[DependentAxes]:
    """The axes of a tensor that are not solved for one by one; an axis alone is, unless it follows several."""
    sets: list[tuple[set[int], set[Variable]]] = []
    for axis, followed in enumerate(domain.coupling.followed[tensor]):
        variables = {other for variable in followed for other in domain.coupling.group(variable)}
        form = domain.forms[tensor][axis]
        if axis and variables and (form is None or form.constant is None):
            met = [found for found in sets if found[1] & variables]
            sets = [found for found in sets if found not in met]
            axes = {axis}.union(*(found[0] for found in met))
            sets.append((axes, variables.union(*(found[1] for found in met))))
    for axes, variables in sets:
        if len(axes) > 1 or len(variables) > 1:
            yield DependentAxes(sorted(axes), [variable for variable in domain.variables if variable in variables])


def agree(domain: Domain, tensor: int, solutions: Mapping[int, AxisSolution]) -> bool:
    """Whether the solutions of axes, each found with the others as they are, also hold together."""
    wanted = {axis: found.output for axis, found in solutions.items() if found.output is not None}
    any_holds = False
    choices = [list(_choices(domain, found)) for found in solutions.values()]
    domain.builder.begin_question()
    with suppress(BudgetSpentError):
        for chosen in islice(product(*choices), MOST_COMBINATIONS):
            sizes: Sizes = {}
            if all(sizes.setdefault(variable, size) == size for each in chosen for variable, size in each.items()):
                if not gives(domain, tensor, wanted, sizes):
                    return False
                any_holds = True
    return any_holds


def _choices(domain: Domain, found: AxisSolution) -> Iterator[Sizes]:
    """Some of the input sizes of a solution, with those of the other axes that have to change."""
    variables = {variable_symbol(domain.network, variable): variable for variable in domain.variables}
    sizes = (size for first, last in found.inputs or () for size in range(first, last + 1))
    for size in islice((size for size in sizes if size % found.modulus in found.residues), CHECKED_SIZES):
        others = next((each.others for each in found.following if each.inputs[0] <= size <= each.inputs[1]), {})
        yield {
            variables[found.symbol]: size,
            **{variables[symbol]: intervals[0][0] for symbol, intervals in others.items()},
        }


def solved_together(
    domain: Domain, tensor: int, together: DependentAxes, known: Sequence[AxisSolution], variables: Sequence[Variable]
) -> list[AxisSolution]:
    """The solutions of axes that depend on each other, as they are `known` but for their inputs.

    `variables` are those that each is solved for. Raises `CnncalcError` where no input gives the sizes, or none was
    found.
    """
    wanted = {axis: found.output for axis, found in zip(together.axes, known, strict=True) if found.output is not None}
    domain.builder.begin_question(max(TRIAL_BUDGET, FEWEST_BUILDS * domain.network.entries))
    joint = joint_sizes(domain, tensor, wanted, together.variables)
    if not joint.found:
        raise _none_error(domain, tensor, together, known, joint)
    solutions = []
    for axis, variable in zip(known, variables, strict=True):
        inputs, following = joint.of(domain, variable)
        solutions.append(axis._replace(inputs=inputs, following=following))
    return solutions


def _none_error(
    domain: Domain, tensor: int, together: DependentAxes, known: Sequence[AxisSolution], joint: JointSizes
) -> CnncalcError:
    """The error where no sizes were found; where all there are were tried, there are none."""
    name = domain.network.tensors[tensor].name
    sizes = " and ".join(f"a {axis.axis} of {axis.output}" for axis in known)
    if joint.complete and not domain.follows_sizes:
        return CnncalcError(f"no input gives `{name}` {sizes}")
    symbols = [variable_symbol(domain.network, variable) for variable in together.variables]
    shown = " and ".join(symbols) if len(symbols) < 5 else f"{', '.join(symbols[:4])}, ..."
    hint = f"the sizes of {shown} depend on each other, and not all were tried together; --input tries some"
    return CnncalcError(f"no input was found that gives `{name}` {sizes}", hint=hint)


def certain(domain: Domain, tensor_axis: TensorAxis) -> bool:
    """Whether an axis has no sizes but those that its form gives: of two that are broadcast one may be 1."""
    tensor, axis = tensor_axis
    return len(domain.coupling.followed[tensor][axis]) < 2
