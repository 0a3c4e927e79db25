"""Reductions: many values along some axes become one."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from cnncalc import kernels
from cnncalc.geometry.access import Whole
from cnncalc.geometry.reading import PermuteAxes, Rearrangement, ReduceAxes, ReshapeAxes, same_but
from cnncalc.layers.counted_axes import CountsAxes
from cnncalc.layers.options import Boolean, Integer, ListOf, option

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.geometry.reading import Reading
    from cnncalc.kernels import Array
    from cnncalc.shapes import Shape


class ReduceMean(CountsAxes):
    """The mean over some axes, or all, which are kept with size 1 or left out.

    ``(C, *I) -> (1, ..., 1)``, or so over the axes that `dim` names. Without `keepdim` they are left out: the first
    axis that stays becomes the channels, with `data_format: channels_last` the last, and where none does a vector of
    one value comes out. FLOPs: for each output value the additions and one division.

    >>> ReduceMean(dim=1).output_shape([(512, 7, 9)]), ReduceMean(dim=[1, 2], keepdim=False).output_shape([(512, 7, 9)])
    ((512, 1, 9), (512,))
    """

    type_name = "reduce_mean"
    positional = ("dim", "keepdim")
    aliases = ("mean", "global_mean")

    dim: tuple[int, ...] | None = option(
        ListOf(Integer()), default=None, meaning="axes to take the mean over: all", aliases=("axis", "axes", "dims")
    )
    keepdim: bool = option(
        Boolean(), default=True, meaning="false leaves the axes out", aliases=("keep_dims", "keepdims")
    )

    def _reduced(self, shape: Shape) -> tuple[int, ...]:
        """The axes that the mean is taken over."""
        if self.dim is None:
            return tuple(range(len(shape)))
        return tuple(sorted(self.dim_axes("dim", self.dim, shape)))

    def _order(self, shape: Shape) -> tuple[int, ...]:
        """The axes of the input that those of the output are, where axes are left out; none of a single value."""
        reduced = self._reduced(shape)
        written = self.layout.external(tuple(range(len(shape))))
        return self.layout.internal(tuple(axis for axis in written if axis not in reduced))

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """The sizes of the axes that are left, and 1 along those that are kept."""
        (shape,) = inputs
        if self.keepdim:
            reduced = self._reduced(shape)
            return tuple(1 if axis in reduced else size for axis, size in enumerate(shape))
        return tuple(shape[axis] for axis in self._order(shape)) or (1,)

    def flops(self, inputs: Sequence[Shape], output: Shape) -> int:
        """One for each input value."""
        del output
        return prod(inputs[0])

    def reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[Reading]:
        """All of the axes that are reduced; without `keepdim` those then move behind the others and are left out."""
        (shape,) = inputs
        reduced = self._reduced(shape)
        if self.keepdim:
            return [same_but(len(shape), {axis: Whole(shape[axis]) for axis in reduced})]
        order = (*self._order(shape), *reduced)
        return [Rearrangement(shape, [ReduceAxes(reduced), PermuteAxes(order), ReshapeAxes(output)])]

    def reachable(self, inputs: Sequence[Array]) -> Array:
        """What has a value that is reachable; channels that are all alike stay so, unless they are reduced."""
        (x,) = inputs
        found = self.forward([kernels.dependency.as_floats(kernels.dependency.distinct_channels(x))], {})
        return found if 0 in self._reduced(x.shape[1:]) else kernels.dependency.repeated(found, x.shape[1])

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """The mean over the axes."""
        del weights
        (x,) = inputs
        shape = x.shape[1:]
        reduced = self._reduced(shape)
        mean = kernels.pooling.mean(x, [1 + axis for axis in reduced])
        if self.keepdim:
            return mean
        order = self._order(shape)
        return kernels.arrays.reshaped(
            kernels.arrays.permuted(mean, (*order, *reduced)), [shape[axis] for axis in order] or [1]
        )
