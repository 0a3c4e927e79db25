"""Products of matrices: of two tensors, where a weighted layer multiplies one by its weights."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from cnncalc import kernels
from cnncalc.errors import LayerError
from cnncalc.geometry.access import SAME, Whole
from cnncalc.geometry.reading import AxisByAxis
from cnncalc.layers.counted_axes import CountsAxes
from cnncalc.symbolic.arithmetic import broadcast

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.geometry.access import Access
    from cnncalc.geometry.reading import Reading
    from cnncalc.kernels import Array
    from cnncalc.shapes import Shape


class Matmul(CountsAxes):
    """The product of two tensors, each of which is a stack of matrices.

    ``(..., n, k)`` and ``(..., k, m)`` give ``(..., n, m)``, axes in the order in which the spec writes shapes: with
    channels first and maps ``C x H x W`` each channel is a matrix of H rows and W columns. Both have equally many axes,
    two at least, and those before the last two broadcast. `permute` turns a matrix: ``q k^T`` is
    ``matmul(from: [q, k_turned])``. MACs: output values x k; FLOPs: twice the MACs.

    >>> Matmul().output_shape([(8, 12, 12), (8, 12, 12)])
    (8, 12, 12)
    """

    type_name = "matmul"
    role = "merge"
    arity = (2, 2)
    aliases = ("dot", "bmm", "mm", "batch_dot", "batch_matmul", "matrix_multiply")

    def _last_two(self, axes: int) -> tuple[int, int]:
        """The internal axes that are the rows and the columns."""
        rows, columns = self.layout.external(tuple(range(axes)))[-2:]
        return rows, columns

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """The rows of the first input and the columns of the second, and before them what broadcasts."""
        left, right = inputs
        if len(left) != len(right):
            counts = " and ".join(map(str, sorted((len(left), len(right)))))
            raise LayerError(f"they have {counts} axes", hint="bring them to one number of axes first")
        if len(left) < 2:
            raise LayerError(
                "it multiplies matrices, and these are vectors",
                hint="`multiply` and `reduce_sum` make one number of them",
            )
        rows, columns = self._last_two(len(left))
        if left[columns] != right[rows]:
            fact = f"the first has {left[columns]} columns, the second {right[rows]} rows"
            raise LayerError(fact, hint=self._turning_hint(left, right))
        output = [broadcast(sizes) for sizes in zip(left, right, strict=True)]
        output[rows], output[columns] = left[rows], right[columns]
        for axis, sizes in enumerate(zip(left, right, strict=True)):
            if axis not in (rows, columns) and min(sizes) not in (1, max(sizes)):
                both = f"{self.layout.text(left)} and {self.layout.text(right)}"
                raise LayerError(f"their axes before the last two differ: {both}", hint="an axis of 1 broadcasts")
        return tuple(output)

    def _turning_hint(self, left: Shape, right: Shape) -> str:
        """What to do about matrices that do not fit."""
        _, columns = self._last_two(len(left))
        if left[columns] != right[columns]:
            return "what is summed up is the last axis of the first, and the last but one of the second"
        order = list(range(len(left)))
        order[-2:] = reversed(order[-2:])
        return f"`permute: {{dims: {order}}}` before the second turns its matrices"

    def macs(self, inputs: Sequence[Shape], output: Shape) -> int:
        """Output values x k."""
        left, _ = inputs
        _, columns = self._last_two(len(left))
        return prod(output) * left[columns]

    def flops(self, inputs: Sequence[Shape], output: Shape) -> int:
        """Twice the MACs."""
        return 2 * self.macs(inputs, output)

    def reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[Reading]:
        """The row of the first input and the column of the second; the same place, or the only one, along the rest."""
        left, right = inputs
        rows, columns = self._last_two(len(left))

        def accesses(shape: Shape, summed: int, own: int) -> list[Access]:
            along: list[Access] = [SAME if size == out else Whole(1) for size, out in zip(shape, output, strict=True)]
            along[summed], along[own] = Whole(shape[summed]), SAME
            return along

        return [AxisByAxis(accesses(left, columns, rows)), AxisByAxis(accesses(right, rows, columns))]

    def output_moment(self, inputs: Sequence[float], shapes: Sequence[Shape]) -> float:
        """The product of the inputs', as often as products are summed up."""
        left, _ = shapes
        _, columns = self._last_two(len(left))
        return prod(inputs) * left[columns]

    def reachable(self, inputs: Sequence[Array]) -> Array:
        """What a row of the first or a column of the second reaches: each multiplied by ones."""
        left, right = map(kernels.dependency.as_floats, inputs)
        ones = [kernels.dependency.filled(x.shape, 1.0) for x in inputs]
        return self._product(left, ones[1]) + self._product(ones[0], right)

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """Multiply matrix by matrix."""
        del weights
        return self._product(*inputs)

    def _product(self, left: Array, right: Array) -> Array:
        return kernels.products.matmul(left, right, channels_last=self.layout.channels_last)
