"""Normalisation with a learnt scale and shift."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from cnncalc import kernels
from cnncalc.errors import LayerError
from cnncalc.geometry.access import SAME, Statistic, Whole
from cnncalc.geometry.group_access import grouped
from cnncalc.geometry.reading import AxisByAxis
from cnncalc.layers.activation_option import Activated
from cnncalc.layers.options import Boolean, Integer, Number, option
from cnncalc.layers.weights import ArrayOption, Weight

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.geometry.reading import Reading
    from cnncalc.kernels import Array
    from cnncalc.shapes import Shape


class Normalization(Activated):
    """``(x - mean) / sqrt(variance + eps) * weight + bias``; weight and bias hold one number a channel."""

    role = "norm"
    eps: float = option(Number(minimum=0), default=1e-5, meaning="added to the variance", aliases=("epsilon",))
    affine: bool = option(
        Boolean(), default=True, meaning="false leaves out weight and bias", aliases=("elementwise_affine",)
    )
    weight: ArrayOption = option(
        Weight(switch=True), default=True, meaning="gamma, one a channel", aliases=("scale", "gamma")
    )
    bias: ArrayOption = option(
        Weight(switch=True), default=True, meaning="beta, one a channel", aliases=("center", "beta")
    )

    def weight_shapes(self, inputs: Sequence[Shape]) -> dict[str, Shape]:
        """Weight and bias, unless left out."""
        names = [name for name in ("weight", "bias") if self.affine and getattr(self, name) is not False]
        return dict.fromkeys(names, self._weight_shape(inputs[0]))

    def _weight_shape(self, shape: Shape) -> Shape:
        return shape[:1]

    def initial_mean(self, name: str, shape: Shape) -> float | None:
        """Near the identity."""
        del shape
        return 1.0 if name == "weight" else 0.0

    def reachable(self, inputs: Sequence[Array]) -> Array:
        """The values that are reachable, unless statistics of the input reach others."""
        return inputs[0]

    def second_moment(self, inputs: Sequence[float]) -> float:
        """What comes out has variance 1, and running statistics are drawn so that it has."""
        del inputs
        return 1.0


class Tracking(Normalization):
    """Normalisation that may keep running statistics, one a channel, and then uses those at inference."""

    num_features: int | None = option(Integer(1), default=None, meaning="if given, the channels that must arrive")
    momentum: float | None = option(Number(), default=0.1, meaning="of the running statistics; training only")
    track_running_stats: bool = option(Boolean(), default=True, meaning="false uses the statistics of the input")

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """The input's."""
        self.check_arriving("num_features", inputs[0][0], shape=inputs[0])
        return inputs[0]

    def buffer_shapes(self, inputs: Sequence[Shape]) -> dict[str, Shape]:
        """Running mean and variance, one a channel."""
        return {name: inputs[0][:1] for name in ("running_mean", "running_var") if self.track_running_stats}

    def flops(self, inputs: Sequence[Shape], output: Shape) -> int:
        """A scale and a shift for each value, and the statistics if they are not kept."""
        del inputs
        return (2 if self.track_running_stats else 6) * prod(output)

    def reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[Reading]:
        """The value itself and, where no statistics are kept, those of its channel."""
        if self.track_running_stats:
            return super().reads(inputs, output)
        return [AxisByAxis([SAME, *(Statistic(Whole(size)) for size in shape[1:])]) for shape in inputs]

    def reachable(self, inputs: Sequence[Array]) -> Array:
        """The values that are reachable, and with statistics of the input all of their channel."""
        return (
            inputs[0]
            if self.track_running_stats
            else kernels.dependency.reachable_together(inputs[0], range(2, inputs[0].ndim))
        )

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """Shift and scale each channel."""
        (x,) = inputs
        weight, bias = weights.get("weight"), weights.get("bias")
        if self.track_running_stats:
            statistics = weights["running_mean"], weights["running_var"]
            return kernels.normalization.scale_and_shift(x, *statistics, self.eps, weight, bias)
        return self._by_input(x, weight, bias)

    def _by_input(self, x: Array, weight: Array | None, bias: Array | None) -> Array:
        """Normalise by the statistics of the input itself."""
        raise NotImplementedError(f"{self.type_name} has no statistics")


class BatchNorm(Tracking):
    """Batch normalisation, channel by channel.

    Ioffe and Szegedy 2015: ``(x - mean) / sqrt(variance + eps) * weight + bias``, and the shape stays. As at
    inference: mean and variance are buffers or, without `track_running_stats`, those of the batch at hand. FLOPs: 2 a
    value, since all of it folds to one scale and one shift a channel; without running statistics 4 more, for the mean
    and the variance.

    >>> BatchNorm(eps=0.001).buffer_shapes([(64, 56, 56)])
    {'running_mean': (64,), 'running_var': (64,)}
    """

    type_name = "batch_norm"
    positional = ("eps", "momentum", "affine", "track_running_stats")
    aliases = ("batch_normalization", "sync_batch_norm", "bn", "batch_norm1d", "batch_norm2d", "batch_norm3d")

    def _by_input(self, x: Array, weight: Array | None, bias: Array | None) -> Array:
        mean, variance = kernels.normalization.channel_statistics(x)
        return kernels.normalization.scale_and_shift(x, mean, variance, self.eps, weight, bias)


class InstanceNorm(Tracking):
    """Instance normalisation: each channel of each sample.

    Ulyanov et al. 2016: ``(x - mean) / sqrt(variance + eps)`` over the map, and the shape stays. As in PyTorch there
    is neither weight and bias unless `affine` says so, nor running statistics unless `track_running_stats` does.
    FLOPs: 6 a value, 4 of them for the statistics; 2 where those are kept.

    >>> InstanceNorm(affine=True).weight_shapes([(64, 56, 56)])
    {'weight': (64,), 'bias': (64,)}
    """

    type_name = "instance_norm"
    positional = ("eps", "momentum", "affine", "track_running_stats")
    aliases = ("instance_normalization",)

    affine: bool = option(Boolean(), default=False, meaning="true adds weight and bias")
    track_running_stats: bool = option(Boolean(), default=False, meaning="true keeps statistics as batch norm does")

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """The input's, which must be a map."""
        if len(inputs[0]) < 2:
            hint = "`layer_norm` normalises vectors"
            raise LayerError("it needs a map to take statistics over, and this is a vector", hint=hint)
        return super().output_shape(inputs)

    def _by_input(self, x: Array, weight: Array | None, bias: Array | None) -> Array:
        return kernels.normalization.normalised(x, range(2, x.ndim), self.eps, weight, bias, along=(1,))


class GroupNorm(Normalization):
    """Group normalisation: over groups of channels.

    Wu and He 2018: ``(x - mean) / sqrt(variance + eps) * weight + bias``, where mean and variance are those of a
    group and the map, and weight and bias are by channel; the shape stays. FLOPs: 6 a value: 4 for the statistics,
    and a scale and a shift, to which the rest folds.

    >>> GroupNorm(num_groups=32).weight_shapes([(64, 56, 56)])
    {'weight': (64,), 'bias': (64,)}
    """

    type_name = "group_norm"
    positional = ("num_groups", "eps", "affine")
    aliases = ("group_normalization",)

    num_groups: int = option(Integer(1), meaning="groups that the channels are cut into", aliases=("groups",))
    num_channels: int | None = option(Integer(1), default=None, meaning="if given, the channels that must arrive")

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """The input's, whose channels the groups share evenly."""
        channels = inputs[0][0]
        self.check_arriving("num_channels", channels, shape=inputs[0])
        if channels % self.num_groups:
            fact = f"its {channels} channels are not a multiple of `num_groups` {self.num_groups}"
            raise LayerError(fact, option="num_groups")
        return inputs[0]

    def flops(self, inputs: Sequence[Shape], output: Shape) -> int:
        """Statistics, scale and shift for each value."""
        del inputs
        return 6 * prod(output)

    def reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[Reading]:
        """The value itself, and statistics of its group of channels over the whole map."""
        (shape,) = inputs
        group = grouped(shape[0], output[0], self.num_groups)
        return [AxisByAxis([Statistic(group), *(Statistic(Whole(size)) for size in shape[1:])])]

    def reachable(self, inputs: Sequence[Array]) -> Array:
        """All of the group."""
        (x,) = inputs
        groups = kernels.dependency.by_groups(x, self.num_groups)
        found = kernels.dependency.reachable_together(groups, range(2, x.ndim))
        return kernels.dependency.repeated(found, x.shape[1])

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """Normalise each group."""
        return kernels.normalization.group_norm(
            inputs[0], self.num_groups, self.eps, weights.get("weight"), weights.get("bias")
        )
