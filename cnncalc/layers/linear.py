"""The fully connected layer."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from cnncalc import kernels
from cnncalc.errors import LayerError
from cnncalc.geometry.access import Whole
from cnncalc.geometry.reading import same_but
from cnncalc.layers.activation_option import Activated
from cnncalc.layers.counted_axes import CountsAxes
from cnncalc.layers.normalized_weight import Standardizable
from cnncalc.layers.options import Integer, option
from cnncalc.layers.weights import BIAS_ALIASES, WEIGHT_ALIASES, ArrayOption, Weight

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.geometry.reading import Reading
    from cnncalc.kernels import Array
    from cnncalc.shapes import Shape


class Linear(Activated, CountsAxes, Standardizable):
    """Weighted sums of all inputs, or of those along an axis.

    ``(in_features,) -> (out_features,)``, or so along the axis `dim`. MACs: output values x in_features; FLOPs: twice
    the MACs, one addition for each biased output value, and those of the activation.

    A weight that is normalised, as by `weight_norm`, is so once and for all inputs, and counts for no operations.

    >>> Linear(out_features=10).weight_shapes([(84,)])
    {'weight': (10, 84), 'bias': (10,)}
    """

    role = "weighted"
    type_name = "linear"
    has_filters = True
    positional = ("out_features", "bias")
    aliases = ("dense", "fc", "inner_product", "fully_connected", "connected")

    out_features: int = option(Integer(1), meaning="outputs", aliases=("units", "num_output", "output_dim"))
    in_features: int | None = option(Integer(1), default=None, meaning="if given, the features that must arrive")
    dim: int | None = option(Integer(), default=None, meaning="the axis of a map to work along", aliases=("axis",))
    weight: ArrayOption = option(Weight(), default=True, meaning="(out, in)", aliases=WEIGHT_ALIASES)
    bias: ArrayOption = option(Weight(switch=True), default=True, meaning="(out)", aliases=BIAS_ALIASES)

    def worked_axis(self, shape: Shape) -> int:
        """The axis that the sum runs along."""
        if self.dim is None:
            if len(shape) > 1:
                raise LayerError("it takes a vector", hint="put `flatten` before it, or say which axis with `dim`")
            return 0
        return self.dim_axis("dim", self.dim, shape)

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """The input's shape with `out_features` along the axis."""
        (shape,) = inputs
        axis = self.worked_axis(shape)
        hint = f"it works along `dim` {self.dim}; `flatten` before it makes one axis of all" if len(shape) > 1 else None
        self.check_arriving("in_features", shape[axis], hint)
        return (*shape[:axis], self.out_features, *shape[axis + 1 :])

    def kernel_shape(self, shape: Shape) -> Shape:
        """``(out, in)``."""
        return (self.out_features, shape[self.worked_axis(shape)])

    def weight_shapes(self, inputs: Sequence[Shape]) -> dict[str, Shape]:
        """Weight ``(out, in)`` and bias ``(out,)``, as in PyTorch."""
        bias: dict[str, Shape] = {} if self.bias is False else {"bias": (self.out_features,)}
        return self.stored_shapes(self.kernel_shape(inputs[0]), bias)

    def macs(self, inputs: Sequence[Shape], output: Shape) -> int:
        """Output values x input features."""
        return prod(output) * self.kernel_shape(inputs[0])[1]

    def flops(self, inputs: Sequence[Shape], output: Shape) -> int:
        """Twice the MACs, and an addition for each biased output value."""
        return 2 * self.macs(inputs, output) + (prod(output) if self.bias is not False else 0)

    def reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[Reading]:
        """All of the axis that is multiplied."""
        del output
        (shape,) = inputs
        along = self.worked_axis(shape)
        return [same_but(len(shape), {along: Whole(shape[along])})]

    def second_moment(self, inputs: Sequence[float]) -> float:
        """Weights are drawn so that it is 1."""
        del inputs
        return 1.0

    def reachable(self, inputs: Sequence[Array]) -> Array:
        """What is multiplied with a weight of 1."""
        (x,) = inputs
        axis = 1 + self.worked_axis(x.shape[1:])
        thin = kernels.dependency.as_floats(kernels.dependency.distinct_channels(x))
        found = kernels.convolution.linear(thin, kernels.dependency.filled((1, thin.shape[axis]), 1.0), axis=axis)
        found = kernels.dependency.repeated(found, self.out_features, axis)
        return found if axis == 1 else kernels.dependency.repeated(found, x.shape[1])

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """Multiply by the weight, and add the bias."""
        (x,) = inputs
        return kernels.convolution.linear(
            x, self.used_weight(weights), weights.get("bias"), axis=1 + self.worked_axis(x.shape[1:])
        )
