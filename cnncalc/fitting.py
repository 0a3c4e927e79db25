"""The inputs that fit a linear layer with fixed `in_features`."""

from __future__ import annotations

from copy import copy
from math import isqrt, prod
from typing import TYPE_CHECKING, NamedTuple

from cnncalc.layers import LAYERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cnncalc.domain import Domain, Intervals
    from cnncalc.layers.base import Layer
    from cnncalc.layout import Shape


class FittingShape(NamedTuple):
    """A shape of the map before a linear layer, and the input sizes of each axis that give it; none if all do."""

    map_shape: Shape
    inputs: tuple[Intervals, ...]


class Fit(NamedTuple):
    """A linear layer with fixed `in_features`, and the maps before it with so many values; the squarest first.

    `shapes` is None where an axis of the map has no closed form, so that they are not known.
    """

    layer: str
    in_features: int
    shapes: tuple[FittingShape, ...] | None


def tolerant() -> Mapping[str, type[Layer]]:
    r"""The layer types, of which `linear` takes any number of features, so that a spec that does not fit can be solved.

    >>> import cnncalc
    >>> from cnncalc.domain import Domain
    >>> spec = "input: 2x8x8\nlayers: [relu, flatten, {linear: {out_features: 1, in_features: 32}}]"
    >>> [fit] = fitting(Domain(cnncalc.load(spec, layers=tolerant()), tolerant()))
    >>> [shape.map_shape for shape in fit.shapes][:2]
    [(2, 4, 4), (2, 2, 8)]
    """
    from cnncalc.layers.linear import Linear

    class AnyFeatures(Linear):
        def output_shape(self, inputs: Sequence[Shape]) -> Shape:
            told = copy(self)
            told.in_features = None
            return Linear.output_shape(told, inputs)

    return {**LAYERS, "linear": AnyFeatures}


def fitting(domain: Domain) -> Iterator[Fit]:
    """What fits each linear layer with fixed `in_features`, behind a flattened map."""
    network, first = domain.network, len(domain.network.inputs)
    shapes = network.tensor_shapes
    for node in network.nodes:
        features = getattr(node.layer, "in_features", None)
        if node.layer.type_name != "linear" or features is None or len(node.input_shapes[0]) > 1:
            continue
        tensor = node.inputs[0]
        while tensor >= first and len(shapes[tensor]) == 1 and domain.forms[tensor] == (None,):
            tensor = network.nodes[tensor - first].inputs[0]
        if len(shapes[tensor]) > 1 and prod(shapes[tensor]) == node.input_shapes[0][0]:
            yield Fit(node.name, features, _fitting_shapes(domain, features, tensor))


def _fitting_shapes(domain: Domain, features: int, tensor: int) -> tuple[FittingShape, ...] | None:
    """Every shape of the map with so many values that some input gives, the squarest first; None if it has no form."""
    axes = domain.forms[tensor]
    known = [form for form in axes if form is not None]
    if len(known) < len(axes):
        return None
    left, rest_of_it = divmod(features, prod(form.constant for form in known if form.constant is not None))
    moving = [(axis, form) for axis, form in enumerate(known) if form.constant is None]
    found: list[FittingShape] = []
    for sizes in () if rest_of_it else _factors(left, len(moving)):
        shape = [form.constant or 0 for form in known]
        inputs: list[Intervals] = []
        for (axis, form), size in zip(moving, sizes, strict=True):
            assert form.root is not None
            shape[axis] = size
            fitting_sizes = domain.sizes(form.root, form, size, (tensor, axis))
            if fitting_sizes is None:
                return None
            inputs.append(fitting_sizes)
        if all(inputs):
            found.append(FittingShape(domain.network.layout.shown(tuple(shape)), tuple(inputs)))
    return tuple(sorted(found, key=lambda fitting: max(fitting.map_shape[1:], default=0)))


def _factors(number: int, parts: int) -> Iterator[tuple[int, ...]]:
    """Every way to write a number as a product of so many factors.

    >>> list(_factors(4, 2))
    [(1, 4), (2, 2), (4, 1)]
    """
    if parts <= 1:
        if parts or number == 1:
            yield (number,) * parts
        return
    small = [factor for factor in range(1, isqrt(number) + 1) if number % factor == 0]
    for factor in sorted({*small, *(number // factor for factor in small)}):
        yield from ((factor, *rest) for rest in _factors(number // factor, parts - 1))
