"""Weights that are normalised before they are used: what convolutions and linear layers share."""

from __future__ import annotations

from math import prod, sqrt
from typing import TYPE_CHECKING, ClassVar, Final

from cnncalc import kernels
from cnncalc.errors import LayerError
from cnncalc.layers.base import Layer
from cnncalc.layers.options import Boolean, option

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.kernels import Array
    from cnncalc.layers.weights import Initialiser, Values
    from cnncalc.shapes import Shape

STORED_AS: Final = {"weight_norm": "weight_v", "spectral_norm": "weight_orig"}
"""What the weight is stored as, where not as itself: the names of `torch.nn.utils`, which checkpoints have."""


class NormalizedWeight(Layer):
    """A layer whose weight may be normalised, by one of the options; a weight has the axes ``(filters, *others)``.

    The normalised weight is no part of the forward pass, into which it is folded, and counts for no operations.
    """

    spectral_axis: ClassVar[int] = 0
    """The axis of the weight that is the rows of the matrix whose largest singular value is divided by."""

    weight_norm: bool = option(
        Boolean(),
        default=False,
        meaning="each filter has a learnt length: weight_g, beside weight_v, as by torch.nn.utils.weight_norm",
    )
    spectral_norm: bool = option(
        Boolean(),
        default=False,
        meaning="weight_orig over its largest singular value, by buffers, as by torch.nn.utils.spectral_norm",
        aliases=("sn", "spectral_normalization"),
    )

    def validate(self) -> None:
        """Also, a weight is normalised in one way."""
        super().validate()
        chosen = [name for name in self.options if name in _WAYS and getattr(self, name)]
        if len(chosen) > 1:
            fact = f"`{chosen[0]}` and `{chosen[1]}` are both given"
            raise LayerError(fact, option=chosen[1], hint="a weight is normalised in one way: leave one of them out")

    @property
    def normalization(self) -> str | None:
        """The option by which the weight is normalised, if it is."""
        return next((name for name in self.options if name in _WAYS and getattr(self, name)), None)

    @property
    def stored_name(self) -> str:
        """What the array is called of which the weight is made."""
        return STORED_AS.get(self.normalization or "", "weight")

    def kernel_shape(self, shape: Shape) -> Shape:
        """The shape of the weight that is used, for an input of this shape."""
        raise NotImplementedError(f"{self.type_name} has no kernel")

    def stored_shapes(self, weight: Shape, bias: dict[str, Shape]) -> dict[str, Shape]:
        """The arrays of a weight of this shape, and the bias, in the order in which PyTorch has them."""
        each = (weight[0], *(1 for _ in weight[1:]))
        if self.weight_norm:
            return {**bias, "weight_g": each, "weight_v": weight}
        if self.spectral_norm:
            return {**bias, "weight_orig": weight}
        gain = {"gain": each} if self.normalization == "scaled_weight_standardization" else {}
        return {"weight": weight, **bias, **gain}

    def buffer_shapes(self, inputs: Sequence[Shape]) -> dict[str, Shape]:
        """The singular vectors that a spectral norm keeps."""
        if not self.spectral_norm:
            return {}
        weight = self.kernel_shape(inputs[0])
        rows = weight[self.spectral_axis]
        others = prod(size for axis, size in enumerate(weight) if axis != self.spectral_axis)
        return {"weight_u": (rows,), "weight_v": (others,)}

    def given_weights(self) -> dict[str, Values | Initialiser]:
        """A given weight is that which is stored."""
        found = super().given_weights()
        return {self.stored_name if name == "weight" else name: given for name, given in found.items()}

    def initial_mean(self, name: str, shape: Shape) -> float | None:
        """1 of a filter's length and gain."""
        return 1.0 if name in ("weight_g", "gain") else super().initial_mean(name, shape)

    def output_moment(self, inputs: Sequence[float], shapes: Sequence[Shape]) -> float:
        """Of a normalised weight it follows from the shape, and the scale of what is drawn does not matter."""
        if self.normalization in (None, "weight_norm"):
            return super().output_moment(inputs, shapes)
        weight = self.kernel_shape(shapes[0])
        square = 1.0
        if self.spectral_norm:
            # The largest singular value of a random matrix is about that of Bai and Yin, 1993.
            rows = weight[self.spectral_axis]
            square = 1 / (sqrt(rows) + sqrt(prod(weight) / rows)) ** 2
        elif self.normalization == "scaled_weight_standardization":
            square = 1 / prod(weight[1:])
        return max(inputs) * self.fan_in("weight", weight) * square

    def settled(self, arrays: Mapping[str, Array]) -> dict[str, Array]:
        """The lengths of drawn filters, and the singular vectors of a drawn matrix, as PyTorch begins with."""
        if self.weight_norm:
            return {"weight_g": kernels.weights.lengths(arrays["weight_v"])}
        if self.spectral_norm:
            rows, columns = kernels.weights.singular_vectors(arrays["weight_orig"], self.spectral_axis)
            return {"weight_u": rows, "weight_v": columns}
        return {}

    def used_weight(self, weights: Mapping[str, Array]) -> Array:
        """The weight of the forward pass, normalised."""
        chosen = self.normalization
        if chosen is None:
            return weights["weight"]
        if chosen == "weight_norm":
            return kernels.weights.with_lengths(weights["weight_v"], weights["weight_g"])
        if chosen == "spectral_norm":
            vectors = weights["weight_u"], weights["weight_v"]
            return kernels.weights.spectrally_normed(weights["weight_orig"], *vectors, self.spectral_axis)
        return kernels.weights.standardized(weights["weight"], weights.get("gain"))


class Standardizable(NormalizedWeight):
    """A layer whose filters may be standardised, too."""

    weight_standardization: bool = option(
        Boolean(),
        default=False,
        meaning="each filter is brought to mean 0 and variance 1, with an epsilon of 1e-6, as in timm's StdConv2d",
        aliases=("weight_standardisation", "ws", "standardize_weight"),
    )
    scaled_weight_standardization: bool = option(
        Boolean(),
        default=False,
        meaning="so, divided by the root of its size, and with a learnt gain for each, as in timm's ScaledStdConv2d",
        aliases=("scaled_weight_standardisation", "scaled_ws"),
    )


_WAYS: Final = ("weight_norm", "spectral_norm", "weight_standardization", "scaled_weight_standardization")
