"""The kinds of layers that a figure tells apart by colour, and the short words that it has for types."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cnncalc.summary.results import LayerFigures

KINDS: Final = {
    "input": "input",
    "convolution": "convolution",
    "depthwise": "depthwise convolution",
    "upsampling": "upsampling",
    "pooling": "pooling",
    "linear": "fully connected",
    "recurrence": "recurrence",
    "attention": "attention",
    "norm": "normalisation",
    "activation": "activation",
    "merge": "merge",
    "reshape": "reshaping",
    "other": "other",
}
"""Each kind, and what a legend calls it."""

_OF_TYPES: Final = {
    "convolution": ("conv", "deform_conv", "locally_connected"),
    "depthwise": ("depthwise_conv", "separable_conv"),
    "upsampling": ("conv_transpose", "max_unpool", "upsample", "pixel_shuffle", "depth_to_space"),
    "pooling": (
        *("max_pool", "min_pool", "avg_pool", "lp_pool", "fractional_max_pool", "fractional_avg_pool"),
        *("adaptive_avg_pool", "adaptive_max_pool", "global_avg_pool", "global_max_pool", "roi_pool", "roi_align"),
        *("reduce_mean", "reduce_max", "reduce_min", "reduce_sum", "reduce_prod", "reduce_std", "reduce_var"),
        *("reduce_l1", "reduce_l2", "reduce_logsumexp"),
    ),
    "linear": ("linear",),
    "norm": ("local_response_norm", "normalize"),
    "recurrence": ("lstm", "gru", "rnn", "conv_lstm"),
    "attention": ("multihead_attention", "scaled_dot_product_attention", "matmul"),
    "reshape": (
        *("flatten", "unflatten", "reshape", "squeeze", "unsqueeze", "permute", "slice", "split", "pad", "crop"),
        *("pixel_unshuffle", "space_to_depth", "channel_shuffle", "fold", "unfold", "roll", "flip", "tile", "expand"),
    ),
    "other": ("embedding",),
}
_BY_TYPE: Final = {name: kind for kind, names in _OF_TYPES.items() for name in names}
_BY_ROLE: Final = {"norm": "norm", "activation": "activation", "merge": "merge", "weighted": "linear"}

SILENT: Final = frozenset(
    {
        *("identity", "drop_path", "dropout", "spatial_dropout", "alpha_dropout", "feature_alpha_dropout"),
        *("gaussian_dropout", "gaussian_noise"),
    }
)
"""Types that act in training alone: what they read goes on as it is."""

_WORDS: Final = {
    "conv_transpose": "up-conv",
    "depthwise_conv": "depthwise",
    "separable_conv": "separable conv",
    "locally_connected": "local",
    "deform_conv": "deformable conv",
    "adaptive_avg_pool": "avg pool",
    "adaptive_max_pool": "max pool",
    "relu": "ReLU",
    "prelu": "PReLU",
    "leaky_relu": "leaky ReLU",
    "relu6": "ReLU6",
    "gelu": "GELU",
    "elu": "ELU",
    "selu": "SELU",
    "silu": "SiLU",
    "celu": "CELU",
    "glu": "GLU",
    "lstm": "LSTM",
    "gru": "GRU",
    "rnn": "RNN",
    "conv_lstm": "ConvLSTM",
    "hardswish": "hard swish",
    "hardsigmoid": "hard sigmoid",
    "local_response_norm": "LRN",
    "rms_norm": "RMS norm",
    "l2_norm": "L2 norm",
    "lp_pool": "Lp pool",
    "roi_pool": "RoI pool",
    "roi_align": "RoI align",
    "reduce_l1": "reduce L1",
    "reduce_l2": "reduce L2",
    "multihead_attention": "attention",
    "scaled_dot_product_attention": "attention",
}


def base_type(type_: str) -> str:
    """A type without the rank that a report writes behind it.

    >>> base_type("conv2d"), base_type("relu"), base_type("adaptive_avg_pool1d")
    ('conv', 'relu', 'adaptive_avg_pool')
    """
    return re.sub(r"(?<=[a-z_])[123]d$", "", type_)


def is_silent(type_: str) -> bool:
    """Whether layers of a type change nothing once a network is trained.

    >>> is_silent("spatial_dropout2d"), is_silent("relu")
    (True, False)
    """
    return base_type(type_) in SILENT


def kind_of(layer: LayerFigures) -> str:
    """The kind of a layer; of a type that is nobody's of ours by its role, or by whether it has a window.

    >>> import cnncalc
    >>> [kind_of(layer) for layer in cnncalc.load("lenet").report().layers][:3]
    ['convolution', 'pooling', 'convolution']
    """
    kind = _BY_TYPE.get(base_type(layer.type)) or _BY_ROLE.get(layer.role, "other")
    if kind == "convolution" and layer.window and _is_depthwise(layer):
        return "depthwise"
    return kind


def _is_depthwise(layer: LayerFigures) -> bool:
    """Whether each channel is convolved by itself."""
    shape = layer.weights.get("weight", ())
    groups = layer.window.groups if layer.window else None
    return bool(groups and groups > 1 and len(shape) > 1 and shape[1] == 1)


def word(type_: str) -> str:
    """What a figure calls a type: the words of papers, without the rank.

    >>> word("conv2d"), word("max_pool2d"), word("relu"), word("conv_transpose2d")
    ('conv', 'max pool', 'ReLU', 'up-conv')
    """
    base = base_type(type_)
    return _WORDS.get(base, base.replace("_", " "))
