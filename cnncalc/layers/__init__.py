"""The layer types: one class each, in one file a family.

`LAYERS` maps the name of a type to its class. A spec may write a ranked type with its rank; `find` reads both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.layers.activation import ACTIVATIONS
from cnncalc.layers.border import Pad, Permute, Slice
from cnncalc.layers.convolution import Convolution
from cnncalc.layers.cropping import Crop
from cnncalc.layers.depthwise import DepthwiseConvolution, SeparableConvolution
from cnncalc.layers.fixed_normalization import LocalResponseNorm, Normalize
from cnncalc.layers.gating import Scale, SqueezeExcite
from cnncalc.layers.global_pooling import AdaptiveAvgPool, AdaptiveMaxPool, GlobalAvgPool, GlobalMaxPool
from cnncalc.layers.linear import Linear
from cnncalc.layers.merge import Add, Average, Concat, Maximum, Minimum, Multiply, Subtract
from cnncalc.layers.normalization import BatchNorm, GroupNorm, InstanceNorm, LayerNorm
from cnncalc.layers.pooling import AvgPool, LpPool, MaxPool
from cnncalc.layers.regularization import Dropout, DropPath, Identity
from cnncalc.layers.resampling import Upsample
from cnncalc.layers.reshape import Flatten, Reshape, Squeeze, Unflatten
from cnncalc.layers.shuffling import ChannelShuffle, PixelShuffle, PixelUnshuffle, SpaceToDepth
from cnncalc.layers.softmax import GLU
from cnncalc.layers.transposed import ConvTranspose
from cnncalc.layers.unpooling import MaxUnpool
from cnncalc.layout import MAX_RANK

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cnncalc.layers.base import Layer

_TYPES: Final[tuple[type[Layer], ...]] = (
    Convolution,
    ConvTranspose,
    DepthwiseConvolution,
    SeparableConvolution,
    MaxPool,
    AvgPool,
    LpPool,
    AdaptiveAvgPool,
    AdaptiveMaxPool,
    GlobalAvgPool,
    GlobalMaxPool,
    MaxUnpool,
    Linear,
    Flatten,
    Unflatten,
    Reshape,
    Squeeze,
    Permute,
    Slice,
    Pad,
    Crop,
    Upsample,
    PixelShuffle,
    PixelUnshuffle,
    SpaceToDepth,
    ChannelShuffle,
    BatchNorm,
    LayerNorm,
    GroupNorm,
    InstanceNorm,
    LocalResponseNorm,
    Normalize,
    *ACTIVATIONS.values(),
    GLU,
    Add,
    Subtract,
    Multiply,
    Maximum,
    Minimum,
    Average,
    Concat,
    Scale,
    SqueezeExcite,
    Dropout,
    DropPath,
    Identity,
)

LAYERS: Final = {kind.type_name: kind for kind in _TYPES}
"""Every layer type by its name, in the order in which help lists them."""


def find(written: str, layers: Mapping[str, type[Layer]] = LAYERS) -> tuple[type[Layer], int | None] | None:
    """The class that a type as written names, and the rank that it insists on; None where there is none.

    >>> find("conv2d")
    (<class 'cnncalc.layers.convolution.Convolution'>, 2)
    >>> find("conv")
    (<class 'cnncalc.layers.convolution.Convolution'>, None)
    """
    kind = layers.get(written)
    if kind is not None:
        return kind, None
    base, rank = written[:-2], written[-2:-1]
    kind = layers.get(base)
    if kind is not None and kind.ranked and written.endswith("d") and rank in "123":
        return kind, int(rank)
    return None


def spellings(layers: Mapping[str, type[Layer]] = LAYERS) -> Iterator[str]:
    """Every way to write a type."""
    for name, kind in layers.items():
        yield name
        if kind.ranked:
            yield from (f"{name}{rank}d" for rank in range(1, MAX_RANK + 1))


def translate(written: str, layers: Mapping[str, type[Layer]] = LAYERS) -> str | None:
    """Our name for a type of Keras, Caffe or PyTorch; None where it is not known.

    >>> translate("MaxPooling2D"), translate("InnerProduct"), translate("ReLU")
    ('max_pool2d', 'linear', 'relu')
    """
    folded = _folded(written)
    rank = folded[-2:] if folded[-2:] in {"1d", "2d", "3d"} else ""
    for name, kind in layers.items():
        names = {_folded(alias) for alias in (name, *kind.aliases)}
        if folded in names:
            return name
        if rank and folded.removesuffix(rank) in names:
            return name + rank if kind.ranked else name
    return None


def _folded(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "").replace(" ", "")
