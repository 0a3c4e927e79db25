"""The transposed convolution."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from cnncalc import kernels
from cnncalc.errors import LayerError
from cnncalc.geometry.window import TransposedWindow
from cnncalc.layers.convolution import Grouped
from cnncalc.layers.options import Padding, Pads, PerAxis, Sizes, option
from cnncalc.layers.weights import WEIGHT_ALIASES, ArrayOption, Weight
from cnncalc.layers.windowed import per_axis
from cnncalc.shapes import AXIS_NAMES
from cnncalc.symbolic.arithmetic import exact_div

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.kernels import Array
    from cnncalc.shapes import Shape


class ConvTranspose(Grouped):
    """Transposed convolution: each input value is spread over the output, weighted by the kernel.

    ``(C, *I) -> (out_channels, *O)`` with ``O = (I - 1) stride - before - after + extent + output_padding`` per axis,
    where ``extent = dilation (kernel - 1) + 1``, as in PyTorch. `padding` cuts the output. `valid` is padding 0, also
    where the stride is larger than the kernel: a kernel of 2 on 4 pixels with stride 3 gives 11, and Keras's `valid`
    12, which is `output_padding: 1` here. `same` is as in Keras: ``O = I stride`` or, with an `output_padding` (0
    too), ``(I - 1) stride + extent - 2 floor(extent / 2) + output_padding``. Of the pixels too many the odd one is cut
    after (`same_lower`: before), and missing ones are added at the end. MACs follow the input: each of its values
    takes ``out_channels / groups x kernel``, those whose result is cut off included. FLOPs: twice the MACs, one
    addition for each biased output value, and those of the activation. Dumoulin and Visin 2016, arXiv:1603.07285.

    >>> ConvTranspose(out_channels=1, kernel_size=3, stride=2).output_shape([(1, 2, 2)])
    (1, 5, 5)
    >>> ConvTranspose(out_channels=8, kernel_size=3, stride=2, padding="same").output_shape([(16, 7, 7)])
    (8, 14, 14)
    """

    type_name = "conv_transpose"
    positional = ("out_channels", "kernel_size", "stride", "padding", "output_padding", "groups", "bias", "dilation")
    aliases = (
        *("conv1d_transpose", "conv2d_transpose", "conv3d_transpose"),
        *("deconvolution", "deconv", "transposed_conv", "transposed_convolution", "convolution_transpose"),
        *(
            "up_conv",
            "deconvolutional",
            "convolution1d_transpose",
            "convolution2d_transpose",
            "convolution3d_transpose",
        ),
    )

    padding: Pads | str = option(
        Padding("valid", "same", "same_lower"),
        default=((0, 0),),
        meaning="what is cut off the output on each side",
        aliases=("pad",),
    )
    output_padding: PerAxis | None = option(
        Sizes(0),
        default=None,
        meaning="pixels that the output is longer at its end; fewer than stride or dilation, with `same` than stride",
        aliases=("adj",),
    )
    weight: ArrayOption = option(Weight(), default=True, meaning="(in, out / groups, *kernel)", aliases=WEIGHT_ALIASES)

    def windows(self, shape: Shape) -> tuple[TransposedWindow, ...]:
        """The window along each spatial axis of an input of this shape."""
        rank = len(shape) - 1
        added = per_axis(self.output_padding or (None,), rank, "output_padding")
        return tuple(map(TransposedWindow, *self._window_fields(rank), added))

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """``(out_channels, *O)``; as in PyTorch, `output_padding` must be smaller than stride or dilation."""
        for window in self.windows(inputs[0]):
            _check_added(window)
        return super().output_shape(inputs)

    def _too_small(self, axis: int, shape: Shape) -> int:
        """Raise `LayerError` for an axis, spatial ones from 0, of which the padding leaves nothing."""
        window, name = self.windows(shape)[axis], AXIS_NAMES[len(shape) - 1][axis]
        pads = window.pads(shape[axis + 1])
        whole = window._replace(padding=(0, 0)).positions(shape[axis + 1])
        raise LayerError(
            f"`padding` cuts {sum(pads)} pixels off an output with a {name} of {whole}",
            option="padding",
            too_small=True,
        )

    def weight_shapes(self, inputs: Sequence[Shape]) -> dict[str, Shape]:
        """Weight ``(in, out / groups, *kernel)`` and bias ``(out,)``, as in PyTorch."""
        (shape,) = inputs
        kernel = self._per_axis("kernel_size", len(shape) - 1)
        weight = (shape[0], exact_div(self.out_channels, self.groups), *kernel)
        return self._with_bias({"weight": weight}, self.out_channels)

    def macs(self, inputs: Sequence[Shape], output: Shape) -> int:
        """Input values x filters of a group x kernel."""
        del output
        return prod(inputs[0]) * prod(self.weight_shapes(inputs)["weight"][1:])

    def fan_in(self, name: str, shape: Shape) -> float:
        """The channels of a group, and of the kernel's taps the share that falls on one output: 1 / stride per axis."""
        del name
        assert self.stride is not None
        stride = per_axis(self.stride, len(shape) - 2, "stride")
        return shape[0] * prod(shape[2:]) / (self.groups * float(prod(stride)))

    def reachable(self, inputs: Sequence[Array]) -> Array:
        """What the values are spread to, with weights of 1."""
        (x,) = inputs
        groups = kernels.dependency.by_groups(x, self.groups)
        return kernels.dependency.reachable_by_spreading(groups, self.geometry(x.shape[1:]), self.out_channels)

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """Spread every input value, and add the bias."""
        (x,) = inputs
        return kernels.convolution.convolve_transposed(
            x,
            weights["weight"],
            weights.get("bias"),
            windows=self.geometry(x.shape[1:]),
            groups=self.groups,
        )


def _check_added(window: TransposedWindow) -> None:
    """Raise `LayerError` where more is added than PyTorch allows or, beside a word for the padding, than Keras does."""
    added, stride, dilation = window.output_padding or 0, window.stride, window.dilation
    if isinstance(window.padding, str):
        if added >= stride:
            fact = f"`output_padding` {added} must be smaller than the stride {stride} with `padding: {window.padding}`"
            raise LayerError(fact, option="output_padding")
    elif added and added >= max(stride, dilation):
        fact = f"`output_padding` {added} must be smaller than the stride {stride} or the dilation {dilation}"
        raise LayerError(fact, option="output_padding")
