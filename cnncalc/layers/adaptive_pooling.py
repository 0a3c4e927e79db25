"""Pooling to a given size, and over the whole map."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, ClassVar, Final

from cnncalc import kernels
from cnncalc.geometry.access import SAME, Whole
from cnncalc.geometry.quotient_access import adaptive
from cnncalc.geometry.reading import AxisByAxis, Rearrangement, ReduceAxes, ReshapeAxes
from cnncalc.layers.base import Layer
from cnncalc.layers.options import Boolean, Sizes, option
from cnncalc.layers.pooling import largest
from cnncalc.layers.windowed import need_map, per_axis
from cnncalc.symbolic.arithmetic import gcd

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.geometry.reading import Reading
    from cnncalc.kernels import Array
    from cnncalc.layers.statistics import Statistics
    from cnncalc.shapes import Shape


TYPICAL_POSITIONS: Final = 49
"""The positions of the map that a classifier pools, where drawn weights are scaled: 7 x 7."""


class AdaptivePool(Layer):
    """What the pools to a given size share: output i of O reads inputs floor(i I / O) to ceil((i + 1) I / O) - 1."""

    ranked = True

    output_size: tuple[int | None, ...] = option(
        Sizes(1, null="keeps an axis' size"), meaning="size of the output", aliases=("size",)
    )

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """``(C, *output_size)``."""
        (shape,) = inputs
        need_map(shape)
        wanted = per_axis(self.output_size, len(shape) - 1, "output_size")
        return (shape[0], *(before if size is None else size for before, size in zip(shape[1:], wanted, strict=True)))

    def reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[Reading]:
        """Windows that follow from both sizes."""
        (shape,) = inputs
        return [AxisByAxis([SAME, *map(adaptive, shape[1:], output[1:])])]


def values_read(before: Shape, after: Shape) -> int:
    """Input values read by all windows of all channels; along one axis they are I + O - gcd(I, O)."""
    return before[0] * prod(i + o - gcd(i, o) for i, o in zip(before[1:], after[1:], strict=True))


class AdaptiveAvgPool(AdaptivePool):
    """The mean over windows chosen so that the output has `output_size`; ``(C, *I) -> (C, *output_size)``.

    FLOPs: for each output value the additions of its window and one division.

    >>> AdaptiveAvgPool(output_size=[6, 6]).output_shape([(256, 13, 13)])
    (256, 6, 6)
    """

    type_name = "adaptive_avg_pool"
    positional = ("output_size",)
    aliases = ("adaptive_average_pooling", "adaptive_average_pool")

    def flops(self, inputs: Sequence[Shape], output: Shape) -> int:
        """One for each value that a window reads."""
        return values_read(inputs[0], output)

    def output_statistics(self, inputs: Sequence[Statistics], shapes: Sequence[Shape]) -> Statistics:
        """Those of a global pool where nothing else is left, and else the input's."""
        del shapes
        return inputs[0].averaged(TYPICAL_POSITIONS) if set(self.output_size) == {1} else inputs[0]

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """The mean over each window."""
        del weights
        (x,) = inputs
        return kernels.pooling.adaptive_avg_pool(x, per_axis(self.output_size, x.ndim - 2, "output_size"))


class AdaptiveMaxPool(AdaptivePool):
    """The largest value of windows that give `output_size`; ``(C, *I) -> (C, *output_size)``.

    FLOPs: for each output value one comparison less than its window has values.

    >>> AdaptiveMaxPool(output_size=3).output_shape([(8, 10)])
    (8, 3)
    """

    type_name = "adaptive_max_pool"
    positional = ("output_size",)
    aliases = ("adaptive_max_pooling",)

    def flops(self, inputs: Sequence[Shape], output: Shape) -> int:
        """One for each value that a window reads, less one for each window."""
        return values_read(inputs[0], output) - prod(output)

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """The maximum over each window."""
        del weights
        (x,) = inputs
        return kernels.pooling.adaptive_max_pool(x, per_axis(self.output_size, x.ndim - 2, "output_size"))


class GlobalPool(Layer):
    """What the pools over the whole map share: ``(C, *I) -> (C, 1, ...)``, or ``(C,)`` without `keepdim`."""

    ranked = True
    spared: ClassVar[int] = 0
    """Operations that each output value needs fewer than it reads values."""

    keepdim: bool = option(
        Boolean(), default=True, meaning="false leaves the spatial axes out", aliases=("keep_dims", "keepdims")
    )

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """The channels, and 1 along each spatial axis that is kept."""
        (shape,) = inputs
        need_map(shape)
        return (shape[0],) + (1,) * (len(shape) - 1 if self.keepdim else 0)

    def reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[Reading]:
        """All of every spatial axis."""
        (shape,) = inputs
        if self.keepdim:
            return [AxisByAxis([SAME, *map(Whole, shape[1:])])]
        return [Rearrangement(shape, [ReduceAxes(tuple(range(1, len(shape)))), ReshapeAxes(output)])]

    def flops(self, inputs: Sequence[Shape], output: Shape) -> int:
        """One for each input value, less those spared for each output value."""
        return prod(inputs[0]) - self.spared * prod(output)

    def output_statistics(self, inputs: Sequence[Statistics], shapes: Sequence[Shape]) -> Statistics:
        """Those of a map of a typical size: what is drawn does not depend on the input's."""
        del shapes
        return self.pooled_statistics(inputs[0])

    def pooled_statistics(self, values: Statistics) -> Statistics:
        """Those of the pool of `TYPICAL_POSITIONS` values."""
        return values.averaged(TYPICAL_POSITIONS)

    def _kept(self, x: Array, pooled: Array) -> Array:
        """What was pooled of `x`, without the axes that are not kept."""
        return pooled if self.keepdim else kernels.arrays.reshaped(pooled, [x.shape[1]])


class GlobalAvgPool(GlobalPool):
    """The mean of each channel; ``(C, *I) -> (C, 1, ...)`` or, without `keepdim`, ``(C,)``.

    FLOPs: the additions and one division a channel.

    >>> GlobalAvgPool().output_shape([(512, 7, 7)])
    (512, 1, 1)
    """

    type_name = "global_avg_pool"
    aliases = ("global_average_pooling", "global_average_pool", "gap")

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """The mean over all spatial axes."""
        del weights
        (x,) = inputs
        return self._kept(x, kernels.pooling.global_avg_pool(x))


class GlobalMaxPool(GlobalPool):
    """The largest value of each channel; ``(C, *I) -> (C, 1, ...)`` or, without `keepdim`, ``(C,)``.

    FLOPs: the comparisons.

    >>> GlobalMaxPool().flops([(2, 4, 4)], (2, 1, 1))
    30
    """

    type_name = "global_max_pool"
    aliases = ("global_max_pooling",)
    spared = 1

    def pooled_statistics(self, values: Statistics) -> Statistics:
        """Those of the largest of `TYPICAL_POSITIONS` values."""
        return largest(values, TYPICAL_POSITIONS)

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """The maximum over all spatial axes."""
        del weights
        (x,) = inputs
        return self._kept(x, kernels.pooling.global_max_pool(x))
