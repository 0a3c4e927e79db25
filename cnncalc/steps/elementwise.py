"""Output values of functions of single values, and of merges: what one value, or one of each input, is made into."""

from __future__ import annotations

from math import pi
from typing import TYPE_CHECKING, Final

from cnncalc.kernels.elementwise import SELU_ALPHA, SELU_SCALE
from cnncalc.layers.activations_piecewise import Clipping
from cnncalc.steps.expressions import Number, call, multiplied, total
from cnncalc.steps.normalization import Pointwise
from cnncalc.steps.planes import MOST_PLANES
from cnncalc.steps.results import Formula
from cnncalc.steps.units import Calculation, equation, indexed

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnncalc.layers.base import Layer
    from cnncalc.steps.expressions import Expression
    from cnncalc.steps.units import Unit

ZERO: Final = Number(0.0)
ONE: Final = Number(1.0)


def activated(layer: Layer, x: Number, slope: float | None = None) -> Expression | None:
    """The activation of a value as an expression; None of a layer that is no activation known here.

    `slope` is that of `prelu` at the value's place.
    """
    if isinstance(layer, Clipping):
        low, high = layer.bounds()
        found: Expression = x if low is None else call("max", x, Number(low))
        return found if high is None else call("min", found, Number(high))
    make = _FUNCTIONS.get(layer.type_name)
    if layer.type_name == "prelu":
        return _leaky(x, 1.0 if slope is None else slope)
    return None if make is None else make(layer, x)


def _leaky(x: Number, slope: float) -> Expression:
    """The value above 0, and below times a slope."""
    return x if x.value > 0 else multiplied(Number(slope), x)


def _elu(x: Number, alpha: float, divisor: float = 1.0) -> Expression:
    if x.value > 0:
        return x
    inner: Expression = x if divisor == 1 else call("/", x, Number(divisor))
    below = call("-", call("exp", inner), ONE)
    return below if alpha == 1 else multiplied(Number(alpha), below)


def _power(x: Expression) -> Expression:
    """The exponential of minus a value."""
    return call("exp", call("-", x))


def _sigmoid(x: Expression) -> Expression:
    return call("/", ONE, call("+", ONE, _power(x)))


def _softplus(x: Number, beta: float = 1.0, threshold: float = 20.0) -> Expression:
    inner: Expression = x if beta == 1 else multiplied(Number(beta), x)
    if beta * x.value > threshold:
        return x
    found = call("log", call("+", ONE, call("exp", inner)))
    return found if beta == 1 else call("/", found, Number(beta))


def _gelu(layer: Layer, x: Number) -> Expression:
    if getattr(layer, "approximate", "none") == "tanh":
        cube = call("+", x, multiplied(Number(0.044715), call("^", x, Number(3.0))))
        inner = call("tanh", multiplied(call("sqrt", call("/", Number(2.0), Number(pi))), cube))
    else:
        inner = call("erf", call("/", x, call("sqrt", Number(2.0))))
    return call("/", multiplied(x, call("+", ONE, inner)), Number(2.0))


def _hard(slope: Expression, shift: float) -> Expression:
    """A line held between 0 and 1."""
    return call("min", call("max", call("+", slope, Number(shift)), ZERO), ONE)


def _hardsigmoid(layer: Layer, x: Number) -> Expression:
    alpha, beta = layer.alpha, layer.beta  # type: ignore[attr-defined]
    return _hard(call("/", x, Number(6.0)) if alpha == 1 / 6 else multiplied(Number(alpha), x), beta)


_FUNCTIONS: Final[dict[str, Callable[[Layer, Number], Expression]]] = {
    "leaky_relu": lambda layer, x: _leaky(x, layer.negative_slope),  # type: ignore[attr-defined]
    "threshold": lambda layer, x: x if x.value > layer.threshold else Number(layer.value),  # type: ignore[attr-defined]
    "hardsigmoid": _hardsigmoid,
    "hardswish": lambda _, x: multiplied(x, _hard(call("/", x, Number(6.0)), 0.5)),
    "elu": lambda layer, x: _elu(x, layer.alpha),  # type: ignore[attr-defined]
    "celu": lambda layer, x: _elu(x, layer.alpha, layer.alpha),  # type: ignore[attr-defined]
    "selu": lambda _, x: multiplied(Number(SELU_SCALE), _elu(x, SELU_ALPHA)),
    "gelu": _gelu,
    "silu": lambda _, x: call("/", x, call("+", ONE, _power(x))),
    "mish": lambda _, x: multiplied(x, call("tanh", _softplus(x))),
    "sigmoid": lambda _, x: _sigmoid(x),
    "log_sigmoid": lambda _, x: call("-", call("log", call("+", ONE, _power(x)))),
    "tanh": lambda _, x: call("tanh", x),
    "softplus": lambda layer, x: _softplus(x, layer.beta, layer.threshold),  # type: ignore[attr-defined]
    "softsign": lambda _, x: call("/", x, call("+", ONE, call("abs", x))),
    "identity": lambda _, x: x,
}

ACTIVATIONS: Final = (*_FUNCTIONS, "prelu", "relu", "relu6", "hardtanh")
"""The types of activations that can be written out."""

MERGES: Final = {"add": "+", "multiply": "*", "maximum": "max", "minimum": "min", "average": "+", "subtract": "-"}
"""The operations of the merges that can be written out."""


class Function(Pointwise):
    """An activation: a function of the value in the same place."""

    def calculation(self, unit: Unit) -> Calculation:
        """The lines by which the layer makes one value of its output."""
        layer = self.node.layer
        expression = activated(layer, Number(self.read(unit)), slope_at(self.values.array, layer, unit, "weight"))
        assert expression is not None
        name = layer.type_name
        formula = Formula(self.left(), f"{name}({indexed('X', self.index())})", f"{name}({indexed('X', unit)})")
        return Calculation(formula, [equation(self.left(unit), expression)], [tuple(self.input_planes(unit))])


def slope_at(array: Callable[[str], object], layer: Layer, unit: Unit, name: str) -> float | None:
    """The slope of `prelu` at a value's place."""
    if layer.type_name != "prelu":
        return None
    slopes = array(name)
    shape = slopes.shape  # type: ignore[attr-defined]
    index = (
        (unit[0] if shape[0] > 1 else 0,)
        if len(shape) == 1
        else [min(at, n - 1) for at, n in zip(unit, shape, strict=True)]
    )
    return float(slopes[tuple(index)])  # type: ignore[index]


class Merge(Pointwise):
    """A merge value by value: one value of each input, of which an axis of size 1 broadcasts."""

    def calculation(self, unit: Unit) -> Calculation:
        """The lines by which the layer makes one value of its output."""
        name = self.node.layer.type_name
        numbers: list[Expression] = []
        for number, shape in enumerate(self.own.input_shapes):
            index = tuple(min(at, size - 1) for at, size in zip(unit, shape, strict=True))
            numbers.append(Number(self.read(index, number)))
        if name == "average":
            expression: Expression = call("/", total(numbers), Number(float(len(numbers))))
        elif name == "subtract":
            expression = numbers[0]
            for other in numbers[1:]:
                expression = call("-", expression, other)
        else:
            expression = call(MERGES[name], *numbers)
        planes = [tuple(self.input_planes(unit, number)) for number in range(min(len(numbers), MOST_PLANES))]
        return Calculation(self._formula(unit, name), [equation(self.left(unit), expression)], planes)

    def _formula(self, unit: Unit, name: str) -> Formula:
        texts = []
        for index in (self.index(), unit):
            values = [indexed(f"X{number}", index) for number in range(1, len(self.own.input_shapes) + 1)]
            sign = MERGES[name]
            text = f"{sign}({', '.join(values)})" if sign.isalpha() else f" {sign} ".join(values)
            texts.append(f"({text}) / {len(values)}" if name == "average" else text)
        return Formula(self.left(), *texts)
