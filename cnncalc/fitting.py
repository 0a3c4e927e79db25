"""The inputs that fit a linear layer with fixed `in_features`."""

from __future__ import annotations

from copy import copy
from math import prod
from typing import TYPE_CHECKING, NamedTuple

from cnncalc.layers import LAYERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cnncalc.domain import Domain, Intervals
    from cnncalc.forms import Form
    from cnncalc.layers.base import Layer
    from cnncalc.layout import Shape


class FittingShape(NamedTuple):
    """A shape of the map before a linear layer, and the input sizes of each axis that give it; none if all do."""

    map_shape: Shape
    inputs: tuple[Intervals, ...]


class Fit(NamedTuple):
    """A linear layer with fixed `in_features`, and the maps before it with so many values; the squarest first."""

    layer: str
    in_features: int
    shapes: tuple[FittingShape, ...]


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
    for node in network.nodes:
        features = getattr(node.layer, "in_features", None)
        if node.layer.type_name != "linear" or features is None or len(node.input_shapes[0]) > 1:
            continue
        tensor = node.inputs[0]
        while tensor >= first and len(network.tensor_shapes[tensor]) == 1:
            tensor = network.nodes[tensor - first].inputs[0]
        axes = domain.forms[tensor]
        known = [form for form in axes if form is not None]
        if len(known) == len(axes) and prod(network.tensor_shapes[tensor]) == node.input_shapes[0][0]:
            shapes = sorted(
                _shapes_that_fit(domain, features, known), key=lambda shape: max(shape.map_shape[1:], default=0)
            )
            yield Fit(node.name, features, tuple(shapes))


def _shapes_that_fit(domain: Domain, features: int, axes: list[Form]) -> Iterator[FittingShape]:
    """Every shape of the map with so many values, that some input gives."""
    fixed = [form.constant for form in axes]
    moving = [form for form in axes if form.constant is None]
    left, rest_of_it = divmod(features, prod(size for size in fixed if size is not None))
    if rest_of_it:
        return
    for sizes in _factors(left, len(moving)):
        rest = iter(sizes)
        shape = tuple(next(rest) if size is None else size for size in fixed)
        inputs = tuple(
            domain.sizes(form.root, form, size) for form, size in zip(moving, sizes, strict=True) if form.root
        )
        if all(inputs):
            yield FittingShape(domain.network.layout.shown(shape), inputs)


def _factors(number: int, parts: int) -> Iterator[tuple[int, ...]]:
    """Every way to write a number as a product of so many factors.

    >>> list(_factors(4, 2))
    [(1, 4), (2, 2), (4, 1)]
    """
    if parts <= 1:
        if parts or number == 1:
            yield (number,) * parts
        return
    for factor in range(1, number + 1):
        if number % factor == 0:
            yield from ((factor, *rest) for rest in _factors(number // factor, parts - 1))
