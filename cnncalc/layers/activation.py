"""Activations: functions of each value, and those that normalise along an axis."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any, ClassVar, Final

from cnncalc import kernels
from cnncalc.errors import LayerError, did_you_mean
from cnncalc.layers.base import Layer
from cnncalc.layers.options import Integer, Number, option, wrong
from cnncalc.receptive import IDENTITY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.kernels import Array
    from cnncalc.layout import Shape
    from cnncalc.receptive import AxisMap


class Activation(Layer):
    """A function of each value: the shape stays, and each value costs `operations`."""

    operations: ClassVar[int] = 1

    def flops(self, inputs: Sequence[Shape], output: Shape) -> int:
        """So many operations for each value."""
        del inputs
        return self.operations * prod(output)

    def second_moment(self, inputs: Sequence[float]) -> float:
        """A rectifier keeps half of it; close enough for the smooth ones."""
        return 0.5 * inputs[0]

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """The function of each value."""
        del weights
        return self.function(inputs[0])

    def function(self, x: Array) -> Array:
        """The function itself."""
        raise NotImplementedError(f"{self.type_name} has no function")


class ReLU(Activation):
    """``max(x, 0)``. FLOPs: 1 a value."""

    type_name = "relu"
    aliases = ("rectifier",)

    def function(self, x: Array) -> Array:
        """``max(x, 0)``."""
        return kernels.clip(x, 0.0, None)


class ReLU6(Activation):
    """``min(max(x, 0), 6)``. FLOPs: 2 a value."""

    type_name = "relu6"
    operations = 2

    def function(self, x: Array) -> Array:
        """``min(max(x, 0), 6)``."""
        return kernels.clip(x, 0.0, 6.0)


class LeakyReLU(Activation):
    """``x`` above 0, ``negative_slope x`` below. FLOPs: 2 a value, a comparison and a multiplication."""

    type_name = "leaky_relu"
    operations = 2

    negative_slope: float = option(
        Number(), default=0.01, meaning="slope below 0", aliases=("alpha", "negative_slope_coefficient")
    )

    def function(self, x: Array) -> Array:
        """``x`` or ``negative_slope x``."""
        return kernels.leaky_relu(x, self.negative_slope)


class ELU(Activation):
    """``x`` above 0, ``alpha (exp(x) - 1)`` below (Clevert et al. 2015). FLOPs: 4 a value."""

    type_name = "elu"
    operations = 4

    alpha: float = option(Number(), default=1.0, meaning="minus the value far below 0")

    def function(self, x: Array) -> Array:
        """``x`` or ``alpha (exp(x) - 1)``."""
        return kernels.elu(x, self.alpha)


class SiLU(Activation):
    """``x / (1 + exp(-x))``, also called swish. FLOPs: 4 a value."""

    type_name = "silu"
    aliases = ("swish",)
    operations = 4

    def function(self, x: Array) -> Array:
        """``x sigmoid(x)``."""
        return kernels.silu(x)


class Sigmoid(Activation):
    """``1 / (1 + exp(-x))``. FLOPs: 4 a value, a negation, an exponential, an addition and a division."""

    type_name = "sigmoid"
    aliases = ("logistic",)
    operations = 4

    def function(self, x: Array) -> Array:
        """``1 / (1 + exp(-x))``."""
        return kernels.sigmoid(x)


class Tanh(Activation):
    """The hyperbolic tangent. FLOPs: 1 a value."""

    type_name = "tanh"

    def function(self, x: Array) -> Array:
        """``tanh(x)``."""
        return kernels.tanh(x)


class Softplus(Activation):
    """``log(1 + exp(beta x)) / beta``; FLOPs: 5 a value."""

    type_name = "softplus"
    operations = 5

    beta: float = option(Number(above=0), default=1.0, meaning="sharpness of the bend")

    def function(self, x: Array) -> Array:
        """``log(1 + exp(beta x)) / beta``."""
        return kernels.softplus(x, self.beta)


class Softmax(Activation):
    """``exp(x_i) / sum(exp(x_j))`` along an axis, the channels unless `dim` says otherwise.

    FLOPs: 5 a value: for the largest value, its subtraction, the exponential, the sum and the division.

    >>> Softmax().output_shape([(10,)])
    (10,)
    """

    type_name = "softmax"
    operations = 5

    dim: int | None = option(Integer(), default=None, meaning="axis to normalise along: channels", aliases=("axis",))

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """The input's."""
        self._axis(inputs[0])
        return inputs[0]

    def _axis(self, shape: Shape) -> int:
        return 0 if self.dim is None else self.dim_axis("dim", self.dim, shape)

    def reads(self, inputs: Sequence[Shape], output: Shape) -> list[Sequence[AxisMap | None]]:
        """All of the axis, if it is a spatial one."""
        del output
        normalised = self._axis(inputs[0])
        return [[None if axis == normalised else IDENTITY for axis in range(1, len(inputs[0]))]]

    def second_moment(self, inputs: Sequence[float]) -> float:
        """No more than the input's."""
        return inputs[0]

    def function(self, x: Array) -> Array:
        """``exp(x_i) / sum(exp(x_j))``."""
        return kernels.softmax(x, 1 + self._axis(x.shape[1:]))


ACTIVATIONS: Final[dict[str, type[Layer]]] = {
    kind.type_name: kind for kind in (ReLU, ReLU6, LeakyReLU, ELU, SiLU, Sigmoid, Tanh, Softplus, Softmax)
}
"""The types that may be a layer's own last step."""


class ActivationOption:
    """The type of an activation, or `{type: {options}}`.

    >>> ActivationOption()({"leaky_relu": {"negative_slope": 0.1}})
    LeakyReLU(negative_slope=0.1)
    """

    text = "the type of an activation, or {type: {options}}"

    def __call__(self, value: object) -> Layer | None:
        """The activation; None for the words `null` and `linear`, which change nothing."""
        if value is None:
            return None
        name: object = value
        options: object = {}
        if isinstance(value, dict) and len(value) == 1:
            [(name, options)] = value.items()
        if not isinstance(name, str) or not isinstance(options, dict):
            raise wrong(self, value)
        if name not in ACTIVATIONS:
            hint = did_you_mean(name, ACTIVATIONS, "activations")
            raise ValueError(f"has no activation `{name}`; {hint}")
        return _made(ACTIVATIONS[name], options)


def _made(kind: type[Layer], options: dict[str, Any]) -> Layer:
    try:
        return kind(**options)
    except LayerError as error:
        hint = f"; {error.hint}" if error.hint else ""
        raise ValueError(f"`{kind.type_name}`: {error.fact}{hint}") from None
