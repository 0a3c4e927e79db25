"""What the activations share."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, ClassVar

from cnncalc import kernels
from cnncalc.layers.base import Layer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.kernels import Array
    from cnncalc.shapes import Shape


class Activation(Layer):
    """A function of each value: the shape stays, and each value costs `operations`."""

    role: ClassVar[str] = "activation"
    operations: ClassVar[int] = 1

    def flops(self, inputs: Sequence[Shape], output: Shape) -> int:
        """So many operations for each value."""
        del inputs
        return self.operations * prod(output)

    def second_moment(self, inputs: Sequence[float]) -> float:
        """A rectifier keeps half of it; close enough for the smooth ones."""
        return 0.5 * inputs[0]

    def reachable(self, inputs: Sequence[Array]) -> Array:
        """The values that are reachable, since each is a function of itself."""
        return inputs[0]

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """The function of each value."""
        del weights
        return kernels.arrays.in_boxes(self.function, inputs[0])

    def forward_in_place(self, x: Array, weights: Mapping[str, Array]) -> Array:
        """The function of each value, in its place."""
        del weights
        return kernels.arrays.in_boxes(self.function, x, x)

    def function(self, x: Array) -> Array:
        """The function itself."""
        raise NotImplementedError(f"{self.type_name} has no function")
