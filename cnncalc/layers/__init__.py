"""The layer types: one class each, in one file a family, imported when the first of its types is asked for.

The classes can be had by their own names, `from cnncalc.layers import Convolution`. `LAYERS` maps the name of a type to
its class. A spec may write a ranked type with its rank; `find` reads both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from cnncalc.shapes import MAX_RANK

if TYPE_CHECKING:
    from cnncalc.layers.base import Layer


class LayerTypes(Mapping[str, "type[Layer]"]):
    """Layer types by name; `homes` says in which module the class of each is."""

    def __init__(self, homes: Mapping[str, str]) -> None:
        self.homes = homes
        self.known: dict[str, type[Layer]] = {}

    def __getitem__(self, name: str) -> type[Layer]:
        kind = self.known.get(name)
        if kind is None:
            module, _, class_name = self.homes[name].partition(".")
            kind = self.known[name] = getattr(import_module(f"{__name__}.{module}"), class_name)
        return kind

    def __contains__(self, name: object) -> bool:
        return name in self.homes

    def __iter__(self) -> Iterator[str]:
        return iter(self.homes)

    def __len__(self) -> int:
        return len(self.homes)


_ACTIVATIONS: Final = {
    "relu": "activations_piecewise.ReLU",
    "relu6": "activations_piecewise.ReLU6",
    "leaky_relu": "activations_piecewise.LeakyReLU",
    "prelu": "activations_piecewise.PReLU",
    "hardtanh": "activations_piecewise.Hardtanh",
    "hardsigmoid": "activations_piecewise.Hardsigmoid",
    "hardswish": "activations_piecewise.Hardswish",
    "threshold": "activations_piecewise.Threshold",
    "elu": "activations_smooth.ELU",
    "selu": "activations_smooth.SELU",
    "celu": "activations_smooth.CELU",
    "gelu": "activations_smooth.GELU",
    "silu": "activations_smooth.SiLU",
    "mish": "activations_smooth.Mish",
    "sigmoid": "activations_smooth.Sigmoid",
    "log_sigmoid": "activations_smooth.LogSigmoid",
    "tanh": "activations_smooth.Tanh",
    "softplus": "activations_smooth.Softplus",
    "softsign": "activations_smooth.Softsign",
    "softmax": "activations_axiswise.Softmax",
    "log_softmax": "activations_axiswise.LogSoftmax",
}

_FUNCTIONS: Final = {
    "exp": "functions.Exp",
    "log": "functions.Log",
    "sqrt": "functions.Sqrt",
    "rsqrt": "functions.Rsqrt",
    "reciprocal": "functions.Reciprocal",
    "square": "functions.Square",
    "power": "functions.Power",
    "abs": "functions.Abs",
    "neg": "functions.Neg",
    "sign": "functions.Sign",
    "floor": "functions.Floor",
    "ceil": "functions.Ceil",
    "round": "functions.Round",
    "sin": "functions.Sin",
    "cos": "functions.Cos",
    "erf": "functions.Erf",
    "clamp": "functions.Clamp",
}

ACTIVATIONS: Final = LayerTypes({**_ACTIVATIONS, **_FUNCTIONS})
"""The types that may be a layer's own last step: those that keep the shape."""

USUAL_ACTIVATIONS: Final = tuple(_ACTIVATIONS)
"""Those that papers call activations."""

LAYERS: Final = LayerTypes(
    {
        "conv": "convolution.Convolution",
        "conv_transpose": "transposed.ConvTranspose",
        "depthwise_conv": "depthwise.DepthwiseConvolution",
        "separable_conv": "depthwise.SeparableConvolution",
        "deform_conv": "deformable.DeformConv",
        "locally_connected": "unshared.LocallyConnected",
        "max_pool": "pooling.MaxPool",
        "min_pool": "pooling.MinPool",
        "avg_pool": "pooling.AvgPool",
        "lp_pool": "pooling.LpPool",
        "fractional_max_pool": "fractional_pooling.FractionalMaxPool",
        "fractional_avg_pool": "fractional_pooling.FractionalAvgPool",
        "adaptive_avg_pool": "adaptive_pooling.AdaptiveAvgPool",
        "adaptive_max_pool": "adaptive_pooling.AdaptiveMaxPool",
        "global_avg_pool": "adaptive_pooling.GlobalAvgPool",
        "global_max_pool": "adaptive_pooling.GlobalMaxPool",
        "reduce_mean": "reductions.ReduceMean",
        "reduce_sum": "reductions.ReduceSum",
        "reduce_max": "reductions.ReduceMax",
        "reduce_min": "reductions.ReduceMin",
        "reduce_prod": "reductions.ReduceProd",
        "reduce_var": "reductions.ReduceVar",
        "reduce_std": "reductions.ReduceStd",
        "reduce_l1": "reductions.ReduceL1",
        "reduce_l2": "reductions.ReduceL2",
        "reduce_logsumexp": "reductions.ReduceLogSumExp",
        "max_unpool": "unpooling.MaxUnpool",
        "linear": "linear.Linear",
        "lstm": "recurrence.LSTM",
        "gru": "recurrence.GRU",
        "rnn": "recurrence.RNN",
        "conv_lstm": "convolutional_recurrence.ConvLSTM",
        "flatten": "reshaping.Flatten",
        "unflatten": "reshaping.Unflatten",
        "reshape": "reshaping.Reshape",
        "squeeze": "reshaping.Squeeze",
        "unsqueeze": "reshaping.Unsqueeze",
        "permute": "reshaping.Permute",
        "expand": "repetition.Expand",
        "tile": "repetition.Tile",
        "roll": "turning.Roll",
        "flip": "turning.Flip",
        "slice": "slicing.Slice",
        "split": "slicing.Split",
        "pad": "padding.Pad",
        "crop": "padding.Crop",
        "upsample": "resampling.Upsample",
        "grid_sample": "grid_sampling.GridSample",
        "affine_grid": "grid_sampling.AffineGrid",
        "roi_align": "regions.RoiAlign",
        "roi_pool": "regions.RoiPool",
        "pixel_shuffle": "rearranging.PixelShuffle",
        "pixel_unshuffle": "rearranging.PixelUnshuffle",
        "depth_to_space": "rearranging.DepthToSpace",
        "space_to_depth": "rearranging.SpaceToDepth",
        "unfold": "folding.Unfold",
        "fold": "folding.Fold",
        "channel_shuffle": "rearranging.ChannelShuffle",
        "batch_norm": "normalization.BatchNorm",
        "layer_norm": "axis_normalization.LayerNorm",
        "rms_norm": "axis_normalization.RMSNorm",
        "group_norm": "normalization.GroupNorm",
        "instance_norm": "normalization.InstanceNorm",
        "global_response_norm": "response_normalization.GlobalResponseNorm",
        "l2_norm": "axis_normalization.L2Norm",
        "local_response_norm": "unlearnt_normalization.LocalResponseNorm",
        "normalize": "unlearnt_normalization.Normalize",
        **_ACTIVATIONS,
        **_FUNCTIONS,
        "glu": "activations_axiswise.GLU",
        "add": "arithmetic.Add",
        "subtract": "arithmetic.Subtract",
        "multiply": "arithmetic.Multiply",
        "divide": "arithmetic.Divide",
        "maximum": "arithmetic.Maximum",
        "minimum": "arithmetic.Minimum",
        "average": "merging.Average",
        "concat": "merging.Concat",
        "matmul": "matrix_product.Matmul",
        "stack": "stacking.Stack",
        "embedding": "embedding.Embedding",
        "scaled_dot_product_attention": "attention.ScaledDotProductAttention",
        "multihead_attention": "attention.MultiheadAttention",
        "scale": "channel_scaling.Scale",
        "squeeze_excite": "channel_scaling.SqueezeExcite",
        "parameter": "own_tensors.Parameter",
        "constant": "own_tensors.ConstantTensor",
        "spatial_dropout": "passthrough.SpatialDropout",
        "dropout": "passthrough.Dropout",
        "alpha_dropout": "passthrough.AlphaDropout",
        "feature_alpha_dropout": "passthrough.FeatureAlphaDropout",
        "gaussian_dropout": "passthrough.GaussianDropout",
        "gaussian_noise": "passthrough.GaussianNoise",
        "drop_path": "passthrough.DropPath",
        "identity": "passthrough.Identity",
        "opaque": "opaque.Opaque",
    }
)
"""Every layer type by its name, in the order in which help lists them."""


_CLASSES: Final = {home.partition(".")[2]: name for name, home in LAYERS.homes.items()}
"""The names of the types by those of their classes."""


def __getattr__(name: str) -> Any:
    """The classes by their names, imported when they are asked for."""
    if name not in _CLASSES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return LAYERS[_CLASSES[name]]


def __dir__() -> list[str]:
    return [*globals(), *_CLASSES]


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

    >>> translate("MaxPooling2D"), translate("InnerProduct"), translate("Conv2DTranspose")
    ('max_pool2d', 'linear', 'conv_transpose2d')
    """
    word = folded(written)
    for inside in ("1d", "2d", "3d"):
        if word.endswith(f"{inside}transpose"):  # Keras has the rank in the middle
            word = word.replace(inside, "") + inside
    rank = word[-2:] if word[-2:] in {"1d", "2d", "3d"} else ""
    for name, kind in layers.items():
        names = {folded(alias) for alias in (name, *kind.aliases)}
        if word in names:
            return name
        if rank and word.removesuffix(rank) in names:
            return name + rank if kind.ranked else name
    return None


def folded(name: str) -> str:
    """A name without what spellings differ in: case, underscores, dashes and blanks.

    >>> folded("Batch_Norm"), folded("batch-norm")
    ('batchnorm', 'batchnorm')
    """
    return name.lower().replace("_", "").replace("-", "").replace(" ", "")
