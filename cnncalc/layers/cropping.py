"""Cropping."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc import kernels
from cnncalc.errors import LayerError
from cnncalc.geometry.axis_map import AxisMap
from cnncalc.layers.base import Layer
from cnncalc.layers.options import Padding, Pads, PerAxis, Sizes, option
from cnncalc.layers.windowed import need_map, per_axis
from cnncalc.shapes import AXIS_NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.kernels import Array
    from cnncalc.shapes import Shape


class Crop(Layer):
    """Cuts every spatial axis: to `size` around the centre, or by `padding`; ``(C, *I) -> (C, *O)``. FLOPs: none.

    O = `size`, of whose surroundings the odd pixel is cut after, as in Keras, or ``O = I - before - after`` per axis.

    >>> Crop(size=388).output_shape([(64, 392, 391)])
    (64, 388, 388)
    >>> Crop(padding=[[0, 1], [2, 2]]).output_shape([(3, 8, 8)])
    (3, 7, 4)
    """

    type_name = "crop"
    selects = True
    channelwise = True
    aliases = ("cropping", "center_crop", "centre_crop")

    size: PerAxis | None = option(Sizes(1), default=None, meaning="size of what is kept", aliases=("output_size",))
    padding: Pads | None = option(
        Padding(), default=None, meaning="how much to cut off each side", aliases=("cropping", "crop")
    )

    def validate(self) -> None:
        """Exactly one of `size` and `padding`."""
        if (self.size is None) == (self.padding is None):
            fact = "it needs a `size` or a `padding`" if self.size is None else "`size` and `padding` are both given"
            raise LayerError(fact, option="padding", hint="give exactly one of `size` and `padding`")

    def _pads(self, shape: Shape) -> tuple[tuple[int, int], ...]:
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
        pads = self._pads(shape)
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

    def reads(self, inputs: Sequence[Shape], output: Shape) -> list[Sequence[AxisMap | None]]:
        """The pixel that was moved here."""
        del output
        return [[AxisMap((before,), (before,), 1) for before, _ in self._pads(shape)] for shape in inputs]

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """What is left."""
        del weights
        (x,) = inputs
        return kernels.crop(x, self._pads(x.shape[1:]))
