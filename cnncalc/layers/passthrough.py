"""Layers that act in training only, and the one that never acts."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from cnncalc.layers.base import Layer
from cnncalc.layers.options import Number, option

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.kernels import Array


class Identity(Layer):
    """The input, unchanged. FLOPs: none."""

    type_name = "identity"
    aliases: ClassVar[tuple[str, ...]] = ("noop", "no_op")

    def reachable(self, inputs: Sequence[Array]) -> Array:
        """The values that are reachable."""
        return inputs[0]

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """The input itself."""
        del weights
        return inputs[0]


class DropPath(Identity):
    """Drops whole branches in training; else the identity. FLOPs: none.

    Also called stochastic depth (Huang et al. 2016).

    >>> DropPath(p=0.1).output_shape([(96, 56, 56)])
    (96, 56, 56)
    """

    type_name = "drop_path"
    positional = ("p",)
    aliases: ClassVar[tuple[str, ...]] = ("stochastic_depth",)

    p: float = option(
        Number(minimum=0, maximum=1),
        default=0.0,
        meaning="share of the samples that training drops",
        aliases=("drop_prob", "rate", "prob"),
    )


class Dropping(Identity):
    """What the layers share that drop values, each in its own way, in training."""

    positional = ("p",)

    p: float = option(
        Number(minimum=0, maximum=1),
        default=0.5,
        meaning="share of the values that training drops",
        aliases=("rate", "dropout_ratio", "prob"),
    )


class Dropout(Dropping):
    """Drops values in training; else the identity (Srivastava et al. 2014). FLOPs: none.

    >>> Dropout(p=0.5).output_shape([(4096,)])
    (4096,)
    """

    type_name = "dropout"


class SpatialDropout(Dropping):
    """Drops whole channels in training; else the identity (Tompson et al. 2015). FLOPs: none.

    It is PyTorch's Dropout2d, and one for each rank, and Keras's SpatialDropout2D.

    >>> SpatialDropout(p=0.2).output_shape([(64, 28, 28)])
    (64, 28, 28)
    """

    type_name = "spatial_dropout"
    ranked = True
    aliases: ClassVar[tuple[str, ...]] = ("feature_dropout", "channel_dropout", "dropout1d", "dropout2d", "dropout3d")


class AlphaDropout(Dropping):
    """Drops values in training and keeps mean and variance; else the identity (Klambauer et al. 2017). FLOPs: none.

    >>> AlphaDropout(p=0.1).output_shape([(128,)])
    (128,)
    """

    type_name = "alpha_dropout"


class FeatureAlphaDropout(Dropping):
    """Drops whole channels as `alpha_dropout` does values; else the identity. FLOPs: none.

    >>> FeatureAlphaDropout(p=0.1).output_shape([(64, 28, 28)])
    (64, 28, 28)
    """

    type_name = "feature_alpha_dropout"


class GaussianDropout(Dropping):
    """Multiplies by noise around 1 in training; else the identity (Srivastava et al. 2014). FLOPs: none.

    >>> GaussianDropout(p=0.3).output_shape([(64,)])
    (64,)
    """

    type_name = "gaussian_dropout"

    p: float = option(
        Number(minimum=0, maximum=1),
        default=0.5,
        meaning="the noise has deviation sqrt(p / (1 - p))",
        aliases=("rate", "prob"),
    )


class GaussianNoise(Identity):
    """Adds noise around 0 in training; else the identity. FLOPs: none.

    >>> GaussianNoise(stddev=0.1).output_shape([(3, 32, 32)])
    (3, 32, 32)
    """

    type_name = "gaussian_noise"
    positional = ("stddev",)
    aliases: ClassVar[tuple[str, ...]] = ("noise", "add_noise", "white_noise")

    stddev: float = option(
        Number(minimum=0), default=0.1, meaning="deviation of the noise", aliases=("std", "sigma", "scale")
    )
