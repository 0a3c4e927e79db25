"""Normalisation by the response of all channels together."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from cnncalc import kernels
from cnncalc.errors import LayerError
from cnncalc.geometry.access import Statistic, Whole
from cnncalc.geometry.reading import AxisByAxis
from cnncalc.layers.activation_option import Activated
from cnncalc.layers.options import Number, option
from cnncalc.layers.weights import ArrayOption, Weight

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.geometry.reading import Reading
    from cnncalc.kernels import Array
    from cnncalc.shapes import Shape


class GlobalResponseNorm(Activated):
    """Weighs each channel by its norm over the map, as a share of the mean of all channels.

    Woo et al. 2023, ConvNeXt V2: ``x + weight * x * g / (mean(g) + eps) + bias`` with g the Euclidean norm of each
    channel over the map, and the shape stays; arrays are timm's, gamma and beta of the paper. FLOPs: 4 a value: a
    square and a sum, and a scale and a shift, to which the rest folds.

    >>> GlobalResponseNorm().weight_shapes([(384, 56, 56)])
    {'weight': (384,), 'bias': (384,)}
    """

    role = "norm"
    type_name = "global_response_norm"
    positional = ("eps",)
    aliases = ("grn", "global_response_normalization", "global_resp_norm")

    eps: float = option(Number(minimum=0), default=1e-6, meaning="added to the mean of the norms", aliases=("epsilon",))
    weight: ArrayOption = option(Weight(), default=True, meaning="gamma, one a channel", aliases=("gamma",))
    bias: ArrayOption = option(Weight(), default=True, meaning="beta, one a channel", aliases=("beta",))

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """The input's, which must be a map."""
        if len(inputs[0]) < 2:
            raise LayerError("it needs a map to take norms over, and this is a vector", hint="`l2_norm` takes vectors")
        return inputs[0]

    def weight_shapes(self, inputs: Sequence[Shape]) -> dict[str, Shape]:
        """Weight and bias, one a channel."""
        return dict.fromkeys(("weight", "bias"), inputs[0][:1])

    def initial_mean(self, name: str, shape: Shape) -> float | None:
        """Near the identity."""
        del name, shape
        return 0.0

    def flops(self, inputs: Sequence[Shape], output: Shape) -> int:
        """The norm, a scale and a shift for each value."""
        del inputs
        return 4 * prod(output)

    def reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[Reading]:
        """The value itself, and norms of all channels over the whole map."""
        del output
        return [AxisByAxis([Statistic(Whole(size)) for size in inputs[0]])]

    def reachable(self, inputs: Sequence[Array]) -> Array:
        """Everything, by the norms."""
        return kernels.dependency.reachable_together(inputs[0], range(1, inputs[0].ndim))

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """Scale and shift each channel."""
        return kernels.normalization.global_response_norm(inputs[0], self.eps, weights["weight"], weights["bias"])
