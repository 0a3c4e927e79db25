"""Layers that lay tensors along an axis of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc import kernels
from cnncalc.errors import LayerError, shape_text
from cnncalc.geometry.reading import PermuteAxes, PlaceAmong, Rearrangement, ReshapeAxes
from cnncalc.layers.activation_option import Activated
from cnncalc.layers.counted_axes import CountsAxes
from cnncalc.layers.options import Integer, option
from cnncalc.layers.reshaping import written_axis
from cnncalc.shapes import MAX_RANK

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.geometry.reading import Reading
    from cnncalc.kernels import Array
    from cnncalc.shapes import Shape


class Stack(Activated, CountsAxes):
    """The inputs, all of one shape, side by side along a new axis. FLOPs: none.

    ``n x (C, *I) -> (n, C, *I)``, or with the new axis where `dim` says, counted among those of the output. Without
    `dim` it becomes the channels. `concat` joins along an axis that is there.

    >>> Stack().output_shape([(64, 56), (64, 56)]), Stack(dim=-1).output_shape([(64, 56), (64, 56)])
    ((2, 64, 56), (64, 56, 2))
    """

    type_name = "stack"
    role = "merge"
    positional = ("dim",)
    arity = (1, None)

    dim: int | None = option(
        Integer(), default=None, meaning="where the new axis stands in the output: as the channels", aliases=("axis",)
    )

    def new_axis(self, shape: Shape) -> int:
        """The number of the new axis as the spec writes the output, for inputs of this shape."""
        if self.dim is None:
            return len(shape) if self.layout.channels_last else 0
        return written_axis("dim", self.dim, (*shape, 1))

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """The shape of the inputs, with their number inserted."""
        first = inputs[0]
        if any(shape != first for shape in inputs):
            raise LayerError("their shapes differ")
        new, written = self.new_axis(first), self.layout.external(first)
        sizes = (*written[:new], len(inputs), *written[new:])
        if len(sizes) > MAX_RANK + 1:
            raise LayerError(
                f"{shape_text(sizes)} would have {len(sizes)} axes, and {MAX_RANK + 1} are the most",
                hint="`concat` joins along an axis that is there",
            )
        return self.layout.internal(sizes)

    def reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[Reading]:
        """Of each input the same place, at its own number along the new axis."""
        shape, count = inputs[0], len(inputs)
        new, written = self.new_axis(shape), self.layout.external(shape)
        before = PermuteAxes(self.layout.external(tuple(range(len(shape)))))
        inserted = ReshapeAxes((*written[:new], 1, *written[new:]))
        behind = PermuteAxes(self.layout.internal(tuple(range(len(output)))))
        moved = self.layout.channels_last
        return [
            Rearrangement(shape, [*[before] * moved, inserted, PlaceAmong(new, number, count), *[behind] * moved])
            for number in range(count)
        ]

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """The inputs along a new axis."""
        del weights
        new = self.new_axis(inputs[0].shape[1:])
        return kernels.arrays.stacked(inputs, new, channels_last=self.layout.channels_last)
