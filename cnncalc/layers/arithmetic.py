"""Arithmetic value by value: of several inputs, or of one and a constant."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Final, TypeVar

from cnncalc import kernels
from cnncalc.errors import LayerError, shape_text
from cnncalc.layers.constants import Constant, Numbers
from cnncalc.layers.merging import Elementwise
from cnncalc.layers.options import Boolean, option
from cnncalc.layers.statistics import Statistics

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.kernels import Array
    from cnncalc.shapes import Shape

T = TypeVar("T")

LEAST_SQUARE: Final = 1e-12
"""What the square of a divisor is taken to be at least, where the size of a quotient is estimated."""


class Arithmetic(Elementwise):
    """What the operations of arithmetic share: in place of all inputs but one there may be a constant.

    The constant is a number, or numbers that broadcast as NumPy's do, with their axes in the order of the spec. The
    shape of the input stays.
    """

    positional = ("value",)

    value: Constant | None = option(
        Numbers(),
        default=None,
        meaning="in place of a second input: for all, or broadcast to the input",
        aliases=("other", "constant", "scalar", "number"),
    )

    def validate(self) -> None:
        """With a constant there is one input."""
        if self.value is not None:
            self.arity = (1, None)

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """The larger size along each axis; with a constant the shape of the input."""
        if self.value is None:
            return super().output_shape(inputs)
        if len(inputs) > 1:
            raise LayerError(
                f"`value` stands in place of a second input, and {len(inputs)} arrive",
                option="value",
                hint="leave `value` out, or name one input in `from`",
            )
        written = self.layout.external(inputs[0])
        try:
            self.value.check(written)
        except ValueError as error:
            raise LayerError(f"`value` {error}", option="value", hint=self._nesting_hint(inputs[0])) from None
        return inputs[0]

    def _nesting_hint(self, shape: Shape) -> str | None:
        """How to nest a list with one number a channel, where that seems to be meant."""
        if self.value is None or self.value.shape != shape[:1] or self.layout.channels_last:
            return None
        ones = len(shape) - 1
        items = ", ".join(f"{'[' * ones}{name}{']' * ones}" for name in ("a", "b"))
        return f"one number a channel is nested to {shape_text((shape[0], *(1,) * ones))}: [{items}, ...]"

    def flops(self, inputs: Sequence[Shape], output: Shape) -> int:
        """One for each value and input after the first, or the constant."""
        return (len(inputs) - 1 if self.value is None else 1) * prod(output)

    def _ordered(self, inputs: list[T], constant: T) -> list[T]:
        """The operands, of which the last is the constant."""
        return [*inputs, constant]

    def output_statistics(self, inputs: Sequence[Statistics], shapes: Sequence[Shape]) -> Statistics:
        """Those of the operation, for which a constant is an input."""
        del shapes
        if self.value is None:
            return self.combined(inputs)
        numbers = [float(number) for number in self.value.flat()]
        mean = sum(numbers) / len(numbers)
        variance = sum((number - mean) ** 2 for number in numbers) / len(numbers)
        return self.combined(self._ordered(list(inputs), Statistics(mean, variance)))

    def combined(self, operands: Sequence[Statistics]) -> Statistics:
        """Those of what comes out, given those of the operands in their order."""
        return max(operands, key=lambda each: each.square)

    def reachable(self, inputs: Sequence[Array]) -> Array:
        """What any of the inputs reaches."""
        return inputs[0] if len(inputs) == 1 else super().reachable(inputs)

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """Compute value by value."""
        del weights
        if self.value is None:
            return kernels.arrays.merge(self.type_name, inputs)
        constant = kernels.arrays.beside(inputs[0], self.value.array(), channels_last=self.layout.channels_last)
        return kernels.arrays.merge(self.type_name, self._ordered(list(inputs), constant))


class Ordered(Arithmetic):
    """What the operations share whose operands have an order: `reverse` puts the constant first."""

    reverse: bool = option(Boolean(), default=False, meaning="true puts `value` before the input")

    def validate(self) -> None:
        """Only a constant may come first."""
        super().validate()
        if self.reverse and self.value is None:
            raise LayerError(
                "`reverse` belongs to `value`, which is not given",
                hint="the order of `from` is that of the operands",
            )

    def _ordered(self, inputs: list[T], constant: T) -> list[T]:
        return [constant, *inputs] if self.reverse else [*inputs, constant]


class Add(Arithmetic):
    """The sum of the inputs, which broadcast, or of one and a constant.

    `value` is a number, or nested numbers with a shape that broadcasts to the input's: ``[[[a]], [[b]]]`` has one a
    channel of a map, and with `data_format: channels_last` ``[a, b]``. It is no parameter. FLOPs: 1 a value for each
    input after the first, or for the constant.

    >>> Add().output_shape([(64, 56, 56), (64, 1, 1)])
    (64, 56, 56)
    >>> Add(value=[[[0.5]], [[1]]]).flops([(2, 4, 4)], (2, 4, 4))
    32
    """

    type_name = "add"
    is_sum = True
    aliases = ("sum", "eltwise")

    def combined(self, operands: Sequence[Statistics]) -> Statistics:
        """The sums of means and variances, as of operands that do not depend on each other."""
        squares = sum(each.square for each in operands)
        rectified = sum(each.square * each.rectified for each in operands) / squares if squares > 0 else 0.0
        return Statistics(sum(each.mean for each in operands), sum(each.variance for each in operands), rectified)


class Subtract(Ordered):
    """The first input less all others, which broadcast, or one less a constant.

    The order is that of `from`. `value` is a number, or nested numbers with a shape that broadcasts to the input's,
    and is no parameter; with `reverse` the input is taken from it. FLOPs: 1 a value for each input after the first, or
    for the constant.

    >>> Subtract(value=1, reverse=True).output_shape([(64, 56, 56)])
    (64, 56, 56)
    """

    type_name = "subtract"
    aliases = ("sub",)

    def combined(self, operands: Sequence[Statistics]) -> Statistics:
        """The difference of the means, and the sum of the variances."""
        first, *others = (each.mean for each in operands)
        return Statistics(first - sum(others), sum(each.variance for each in operands))


class Multiply(Arithmetic):
    """The product of the inputs, which broadcast, or of one and a constant.

    `value` is a number, or nested numbers with a shape that broadcasts to the input's, and is no parameter. FLOPs: 1 a
    value for each input after the first, or for the constant.

    >>> Multiply().output_shape([(64, 56, 56), (64, 1, 1)])
    (64, 56, 56)
    """

    type_name = "multiply"
    aliases = ("mul",)

    def combined(self, operands: Sequence[Statistics]) -> Statistics:
        """The products of means and of squares, as of operands that do not depend on each other."""
        mean = prod(each.mean for each in operands)
        return Statistics(mean, max(prod(each.square for each in operands) - mean * mean, 0.0))


class Divide(Ordered):
    """The first input divided by all others, which broadcast, or one by a constant.

    The order is that of `from`. `value` is a number, or nested numbers with a shape that broadcasts to the input's,
    and is no parameter; with `reverse` it is divided by the input. FLOPs: 1 a value for each input after the first, or
    for the constant.

    >>> Divide(value=255).output_shape([(3, 224, 224)])
    (3, 224, 224)
    """

    type_name = "divide"
    aliases = ("div", "true_divide")
    domain = "divisors other than 0"

    def validate(self) -> None:
        """The constant must not be 0."""
        super().validate()
        if self.value is not None and not self.reverse and not all(self.value.flat()):
            raise LayerError("`value` has a 0, by which nothing can be divided", option="value")

    def combined(self, operands: Sequence[Statistics]) -> Statistics:
        """The quotient of the squares, as for a divisor that is not about 0."""
        divisors = prod(each.square for each in operands[1:])
        return operands[0].with_square(operands[0].square / max(divisors, LEAST_SQUARE))


class Maximum(Arithmetic):
    """The largest of the inputs, which broadcast, or of one and a constant.

    `value` is a number, or nested numbers with a shape that broadcasts to the input's, and is no parameter. FLOPs: 1 a
    value for each input after the first, or for the constant.

    >>> Maximum().output_shape([(64, 56, 56), (64, 56, 56)])
    (64, 56, 56)
    """

    type_name = "maximum"
    aliases = ("max",)


class Minimum(Arithmetic):
    """The smallest of the inputs, which broadcast, or of one and a constant.

    `value` is a number, or nested numbers with a shape that broadcasts to the input's, and is no parameter. FLOPs: 1 a
    value for each input after the first, or for the constant.

    >>> Minimum().output_shape([(64, 56, 56), (64, 56, 56)])
    (64, 56, 56)
    """

    type_name = "minimum"
    aliases = ("min",)
