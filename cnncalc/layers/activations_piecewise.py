"""Activations made of straight lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc import kernels
from cnncalc.errors import LayerError
from cnncalc.layers.activation import Activation
from cnncalc.layers.activation_option import Activated
from cnncalc.layers.counted_axes import CountsAxes
from cnncalc.layers.options import Integer, ListOf, Number, option
from cnncalc.layers.weights import ArrayOption, Weight

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.kernels import Array
    from cnncalc.shapes import Shape


INITIAL_SLOPE: Final = 0.25
"""Around it the slopes of `prelu` are drawn."""


class Clipping(Activation):
    """What the activations share that hold values between two bounds, of which one may be none."""

    def bounds(self) -> tuple[float | None, float | None]:
        """The least and the largest value."""
        raise NotImplementedError(f"{self.type_name} has no bounds")

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """The values within the bounds."""
        del weights
        return kernels.elementwise.clip(inputs[0], *self.bounds())

    def forward_in_place(self, x: Array, weights: Mapping[str, Array]) -> Array:
        """The values within the bounds, in their place."""
        del weights
        return kernels.elementwise.clip(x, *self.bounds(), x)

    def function(self, x: Array) -> Array:
        """The values within the bounds."""
        return kernels.elementwise.clip(x, *self.bounds())


class ReLU(Clipping):
    """``max(x, 0)``. FLOPs: 1 a value."""

    type_name = "relu"
    aliases = ("rectifier", "rectify")

    def bounds(self) -> tuple[float | None, float | None]:
        """From 0."""
        return 0.0, None


class ReLU6(Clipping):
    """``min(max(x, 0), 6)`` (Howard et al. 2017). FLOPs: 2 a value."""

    type_name = "relu6"
    operations = 2

    def bounds(self) -> tuple[float | None, float | None]:
        """From 0 to 6."""
        return 0.0, 6.0


class LeakyReLU(Activation):
    """``x`` above 0, ``negative_slope x`` below (Maas et al. 2013). FLOPs: 2 a value, a comparison and a product.

    >>> LeakyReLU(negative_slope=0.1).flops([(64, 8, 8)], (64, 8, 8))
    8192
    """

    type_name = "leaky_relu"
    aliases = ("lrelu", "leaky", "r_relu")
    positional = ("negative_slope",)
    operations = 2

    negative_slope: float = option(
        Number(), default=0.01, meaning="slope below 0", aliases=("alpha", "negative_slope_coefficient")
    )

    def function(self, x: Array) -> Array:
        """``x`` or ``negative_slope x``."""
        return kernels.elementwise.leaky_relu(x, self.negative_slope)


class PReLU(Activation, Activated, CountsAxes):
    """``x`` above 0, below times a learnt slope (He et al. 2015). FLOPs: 2 a value.

    There is one slope, as is PyTorch's default, or with `num_parameters` equal to the channels one for each of them.
    With `shared_axes`, as in Keras, there is one for each place along the other axes: with `[1, 2]` one a channel of a
    map, with `[]` one a value. The array then has all axes of a sample, channels first, and size 1 along the shared.
    Slopes are drawn around 0.25.

    >>> PReLU(num_parameters=64).weight_shapes([(64, 8, 8)])
    {'weight': (64,)}
    >>> PReLU(shared_axes=[2]).weight_shapes([(64, 8, 8)])
    {'weight': (64, 8, 1)}
    """

    type_name = "prelu"
    positional = ("num_parameters",)
    aliases = ("parametric_relu",)
    operations = 2

    num_parameters: int = option(
        Integer(1), default=1, meaning="slopes: 1, or as many as channels", aliases=("channel_shared",)
    )
    shared_axes: tuple[int, ...] | None = option(
        ListOf(Integer(), minimum=0),
        default=None,
        meaning="axes along which slopes are shared, instead of their number",
    )
    weight: ArrayOption = option(
        Weight(), default=True, meaning="one number a slope", aliases=("alpha_initializer", "init")
    )

    def validate(self) -> None:
        """Either the number of slopes, or the axes."""
        if self.shared_axes is not None and self.num_parameters != 1:
            raise LayerError(
                "`num_parameters` and `shared_axes` both say how many slopes there are", option="num_parameters"
            )

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """The input's."""
        (shape,) = inputs
        if self.shared_axes is not None:
            self.dim_axes("shared_axes", self.shared_axes, shape)
        elif self.num_parameters not in (1, shape[0]):
            raise LayerError(
                f"`num_parameters` is {self.num_parameters}, the input has {shape[0]} channels",
                option="num_parameters",
                hint="it is 1 or the number of channels",
            )
        return shape

    def weight_shapes(self, inputs: Sequence[Shape]) -> dict[str, Shape]:
        """One slope for all channels, or one each, or one for each place along the axes that are not shared."""
        (shape,) = inputs
        if self.shared_axes is None:
            return {"weight": (self.num_parameters,)}
        shared = self.dim_axes("shared_axes", self.shared_axes, shape)
        return {"weight": tuple(1 if axis in shared else size for axis, size in enumerate(shape))}

    def initial_mean(self, name: str, shape: Shape) -> float | None:
        """PyTorch begins with 0.25."""
        del name, shape
        return INITIAL_SLOPE

    def function(self, x: Array) -> Array:
        """That of the slope that drawn ones are around."""
        return kernels.elementwise.leaky_relu(x, INITIAL_SLOPE)

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """``x`` or ``weight x``."""
        return kernels.elementwise.prelu(inputs[0], weights["weight"])

    def forward_in_place(self, x: Array, weights: Mapping[str, Array]) -> Array:
        """``x`` or ``weight x``, in its place."""
        return kernels.elementwise.prelu(x, weights["weight"], x)


class Hardtanh(Clipping):
    """The values held between `min_val` and `max_val`. FLOPs: 2 a value.

    >>> Hardtanh(min_val=0, max_val=20).flops([(10,)], (10,))
    20
    """

    type_name = "hardtanh"
    positional = ("min_val", "max_val")
    aliases = ("hard_tan",)
    operations = 2

    min_val: float = option(Number(), default=-1.0, meaning="the least value", aliases=("min", "min_value"))
    max_val: float = option(Number(), default=1.0, meaning="the largest value", aliases=("max", "max_value"))

    def validate(self) -> None:
        """The bounds must be in order."""
        if self.min_val >= self.max_val:
            raise LayerError(f"`min_val` {self.min_val:g} is not below `max_val` {self.max_val:g}", option="min_val")

    def bounds(self) -> tuple[float | None, float | None]:
        """From `min_val` to `max_val`."""
        return self.min_val, self.max_val


class Hardsigmoid(Activation):
    """``min(max(alpha x + beta, 0), 1)``, with alpha 1 / 6 and beta 1 / 2 unless given. FLOPs: 4 a value.

    So PyTorch and Keras 3 have it; Keras 2, ONNX and Theano have an alpha of 0.2.

    >>> Hardsigmoid(alpha=0.2).flops([(10,)], (10,))
    40
    """

    type_name = "hardsigmoid"
    aliases = ("hsigmoid",)
    positional = ("alpha", "beta")
    operations = 4

    alpha: float = option(Number(), default=1 / 6, meaning="slope, by default 1 / 6", aliases=("slope", "scale"))
    beta: float = option(Number(), default=0.5, meaning="value at 0", aliases=("shift", "offset"))

    def function(self, x: Array) -> Array:
        """``min(max(alpha x + beta, 0), 1)``."""
        return kernels.elementwise.hardsigmoid(x, self.alpha, self.beta)


class Hardswish(Activation):
    """``x min(max(x / 6 + 1 / 2, 0), 1)`` (Howard et al. 2019). FLOPs: 5 a value."""

    type_name = "hardswish"
    aliases = ("hard_silu", "hswish")
    operations = 5

    def function(self, x: Array) -> Array:
        """``x hardsigmoid(x)``."""
        return kernels.elementwise.hardswish(x)


class Threshold(Activation):
    """``x`` above `threshold`, the number `value` elsewhere. FLOPs: 1 a value, the comparison.

    >>> Threshold(threshold=0.1, value=0).output_shape([(8, 4, 4)])
    (8, 4, 4)
    """

    type_name = "threshold"
    positional = ("threshold", "value")
    aliases = ("thresholded_relu",)

    threshold: float = option(Number(), meaning="the values above it stay", aliases=("theta",))
    value: float = option(Number(), meaning="what the others become")

    def function(self, x: Array) -> Array:
        """``x`` or `value`."""
        return kernels.elementwise.threshold(x, self.threshold, self.value)
