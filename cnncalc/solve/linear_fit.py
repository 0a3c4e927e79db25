"""The inputs that fit a linear layer with fixed `in_features`."""

from __future__ import annotations

from bisect import bisect_right
from math import isqrt, prod
from typing import TYPE_CHECKING

from cnncalc.solve.building import BudgetSpentError
from cnncalc.solve.joint import joint_sizes
from cnncalc.solve.limits import FITTING_SHAPES
from cnncalc.solve.results import Fit, FittingShape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.graph.node import Node
    from cnncalc.solve.building import Variable
    from cnncalc.solve.domain import Domain
    from cnncalc.solve.intervals import Intervals
    from cnncalc.symbolic.floor_forms import FloorForm


def linear_fits(domain: Domain) -> Iterator[Fit]:
    r"""The maps, and the inputs that give them, that fit each linear layer with fixed `in_features`.

    >>> import cnncalc
    >>> from cnncalc.solve.domain import Domain
    >>> spec = "input: 2x4x4\nlayers: [relu, flatten, {linear: {out_features: 1, in_features: 32}}]"
    >>> [fit] = linear_fits(Domain(cnncalc.load(spec)))
    >>> [shape.map_shape for shape in fit.shapes][:2]
    [(2, 4, 4), (2, 2, 8)]
    """
    domain.builder.begin_question()
    for node in domain.network.nodes:
        features = getattr(node.layer, "in_features", None)
        if features is not None and len(node.input_shapes[0]) == 1:
            tensor = _flattened(domain, node)
            if tensor is not None:
                yield Fit(node.name, features, *_fitting_shapes(domain, features, tensor))


def _flattened(domain: Domain, node: Node) -> int | None:
    """The number of the map that is flattened into a layer's vector, value by value; None where there is none."""
    tensors = domain.network.tensors
    tensor = tensors[node.inputs[0]]
    while (before := tensor.producer) and len(tensor.shape) == 1:
        if before.macs or prod(before.input_shapes[0]) != node.input_shapes[0][0]:
            return None
        tensor = tensors[before.inputs[0]]
    return tensor.number if len(tensor.shape) > 1 else None


def _fitting_shapes(domain: Domain, features: int, tensor: int) -> tuple[tuple[FittingShape, ...] | None, bool]:
    """The shapes of a map that have `features` values and that some input gives, and whether these are all.

    The squarest come first. None if an axis of the map has no closed form.
    """
    axes = domain.forms[tensor]
    known = [form for form in axes if form is not None]
    if len(known) < len(axes):
        return None, True
    quotient, remainder = divmod(features, prod(form.constant for form in known if form.constant is not None))
    if remainder:
        return (), True
    every = _factors(quotient, sum(form.constant is None for form in known))
    found: list[FittingShape] = []
    try:
        for sizes in every[:FITTING_SHAPES]:
            fits = _fitting_shape(domain, known, tensor, sizes)
            if fits is None:
                return None, True
            found += fits
    except BudgetSpentError:
        return tuple(found) or None, False
    return tuple(found), len(every) <= FITTING_SHAPES


def _fitting_shape(
    domain: Domain, known: list[FloorForm], tensor: int, sizes: tuple[int, ...]
) -> list[FittingShape] | None:
    """The map whose axes that follow the input have these sizes, if some input gives it; None if it is not known."""
    varying = iter(sizes)
    shape = tuple(next(varying) if form.constant is None else form.constant for form in known)
    variables = {other for form in known if form.variable is not None for other in domain.coupling.group(form.variable)}
    if variables & domain.coupling.opaque:
        return _fitting_together(domain, known, tensor, shape, [each for each in domain.variables if each in variables])
    inputs: list[Intervals] = []
    for axis, (form, size) in enumerate(zip(known, shape, strict=True)):
        if form.variable is None:
            continue
        found = domain.sizes(form.variable, form, size, (tensor, axis))
        if found is None or found.modulus > 1:
            return None
        if not found.inputs:
            return []
        inputs.append(found.inputs)
    return [FittingShape(domain.network.layout.external(shape), tuple(inputs))]


def _fitting_together(
    domain: Domain, known: list[FloorForm], tensor: int, shape: tuple[int, ...], variables: list[Variable]
) -> list[FittingShape] | None:
    """As `_fitting_shape`, for axes that depend on each other: each of the inputs that were found by itself."""
    joint = joint_sizes(domain, tensor, dict(enumerate(shape)), variables)
    if not joint.complete:
        return None
    followed = [form.variable for form in known if form.variable is not None]
    inputs = dict.fromkeys(tuple(((sizes[each], sizes[each]),) for each in followed) for sizes in joint.found)
    return [FittingShape(domain.network.layout.external(shape), each) for each in inputs]


def _factors(number: int, parts: int) -> list[tuple[int, ...]]:
    """Every way to write a number as a product of so many factors, those of nearly equal factors first.

    >>> _factors(4, 2), _factors(1, 0), _factors(4, 0)
    ([(2, 2), (1, 4), (4, 1)], [()], [])
    """
    if not parts:
        return [()] if number == 1 else []
    small = [factor for factor in range(1, isqrt(number) + 1) if number % factor == 0]
    divisors = sorted({*small, *(number // factor for factor in small)})
    found: list[tuple[tuple[int, ...], int]] = [((), number)]
    for _ in range(parts - 1):
        found = [
            ((*factors, factor), quotient // factor)
            for factors, quotient in found
            for factor in divisors[: bisect_right(divisors, quotient)]
            if quotient % factor == 0
        ]
    return sorted(((*factors, quotient) for factors, quotient in found), key=max)
