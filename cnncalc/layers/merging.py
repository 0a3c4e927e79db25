"""Layers that make one tensor of several."""

from __future__ import annotations

from itertools import accumulate
from math import prod
from typing import TYPE_CHECKING

from cnncalc import kernels
from cnncalc.errors import LayerError
from cnncalc.geometry.access import SAME, Part, Whole
from cnncalc.geometry.reading import AxisByAxis, same_but
from cnncalc.layers.activation_option import Activated
from cnncalc.layers.counted_axes import CountsAxes
from cnncalc.layers.options import Integer, option
from cnncalc.layers.statistics import mixture
from cnncalc.shapes import AXIS_NAMES
from cnncalc.symbolic.arithmetic import broadcast

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.geometry.reading import Reading
    from cnncalc.kernels import Array
    from cnncalc.layers.statistics import Statistics
    from cnncalc.shapes import Shape


class Elementwise(Activated):
    """What the merges value by value share: shapes are equal, or 1 along an axis, which then broadcasts.

    FLOPs: one operation a value for each input after the first.
    """

    role = "merge"
    arity = (2, None)

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

    def reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[Reading]:
        """The value of the same place, or the one value of an axis that broadcasts."""
        return [
            AxisByAxis([SAME if size == o else Whole(1) for size, o in zip(s, output, strict=True)]) for s in inputs
        ]

    def reachable(self, inputs: Sequence[Array]) -> Array:
        """What any of the inputs reaches."""
        return kernels.arrays.merge("add", inputs)

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """Merge value by value."""
        del weights
        return kernels.arrays.merge(self.type_name, inputs)


class Average(Elementwise):
    """The mean of the inputs, which broadcast. FLOPs: as many as inputs for each value, the sum and one division."""

    type_name = "average"
    aliases = ("mean",)

    def flops(self, inputs: Sequence[Shape], output: Shape) -> int:
        """The sum and one division for each value."""
        return len(inputs) * prod(output)


class Concat(Activated, CountsAxes):
    """The inputs one after another, along an axis: channels. FLOPs: none.

    >>> Concat().output_shape([(64, 28, 28), (128, 28, 28)])
    (192, 28, 28)
    """

    type_name = "concat"
    role = "merge"
    positional = ("dim",)
    aliases = ("concatenate", "cat")
    arity = (1, None)

    dim: int | None = option(Integer(), default=None, meaning="the axis to join along: channels", aliases=("axis",))

    def joined_axis(self, shape: Shape) -> int:
        """The axis along which inputs of such a shape are joined, the channels counted as 0."""
        return 0 if self.dim is None else self.dim_axis("dim", self.dim, shape)

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """The sum of the sizes along the axis."""
        _same_axes(inputs)
        joined = self.joined_axis(inputs[0])
        for axis, sizes in enumerate(zip(*inputs, strict=True)):
            if axis != joined and len(set(sizes)) > 1:
                different = " and ".join(map(str, dict.fromkeys(sizes)))
                raise LayerError(f"their {_axis_name(axis, inputs[0])} differ: {different}")
        first = inputs[0]
        joint = sum(shape[joined] for shape in inputs)
        return tuple(
            joint if axis == joined else broadcast(tuple(s[axis] for s in inputs)) for axis in range(len(first))
        )

    def reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[Reading]:
        """The value of the same place; along the axis it is joined on, of the place behind the inputs before it."""
        joined = self.joined_axis(output)
        if len(inputs) == 1:
            return super().reads(inputs, output)
        ends = accumulate(shape[joined] for shape in inputs)
        parts = (Part(end - shape[joined], shape[joined]) for end, shape in zip(ends, inputs, strict=True))
        return [same_but(len(output), {joined: part}) for part in parts]

    def output_statistics(self, inputs: Sequence[Statistics], shapes: Sequence[Shape]) -> Statistics:
        """Those of all values together."""
        total = sum(map(prod, shapes))
        return mixture([(prod(shape) / total, each) for shape, each in zip(shapes, inputs, strict=True)])

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """Join along the axis."""
        del weights
        return kernels.arrays.concat(inputs, 1 + self.joined_axis(inputs[0].shape[1:]))


def _same_axes(inputs: Sequence[Shape]) -> None:
    if len({len(shape) for shape in inputs}) > 1:
        counts = " and ".join(str(n) for n in sorted({len(shape) for shape in inputs}))
        raise LayerError(f"they have {counts} axes", hint="bring them to one number of axes first")


def _axis_name(axis: int, shape: Shape) -> str:
    """What an axis is called, in the plural."""
    return "channels" if axis == 0 else AXIS_NAMES[len(shape) - 1][axis - 1] + "s"
