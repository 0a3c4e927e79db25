"""What the reductions share."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, ClassVar

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


class Reduction(CountsAxes):
    """What the reductions share: the axes, and their place in what comes out.

    ``(C, *I) -> (1, ..., 1)``, or so over the axes that `dim` names. Without `keepdim` they are left out: the first
    axis that stays becomes the channels, with `data_format: channels_last` the last, and where none does a vector of
    one value comes out.
    """

    positional: ClassVar[tuple[str, ...]] = ("dim", "keepdim")
    per_input: ClassVar[int] = 1
    """The operations for each value that comes in."""
    per_output: ClassVar[int] = 0
    """Those for each value that comes out."""

    dim: tuple[int, ...] | None = option(
        ListOf(Integer()), default=None, meaning="the axes to reduce: all of a sample", aliases=("axis", "axes", "dims")
    )
    keepdim: bool = option(
        Boolean(),
        default=True,
        meaning="keeps the axes with size 1; false, PyTorch's default, leaves them out",
        aliases=("keep_dims", "keepdims"),
    )

    def reduced_axes(self, shape: Shape) -> tuple[int, ...]:
        """The axes that are reduced."""
        if self.dim is None:
            return tuple(range(len(shape)))
        return tuple(sorted(self.dim_axes("dim", self.dim, shape)))

    def kept_axes(self, shape: Shape) -> tuple[int, ...]:
        """The axes of the input that those of the output are, where axes are left out; none of a single value."""
        reduced = self.reduced_axes(shape)
        written = self.layout.external(tuple(range(len(shape))))
        return self.layout.internal(tuple(axis for axis in written if axis not in reduced))

    def count(self, shape: Shape) -> int:
        """The number of values that become one."""
        return prod(shape[axis] for axis in self.reduced_axes(shape))

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """The sizes of the axes that are left, and 1 along those that are kept."""
        (shape,) = inputs
        if self.keepdim:
            reduced = self.reduced_axes(shape)
            return tuple(1 if axis in reduced else size for axis, size in enumerate(shape))
        return tuple(shape[axis] for axis in self.kept_axes(shape)) or (1,)

    def flops(self, inputs: Sequence[Shape], output: Shape) -> int:
        """Some for each value that comes in, and some for each that comes out."""
        arriving = self.per_input * prod(inputs[0])
        return arriving + self.per_output * prod(output) if self.per_output else arriving

    def output_moment(self, inputs: Sequence[float], shapes: Sequence[Shape]) -> float:
        """That of the reduction of so many values."""
        return self.moment(inputs[0], self.count(shapes[0]))

    def moment(self, square: float, count: int) -> float:
        """The expected square of what comes out, given that of the values, and their number."""
        del count
        return square

    def reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[Reading]:
        """All of the axes that are reduced; without `keepdim` those then move behind the others and are left out."""
        (shape,) = inputs
        reduced = self.reduced_axes(shape)
        if self.keepdim:
            return [same_but(len(shape), {axis: Whole(shape[axis]) for axis in reduced})]
        order = (*self.kept_axes(shape), *reduced)
        return [Rearrangement(shape, [ReduceAxes(reduced), PermuteAxes(order), ReshapeAxes(output)])]

    def reachable(self, inputs: Sequence[Array]) -> Array:
        """What has a value that is reachable; channels that are all alike stay so, unless they are reduced."""
        (x,) = inputs
        values = kernels.dependency.as_floats(kernels.dependency.distinct_channels(x))
        axes = self._axes(values)
        found = self._left(kernels.reduction.mean(values, axes), values.shape[1:])
        return found if 1 in axes else kernels.dependency.repeated(found, x.shape[1])

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """Reduce the axes, and leave them out without `keepdim`."""
        del weights
        (x,) = inputs
        return self._left(self.reduced(x, self._axes(x)), x.shape[1:])

    def reduced(self, x: Array, axes: Sequence[int]) -> Array:
        """The reduction, which keeps the axes with size 1."""
        return kernels.reduction.PLAIN[self.type_name](x, axes)

    def _axes(self, x: Array) -> list[int]:
        """The axes of an array that are reduced."""
        return [1 + axis for axis in self.reduced_axes(x.shape[1:])]

    def _left(self, reduced: Array, shape: Shape) -> Array:
        """What was reduced from samples of a shape, without the axes unless they are kept."""
        if self.keepdim:
            return reduced
        order = self.kept_axes(shape)
        turned = kernels.arrays.permuted(reduced, (*order, *self.reduced_axes(shape)))
        return kernels.arrays.reshaped(turned, [shape[axis] for axis in order] or [1])
