"""Layers that lay the same values out anew. FLOPs: none."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from cnncalc import kernels
from cnncalc.errors import LayerError, shape_text, value_text
from cnncalc.geometry.reading import PermuteAxes, Rearrangement, ReshapeAxes
from cnncalc.layers.counted_axes import CountsAxes
from cnncalc.layers.options import Integer, ListOf, option
from cnncalc.shapes import MAX_RANK

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.geometry.reading import Reading
    from cnncalc.kernels import Array
    from cnncalc.shapes import Shape


class Reshaping(CountsAxes):
    """What the layers share that cut the row of all values into other axes.

    The row is read in the order in which the spec writes the axes, so with `data_format: channels_last` the channels
    change fastest, as in a framework of that kind.
    """

    def _sizes(self, shape: Shape) -> Shape:
        """The sizes that come out of those that arrive, both as the spec writes them; one may be -1."""
        raise NotImplementedError(f"{self.type_name} has no sizes")

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """The new sizes, which hold as many values as the old ones."""
        arriving = self.layout.external(inputs[0])
        sizes = filled(self._sizes(arriving), prod(arriving))
        if len(sizes) > MAX_RANK + 1:
            raise LayerError(f"{shape_text(sizes)} would have {len(sizes)} axes, and {MAX_RANK + 1} are the most")
        return self.layout.internal(sizes)

    def reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[Reading]:
        """One new shape, between axes in the order in which the spec writes them."""
        (shape,) = inputs
        written = self.layout
        reshape = ReshapeAxes(written.external(output))
        if not written.channels_last:
            return [Rearrangement(shape, [reshape])]
        axes, others = tuple(range(len(shape))), tuple(range(len(output)))
        return [
            Rearrangement(shape, [PermuteAxes(written.external(axes)), reshape, PermuteAxes(written.internal(others))])
        ]

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """The values, laid out anew."""
        del weights
        (x,) = inputs
        sizes = self._sizes(self.layout.external(x.shape[1:]))
        return kernels.arrays.reshaped(x, sizes, channels_last=self.layout.channels_last)


class Flatten(Reshaping):
    """All values as one vector, or some axes as one. FLOPs: none.

    ``(C, *I) -> (values,)``, in the order in which the spec writes the axes.

    >>> Flatten(start_dim=1).output_shape([(256, 6, 6)])
    (256, 36)
    """

    type_name = "flatten"
    positional = ("start_dim", "end_dim")

    start_dim: int = option(Integer(), default=0, meaning="the first axis to flatten", aliases=("axis",))
    end_dim: int = option(Integer(), default=-1, meaning="the last axis to flatten", aliases=("end_axis",))

    def _sizes(self, shape: Shape) -> Shape:
        first = written_axis("start_dim", self.start_dim, shape)
        last = written_axis("end_dim", self.end_dim, shape)
        if last < first:
            raise LayerError(f"`end_dim` {self.end_dim} is before `start_dim` {self.start_dim}", option="end_dim")
        return (*shape[:first], -1, *shape[last + 1 :])


class Unflatten(Reshaping):
    """One axis as several: the inverse of flattening. FLOPs: none.

    >>> Unflatten(dim=0, sizes=[16, -1, 4]).output_shape([(256,)])
    (16, 4, 4)
    """

    type_name = "unflatten"
    positional = ("dim", "sizes")

    dim: int = option(Integer(), meaning="the axis to cut up", aliases=("axis",))
    sizes: tuple[int, ...] = option(
        ListOf(Integer()), meaning="what it becomes; one size may be -1", aliases=("unflattened_size",)
    )

    def validate(self) -> None:
        """Sizes are at least 1, but for one -1."""
        check_sizes("sizes", self.sizes)

    def _sizes(self, shape: Shape) -> Shape:
        axis = written_axis("dim", self.dim, shape)
        return (*shape[:axis], *filled(self.sizes, shape[axis], "sizes"), *shape[axis + 1 :])


class Reshape(Reshaping):
    """The same values as a tensor of another shape. FLOPs: none.

    ``(C, *I) -> shape``; both are read in the order in which the spec writes the axes.

    >>> Reshape(shape=[16, -1, 4]).output_shape([(256,)])
    (16, 4, 4)
    """

    type_name = "reshape"
    positional = ("shape",)
    aliases = ("view",)

    shape: tuple[int, ...] = option(
        ListOf(Integer()), meaning="the new sizes; one may be -1", aliases=("target_shape", "size", "dims")
    )

    def validate(self) -> None:
        """Sizes are at least 1, but for one -1."""
        check_sizes("shape", self.shape)

    def _sizes(self, shape: Shape) -> Shape:
        return filled(self.shape, prod(shape), "shape")


class Squeeze(Reshaping):
    """Leaves out an axis of size 1, or all such axes. FLOPs: none.

    Of a tensor of one value one axis stays.

    >>> Squeeze(dim=-1).output_shape([(64, 8, 1)])
    (64, 8)
    """

    type_name = "squeeze"
    positional = ("dim",)

    dim: int | None = option(Integer(), default=None, meaning="the axis to leave out: all of size 1", aliases=("axis",))

    def _sizes(self, shape: Shape) -> Shape:
        if self.dim is None:
            return tuple(size for size in shape if size > 1) or (1,)
        axis = written_axis("dim", self.dim, shape)
        if shape[axis] > 1:
            raise LayerError(f"`dim` {self.dim} has size {shape[axis]}, and only 1 can be left out", option="dim")
        if len(shape) == 1:
            raise LayerError(f"`dim` {self.dim} is the only axis", option="dim")
        return (*shape[:axis], *shape[axis + 1 :])


class Unsqueeze(Reshaping):
    """Adds an axis of size 1: the inverse of `squeeze`. FLOPs: none.

    `dim` is its number in the output, counted from 0 or, where it is negative, from the end.

    >>> Unsqueeze(dim=-1).output_shape([(64, 8)])
    (64, 8, 1)
    """

    type_name = "unsqueeze"
    positional = ("dim",)
    aliases = ("expand_dims", "new_axis")

    dim: int = option(Integer(), meaning="where the new axis stands in the output", aliases=("axis", "axes"))

    def _sizes(self, shape: Shape) -> Shape:
        axis = written_axis("dim", self.dim, (*shape, 1))
        return (*shape[:axis], 1, *shape[axis:])


class Permute(CountsAxes):
    """The axes in another order. FLOPs: none.

    Axis i of the output is axis ``dims[i]`` of the input.

    >>> Permute(dims=[2, 0, 1]).output_shape([(3, 8, 9)])
    (9, 3, 8)
    """

    type_name = "permute"
    positional = ("dims",)
    aliases = ("transpose",)

    dims: tuple[int, ...] = option(
        ListOf(Integer()), meaning="every axis, in the new order", aliases=("perm", "axes", "order")
    )

    def axis_order(self, shape: Shape) -> list[int]:
        """The axis of the input that each axis of the output is."""
        if len(self.dims) != len(shape):
            raise LayerError(f"`dims` has {len(self.dims)} axes, the input has {len(shape)}", option="dims")
        order = [0] * len(shape)
        for new, old in enumerate(self.dim_axes("dims", self.dims, shape)):
            order[self.layout.axis(new, len(shape))] = old
        return order

    def validate(self) -> None:
        """No axis may be named twice."""
        if len(set(self.dims)) < len(self.dims):
            raise LayerError(f"`dims` names an axis twice: {value_text(list(self.dims))}", option="dims")

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """The sizes in the new order."""
        (shape,) = inputs
        return tuple(shape[axis] for axis in self.axis_order(shape))

    def reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[Reading]:
        """The same values, their axes in the new order."""
        del output
        return [Rearrangement(inputs[0], [PermuteAxes(self.axis_order(inputs[0]))])]

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """The axes in the new order."""
        del weights
        (x,) = inputs
        return kernels.arrays.permuted(x, self.axis_order(x.shape[1:]))


def written_axis(name: str, dim: int, shape: Shape) -> int:
    """The axis that `dim` means, where axes are counted as the spec writes them; raises `LayerError`.

    >>> written_axis("dim", -1, (3, 8, 8))
    2
    """
    if not -len(shape) <= dim < len(shape):
        raise LayerError(f"`{name}` must be from {-len(shape)} to {len(shape) - 1}, not {dim}", option=name)
    return dim % len(shape)


def check_sizes(name: str, sizes: Shape) -> None:
    """Raise `LayerError` unless sizes are at least 1, but for one -1."""
    if any(size < 1 and size != -1 for size in sizes) or sizes.count(-1) > 1:
        fact = f"`{name}` must have sizes of at least 1, and at most one -1, not {value_text(list(sizes))}"
        raise LayerError(fact, option=name)


def filled(sizes: Shape, values: int, option: str | None = None) -> Shape:
    """The sizes with -1 replaced by what makes them hold so many values; raises `LayerError` if nothing does.

    >>> filled((16, -1, 4), 256)
    (16, 4, 4)
    """
    known = prod(size for size in sizes if size != -1)
    if values % known or (-1 not in sizes and values != known):
        whole = shape_text(sizes)
        hint = None if -1 in sizes else "one size may be -1, and is what the others leave"
        raise LayerError(f"{values} values cannot be laid out as {whole}", option=option, hint=hint)
    return tuple(values // known if size == -1 else size for size in sizes)
