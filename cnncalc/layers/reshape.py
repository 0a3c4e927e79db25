"""Layers that rearrange, extend or cut a tensor, without weights."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from cnncalc import kernels
from cnncalc.errors import LayerError
from cnncalc.layers.base import Layer
from cnncalc.layers.options import Choice, Number, Pads, option
from cnncalc.layers.options import Padding as PaddingOption
from cnncalc.layers.windowed import need_map, per_axis
from cnncalc.receptive import AxisMap
from cnncalc.window import AXIS_NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.kernels import Array
    from cnncalc.layout import Shape


class Flatten(Layer):
    """All values as one vector, in the order in which the spec writes the axes. FLOPs: none.

    >>> Flatten().output_shape([(256, 6, 6)])
    (9216,)
    """

    type_name = "flatten"

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """The number of values."""
        return (prod(inputs[0]),)

    def reads(self, inputs: Sequence[Shape], output: Shape) -> list[Sequence[AxisMap | None]]:
        """A vector has no spatial axes left, so all of every axis."""
        del output
        return [(None,) * (len(shape) - 1) for shape in inputs]

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """The values, one vector a sample."""
        del weights
        return kernels.flatten(inputs[0], channels_last=self.layout.channels_last)


class Pad(Layer):
    """Extends every spatial axis before and after; ``(C, *I) -> (C, *I + before + after)``. FLOPs: none.

    `mode` is `constant` (the number `value`), `reflect` (without repeating the edge), `replicate` (the edge) or
    `circular` (the other end), as in PyTorch.

    >>> Pad(padding=[[0, 1], [2, 2]]).output_shape([(3, 8, 8)])
    (3, 9, 12)
    """

    type_name = "pad"
    aliases = ("zero_padding", "zero_pad", "padding", "zero_padding1d", "zero_padding2d", "zero_padding3d")

    padding: Pads = option(PaddingOption(), meaning="how much to add", aliases=("paddings", "pads", "pad"))
    mode: str = option(
        Choice("constant", "reflect", "replicate", "circular"), default="constant", meaning="what to add"
    )
    value: float = option(Number(), default=0.0, meaning="the number that `constant` adds", aliases=("constant_value",))

    def _pads(self, shape: Shape) -> tuple[tuple[int, int], ...]:
        return per_axis(self.padding, len(shape) - 1, "padding")

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """Each spatial axis longer by its padding."""
        (shape,) = inputs
        need_map(shape)
        room = {"reflect": -1, "circular": 0}.get(self.mode)
        for axis, (pads, size) in enumerate(zip(self._pads(shape), shape[1:], strict=True)):
            if room is not None and max(pads) > size + room:
                name = AXIS_NAMES[len(shape) - 1][axis]
                raise LayerError(
                    f"`padding` {max(pads)} in `{self.mode}` mode needs a {name} of at least {max(pads) - room}, "
                    f"the input has {size}",
                    option="padding",
                    too_small=True,
                )
        return (
            shape[0],
            *(size + sum(pads) for pads, size in zip(self._pads(shape), shape[1:], strict=True)),
        )

    def reads(self, inputs: Sequence[Shape], output: Shape) -> list[Sequence[AxisMap | None]]:
        """The pixel that was moved here; an interior unit sees nothing of the padding."""
        del output
        return [[AxisMap((-before,), (-before,), 1) for before, _ in self._pads(shape)] for shape in inputs]

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """The input with its border."""
        del weights
        (x,) = inputs
        return kernels.pad(x, self._pads(x.shape[1:]), self.mode, self.value)
