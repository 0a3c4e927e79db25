"""Convolution, and what all convolutions share."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from cnncalc import kernels
from cnncalc.errors import LayerError
from cnncalc.geometry.group_access import grouped
from cnncalc.layers.activation_option import Activated
from cnncalc.layers.options import Integer, Padding, Pads, PerAxis, Sizes, option
from cnncalc.layers.weights import BIAS_ALIASES, WEIGHT_ALIASES, ArrayOption, Weight
from cnncalc.layers.windowed import Windowed
from cnncalc.symbolic.arithmetic import exact_div

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.geometry.access import Access
    from cnncalc.kernels import Array
    from cnncalc.shapes import Shape


class Filtering(Windowed, Activated):
    """What the convolutions share: a window with weights, a bias, and an activation of its own."""

    role = "weighted"
    in_channels: int | None = option(Integer(1), default=None, meaning="if given, the channels that must arrive")
    padding: Pads | str = option(
        Padding("valid", "same", "same_lower"),
        default=((0, 0),),
        meaning="zeros around the input",
        aliases=("pad",),
    )
    dilation: PerAxis = option(
        Sizes(1),
        default=(1,),
        meaning="pixels from one tap to the next",
        aliases=("dilation_rate", "dilations"),
    )
    bias: ArrayOption = option(Weight(switch=True), default=True, meaning="(out)", aliases=BIAS_ALIASES)

    def _filters(self, channels: int) -> int:
        """How many channels come out for so many."""
        raise NotImplementedError(f"{self.type_name} has no filters")

    def _check_channels(self, shape: Shape) -> None:
        """Raise `LayerError` for so many channels as the input has."""
        self.check_arriving("in_channels", shape[0], shape=shape)

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """``(filters, *positions)``."""
        (shape,) = inputs
        positions = self.positions(shape)
        self._check_channels(shape)
        return (self._filters(shape[0]), *positions)

    def _with_bias(self, shapes: dict[str, Shape], channels: int) -> dict[str, Shape]:
        return shapes if self.bias is False else {**shapes, "bias": (channels,)}

    def flops(self, inputs: Sequence[Shape], output: Shape) -> int:
        """Twice the MACs, and an addition for each biased output value."""
        return 2 * self.macs(inputs, output) + (prod(output) if self.bias is not False else 0)

    def second_moment(self, inputs: Sequence[float]) -> float:
        """Weights are drawn so that it is 1."""
        del inputs
        return 1.0

    def reachable(self, inputs: Sequence[Array]) -> Array:
        """What the windows reach, with weights of 1."""
        (x,) = inputs
        groups = kernels.dependency.by_groups(x, self._mixed_groups(x.shape[1:]))
        return kernels.dependency.reachable_by_windows(groups, self.geometry(x.shape[1:]), self._filters(x.shape[1]))

    def _mixed_groups(self, shape: Shape) -> int:
        """The groups of input channels that each output channel is made of one of."""
        return self.window_groups(shape) or 1


class Grouped(Filtering):
    """What the convolutions with a number of filters and with groups share."""

    out_channels: int = option(
        Integer(1), meaning="number of filters", aliases=("filters", "num_output", "nb_filter", "channels")
    )
    groups: int = option(
        Integer(1),
        default=1,
        meaning="parts that the channels are cut into, convolved apart",
        aliases=("group",),
    )

    def validate(self) -> None:
        """The groups must share the filters evenly."""
        if self.out_channels % self.groups:
            raise LayerError(
                f"`out_channels` {self.out_channels} is not a multiple of `groups` {self.groups}",
                option="groups",
            )

    def _filters(self, channels: int) -> int:
        del channels
        return self.out_channels

    def _check_channels(self, shape: Shape) -> None:
        super()._check_channels(shape)
        channels = shape[0]
        if channels % self.groups:
            raise LayerError(f"its {channels} channels are not a multiple of `groups` {self.groups}", option="groups")

    def window_groups(self, shape: Shape) -> int:
        """The groups."""
        del shape
        return self.groups

    def channel_access(self, before: int, after: int) -> Access:
        """Each filter reads the channels of its group."""
        return grouped(before, after, self.groups)


class Convolution(Grouped):
    """Convolution, which as in every framework is cross-correlation: the kernel is not flipped.

    ``(C, *I) -> (out_channels, *O)`` with one O = positions of the window per axis. MACs: each output value takes
    ``C / groups x kernel`` of them; FLOPs: twice the MACs, one addition for each biased output value, and those of
    the activation.

    >>> Convolution(out_channels=6, kernel_size=5).output_shape([(3, 32, 32)])
    (6, 28, 28)
    """

    type_name = "conv"
    positional = ("out_channels", "kernel_size", "stride", "padding", "dilation", "groups", "bias")
    aliases = ("convolution", "convolutional")

    weight: ArrayOption = option(Weight(), default=True, meaning="(out, in / groups, *kernel)", aliases=WEIGHT_ALIASES)

    def weight_shapes(self, inputs: Sequence[Shape]) -> dict[str, Shape]:
        """Weight ``(out, in / groups, *kernel)`` and bias ``(out,)``, as in PyTorch."""
        (shape,) = inputs
        kernel = self._per_axis("kernel_size", len(shape) - 1)
        weight = (self.out_channels, exact_div(shape[0], self.groups), *kernel)
        return self._with_bias({"weight": weight}, self.out_channels)

    def macs(self, inputs: Sequence[Shape], output: Shape) -> int:
        """Output values x input channels of a group x kernel."""
        return prod(output) * prod(self.weight_shapes(inputs)["weight"][1:])

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """Cross-correlate, and add the bias."""
        (x,) = inputs
        windows, groups = self.geometry(x.shape[1:]), self.groups
        return kernels.convolution.convolve(x, weights["weight"], weights.get("bias"), windows=windows, groups=groups)
