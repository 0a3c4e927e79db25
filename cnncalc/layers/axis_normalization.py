"""Normalisation over chosen axes, place by place along the others."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from cnncalc import kernels
from cnncalc.errors import LayerError, shape_text
from cnncalc.geometry.access import Statistic, Whole
from cnncalc.geometry.reading import same_but
from cnncalc.layers.activation_option import Activated
from cnncalc.layers.counted_axes import CountsAxes
from cnncalc.layers.normalization import Normalization
from cnncalc.layers.options import Boolean, Integer, ListOf, Number, option
from cnncalc.layers.weights import ArrayOption, Initialiser, Values, Weight

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.geometry.reading import Reading
    from cnncalc.kernels import Array
    from cnncalc.shapes import Shape


class OverAxes(CountsAxes):
    """What the layers share that take statistics over the channels, or over the axes of `dims`."""

    dims: tuple[int, ...] | None = option(
        ListOf(Integer()),
        default=None,
        meaning="axes to normalise over: channels",
        aliases=("axis", "dim"),
    )

    def normalized_axes(self, shape: Shape) -> tuple[int, ...]:
        """The axes to normalise over, in order."""
        return (0,) if self.dims is None else tuple(sorted(self.dim_axes("dims", self.dims, shape)))

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """The input's."""
        self.normalized_axes(inputs[0])
        return inputs[0]

    def reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[Reading]:
        """The value itself, and statistics over the axes."""
        del output
        (shape,) = inputs
        return [same_but(len(shape), {axis: Statistic(Whole(shape[axis])) for axis in self.normalized_axes(shape)})]

    def reachable(self, inputs: Sequence[Array]) -> Array:
        """All that has statistics with a value that is reachable."""
        return kernels.dependency.reachable_together(
            inputs[0], [1 + axis for axis in self.normalized_axes(inputs[0].shape[1:])]
        )

    def second_moment(self, inputs: Sequence[float]) -> float:
        """What comes out is about 1."""
        del inputs
        return 1.0


class OverSizes(OverAxes):
    """What the layers share whose axes may be the last ones, by the sizes that these must have."""

    normalized_shape: tuple[int, ...] | None = option(
        ListOf(Integer(1)), default=None, meaning="sizes of the last axes, to normalise over those; they must arrive"
    )

    def validate(self) -> None:
        """At most one of `dims` and `normalized_shape`."""
        if self.dims is not None and self.normalized_shape is not None:
            raise LayerError("`dims` and `normalized_shape` are both given", option="normalized_shape")

    def normalized_axes(self, shape: Shape) -> tuple[int, ...]:
        """The axes to normalise over, in order: by their sizes, or by `dims`."""
        if self.normalized_shape is not None:
            count = min(len(self.normalized_shape), len(shape))
            return tuple(sorted(self.layout.axis(dim, len(shape)) for dim in range(-count, 0)))
        return super().normalized_axes(shape)

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """The input's, which ends with `normalized_shape`."""
        shape = super().output_shape(inputs)
        stated, arriving = self.normalized_shape, self.layout.external(shape)
        if stated is not None and arriving[-len(stated) :] != stated:
            fact = f"`normalized_shape` is {shape_text(stated)}, the input is {shape_text(arriving)}"
            hint = "it must be the sizes of the input's last axes"
            raise LayerError(fact, option="normalized_shape", hint=hint)
        return shape

    def _weight_shape(self, shape: Shape) -> Shape:
        return tuple(shape[axis] for axis in self.normalized_axes(shape))


class LayerNorm(OverSizes, Normalization):
    """Layer normalisation: over the channels, or chosen axes.

    Ba et al. 2016: ``(x - mean) / sqrt(variance + eps) * weight + bias``, and the shape stays. Over the channels is
    what ConvNeXt does; `dims` names other axes, and `normalized_shape`, as in PyTorch, the last ones by the sizes that
    they must have. Weight and bias have the sizes of those axes, channels first. FLOPs: 6 a value, 4 of them for the
    statistics, and one more each for weight and bias.

    >>> LayerNorm(dims=[0, 1, 2], bias=False).weight_shapes([(64, 7, 8)])
    {'weight': (64, 7, 8)}
    >>> LayerNorm(normalized_shape=[7, 8], bias=False).weight_shapes([(64, 7, 8)])
    {'weight': (7, 8)}
    """

    type_name = "layer_norm"
    positional = ("eps", "affine")
    aliases = ("layer_normalization", "layer_norm2d")

    weight: ArrayOption = option(
        Weight(switch=True), default=True, meaning="gamma, of the sizes of the axes", aliases=("scale", "gamma")
    )
    bias: ArrayOption = option(
        Weight(switch=True), default=True, meaning="beta, of the sizes of the axes", aliases=("center", "beta")
    )

    def flops(self, inputs: Sequence[Shape], output: Shape) -> int:
        """Statistics and normalisation, weight and bias for each value."""
        return (6 + len(self.weight_shapes(inputs))) * prod(output)

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """Normalise over the axes."""
        (x,) = inputs
        axes = [1 + axis for axis in self.normalized_axes(x.shape[1:])]
        return kernels.normalization.normalised(
            x, axes, self.eps, weights.get("weight"), weights.get("bias"), along=axes
        )


class RMSNorm(OverSizes, Activated):
    """Root mean square normalisation: over the channels, or chosen axes.

    Zhang and Sennrich 2019: ``x / sqrt(mean of squares + eps) * weight``, and the shape stays. `dims` and
    `normalized_shape` name the axes as `layer_norm` does; the weight has their sizes, channels first. As in PyTorch eps
    is the difference between 1 and the next number of the values' type unless it is given. FLOPs: 3 a value: a square,
    a sum and a product; and one more for the weight.

    >>> RMSNorm(normalized_shape=[64]).weight_shapes([(10, 64)])
    {'weight': (64,)}
    """

    role = "norm"
    type_name = "rms_norm"
    positional = ("normalized_shape", "eps", "affine")
    aliases = ("rms_normalization", "root_mean_square_norm", "simplified_layer_normalization")

    eps: float | None = option(
        Number(minimum=0),
        default=None,
        meaning="added to the mean of the squares: the smallest step of the values' type",
        aliases=("epsilon",),
    )
    affine: bool = option(
        Boolean(), default=True, meaning="false leaves out the weight", aliases=("elementwise_affine",)
    )
    weight: ArrayOption = option(
        Weight(switch=True), default=True, meaning="gamma, of the sizes of the axes", aliases=("scale", "gamma")
    )

    def weight_shapes(self, inputs: Sequence[Shape]) -> dict[str, Shape]:
        """The weight, unless left out."""
        return {"weight": self._weight_shape(inputs[0])} if self.affine and self.weight is not False else {}

    def initial_mean(self, name: str, shape: Shape) -> float | None:
        """Near the identity."""
        del name, shape
        return 1.0

    def flops(self, inputs: Sequence[Shape], output: Shape) -> int:
        """Statistics and the product, and the weight for each value."""
        return (3 + len(self.weight_shapes(inputs))) * prod(output)

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """Divide by the root of the mean of squares."""
        (x,) = inputs
        axes = [1 + axis for axis in self.normalized_axes(x.shape[1:])]
        return kernels.normalization.rms_norm(x, axes, self.eps, weights.get("weight"))


class L2Norm(OverAxes, Activated):
    """Division by the Euclidean norm over the channels, or chosen axes; maybe with a learnt scale.

    ``x / max(sqrt(sum of squares), eps) * weight``, and the shape stays: PyTorch's `normalize`, Keras's
    UnitNormalization, and with `scale` that of SSD (Liu et al. 2016, after ParseNet), whose weights all begin with 20.
    FLOPs: 3 a value: a square, a sum and a product; and one more for the scale.

    >>> L2Norm(scale=True).weight_shapes([(512, 38, 38)])
    {'weight': (512,)}
    """

    role = "norm"
    type_name = "l2_norm"
    aliases = ("l2norm", "l2_normalize", "l2_normalization", "unit_normalization", "unit_norm", "lp_normalization")

    eps: float = option(Number(minimum=0), default=1e-12, meaning="the least norm", aliases=("epsilon",))
    scale: bool = option(
        Boolean(), default=False, meaning="true multiplies by a learnt weight a channel", aliases=("affine",)
    )
    value: float | None = option(
        Number(),
        default=None,
        meaning="what every weight is to begin with: 20",
        aliases=("init_values", "initial_value", "gamma_init"),
    )
    weight: ArrayOption = option(Weight(), default=True, meaning="one a channel", aliases=("gamma",))

    def validate(self) -> None:
        """What is said of weights is of those of `scale`, and said once."""
        given = [name for name in ("value", "weight") if getattr(self, name) is not self.options[name].default]
        if given and not self.scale:
            hint = "`scale: true` has a learnt weight a channel"
            raise LayerError(
                f"`{given[0]}` belongs to learnt weights, and there is no `scale`", option=given[0], hint=hint
            )
        if len(given) > 1:
            raise LayerError("`value` and `weight` both say what the weights are", option="value")

    def weight_shapes(self, inputs: Sequence[Shape]) -> dict[str, Shape]:
        """With `scale` one weight a channel."""
        return {"weight": inputs[0][:1]} if self.scale else {}

    def given_weights(self) -> dict[str, Values | Initialiser]:
        """What the spec gives, or the value to begin with."""
        value = Initialiser("constant", 20.0 if self.value is None else self.value)
        return {**({"weight": value} if self.scale else {}), **super().given_weights()}

    def flops(self, inputs: Sequence[Shape], output: Shape) -> int:
        """The norm and the product, and the scale for each value."""
        return (3 + len(self.weight_shapes(inputs))) * prod(output)

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """Divide by the norm, and scale each channel."""
        (x,) = inputs
        axes = [1 + axis for axis in self.normalized_axes(x.shape[1:])]
        return kernels.normalization.unit_norm(x, axes, self.eps, weights.get("weight"))
