"""Layers that extend a map at its borders, or cut them off, without weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc import kernels
from cnncalc.errors import LayerError, value_text
from cnncalc.geometry.access import SAME, Extended, Mirrored, Shift
from cnncalc.geometry.reading import AxisByAxis
from cnncalc.layers.base import Layer
from cnncalc.layers.borders import MISSING, check_borders
from cnncalc.layers.options import Choice, Integer, ListOf, Number, Pads, PerAxis, Sizes, option
from cnncalc.layers.options import Padding as PaddingOption
from cnncalc.layers.windowed import need_map, per_axis
from cnncalc.shapes import AXIS_NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.geometry.access import Access
    from cnncalc.geometry.reading import Reading
    from cnncalc.kernels import Array
    from cnncalc.shapes import Shape


class Pad(Layer):
    """Extends spatial axes before and after, or the channels. FLOPs: none.

    ``(C, *I) -> (C + before + after, *I + before + after)``: `padding` is that of the spatial axes, `channel_padding`
    one number of channels before and after or a list of the two, as behind the strided shortcut without weights of
    He et al. 2016 (option A, arXiv:1512.03385).

    `mode` is `constant` (the number `value`), `reflect` (without repeating the edge), `replicate` (the edge) or
    `circular` (the other end), as in PyTorch.

    >>> Pad(padding=[[0, 1], [2, 2]]).output_shape([(3, 8, 8)])
    (3, 9, 12)
    >>> Pad(channel_padding=[8, 8]).output_shape([(16, 8, 8)])
    (32, 8, 8)
    """

    type_name = "pad"
    positional = ("padding", "mode", "value")
    aliases = (
        *("zero_padding", "zero_pad", "constant_pad", "padding"),
        *("reflection_pad", "replication_pad", "circular_pad", "mirror_pad"),
    )

    padding: Pads | None = option(
        PaddingOption(), default=None, meaning="how much to add along spatial axes", aliases=("paddings", "pads", "pad")
    )
    mode: str = option(
        Choice("constant", "reflect", "replicate", "circular"), default="constant", meaning="what to add"
    )
    value: float = option(Number(), default=0.0, meaning="the number that `constant` adds", aliases=("constant_value",))
    channel_padding: tuple[int, ...] = option(
        ListOf(Integer(0)), default=(0,), meaning="channels to add before and after, or a list of the two"
    )

    def validate(self) -> None:
        """There is a padding of one kind."""
        if len(self.channel_padding) > 2:
            fact = (
                f"`channel_padding` must be a number or [before, after], not {value_text(list(self.channel_padding))}"
            )
            raise LayerError(fact, option="channel_padding")
        if self.padding is None and not any(self.channel_padding):
            raise self._missing(self.options["padding"])

    def pads(self, shape: Shape) -> tuple[tuple[int, int], ...]:
        """What is added before and after each axis, channels first."""
        before, after = self.channel_padding[0], self.channel_padding[-1]
        return ((before, after), *per_axis(self.padding or ((0, 0),), len(shape) - 1, "padding"))

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """Each axis longer by its padding."""
        (shape,) = inputs
        if self.padding is not None:
            need_map(shape)
        channels, *borders = pads = self.pads(shape)
        check_borders(self.mode, borders, shape)
        least = max(channels) + MISSING.get(self.mode, 0)
        if self.mode in MISSING and least > shape[0]:
            raise LayerError(
                f"`channel_padding` {max(channels)} in `{self.mode}` mode needs at least {least} channels, the input "
                f"has {shape[0]}",
                option="channel_padding",
            )
        return tuple(size + sum(pair) for pair, size in zip(pads, shape, strict=True))

    def reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[Reading]:
        """The pixel that was moved here and, in a border that is not constant, the one that fills it."""
        del output
        (shape,) = inputs
        (before, _), *borders = self.pads(shape)
        channels: Access = SAME
        if any(self.channel_padding):
            channels = Extended(-before, shape[0]) if self.mode == "constant" else Mirrored(before, shape[0], self.mode)
        along = zip(borders, shape[1:], strict=True)
        if self.mode == "constant":
            return [AxisByAxis([channels, *(Shift(-before, size) for (before, _), size in along)])]
        return [AxisByAxis([channels, *(Mirrored(before, size, self.mode) for (before, _), size in along)])]

    def reachable(self, inputs: Sequence[Array]) -> Array:
        """The input with its border, in which a constant is never reachable."""
        return self._extended(inputs[0], 0.0)

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """The input with its border."""
        del weights
        return self._extended(inputs[0], self.value)

    def _extended(self, x: Array, value: float) -> Array:
        channels, *borders = self.pads(x.shape[1:])
        return kernels.arrays.pad(x, borders, self.mode, value, channels=channels)


class Crop(Layer):
    """Cuts every spatial axis: to `size` around the centre, or by `padding`; ``(C, *I) -> (C, *O)``. FLOPs: none.

    O = `size`, of whose surroundings the odd pixel is cut after, as in Keras, or ``O = I - before - after`` per axis.

    >>> Crop(size=388).output_shape([(64, 392, 391)])
    (64, 388, 388)
    >>> Crop(padding=[[0, 1], [2, 2]]).output_shape([(3, 8, 8)])
    (3, 7, 4)
    """

    type_name = "crop"
    positional = ("size",)
    aliases = ("cropping", "center_crop", "centre_crop")

    size: PerAxis | None = option(Sizes(1), default=None, meaning="size of what is kept", aliases=("output_size",))
    padding: Pads | None = option(
        PaddingOption(), default=None, meaning="how much to cut off each side", aliases=("cropping", "crop")
    )

    def validate(self) -> None:
        """Exactly one of `size` and `padding`."""
        if (self.size is None) == (self.padding is None):
            fact = "it needs a `size` or a `padding`" if self.size is None else "`size` and `padding` are both given"
            raise LayerError(fact, option="padding", hint="give exactly one of `size` and `padding`")

    def cuts(self, shape: Shape) -> tuple[tuple[int, int], ...]:
        """What is cut off before and after, along each spatial axis."""
        rank = len(shape) - 1
        if self.padding is not None:
            return per_axis(self.padding, rank, "padding")
        kept = per_axis(self.size or (), rank, "size")
        return tuple(((n - size) // 2, (n - size) - (n - size) // 2) for n, size in zip(shape[1:], kept, strict=True))

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """What is left of each spatial axis."""
        (shape,) = inputs
        need_map(shape)
        pads = self.cuts(shape)
        for axis, (size, cut) in enumerate(zip(shape[1:], pads, strict=True)):
            name = AXIS_NAMES[len(shape) - 1][axis]
            if self.size is not None and sum(cut) < 0:
                fact = f"`size` {size - sum(cut)} is larger than its {name} {size}"
                raise LayerError(fact, option="size", too_small=True)
            if sum(cut) >= size:
                fact = f"`padding` cuts {sum(cut)} pixels off a {name} of {size}"
                raise LayerError(fact, option="padding", too_small=True)
        if self.size is not None:
            return (shape[0], *per_axis(self.size, len(shape) - 1, "size"))
        return (shape[0], *(size - sum(cut) for size, cut in zip(shape[1:], pads, strict=True)))

    def reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[Reading]:
        """The pixel that was moved here."""
        del output
        (shape,) = inputs
        cuts = zip(self.cuts(shape), shape[1:], strict=True)
        return [AxisByAxis([SAME, *(Shift(before, size) for (before, _), size in cuts)])]

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """What is left."""
        del weights
        (x,) = inputs
        return kernels.resampling.crop(x, self.cuts(x.shape[1:]))
