"""Functions of each value, as mathematics has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc import kernels
from cnncalc.errors import LayerError
from cnncalc.layers.activation import Activation
from cnncalc.layers.activations_piecewise import Clipping
from cnncalc.layers.options import Number, option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.kernels import Array
    from cnncalc.shapes import Shape


class Function(Activation):
    """What the functions share: they are known to the kernels by the names of the types."""

    def function(self, x: Array) -> Array:
        """The function itself."""
        return kernels.elementwise.function_of(self.type_name, x)


class Exp(Function):
    """The exponential, ``exp(x)``. FLOPs: 1 a value."""

    type_name = "exp"
    aliases = ("exponential",)


class Log(Function):
    """The natural logarithm, of values above 0. FLOPs: 1 a value.

    That of 0 is infinite, and that of values below is no number (NaN): `clamp: {min: 1e-6}` before it avoids both.
    """

    type_name = "log"
    aliases = ("ln",)
    domain = "values above 0"


class Sqrt(Function):
    """The square root, of values of at least 0. FLOPs: 1 a value."""

    type_name = "sqrt"
    aliases = ("square_root",)
    domain = "values of at least 0"


class Rsqrt(Function):
    """The reciprocal of the square root, of values above 0. FLOPs: 2 a value, the root and the division."""

    type_name = "rsqrt"
    aliases = ("reciprocal_sqrt",)
    domain = "values above 0"
    operations = 2


class Reciprocal(Function):
    """The reciprocal, ``1 / x``, of values other than 0. FLOPs: 1 a value."""

    type_name = "reciprocal"
    aliases = ("inverse",)
    domain = "values other than 0"


class Square(Function):
    """The square, ``x ** 2``. FLOPs: 1 a value."""

    type_name = "square"


class Power(Function):
    """A power, ``x ** exponent``. FLOPs: 1 a value.

    With an exponent that is not whole it is of values of at least 0, with a negative one of values other than 0.

    >>> Power(exponent=2).flops([(10,)], (10,))
    10
    """

    type_name = "power"
    positional = ("exponent",)
    aliases = ("pow",)

    exponent: float = option(Number(), meaning="the power that is taken", aliases=("power", "y"))

    def validate(self) -> None:
        """What it is of depends on the exponent."""
        least = "above 0" if self.exponent < 0 else "of at least 0"
        whole = "other than 0" if self.exponent < 0 else ""
        found = whole if self.exponent.is_integer() else least
        self.domain = f"values {found}" if found else ""

    def function(self, x: Array) -> Array:
        """``x ** exponent``."""
        return kernels.elementwise.power(x, self.exponent)


class Abs(Function):
    """The absolute value, ``|x|``. FLOPs: 1 a value."""

    type_name = "abs"
    aliases = ("absolute", "abs_val", "absolute_value")


class Neg(Function):
    """The value with the other sign, ``-x``. FLOPs: 1 a value."""

    type_name = "neg"
    aliases = ("negative", "negate", "negation")


class Sign(Function):
    """1 above 0, -1 below, and 0. FLOPs: 1 a value."""

    type_name = "sign"
    aliases = ("sgn", "signum")


class Floor(Function):
    """The largest whole number of at most ``x``. FLOPs: 1 a value."""

    type_name = "floor"


class Ceil(Function):
    """The smallest whole number of at least ``x``. FLOPs: 1 a value."""

    type_name = "ceil"
    aliases = ("ceiling",)


class Round(Function):
    """The whole number nearest to ``x``, and of two the even one. FLOPs: 1 a value."""

    type_name = "round"
    aliases = ("rint",)


class Sin(Function):
    """The sine, of radians. FLOPs: 1 a value."""

    type_name = "sin"
    aliases = ("sine",)


class Cos(Function):
    """The cosine, of radians. FLOPs: 1 a value."""

    type_name = "cos"
    aliases = ("cosine",)


class Erf(Function):
    """The error function, twice the normal distribution's share from 0 to ``x sqrt(2)``. FLOPs: 1 a value."""

    type_name = "erf"
    aliases = ("error_function",)


class Clamp(Clipping):
    """The values held to `min` from below and to `max` from above, or to one of them. FLOPs: 1 a value and bound.

    >>> Clamp(min=0.0001).flops([(10,)], (10,))
    10
    """

    type_name = "clamp"
    positional = ("min", "max")
    aliases = ("clip", "clamp_min", "clamp_max", "clip_by_value")

    min: float | None = option(
        Number(), default=None, meaning="the least value", aliases=("min_val", "min_value", "a_min", "low", "x_min")
    )
    max: float | None = option(
        Number(), default=None, meaning="the largest value", aliases=("max_val", "max_value", "a_max", "high", "x_max")
    )

    def validate(self) -> None:
        """At least one bound, and both in order."""
        if self.min is None and self.max is None:
            raise LayerError(
                "neither `min` nor `max` is given", hint="one of them is enough, such as `min: 0`", code="missing"
            )
        if self.min is not None and self.max is not None and self.min > self.max:
            raise LayerError(f"`min` {self.min:g} is above `max` {self.max:g}", option="min")

    def flops(self, inputs: Sequence[Shape], output: Shape) -> int:
        """A comparison for each value and bound."""
        bounds = [bound for bound in (self.min, self.max) if bound is not None]
        return len(bounds) * super().flops(inputs, output)

    def bounds(self) -> tuple[float | None, float | None]:
        """From `min` to `max`."""
        return self.min, self.max
