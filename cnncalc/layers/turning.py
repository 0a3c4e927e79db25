"""Layers that turn axes: the same values in another order along them, without weights or operations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc import kernels
from cnncalc.errors import LayerError
from cnncalc.geometry.access import Cyclic, Shift
from cnncalc.geometry.reading import same_but
from cnncalc.layers.counted_axes import CountsAxes
from cnncalc.layers.options import Integer, ListOf, option

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.geometry.reading import Reading
    from cnncalc.kernels import Array
    from cnncalc.shapes import Shape


class Roll(CountsAxes):
    """Moves the values along axes, and those that leave at one end come in at the other. FLOPs: none.

    The shape stays. Position p becomes position ``(p + shift) % size``, as in PyTorch and NumPy: a shift of 1 moves
    towards higher positions, one of -3 by three to lower ones, as before the shifted windows of Swin
    (Liu et al. 2021, arXiv:2103.14030).

    >>> Roll(shifts=[-3, -3], dim=[1, 2]).output_shape([(96, 56, 56)])
    (96, 56, 56)
    """

    type_name = "roll"
    positional = ("shifts", "dim")

    shifts: tuple[int, ...] = option(
        ListOf(Integer()), meaning="by how many positions, one number for each axis of `dim`", aliases=("shift",)
    )
    dim: tuple[int, ...] = option(
        ListOf(Integer()), meaning="the axis, or the axes, to roll along", aliases=("dims", "axis", "axes")
    )

    def validate(self) -> None:
        """As many shifts as axes."""
        if len(self.shifts) != len(self.dim):
            raise LayerError(f"`shifts` has {len(self.shifts)} values, and `dim` has {len(self.dim)}", option="shifts")

    def shift_by_axis(self, shape: Shape) -> dict[int, int]:
        """By how many places the values move along each axis that they move along."""
        return dict(zip(self.dim_axes("dim", self.dim, shape), self.shifts, strict=True))

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """The input's shape."""
        self.shift_by_axis(inputs[0])
        return inputs[0]

    def reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[Reading]:
        """Along the axes that are rolled, the position that came here."""
        del output
        (shape,) = inputs
        shifts = self.shift_by_axis(shape)
        rolled = {axis: Cyclic(-by, shape[axis], shape[axis]) for axis, by in shifts.items() if by % shape[axis]}
        return [same_but(len(shape), rolled)]

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """The values where they were rolled to."""
        del weights
        (x,) = inputs
        shifts = self.shift_by_axis(x.shape[1:])
        return kernels.arrays.rolled(x, [1 + axis for axis in shifts], list(shifts.values()))


class Flip(CountsAxes):
    """Turns axes round: the last position becomes the first. FLOPs: none.

    The shape stays. The stride of a receptive field is negative behind it, as neighbours then lie the other way round.

    >>> Flip(dim=2).output_shape([(3, 32, 32)])
    (3, 32, 32)
    """

    type_name = "flip"
    positional = ("dim",)
    aliases = ("reverse",)

    dim: tuple[int, ...] = option(
        ListOf(Integer()), meaning="the axis, or the axes, to turn round", aliases=("dims", "axis", "axes")
    )

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """The input's shape."""
        self.dim_axes("dim", self.dim, inputs[0])
        return inputs[0]

    def reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[Reading]:
        """Along the axes that are turned round, the position as far from the end as this one is from the beginning."""
        del output
        (shape,) = inputs
        turned = {axis: Shift(shape[axis] - 1, shape[axis], -1) for axis in self.dim_axes("dim", self.dim, shape)}
        return [same_but(len(shape), turned)]

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """The values in the opposite order."""
        del weights
        (x,) = inputs
        axes = self.dim_axes("dim", self.dim, x.shape[1:])
        return kernels.arrays.sliced(x, {1 + axis: slice(None, None, -1) for axis in axes})
