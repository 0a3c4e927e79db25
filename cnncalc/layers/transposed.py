"""The transposed convolution."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from cnncalc import kernels
from cnncalc.errors import LayerError
from cnncalc.geometry.window import TransposedWindow
from cnncalc.layers.convolution import Grouped
from cnncalc.layers.normalized_weight import NormalizedWeight
from cnncalc.layers.options import Padding, Pads, PerAxis, Sizes, option
from cnncalc.layers.weights import WEIGHT_ALIASES, ArrayOption, Weight
from cnncalc.layers.windowed import per_axis
from cnncalc.shapes import AXIS_NAMES
from cnncalc.symbolic.arithmetic import exact_div, name_if_unnamed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.kernels import Array
    from cnncalc.shapes import Shape


class ConvTranspose(Grouped, NormalizedWeight):
    """Transposed convolution: each input value is spread over the output, weighted by the kernel.

    ``(C, *I) -> (out_channels, *O)`` with ``O = (I - 1) stride - before - after + extent + output_padding`` per axis,
    where ``extent = dilation (kernel - 1) + 1``, as in PyTorch. `padding` cuts the output. `valid` is padding 0, also
    where the stride is larger than the kernel: a kernel of 2 on 4 pixels with stride 3 gives 11, and Keras's `valid`
    12, which is `output_padding: 1` here. `same` is as in Keras: ``O = I stride`` or, with an `output_padding` (0
    too), ``(I - 1) stride + extent - 2 floor(extent / 2) + output_padding``. Of the pixels too many the odd one is cut
    after (`same_lower`: before), and missing ones are added at the end. `output_size`, as in PyTorch, chooses one of
    the sizes that the stride allows: it stands for an `output_padding` from 0 to stride - 1.

    MACs follow the input: each of its values takes ``out_channels / groups x kernel``, those whose result is cut off
    included. FLOPs: twice the MACs, one addition for each biased output value, and those of the activation. Dumoulin
    and Visin 2016, arXiv:1603.07285.

    A weight that is normalised, as by `weight_norm`, is so once and for all inputs, and counts for no operations.

    >>> ConvTranspose(out_channels=1, kernel_size=3, stride=2).output_shape([(1, 2, 2)])
    (1, 5, 5)
    >>> ConvTranspose(out_channels=8, kernel_size=3, stride=2, padding="same").output_shape([(16, 7, 7)])
    (8, 14, 14)
    """

    type_name = "conv_transpose"
    spectral_axis = 1
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
    output_size: PerAxis | None = option(
        Sizes(1),
        default=None,
        meaning="size of the output, instead of the `output_padding` that makes it so",
        aliases=("output_shape",),
    )
    weight: ArrayOption = option(Weight(), default=True, meaning="(in, out / groups, *kernel)", aliases=WEIGHT_ALIASES)

    def validate(self) -> None:
        """Also, one of `output_padding` and `output_size` follows from the other."""
        super().validate()
        if self.output_size is not None and self.output_padding is not None:
            raise LayerError("`output_size` and `output_padding` are both given", option="output_padding")

    def windows(self, shape: Shape) -> tuple[TransposedWindow, ...]:
        """The window along each spatial axis of an input of this shape."""
        rank = len(shape) - 1
        fields = self._window_fields(rank)
        if self.output_size is None:
            return tuple(
                map(TransposedWindow, *fields, per_axis(self.output_padding or (None,), rank, "output_padding"))
            )
        unlengthened = map(TransposedWindow, *fields, (0,) * rank)
        wanted = per_axis(self.output_size, rank, "output_size")
        return tuple(
            window._replace(output_padding=name_if_unnamed(size - _least(window, before), "output_padding"))
            for window, before, size in zip(unlengthened, shape[1:], wanted, strict=True)
        )

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """``(out_channels, *O)``; as in PyTorch, `output_padding` must be smaller than stride or dilation."""
        for axis, window, size in self._axes(inputs[0]):
            assert isinstance(window, TransposedWindow)
            if self.output_size is None:
                _check_added(window)
            else:
                _check_size(window, size, AXIS_NAMES[len(inputs[0]) - 1][axis])
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

    def kernel_shape(self, shape: Shape) -> Shape:
        """``(in, out / groups, *kernel)``."""
        return (shape[0], exact_div(self.out_channels, self.groups), *self._per_axis("kernel_size", len(shape) - 1))

    def weight_shapes(self, inputs: Sequence[Shape]) -> dict[str, Shape]:
        """Weight ``(in, out / groups, *kernel)`` and bias ``(out,)``, as in PyTorch."""
        return self.stored_shapes(self.kernel_shape(inputs[0]), self._with_bias({}, self.out_channels))

    def macs(self, inputs: Sequence[Shape], output: Shape) -> int:
        """Input values x filters of a group x kernel."""
        del output
        return prod(inputs[0]) * prod(self.kernel_shape(inputs[0])[1:])

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
        return kernels.transposed.convolve_transposed(
            x,
            self.used_weight(weights),
            weights.get("bias"),
            windows=self.geometry(x.shape[1:]),
            groups=self.groups,
        )


def _least(window: TransposedWindow, size: int) -> int:
    """The outputs that a window without `output_padding` gives of `size` inputs; below 1 where padding leaves none."""
    return (size - 1) * window.stride + window.extent - sum(window.pads(size))


def _check_size(window: TransposedWindow, size: int, name: str) -> None:
    """Raise `LayerError` unless, as in PyTorch, less than a stride is added for the output to have its size."""
    added = window.output_padding or 0
    if not 0 <= added < window.stride:
        least = window.positions(size) - added
        most = least + window.stride - 1
        sizes = f"{least}" if least == most else f"{least} {'or' if most == least + 1 else 'to'} {most}"
        fact = f"`output_size` has a {name} of {least + added}, and a {name} of {size} gives {sizes}"
        raise LayerError(fact, option="output_size", too_small=added >= window.stride)


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
