"""Solves for the input: the input sizes that give an output size, and those that a network takes at all.

Where the size has a closed form (`cnncalc.solve.closed_forms`), it is inverted; where it has none, the network is
built at every size of a range. What comes out is exact either way, over the inputs at which the network can be built,
whatever `in_features` its linear layers want. Each axis is solved for while the others stay as they are, but for
those that have to change with it, as where two inputs are added. Where axes depend on each other, no input is said to
give a size only if all were tried together.
"""

from __future__ import annotations

from bisect import bisect_left
from contextlib import suppress
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from cnncalc.errors import CnncalcError
from cnncalc.graph.opaque import refuse_opaque
from cnncalc.shapes import AXIS_NAMES, MAX_SIZE
from cnncalc.solve.building import BudgetSpentError
from cnncalc.solve.closed_forms import variable_symbol
from cnncalc.solve.congruences import size_congruences
from cnncalc.solve.dependent_axes import agree, certain, dependent_axes, solved_together
from cnncalc.solve.domain import Domain, SizeSet
from cnncalc.solve.intervals import intervals, intervals_text
from cnncalc.solve.limits import FEWEST_BUILDS, LARGEST_RETRY, NEAREST_STEPS, TRIAL_BUDGET
from cnncalc.solve.linear_fit import linear_fits
from cnncalc.solve.results import AxisSolution, Following, Solution
from cnncalc.solve.target import Target, find_target, sizes_wanted
from cnncalc.solve.trials import build_each, trials_around

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cnncalc.graph.graph import Graph
    from cnncalc.solve.building import Variable
    from cnncalc.solve.domain import TensorAxis
    from cnncalc.solve.intervals import Intervals
    from cnncalc.symbolic.floor_forms import FloorForm


def solve(network: Graph, layer: str | None = None, output: Sequence[int] | None = None) -> Solution:
    """Which inputs give a layer an output of that size, one number for all axes or one for each.

    The layer, or the one whose output a scope has, is unless named the last on the way to the first output whose size
    follows the input's. What `in_features` and given weights fit does not restrict the inputs. Raises `CnncalcError`
    for an unknown layer, and where no input gives the size or none was found.

    >>> import cnncalc
    >>> [height, width] = solve(cnncalc.load("alexnet"), "conv1", [55]).axes
    >>> height.closed_form.steps, height.inputs
    ((FloorStep(times=1, plus=-7, over=4),), ((227, 230),))
    """
    refuse_opaque(network, "what size it has at another input")
    domain = Domain(network)
    target = find_target(domain, layer)
    wanted = sizes_wanted(target, output)
    external = network.layout.external
    smallest = domain.smallest
    return Solution(
        **network.heading,
        layer=target.name,
        output_shape=external(target.shape),
        axes=_solve_axes(domain, target, wanted),
        smallest=smallest and {name: external(shape) for name, shape in smallest.items()},
        congruences=size_congruences(domain),
        equal_sizes=_equal_sizes(domain),
        fits=tuple(linear_fits(domain)),
        follows_sizes=network.follows_sizes,
        notes=network.notes,
    )


class _NoneBuiltError(CnncalcError):
    """No input gives an axis its size while axes that depend on it stay as they are: together they may."""


def _solve_axes(domain: Domain, target: Target, wanted: tuple[int, ...] | None) -> tuple[AxisSolution, ...]:
    """The solution of each axis of the output; of axes that depend on each other, one that holds for them together."""
    axes = range(1, len(target.shape))
    if wanted is None:
        return tuple(_known(domain, target, axis) for axis in axes)
    found: dict[int, AxisSolution] = {}
    errors: dict[int, _NoneBuiltError] = {}
    for axis in axes:
        try:
            found[axis] = _solve_axis(domain, target, axis, wanted[axis - 1])
        except _NoneBuiltError as error:
            errors[axis] = error
    for together in dependent_axes(domain, target.tensor):
        if not errors.keys() & together.axes and agree(
            domain, target.tensor, {axis: found[axis] for axis in together.axes}
        ):
            continue
        known = [_known(domain, target, axis)._replace(output=wanted[axis - 1]) for axis in together.axes]
        variables = [_variable(domain, target, axis) for axis in together.axes]
        solved = solved_together(domain, target.tensor, together, known, [each for each in variables if each])
        found |= dict(zip(together.axes, solved, strict=True))
        errors = {axis: error for axis, error in errors.items() if axis not in together.axes}
    if errors:
        raise next(iter(errors.values()))
    return tuple(found[axis] for axis in axes)


def _variable(domain: Domain, target: Target, axis: int) -> Variable | None:
    """The axis of an input that an axis follows or, without a form, the one that it most likely does."""
    form = target.forms[axis]
    return form.variable if form is not None else _likely_variable(domain, target, axis)


def _known(domain: Domain, target: Target, axis: int) -> AxisSolution:
    """What is known of an axis whatever size it shall have."""
    variable = _variable(domain, target, axis)
    return AxisSolution(target.axis(axis), *_input_axis(domain, variable), target.forms[axis], size=target.shape[axis])


def _solve_axis(domain: Domain, target: Target, axis: int, wanted: int) -> AxisSolution:
    """The solution of one axis of the output, the channels being axis 0, while the others stay."""
    form = target.forms[axis]
    variable = _variable(domain, target, axis)
    known = _known(domain, target, axis)
    known = known._replace(output=wanted)
    if not domain.variables or (form is not None and form.constant is not None):
        if known.size != wanted:
            raise CnncalcError(
                f"the {known.axis} of `{target.name}` is {known.size} whatever the input, and never {wanted}"
            )
        if not domain.variables or any(len(domain.coupling.group(variable)) > 1 for variable in domain.variables):
            return known._replace(inputs=((1, MAX_SIZE),))
    domain.builder.begin_question()
    try:
        found = None if form is None else _by_form(domain, form, wanted, target, axis)
    except BudgetSpentError:
        found = None
    is_constant = form is not None and form.constant is not None and not domain.follows_sizes
    if found is None and is_constant and len(domain.variables) > 1:
        return known._replace(inputs=((1, MAX_SIZE),))
    if found is None:
        return _by_building(domain, target, axis, known)
    following = () if variable is None else tuple(_following(domain, variable, found.inputs))
    return known._replace(**found._asdict(), following=following)


def _equal_sizes(domain: Domain) -> tuple[dict[str, FloorForm], ...]:
    """The sizes that have to be equal, each by the symbol of the axis of an input that it follows."""
    return tuple(
        {variable_symbol(domain.network, form.variable): form for form in forms if form.variable}
        for forms in domain.equalities
    )


def _input_axis(domain: Domain, variable: Variable | None) -> tuple[str | None, str]:
    """The name of an axis of an input, and its symbol in formulas."""
    if variable is None:
        return None, ""
    names = AXIS_NAMES[len(domain.network.inputs[variable[0]]) - 1]
    return names[variable[1] - 1], variable_symbol(domain.network, variable)


def _likely_variable(domain: Domain, target: Target, axis: int) -> Variable | None:
    """The axis of an input that one without a form most likely follows; None where all inputs are vectors."""
    followed = domain.coupling.followed[target.tensor][axis]
    likely = [variable for variable in domain.variables if variable in followed] or domain.variables
    return next((variable for variable in likely if variable[1] == axis), next(iter(likely), None))


def _by_form(domain: Domain, form: FloorForm, wanted: int, target: Target, axis: int) -> SizeSet | None:
    """The inputs at which a form gives a size; None where it does not hold, or what can be built is not known."""
    found = domain.sizes(form.variable, form, wanted, (target.tensor, axis))
    if form.variable is None or found is None or found.inputs:
        return found
    needed = form.inverse(wanted, wanted)[0]
    if needed > MAX_SIZE:
        symbol = variable_symbol(domain.network, form.variable)
        why = f"it would take {symbol} = {needed}, and an axis has at most {MAX_SIZE} pixels"
        raise CnncalcError(f"no input gives `{target.name}` a {target.axis(axis)} of {wanted}: {why}")
    if domain.follows_sizes:
        tried = build_each(
            domain, form.variable, (target.tensor, axis), range(domain.least(form.variable), LARGEST_RETRY)
        )
        found = SizeSet(intervals(size for size, output in tried if output == wanted))
        if found.inputs:
            return found
    first, last = form.inverse(wanted, wanted)
    kind = CnncalcError if first > last and certain(domain, (target.tensor, axis)) else _NoneBuiltError
    fact, hint = _no_input(target, axis, wanted, _nearest_by_form(domain, form, wanted, (target.tensor, axis)))
    raise kind(fact, hint=hint)


def _by_building(domain: Domain, target: Target, axis: int, known: AxisSolution) -> AxisSolution:
    """The inputs that give the size that is wanted, among all of a range, at each of which the network is built."""
    variable = next(
        (variable for variable in domain.variables if variable_symbol(domain.network, variable) == known.symbol), None
    )
    variable = variable or _likely_variable(domain, target, axis)
    assert variable is not None
    assert known.output is not None
    most = max(TRIAL_BUDGET, FEWEST_BUILDS * domain.network.entries) // (len(target.shape) - 1)
    tried = trials_around(domain, variable, (target.tensor, axis), known.output, most)
    if not tried:
        fact = f"the inputs that give `{target.name}` a {known.axis} of {known.output} are not known"
        raise CnncalcError(fact, hint=f"building it at other sizes takes more than {most:,} entries")
    inputs = intervals(size for size, output in tried if output == known.output)
    ends = (tried[0][0], tried[-1][0])
    if not inputs:
        fact, hint = _no_input(target, axis, known.output, _nearest_of_trials(tried, known.output), ends)
        raise _NoneBuiltError(fact, hint=hint)
    return known._replace(
        symbol=variable_symbol(domain.network, variable),
        closed_form=None,
        inputs=inputs,
        enumerated=ends,
        following=tuple(_following(domain, variable, inputs)),
    )


def _following(domain: Domain, variable: Variable, inputs: Intervals) -> Iterator[Following]:
    """The input sizes with which other axes have to change, in intervals with which they change in the same way."""
    if not domain.sizes_move_together or sum(last + 1 - first for first, last in inputs) > domain.build_budget:
        return
    sizes = (size for first, last in inputs for size in range(first, last + 1))
    others = ((size, domain.sizes_of_others(variable, size)) for size in sizes)
    domain.builder.begin_question()
    with suppress(BudgetSpentError):
        for found, group in groupby(others, key=itemgetter(1)):
            if found:
                by_symbol = {variable_symbol(domain.network, other): spans for other, spans in found.items()}
                yield from (Following(interval, by_symbol) for interval in intervals(size for size, _ in group))


def _nearest_by_form(
    domain: Domain, form: FloorForm, wanted: int, tensor_axis: TensorAxis
) -> Iterator[tuple[int, Intervals]]:
    """The nearest outputs below and above one that no input gives, and their inputs; forms grow with the input."""
    assert form.variable is not None
    least = domain.least(form.variable)
    edge = least + bisect_left(range(least, MAX_SIZE), wanted, key=form.at)
    for start, end, way in ((edge - 1, 0, -1), (edge, 1, 1)):
        size = start
        for _ in range(NEAREST_STEPS):
            if not least <= size <= MAX_SIZE:
                break
            output = form.at(size)
            try:
                found = domain.sizes(form.variable, form, output, tensor_axis) if output != wanted else None
            except BudgetSpentError:
                return
            if found is not None and found.inputs:
                yield output, found.inputs
                break
            size = form.inverse(output, output)[end] + way


def _nearest_of_trials(tried: list[tuple[int, int | None]], wanted: int) -> Iterator[tuple[int, Intervals]]:
    """The nearest outputs below and above one, of those that were built, and their inputs."""
    outputs = {output for _, output in tried if output is not None}
    below = max((output for output in outputs if output < wanted), default=None)
    above = min((output for output in outputs if output > wanted), default=None)
    for end in (below, above):
        if end is not None:
            yield end, intervals(size for size, output in tried if output == end)


def _no_input(
    target: Target,
    axis: int,
    wanted: int,
    near: Iterable[tuple[int, Intervals]],
    tried: tuple[int, int] | None = None,
) -> tuple[str, str | None]:
    """That no input gives a size, and a hint with the nearest; `tried` is the range at whose sizes all were built."""
    nearest = ", and ".join(f"{size} at {intervals_text(inputs)}" for size, inputs in near)
    hint = f"the nearest: {nearest}" if nearest else None
    among = "" if tried is None else f" from {tried[0]} to {tried[1]}"
    return f"no input{among} gives `{target.name}` a {target.axis(axis)} of {wanted}", hint
