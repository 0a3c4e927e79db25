"""What the activations share."""

from __future__ import annotations

from math import pi, prod, sqrt
from typing import TYPE_CHECKING, ClassVar

from cnncalc import kernels
from cnncalc.layers.base import Layer
from cnncalc.layers.statistics import Statistics, mixture

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

    def output_statistics(self, inputs: Sequence[Statistics], shapes: Sequence[Shape]) -> Statistics:
        """Those of the function of normal values, and of rectified normal values as far as such arrive."""
        del shapes
        mean, variance, rectified = arriving = inputs[0]
        found = kernels.moments.of_function(self.function, mean, sqrt(variance))
        share = 1.0 if found.least >= 0 else 0.0
        output = Statistics(found.mean, found.variance, share)
        if not rectified:
            return output
        # The positive halves of normal values with the square 2 q have the square q, and the mean sqrt(q / pi).
        found = kernels.moments.of_function(self.function, 0.0, sqrt(2 * arriving.square), lowest=0.0)
        mean *= found.mean / sqrt(arriving.square / pi)
        kept = Statistics(mean, max(found.mean**2 + found.variance - mean * mean, 0.0), share)
        return mixture([(rectified, kept), (1 - rectified, output)])

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
