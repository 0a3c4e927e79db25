"""Normalisation layers."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from cnncalc import kernels
from cnncalc.layers.base import Layer
from cnncalc.layers.options import Boolean, Integer, Number, option
from cnncalc.layers.weights import Initialiser, Values, Weight

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.kernels import Array
    from cnncalc.layout import Shape


class BatchNorm(Layer):
    """``(x - mean) / sqrt(variance + eps) * weight + bias``, channel by channel (Ioffe and Szegedy 2015).

    As at inference: mean and variance are buffers or, without `track_running_stats`, those of the batch at hand.
    FLOPs: 2 a value, since all of it folds to one scale and one shift a channel; without running statistics 4 more,
    for the mean and the variance.

    >>> BatchNorm().weight_shapes([(64, 56, 56)]), BatchNorm().buffer_shapes([(64, 56, 56)])
    ({'weight': (64,), 'bias': (64,)}, {'running_mean': (64,), 'running_var': (64,)})
    """

    type_name = "batch_norm"
    aliases = ("batch_normalization", "bn", "batch_norm1d", "batch_norm2d", "batch_norm3d")

    eps: float = option(Number(minimum=0), default=1e-5, meaning="added to the variance", aliases=("epsilon",))
    momentum: float | None = option(Number(), default=0.1, meaning="of the running statistics; training only")
    affine: bool = option(Boolean(), default=True, meaning="false leaves out weight and bias")
    weight: bool | Values | Initialiser = option(
        Weight(switch=True), default=True, meaning="gamma, one a channel", aliases=("scale", "gamma")
    )
    bias: bool | Values | Initialiser = option(
        Weight(switch=True), default=True, meaning="beta, one a channel", aliases=("center", "beta")
    )
    track_running_stats: bool = option(Boolean(), default=True, meaning="false uses the statistics of the batch")

    def weight_shapes(self, inputs: Sequence[Shape]) -> dict[str, Shape]:
        """Weight and bias, one a channel, unless left out."""
        names = [name for name in ("weight", "bias") if self.affine and getattr(self, name) is not False]
        return dict.fromkeys(names, inputs[0][:1])

    def buffer_shapes(self, inputs: Sequence[Shape]) -> dict[str, Shape]:
        """Running mean and variance, one a channel."""
        return {name: inputs[0][:1] for name in ("running_mean", "running_var") if self.track_running_stats}

    def flops(self, inputs: Sequence[Shape], output: Shape) -> int:
        """A scale and a shift for each value, and the statistics if they are not kept."""
        del inputs
        return (2 if self.track_running_stats else 6) * prod(output)

    def second_moment(self, inputs: Sequence[float]) -> float:
        """Running statistics are drawn so that it is 1."""
        del inputs
        return 1.0

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """Shift and scale each channel."""
        (x,) = inputs
        mean, variance = weights.get("running_mean"), weights.get("running_var")
        if mean is None or variance is None:
            mean, variance = kernels.channel_statistics(x)
        return kernels.scale_and_shift(x, mean, variance, self.eps, weights.get("weight"), weights.get("bias"))


class LocalResponseNorm(Layer):
    """``x / (k + alpha / size * sum of squares over size neighbouring channels) ** beta`` (Krizhevsky et al. 2012).

    The sum is divided by `size`, as in PyTorch and ONNX. Of an even size the larger half lies before. FLOPs:
    ``size + 4`` a value: the squares (one a value), their sum, the scale, the shift, the power and the division.

    >>> LocalResponseNorm(size=5).flops([(96, 27, 27)], (96, 27, 27)) == 9 * 96 * 27 * 27
    True
    """

    type_name = "local_response_norm"
    aliases = ("lrn",)

    size: int = option(Integer(1), meaning="channels that take part", aliases=("local_size", "n", "depth_radius"))
    alpha: float = option(Number(), default=1e-4, meaning="scale of the sum")
    beta: float = option(Number(), default=0.75, meaning="exponent")
    k: float = option(Number(), default=1.0, meaning="added to the sum", aliases=("bias",))

    def flops(self, inputs: Sequence[Shape], output: Shape) -> int:
        """``size + 4`` for each value."""
        del inputs
        return (self.size + 4) * prod(output)

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """Divide by the neighbouring channels' activity."""
        del weights
        return kernels.local_response_norm(inputs[0], self.size, self.alpha, self.beta, self.k)
