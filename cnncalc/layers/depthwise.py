"""Depthwise convolution, alone and followed by one over the channels."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from cnncalc import kernels
from cnncalc.geometry.access import SAME, Whole
from cnncalc.geometry.group_access import grouped
from cnncalc.layers.convolution import Bordered
from cnncalc.layers.normalized_weight import Standardizable
from cnncalc.layers.options import Integer, option
from cnncalc.layers.weights import WEIGHT_ALIASES, ArrayOption, Weight

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.geometry.access import Access
    from cnncalc.kernels import Array
    from cnncalc.shapes import Shape


class Depthwise(Bordered):
    """What the depthwise convolutions share: filters that see one channel each, `depth_multiplier` of them a channel.

    Output channel ``c depth_multiplier + m`` is made by filter m of channel c, as in Keras and PyTorch.
    """

    depth_multiplier: int = option(Integer(1), default=1, meaning="filters for each channel", aliases=("multiplier",))

    def window_groups(self, shape: Shape) -> int:
        """Each channel is a group."""
        return shape[0]

    def _depthwise_shape(self, shape: Shape) -> Shape:
        """``(C depth_multiplier, 1, *kernel)``, as in PyTorch with as many groups as channels."""
        return (shape[0] * self.depth_multiplier, 1, *self._per_axis("kernel_size", len(shape) - 1))


class DepthwiseConvolution(Depthwise, Standardizable):
    """Depthwise convolution: each channel is convolved by itself, with `depth_multiplier` filters.

    ``(C, *I) -> (C depth_multiplier, *O)`` with one O = positions of the window per axis. MACs: each output value
    takes ``kernel`` of them; FLOPs: twice the MACs, one addition for each biased output value, and those of the
    activation. Chollet 2017, arXiv:1610.02357; Howard et al. 2017, arXiv:1704.04861.

    A weight that is normalised, as by `weight_norm`, is so once and for all inputs, and counts for no operations.

    >>> DepthwiseConvolution(kernel_size=3, padding="same", depth_multiplier=2).output_shape([(32, 28, 28)])
    (64, 28, 28)
    """

    type_name = "depthwise_conv"
    positional = ("kernel_size", "stride", "padding", "depth_multiplier")
    aliases = ("depthwise_convolution", "depthwise", "dw_conv")

    weight: ArrayOption = option(
        Weight(),
        default=True,
        meaning="(in x depth_multiplier, 1, *kernel)",
        aliases=("depthwise_initializer", *WEIGHT_ALIASES),
    )

    def channel_access(self, before: int, after: int) -> Access:
        """The filters of a channel read that one."""
        return SAME if before == after else grouped(before, after, before)

    def _filters(self, channels: int) -> int:
        return channels * self.depth_multiplier

    def kernel_shape(self, shape: Shape) -> Shape:
        """``(C depth_multiplier, 1, *kernel)``."""
        return self._depthwise_shape(shape)

    def weight_shapes(self, inputs: Sequence[Shape]) -> dict[str, Shape]:
        """Weight ``(C depth_multiplier, 1, *kernel)`` and bias ``(C depth_multiplier,)``."""
        weight = self._depthwise_shape(inputs[0])
        return self.stored_shapes(weight, self._with_bias({}, weight[0]))

    def macs(self, inputs: Sequence[Shape], output: Shape) -> int:
        """Output values x kernel."""
        return prod(output) * prod(self._depthwise_shape(inputs[0])[1:])

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """Cross-correlate each channel with its filters, and add the bias."""
        (x,) = inputs
        return self._convolved(x, self.used_weight(weights), weights.get("bias"), x.shape[1])


class SeparableConvolution(Depthwise):
    """Depthwise separable convolution: a depthwise one, and a convolution with kernel 1 over what it gives.

    ``(C, *I) -> (out_channels, *O)`` with one O = positions of the window per axis. As in Keras there is one bias, at
    the end, and nothing between the two parts. MACs: those of both, ``C depth_multiplier x kernel`` and
    ``out_channels x C depth_multiplier`` for each position; FLOPs: twice the MACs, one addition for each biased output
    value, and those of the activation. Chollet 2017, arXiv:1610.02357.

    >>> shapes = SeparableConvolution(out_channels=32, kernel_size=3, bias=False).weight_shapes([(16, 8, 8)])
    >>> shapes
    {'depthwise_weight': (16, 1, 3, 3), 'pointwise_weight': (32, 16, 1, 1)}
    """

    type_name = "separable_conv"
    positional = ("out_channels", "kernel_size", "stride", "padding", "dilation", "depth_multiplier")
    aliases = ("separable_convolution", "depthwise_separable_conv", "depthwise_separable_convolution")

    out_channels: int = option(
        Integer(1), meaning="number of filters of the second part", aliases=("filters", "num_output")
    )
    depthwise_weight: ArrayOption = option(
        Weight(), default=True, meaning="(in x depth_multiplier, 1, *kernel)", aliases=("depthwise_initializer",)
    )
    pointwise_weight: ArrayOption = option(
        Weight(), default=True, meaning="(out, in x depth_multiplier, 1, ...)", aliases=("pointwise_initializer",)
    )

    def channel_access(self, before: int, after: int) -> Access:
        """The second part mixes all channels."""
        del after
        return Whole(before)

    def _mixed_groups(self, shape: Shape) -> int:
        del shape
        return 1

    def _filters(self, channels: int) -> int:
        del channels
        return self.out_channels

    def weight_shapes(self, inputs: Sequence[Shape]) -> dict[str, Shape]:
        """``(C depth_multiplier, 1, *kernel)``, ``(out, C depth_multiplier, 1, ...)`` and bias ``(out,)``."""
        depthwise = self._depthwise_shape(inputs[0])
        pointwise = (self.out_channels, depthwise[0], *(1,) * (len(depthwise) - 2))
        shapes = {"depthwise_weight": depthwise, "pointwise_weight": pointwise}
        return self._with_bias(shapes, self.out_channels)

    def macs(self, inputs: Sequence[Shape], output: Shape) -> int:
        """Positions x (kernels of the first part + weights of the second)."""
        weights = self.weight_shapes(inputs)
        return prod(output[1:]) * (prod(weights["depthwise_weight"]) + prod(weights["pointwise_weight"]))

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """Cross-correlate each channel with its filters, then mix the channels and add the bias."""
        (x,) = inputs
        x = self._convolved(x, weights["depthwise_weight"], groups=x.shape[1])
        single = [kernels.windows.AxisWindow(kernel_size=1)] * (x.ndim - 2)
        return kernels.convolution.convolve(x, weights["pointwise_weight"], weights.get("bias"), windows=single)
