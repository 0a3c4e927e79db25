"""Convolution, and what all convolutions share."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any, Final

from cnncalc import kernels
from cnncalc.errors import LayerError
from cnncalc.geometry.group_access import grouped
from cnncalc.geometry.window import Window
from cnncalc.layers.activation_option import Activated
from cnncalc.layers.normalized_weight import Standardizable
from cnncalc.layers.options import Choice, Integer, Padding, Pads, PerAxis, Sizes, option
from cnncalc.layers.weights import BIAS_ALIASES, WEIGHT_ALIASES, ArrayOption, Weight
from cnncalc.layers.windowed import Windowed
from cnncalc.symbolic.arithmetic import exact_div, name_if_unnamed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.geometry.access import Access
    from cnncalc.geometry.window import AnyWindow
    from cnncalc.kernels import Array
    from cnncalc.shapes import Shape

MODES: Final = {
    "constant": "zeros",
    "zero": "zeros",
    "reflection": "reflect",
    "mirror": "reflect",
    "edge": "replicate",
    "nearest": "replicate",
    "replication": "replicate",
    "wrap": "circular",
    "periodic": "circular",
}
"""What other programs call the borders of a convolution."""


class Filtering(Windowed, Activated):
    """What the convolutions share: a window with weights, a bias, and an activation of its own."""

    role = "weighted"
    in_channels: int | None = option(Integer(1), default=None, meaning="if given, the channels that must arrive")
    padding: Pads | str = option(
        Padding("valid", "same", "same_lower"),
        default=((0, 0),),
        meaning="zeros around the input",
        aliases=("pad", "border_mode"),
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

    def _mixed_groups(self, shape: Shape) -> int:
        """The groups of input channels that each output channel is made of one of."""
        return self.window_groups(shape) or 1


class Bordered(Filtering):
    """What the convolutions that slide over their input share: how it goes on beyond its borders."""

    padding: Pads | str = option(
        Padding("valid", "same", "same_lower", "causal"),
        default=((0, 0),),
        meaning="pixels around the input",
        aliases=("pad", "border_mode"),
    )
    padding_mode: str = option(
        Choice("zeros", "reflect", "replicate", "circular", meant=MODES),
        default="zeros",
        meaning="what fills the border: zeros, or pixels of the input",
        aliases=("pad_mode",),
    )

    def _window_fields(self, rank: int) -> list[tuple[Any, ...]]:
        """As of any window; `causal` is all that a kernel reaches, before the input."""
        kernel, stride, dilation, padding = super()._window_fields(rank)
        if self.padding == "causal":
            if rank > 1:
                fact = f"`padding: causal` is for 1 spatial axis, the input has {rank}"
                hint = "write before and after for each axis, such as `padding: [[2, 0], [1, 1]]`"
                raise LayerError(fact, option="padding", hint=hint)
            padding = tuple(
                (name_if_unnamed(apart * (taps - 1), "pad_before"), 0)
                for taps, apart in zip(kernel, dilation, strict=True)
            )
        return [kernel, stride, dilation, padding]

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """``(filters, *positions)``; raises `LayerError` also where the input cannot fill its border."""
        output = super().output_shape(inputs)
        if self.padding_mode != "zeros":
            from cnncalc.layers.borders import check_borders

            (shape,) = inputs
            pads = [window.pads(size) for window, size in zip(self.windows(shape), shape[1:], strict=True)]
            check_borders(self.padding_mode, pads, shape)
        return output

    def axis_access(self, window: AnyWindow, size: int) -> Access:
        """The taps of the window, and what those beyond the border lie on."""
        if self.padding_mode == "zeros":
            return super().axis_access(window, size)
        from cnncalc.layers.borders import bordered_access

        assert isinstance(window, Window)
        return bordered_access(window, size, self.padding_mode)

    def reachable(self, inputs: Sequence[Array]) -> Array:
        """What the windows reach, with weights of 1."""
        (x,) = inputs
        groups = kernels.dependency.by_groups(x, self._mixed_groups(x.shape[1:]))
        return kernels.dependency.reachable_by_windows(
            groups, self.geometry(x.shape[1:]), self._filters(x.shape[1]), self.padding_mode
        )

    def _convolved(self, x: Array, weight: Array, bias: Array | None = None, groups: int = 1) -> Array:
        """The cross-correlation with the border that the layer has."""
        windows = self.geometry(x.shape[1:])
        if self.padding_mode == "zeros":
            return kernels.convolution.convolve(x, weight, bias, windows=windows, groups=groups)
        return kernels.bordered.convolve_bordered(
            x, weight, bias, windows=windows, mode=self.padding_mode, groups=groups
        )


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
        super().validate()
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


class Convolution(Bordered, Grouped, Standardizable):
    """Convolution, which as in every framework is cross-correlation: the kernel is not flipped.

    ``(C, *I) -> (out_channels, *O)`` with one O = positions of the window per axis. MACs: each output value takes
    ``C / groups x kernel`` of them; FLOPs: twice the MACs, one addition for each biased output value, and those of
    the activation.

    `padding: causal`, along one axis, puts ``dilation (kernel - 1)`` pixels before the input and none after, so that no
    output sees what comes later: ``O = ceil(I / stride)``, as in Keras. With a `padding_mode` the border is filled from
    the input, as in PyTorch: `reflect` needs more pixels than it pads, and `circular` as many.

    A weight that is normalised, as by `weight_norm`, is so once and for all inputs, and counts for no operations.

    >>> Convolution(out_channels=6, kernel_size=5).output_shape([(3, 32, 32)])
    (6, 28, 28)
    """

    type_name = "conv"
    has_filters = True
    positional = ("out_channels", "kernel_size", "stride", "padding", "dilation", "groups", "bias", "padding_mode")
    aliases = ("convolution", "convolutional")

    weight: ArrayOption = option(Weight(), default=True, meaning="(out, in / groups, *kernel)", aliases=WEIGHT_ALIASES)

    def kernel_shape(self, shape: Shape) -> Shape:
        """``(out, in / groups, *kernel)``."""
        return (self.out_channels, exact_div(shape[0], self.groups), *self._per_axis("kernel_size", len(shape) - 1))

    def weight_shapes(self, inputs: Sequence[Shape]) -> dict[str, Shape]:
        """Weight ``(out, in / groups, *kernel)`` and bias ``(out,)``, as in PyTorch."""
        return self.stored_shapes(self.kernel_shape(inputs[0]), self._with_bias({}, self.out_channels))

    def macs(self, inputs: Sequence[Shape], output: Shape) -> int:
        """Output values x input channels of a group x kernel."""
        return prod(output) * prod(self.kernel_shape(inputs[0])[1:])

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """Cross-correlate, and add the bias."""
        (x,) = inputs
        return self._convolved(x, self.used_weight(weights), weights.get("bias"), self.groups)
