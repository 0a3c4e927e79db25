"""Layers that make one tensor of several."""

from __future__ import annotations

from math import prod, sqrt
from typing import TYPE_CHECKING

from cnncalc import kernels
from cnncalc.errors import LayerError
from cnncalc.geometry.axis_map import IDENTITY, AxisMap
from cnncalc.geometry.index_set import IndexSet
from cnncalc.layers.activation_option import Activated
from cnncalc.layers.options import Integer, option
from cnncalc.shapes import AXIS_NAMES
from cnncalc.symbolic.arithmetic import broadcast

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.geometry.boxes import Box
    from cnncalc.kernels import Array
    from cnncalc.shapes import Shape


class Elementwise(Activated):
    """What the merges value by value share: shapes are equal, or 1 along an axis, which then broadcasts.

    FLOPs: one operation a value for each input after the first.
    """

    arity = (2, None)
    channelwise = True

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """The larger size along each axis."""
        _same_axes(inputs)
        for axis, sizes in enumerate(zip(*inputs, strict=True)):
            different = [size for size in dict.fromkeys(sizes) if size != 1]
            if len(different) > 1:
                raise LayerError(f"their {_axis_name(axis, inputs[0])} differ: {' and '.join(map(str, different))}")
        return tuple(map(broadcast, zip(*inputs, strict=True)))

    def flops(self, inputs: Sequence[Shape], output: Shape) -> int:
        """One for each value and input after the first."""
        return (len(inputs) - 1) * prod(output)

    def reads(self, inputs: Sequence[Shape], output: Shape) -> list[Sequence[AxisMap | None]]:
        """The value of the same place, or the one value of an axis that broadcasts."""
        return [[IDENTITY if size == o else None for size, o in zip(s[1:], output[1:], strict=True)] for s in inputs]

    def channel_reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[AxisMap | None]:
        """The same channel, or the only one where that broadcasts."""
        return [IDENTITY if shape[0] == output[0] else None for shape in inputs]

    def sources(self, wanted: Box, inputs: Sequence[Shape], output: Shape) -> list[list[Box]]:
        """The same places of each input; all of an axis that broadcasts."""
        return [[tuple(map(_of_broadcast, wanted, shape, output)) if shape != output else wanted] for shape in inputs]

    @classmethod
    def axes_apart(cls) -> bool:
        """Always."""
        return True

    def reachable(self, inputs: Sequence[Array]) -> Array:
        """What any of the inputs reaches."""
        return kernels.arrays.merge("add", inputs)

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """Merge value by value."""
        del weights
        return kernels.arrays.merge(self.type_name, inputs)


class Additive(Elementwise):
    """What sum and difference share."""

    def second_moment(self, inputs: Sequence[float]) -> float:
        """No more than if all had the same sign (Minkowski)."""
        return sum(map(sqrt, inputs)) ** 2


class Add(Additive):
    """The sum of the inputs, which broadcast. FLOPs: 1 a value for each input after the first.

    >>> Add().output_shape([(64, 56, 56), (64, 1, 1)])
    (64, 56, 56)
    """

    type_name = "add"
    aliases = ("sum", "eltwise")


class Subtract(Additive):
    """The first input less all others, which broadcast. FLOPs: 1 a value for each input after the first."""

    type_name = "subtract"
    aliases = ("sub",)


class Multiply(Elementwise):
    """The product of the inputs, which broadcast. FLOPs: 1 a value for each input after the first."""

    type_name = "multiply"
    aliases = ("mul",)

    def second_moment(self, inputs: Sequence[float]) -> float:
        """The product of the inputs'."""
        return prod(inputs)


class Maximum(Elementwise):
    """The largest of the inputs, which broadcast. FLOPs: 1 a value for each input after the first."""

    type_name = "maximum"
    aliases = ("max",)


class Minimum(Elementwise):
    """The smallest of the inputs, which broadcast. FLOPs: 1 a value for each input after the first."""

    type_name = "minimum"
    aliases = ("min",)


class Average(Elementwise):
    """The mean of the inputs, which broadcast. FLOPs: as many as inputs for each value, the sum and one division."""

    type_name = "average"
    aliases = ("mean",)

    def flops(self, inputs: Sequence[Shape], output: Shape) -> int:
        """The sum and one division for each value."""
        return len(inputs) * prod(output)


class Concat(Activated):
    """The inputs one after another, along an axis: channels. FLOPs: none.

    >>> Concat().output_shape([(64, 28, 28), (128, 28, 28)])
    (192, 28, 28)
    """

    type_name = "concat"
    aliases = ("concatenate", "cat")
    arity = (1, None)

    dim: int | None = option(Integer(), default=None, meaning="the axis to join along: channels", aliases=("axis",))

    def _axis(self, shape: Shape) -> int:
        return 0 if self.dim is None else self.dim_axis("dim", self.dim, shape)

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """The sum of the sizes along the axis."""
        _same_axes(inputs)
        joined = self._axis(inputs[0])
        for axis, sizes in enumerate(zip(*inputs, strict=True)):
            if axis != joined and len(set(sizes)) > 1:
                different = " and ".join(map(str, dict.fromkeys(sizes)))
                raise LayerError(f"their {_axis_name(axis, inputs[0])} differ: {different}")
        first = inputs[0]
        joint = sum(shape[joined] for shape in inputs)
        return tuple(
            joint if axis == joined else broadcast(tuple(s[axis] for s in inputs)) for axis in range(len(first))
        )

    def reads(self, inputs: Sequence[Shape], output: Shape) -> list[Sequence[AxisMap | None]]:
        """The value of the same place; along the axis it is joined on, of the place moved by the inputs before it."""
        return [axes[1:] for axes in self._moves(inputs, output)]

    def channel_reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[AxisMap | None]:
        """The same channel, moved by those of the inputs before it where the channels are joined."""
        return [axes[0] for axes in self._moves(inputs, output)]

    def _moves(self, inputs: Sequence[Shape], output: Shape) -> list[list[AxisMap]]:
        """For each input and axis, where the output's positions lie in it."""
        joined = self._axis(output)
        moves: list[list[AxisMap]] = []
        before = 0
        for shape in inputs:
            moved = AxisMap((-before,), (-before,), 1) if before else IDENTITY
            moves.append([moved if axis == joined else IDENTITY for axis in range(len(shape))])
            before += shape[joined]
        return moves

    def sources(self, wanted: Box, inputs: Sequence[Shape], output: Shape) -> list[list[Box]]:
        """Of each input the part of the axis that it fills, if any of it is wanted."""
        joined = self._axis(output)
        found: list[list[Box]] = []
        before = 0
        for shape in inputs:
            part = wanted[joined].between(before, before + shape[joined] - 1).moved(-before)
            found.append([(*wanted[:joined], part, *wanted[joined + 1 :])] if part else [])
            before += shape[joined]
        return found

    @classmethod
    def axes_apart(cls) -> bool:
        """Always."""
        return True

    def joins(self, inputs: Sequence[Shape]) -> int | None:
        """The axis, if there is more than one input."""
        return self._axis(inputs[0]) if len(inputs) > 1 else None

    def moves_channels(self, inputs: Sequence[Shape]) -> bool:
        """If the channels are the axis."""
        return self._axis(inputs[0]) == 0

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """Join along the axis."""
        del weights
        return kernels.arrays.concat(inputs, 1 + self._axis(inputs[0].shape[1:]))


def _of_broadcast(positions: IndexSet, size: int, output: int) -> IndexSet:
    return positions if size == output else IndexSet.span(0, 0)


def _same_axes(inputs: Sequence[Shape]) -> None:
    if len({len(shape) for shape in inputs}) > 1:
        counts = " and ".join(str(n) for n in sorted({len(shape) for shape in inputs}))
        raise LayerError(f"they have {counts} axes", hint="bring them to one number of axes first")


def _axis_name(axis: int, shape: Shape) -> str:
    """What an axis is called, in the plural."""
    return "channels" if axis == 0 else AXIS_NAMES[len(shape) - 1][axis - 1] + "s"
