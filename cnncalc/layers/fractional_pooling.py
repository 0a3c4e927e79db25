"""Fractional pooling. Its regions are of unequal sizes, so that a map shrinks by less than a half."""

from __future__ import annotations

from itertools import pairwise
from math import prod
from typing import TYPE_CHECKING

from cnncalc import kernels
from cnncalc.errors import LayerError
from cnncalc.geometry.access import SAME
from cnncalc.geometry.quotient_access import Spans, simplest
from cnncalc.geometry.reading import AxisByAxis
from cnncalc.layers.base import Layer
from cnncalc.layers.options import Boolean, Integer, ListOf, Number, PerAxis, Sizes, option
from cnncalc.layers.windowed import need_map, per_axis
from cnncalc.shapes import AXIS_NAMES
from cnncalc.symbolic.arithmetic import scaled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.geometry.reading import Reading
    from cnncalc.kernels import Array
    from cnncalc.shapes import Shape


class Boundaries(ListOf):
    """Lists of integers, one for each axis."""

    text = "a list of integers for each axis"

    def __init__(self) -> None:
        super().__init__(ListOf(Integer(0), 2))


class FractionalPool(Layer):
    """What the pools over given regions share: ``(C, *I) -> (C, *O)``, one O = regions of an axis."""

    ranked = True

    boundaries: tuple[tuple[int, ...], ...] | None = option(
        Boundaries(),
        default=None,
        meaning="where regions begin, and the size: [[0, 2, 3, 5], [0, 1, 3, 5]]",
        aliases=("pooling_sequence",),
    )
    overlapping: bool = option(
        Boolean(), default=False, meaning="regions have the first pixel of the next one too, as TensorFlow says it"
    )

    def validate(self) -> None:
        """Boundaries begin with 0 and rise."""
        for ends in self.boundaries or ():
            if ends[0] or any(after <= before for before, after in pairwise(ends)):
                fact = f"`boundaries` must begin with 0 and rise, and has {list(ends)}"
                raise LayerError(fact, option="boundaries", hint="one list an axis: [[0, 2, 3, 5], [0, 1, 3, 5]]")

    def spans(self, shape: Shape) -> list[Spans]:
        """The regions along each spatial axis; raises `LayerError` where they do not fit."""
        need_map(shape)
        every = per_axis(self.boundaries or (), len(shape) - 1, "boundaries")
        return [self._between(*axis) for axis in zip(every, shape[1:], AXIS_NAMES[len(shape) - 1], strict=True)]

    def _between(self, ends: tuple[int, ...], size: int, name: str) -> Spans:
        """The regions between the boundaries of an axis."""
        if ends[-1] != size:
            fact = f"`boundaries` end at {ends[-1]}, the {name} is {size}"
            raise LayerError(fact, option="boundaries", hint="the last one is the size of the axis")
        beyond = 0 if self.overlapping else 1

        def span(unit: int) -> tuple[int, int]:
            return ends[unit], min(ends[unit + 1] - beyond, size - 1)

        return Spans(span, len(ends) - 1, (len(ends) - 1, size), size)

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """``(C, *regions)``."""
        (shape,) = inputs
        return (shape[0], *(axis.units for axis in self.spans(shape)))

    def values_read(self, shape: Shape) -> int:
        """Input values read by all regions of all channels."""
        return shape[0] * prod(axis.total() for axis in self.spans(shape))

    def reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[Reading]:
        """The regions themselves."""
        del output
        (shape,) = inputs
        return [AxisByAxis([SAME, *self.spans(shape)])]

    def _regions(self, x: Array) -> list[list[tuple[int, int]]]:
        """The first and last pixel of each region along each axis."""
        return [[axis.span(unit) for unit in range(axis.units)] for axis in self.spans(x.shape[1:])]


class FractionalMaxPool(FractionalPool):
    """The largest value of each region; ``(C, *I) -> (C, *O)``.

    `boundaries` gives the regions, as TensorFlow's pooling sequences do. Without them they are PyTorch's: `kernel_size`
    pixels each, `output_size` of them, or ``floor(I output_ratio)``, where PyTorch draws a number u from 0 to 1 for
    each axis, and `samples` gives it here: with ``a = (I - kernel_size) / (O - 1)`` region i begins at
    ``floor((i + u) a) - floor(u a)``. FLOPs: one comparison less than values for each region. Graham 2014,
    arXiv:1412.6071.

    >>> FractionalMaxPool(kernel_size=2, output_ratio=0.7).output_shape([(6, 28, 28)])
    (6, 19, 19)
    """

    type_name = "fractional_max_pool"
    positional = ("kernel_size", "output_size", "output_ratio", "return_indices", "samples")
    aliases = ("fractional_max_pooling",)

    kernel_size: PerAxis | None = option(Sizes(1), default=None, meaning="pixels of a region", aliases=("pool_size",))
    output_size: PerAxis | None = option(Sizes(1), default=None, meaning="size of the output", aliases=("size",))
    output_ratio: tuple[float, ...] | None = option(
        ListOf(Number(above=0.0, maximum=1.0)),
        default=None,
        meaning="what the size is multiplied by, below 1; one per axis or one for all",
        aliases=("pooling_ratio",),
    )
    samples: tuple[float, ...] = option(
        ListOf(Number(minimum=0.0, maximum=1.0)),
        default=(0.5,),
        meaning="what PyTorch draws: one per axis, the height first, or one for all",
    )
    return_indices: bool = option(Boolean(), default=False, meaning="as PyTorch wants it; here it changes nothing")

    def validate(self) -> None:
        """Either the boundaries of regions, or their size and number."""
        super().validate()
        counts = [name for name in ("output_size", "output_ratio") if getattr(self, name) is not None]
        others = [name for name in ("kernel_size", *counts) if getattr(self, name) is not None]
        if self.boundaries is not None and others:
            fact = f"`boundaries` and `{others[0]}` both say what the regions are"
            raise LayerError(fact, option=others[0])
        if self.boundaries is None and (self.kernel_size is None or len(counts) != 1):
            wanted = "it needs `kernel_size` and one of `output_size` and `output_ratio`, or `boundaries`"
            raise LayerError(wanted, option=counts[-1] if len(counts) > 1 else "kernel_size")

    def spans(self, shape: Shape) -> list[Spans]:
        """The regions along each spatial axis; raises `LayerError` where they do not fit."""
        if self.kernel_size is None:
            return super().spans(shape)
        need_map(shape)
        rank = len(shape) - 1
        kernel, samples = per_axis(self.kernel_size, rank, "kernel_size"), per_axis(self.samples, rank, "samples")
        axes = zip(kernel, self._counts(shape), shape[1:], samples, AXIS_NAMES[rank], strict=True)
        return [self._spread(*axis) for axis in axes]

    def _counts(self, shape: Shape) -> Sequence[int]:
        """The regions of each axis."""
        rank = len(shape) - 1
        if self.output_size is not None:
            return per_axis(self.output_size, rank, "output_size")
        ratios = per_axis(self.output_ratio or (), rank, "output_ratio")
        return [scaled(size, ratio) for size, ratio in zip(shape[1:], ratios, strict=True)]

    def _spread(self, kernel: int, count: int, size: int, sample: float, name: str) -> Spans:
        """The regions of one size that are spread over an axis."""
        if count < 1 or count + kernel - 1 > size:
            fact = f"{count} regions of {kernel} pixels need a {name} of at least {max(count, 1) + kernel - 1}"
            raise LayerError(f"{fact}, not {size}", option="kernel_size", too_small=True)
        free, steps, u = int(size) - int(kernel), max(int(count) - 1, 1), simplest(sample)
        before = free * u.numerator // (steps * u.denominator)

        def span(unit: int) -> tuple[int, int]:
            start = free * (unit * u.denominator + u.numerator) // (steps * u.denominator) - before
            first = free if count == 1 else start
            return first, first + kernel - 1

        return Spans(span, count, (steps, free), size, kernel)

    def flops(self, inputs: Sequence[Shape], output: Shape) -> int:
        """One for each value that a region reads, less one for each region."""
        return self.values_read(inputs[0]) - prod(output)

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """The maximum of each region."""
        del weights
        (x,) = inputs
        return kernels.pooling.region_max(x, self._regions(x))


class FractionalAvgPool(FractionalPool):
    """The mean of each region; ``(C, *I) -> (C, *O)``.

    `boundaries` gives the regions, as TensorFlow's pooling sequences do. FLOPs: for each region its additions and one
    division.

    >>> FractionalAvgPool(boundaries=[[0, 2, 3, 5], [0, 1, 3, 5]]).output_shape([(6, 5, 5)])
    (6, 3, 3)
    """

    type_name = "fractional_avg_pool"
    positional = ("boundaries", "overlapping")
    aliases = ("fractional_average_pooling",)

    def validate(self) -> None:
        """Boundaries are given."""
        super().validate()
        if self.boundaries is None:
            fact = "`boundaries` is missing: it says where regions begin"
            raise LayerError(fact, option="boundaries", code="missing")

    def flops(self, inputs: Sequence[Shape], output: Shape) -> int:
        """One for each value that a region reads."""
        del output
        return self.values_read(inputs[0])

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """The mean of each region."""
        del weights
        (x,) = inputs
        return kernels.pooling.region_mean(x, self._regions(x))
