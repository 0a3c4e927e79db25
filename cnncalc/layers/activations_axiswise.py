"""Activations along an axis."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from cnncalc import kernels
from cnncalc.errors import LayerError
from cnncalc.geometry.access import Whole
from cnncalc.geometry.reading import same_but
from cnncalc.geometry.window import Window
from cnncalc.geometry.window_access import Sliding
from cnncalc.layers.activation import Activation
from cnncalc.layers.counted_axes import CountsAxes
from cnncalc.layers.options import Integer, option
from cnncalc.symbolic.arithmetic import exact_div

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.geometry.reading import Reading
    from cnncalc.kernels import Array
    from cnncalc.layers.statistics import Statistics
    from cnncalc.shapes import Shape


class AlongAxis(Activation, CountsAxes):
    """A function of all values along an axis, the channels unless `dim` says otherwise."""

    role = ""
    operations = 5

    dim: int | None = option(Integer(), default=None, meaning="axis to work along: channels", aliases=("axis",))

    def worked_axis(self, shape: Shape) -> int:
        """The axis along which it works."""
        return 0 if self.dim is None else self.dim_axis("dim", self.dim, shape)

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """The input's."""
        self.worked_axis(inputs[0])
        return inputs[0]

    def reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[Reading]:
        """All of the axis."""
        del output
        (shape,) = inputs
        along = self.worked_axis(shape)
        return [same_but(len(shape), {along: Whole(shape[along])})]

    def reachable(self, inputs: Sequence[Array]) -> Array:
        """All values along the axis."""
        return kernels.dependency.reachable_together(inputs[0], [1 + self.worked_axis(inputs[0].shape[1:])])

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """The function along the axis."""
        del weights
        return self.function(inputs[0])

    def forward_in_place(self, x: Array, weights: Mapping[str, Array]) -> Array:
        """The function along the axis, which needs more than one value at a time."""
        return self.forward([x], weights)

    def output_statistics(self, inputs: Sequence[Statistics], shapes: Sequence[Shape]) -> Statistics:
        """No more than the input's, unless `output_moment` says otherwise."""
        return inputs[0].with_square(self.output_moment([each.square for each in inputs], shapes))


class Softmax(AlongAxis):
    """``exp(x_i) / sum(exp(x_j))`` along the channels or an axis.

    FLOPs: 5 a value: for the largest value, its subtraction, the exponential, the sum and the division.

    >>> Softmax(dim=0).output_shape([(10,)])
    (10,)
    """

    type_name = "softmax"
    positional = ("dim",)
    aliases = ("softmax2d",)

    def function(self, x: Array) -> Array:
        """``exp(x_i) / sum(exp(x_j))``."""
        return kernels.elementwise.softmax(x, 1 + self.worked_axis(x.shape[1:]))

    def output_moment(self, inputs: Sequence[float], shapes: Sequence[Shape]) -> float:
        """That of n values with the sum 1, at most 1 / n: where one of them is nearly 1."""
        del inputs
        (shape,) = shapes
        return 1 / shape[self.worked_axis(shape)]


class LogSoftmax(AlongAxis):
    """``x_i - log(sum(exp(x_j)))`` along the channels or an axis.

    FLOPs: 5 a value: for the largest value, its subtraction, the exponential, the sum and the last subtraction.

    >>> LogSoftmax(dim=0).output_shape([(10,)])
    (10,)
    """

    type_name = "log_softmax"
    positional = ("dim",)

    def function(self, x: Array) -> Array:
        """``x_i - log(sum(exp(x_j)))``."""
        return kernels.elementwise.log_softmax(x, 1 + self.worked_axis(x.shape[1:]))


class GLU(AlongAxis):
    """One half of an axis gates the other (Dauphin et al. 2016).

    The first half is multiplied by the sigmoid of the second. ``(C, *I) -> (C / 2, *I)``, or half of the axis `dim`.
    FLOPs: 5 for each value that comes out.

    >>> GLU(dim=0).output_shape([(64, 8, 8)])
    (32, 8, 8)
    """

    type_name = "glu"
    positional = ("dim",)
    aliases = ("gated_linear_unit",)

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """Half of the axis."""
        (shape,) = inputs
        axis = self.worked_axis(shape)
        if shape[axis] % 2:
            raise LayerError(f"it halves an axis of {shape[axis]}, which is odd", option="dim")
        return (*shape[:axis], exact_div(shape[axis], 2), *shape[axis + 1 :])

    def flops(self, inputs: Sequence[Shape], output: Shape) -> int:
        """The sigmoid and a product for each value."""
        del inputs
        return self.operations * prod(output)

    def reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[Reading]:
        """Along the axis that is halved the position of its number in both halves."""
        (shape,) = inputs
        halved = self.worked_axis(shape)
        pair = Sliding(Window(kernel_size=2, dilation=output[halved]), shape[halved])
        return [same_but(len(shape), {halved: pair})]

    def reachable(self, inputs: Sequence[Array]) -> Array:
        """Both halves."""
        return kernels.dependency.reachable_halves(inputs[0], 1 + self.worked_axis(inputs[0].shape[1:]))

    def function(self, x: Array) -> Array:
        """``a sigmoid(b)``."""
        return kernels.elementwise.glu(x, 1 + self.worked_axis(x.shape[1:]))
