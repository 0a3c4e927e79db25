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


class Dropout(Identity):
    """Drops values in training; else the identity. FLOPs: none.

    >>> Dropout(p=0.5).output_shape([(4096,)])
    (4096,)
    """

    type_name = "dropout"
    positional = ("p",)
    aliases: ClassVar[tuple[str, ...]] = (
        "dropout1d",
        "dropout2d",
        "dropout3d",
        "spatial_dropout1d",
        "spatial_dropout2d",
        "spatial_dropout3d",
        "alpha_dropout",
        "feature_alpha_dropout",
        "gaussian_dropout",
    )

    p: float = option(
        Number(minimum=0, maximum=1),
        default=0.5,
        meaning="share of the values that training drops",
        aliases=("rate", "dropout_ratio", "prob"),
    )
