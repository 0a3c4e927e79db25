"""Which function writes each layer type as ONNX, and why some types have none.

The functions stand in `operators`, beside those that read the same operators, and are imported when they are asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_HOME: Final = f"{__package__}.operators"

_FAMILIES: Final = {
    "activations": (
        *("relu", "relu6", "leaky_relu", "prelu", "hardtanh", "hardsigmoid", "hardswish", "threshold"),
        *("elu", "selu", "celu", "gelu", "silu", "mish", "sigmoid", "log_sigmoid", "tanh", "softplus", "softsign"),
        *("softmax", "log_softmax", "glu"),
    ),
    "functions": (
        *("exp", "log", "sqrt", "rsqrt", "reciprocal", "square", "power", "abs", "neg", "sign", "floor", "ceil"),
        *("round", "sin", "cos", "erf", "clamp"),
    ),
    "arithmetic": (
        *("add", "subtract", "multiply", "divide", "maximum", "minimum", "average", "concat", "scale"),
        *("parameter", "constant"),
    ),
    "convolution": ("conv", "depthwise_conv", "separable_conv", "conv_transpose", "squeeze_excite"),
    "linear": ("linear",),
    "pooling": (*("max_pool", "avg_pool", "global_avg_pool", "global_max_pool", "max_unpool", "min_pool", "lp_pool"),),
    "adaptive_pooling": ("adaptive_avg_pool", "adaptive_max_pool"),
    "normalization": ("batch_norm", "layer_norm", "local_response_norm", "normalize"),
    "reduction": (
        *("reduce_sum", "reduce_mean", "reduce_max", "reduce_min", "reduce_prod", "reduce_var", "reduce_std"),
        *("reduce_l1", "reduce_l2", "reduce_logsumexp"),
    ),
    "reshaping": ("flatten", "unflatten", "reshape", "squeeze", "unsqueeze", "permute"),
    "rearranging": (
        *("pixel_shuffle", "pixel_unshuffle", "depth_to_space", "space_to_depth", "channel_shuffle"),
        *("pad", "crop", "slice"),
    ),
    "resampling": ("upsample",),
    "recurrence": ("lstm", "gru", "rnn"),
    "convolutional_recurrence": ("conv_lstm",),
    "passing": (
        *("identity", "dropout", "drop_path", "spatial_dropout", "alpha_dropout", "feature_alpha_dropout"),
        *("gaussian_dropout", "gaussian_noise"),
    ),
    "attention": ("scaled_dot_product_attention", "multihead_attention"),
    "folding": ("unfold", "fold", "locally_connected", "deform_conv"),
    "fractional_pooling": ("fractional_max_pool", "fractional_avg_pool"),
    "sampling": ("grid_sample", "affine_grid", "roi_align", "roi_pool"),
    "repetition": ("expand", "tile", "roll", "flip", "stack"),
    "products": ("matmul", "embedding"),
    "response_normalization": ("rms_norm", "l2_norm", "global_response_norm", "instance_norm", "group_norm"),
}
"""The module of each family of layer types; the function of a type is called `write_TYPE` there."""

_HOMES: Final = {type_: family for family, types in _FAMILIES.items() for type_ in types}

REASONS: Final[dict[str, str]] = {"opaque": "what it computes is not known"}
"""Why a layer type cannot be written."""


def can_write(type_: str) -> bool:
    """Whether layers of a type can be written; some options of one that can may have no operator."""
    return type_ in _HOMES


def writer_of(type_: str) -> Callable[[Any], str]:
    """The function that writes layers of a type, and returns the name of the tensor that is the output."""
    found: Callable[[Any], str] = getattr(import_module(f"{_HOME}.{_HOMES[type_]}"), f"write_{type_}")
    return found
