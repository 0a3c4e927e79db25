"""Activations with exponentials."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from cnncalc import kernels
from cnncalc.layers.activation import Activation
from cnncalc.layers.options import Choice, Number, option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.kernels import Array
    from cnncalc.shapes import Shape


class ELU(Activation):
    """``x`` above 0, ``alpha (exp(x) - 1)`` below (Clevert et al. 2015). FLOPs: 4 a value.

    >>> ELU(alpha=0.5).output_shape([(8, 4)])
    (8, 4)
    """

    type_name = "elu"
    positional = ("alpha",)
    operations = 4

    alpha: float = option(Number(), default=1.0, meaning="minus the value far below 0")

    def function(self, x: Array) -> Array:
        """``x`` or ``alpha (exp(x) - 1)``."""
        return kernels.elementwise.elu(x, self.alpha)


class SELU(Activation):
    """``scale elu(x)``, which keeps mean and variance.

    Klambauer et al. 2017: ``1.0507 x`` above 0, ``1.0507 * 1.6733 (exp(x) - 1)`` below. FLOPs: 5 a value.
    """

    type_name = "selu"
    operations = 5

    def function(self, x: Array) -> Array:
        """``scale elu(x, alpha)``."""
        return kernels.elementwise.selu(x)


class CELU(Activation):
    """``x`` above 0, ``alpha (exp(x / alpha) - 1)`` below (Barron 2017). FLOPs: 5 a value.

    >>> CELU(alpha=2).output_shape([(8, 4)])
    (8, 4)
    """

    type_name = "celu"
    positional = ("alpha",)
    operations = 5

    alpha: float = option(Number(above=0), default=1.0, meaning="minus the value far below 0")

    def function(self, x: Array) -> Array:
        """``max(x, 0) + min(alpha (exp(x / alpha) - 1), 0)``."""
        return kernels.elementwise.celu(x, self.alpha)


class GELU(Activation):
    """``x (1 + erf(x / sqrt(2))) / 2`` (Hendrycks and Gimpel 2016). FLOPs: 5 a value.

    With `approximate: tanh` it is ``x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x ** 3))) / 2``, 9 operations a value.

    >>> GELU(approximate="tanh").flops([(10,)], (10,))
    90
    """

    type_name = "gelu"
    positional = ("approximate",)

    approximate: str = option(Choice("none", "tanh"), default="none", meaning="the exact function, or one by tanh")

    def flops(self, inputs: Sequence[Shape], output: Shape) -> int:
        """5 a value, or 9 of the approximation."""
        del inputs
        return (5 if self.approximate == "none" else 9) * prod(output)

    def function(self, x: Array) -> Array:
        """``x`` times the normal distribution's share below it."""
        return kernels.elementwise.gelu(x) if self.approximate == "none" else kernels.elementwise.gelu_tanh(x)


class SiLU(Activation):
    """``x / (1 + exp(-x))``, also called swish. FLOPs: 4 a value (Ramachandran et al. 2017)."""

    type_name = "silu"
    aliases = ("swish",)
    operations = 4

    def function(self, x: Array) -> Array:
        """``x sigmoid(x)``."""
        return kernels.elementwise.silu(x)


class Mish(Activation):
    """``x tanh(log(1 + exp(x)))`` (Misra 2019). FLOPs: 5 a value."""

    type_name = "mish"
    operations = 5

    def function(self, x: Array) -> Array:
        """``x tanh(softplus(x))``."""
        return kernels.elementwise.mish(x)


class Sigmoid(Activation):
    """``1 / (1 + exp(-x))``. FLOPs: 4 a value, a negation, an exponential, an addition and a division."""

    type_name = "sigmoid"
    aliases = ("logistic",)
    operations = 4

    def function(self, x: Array) -> Array:
        """``1 / (1 + exp(-x))``."""
        return kernels.elementwise.sigmoid(x)


class LogSigmoid(Activation):
    """``log(1 / (1 + exp(-x)))``. FLOPs: 5 a value."""

    type_name = "log_sigmoid"
    operations = 5

    def function(self, x: Array) -> Array:
        """``-log(1 + exp(-x))``."""
        return kernels.elementwise.log_sigmoid(x)


class Tanh(Activation):
    """The hyperbolic tangent. FLOPs: 1 a value."""

    type_name = "tanh"
    aliases = ("tan_h",)

    def function(self, x: Array) -> Array:
        """``tanh(x)``."""
        return kernels.elementwise.tanh(x)


class Softplus(Activation):
    """``log(1 + exp(beta x)) / beta``. FLOPs: 5 a value.

    Where ``beta x`` is above `threshold` it is ``x``, as in PyTorch.

    >>> Softplus(beta=2).output_shape([(10,)])
    (10,)
    """

    type_name = "softplus"
    positional = ("beta", "threshold")
    operations = 5

    beta: float = option(Number(above=0), default=1.0, meaning="sharpness of the bend")
    threshold: float = option(Number(), default=20.0, meaning="where beta x is above it, the result is x")

    def function(self, x: Array) -> Array:
        """``log(1 + exp(beta x)) / beta``."""
        return kernels.elementwise.softplus(x, self.beta, self.threshold)


class Softsign(Activation):
    """``x / (1 + |x|)``. FLOPs: 3 a value."""

    type_name = "softsign"
    operations = 3

    def function(self, x: Array) -> Array:
        """``x / (1 + |x|)``."""
        return kernels.elementwise.softsign(x)
