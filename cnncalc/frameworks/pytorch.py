"""The layer classes of `torch.nn`, as of PyTorch 2.11."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnncalc.errors import RefusedError
from cnncalc.frameworks.rows import Framework, Row, ranked, row
from cnncalc.frameworks.rules import (
    from_last_axis,
    ignored,
    only,
    plain,
    renamed,
    single_precision,
    spelt,
    unless_none,
    without_batch,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnncalc.frameworks.rules import Rule

_PLACE: Final = "device dtype"
_CONV: Final = f"stride padding dilation groups bias padding_mode {_PLACE}"
_TRANSPOSED: Final = f"stride padding output_padding groups bias dilation padding_mode {_PLACE}"
_RECURRENT: Final = "num_layers bias batch_first dropout bidirectional"
_TRACKED: Final = f"eps momentum affine track_running_stats {_PLACE}"

_ZEROS: Final[Mapping[str, Rule]] = {"padding_mode": only("zeros")}


def _same_with_stride_1(type_: str, options: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """PyTorch knows no `same` padding with a stride."""
    padding, stride = plain(options, "padding"), plain(options, "stride", 1)
    if padding == "same" and any(step != 1 for step in (stride if isinstance(stride, list) else [stride])):
        raise RefusedError(
            f"takes `padding` 'same' with stride 1 only, not {spelt(stride)}", "conv2d takes it with any"
        )
    return type_, options


def _mean_slope(type_: str, options: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Slopes that training draws between two bounds are their mean at inference."""
    lower, upper = plain(options, "lower"), plain(options, "upper")
    if not all(isinstance(bound, (int, float)) for bound in (lower, upper)):
        raise RefusedError(f"needs two numbers, not {spelt(lower)} and {spelt(upper)}")
    others = {name: value for name, value in options.items() if name not in ("lower", "upper")}
    return type_, {**others, "negative_slope": (lower + upper) / 2}


def _pads(name: str, mode: str, required: str = "padding") -> dict[str, Row]:
    """The rows of a class that pads."""
    return {
        name.format(n): row("pad", required, rules={"padding": from_last_axis(n)}, constants={"mode": mode})
        for n in (1, 2, 3)
    }


_DROPOUTS: Final = {
    "Dropout": "dropout",
    **{f"Dropout{n}d": f"spatial_dropout{n}d" for n in (1, 2, 3)},
    "AlphaDropout": "alpha_dropout",
    "FeatureAlphaDropout": "feature_alpha_dropout",
}
_IN_PLACE: Final = {
    "ReLU": "relu",
    "ReLU6": "relu6",
    "SELU": "selu",
    "SiLU": "silu",
    "Mish": "mish",
    "Hardswish": "hardswish",
    "Hardsigmoid": "hardsigmoid",
}
_PLAIN: Final = {
    "Sigmoid": "sigmoid",
    "Tanh": "tanh",
    "Softsign": "softsign",
    "LogSigmoid": "log_sigmoid",
    "Identity": "identity",
    "Softmax2d": "softmax",
}
_AFFINE: Final[dict[str, Rule]] = {"elementwise_affine": renamed("affine")}
_NOT_TAKEN: Final[dict[str, Rule]] = {"return_indices": only(False)}
_SIZED: Final = "size scale_factor"

_ROWS: Final[Mapping[str, Row]] = {
    **ranked("Conv{}d", "conv{}d", "in_channels out_channels kernel_size", _CONV, adjust=_same_with_stride_1),
    **ranked("LazyConv{}d", "conv{}d", "out_channels kernel_size", _CONV, adjust=_same_with_stride_1),
    **ranked(
        "ConvTranspose{}d", "conv_transpose{}d", "in_channels out_channels kernel_size", _TRANSPOSED, rules=_ZEROS
    ),
    **ranked("LazyConvTranspose{}d", "conv_transpose{}d", "out_channels kernel_size", _TRANSPOSED, rules=_ZEROS),
    "Linear": row("linear", "in_features out_features", f"bias {_PLACE}", constants={"dim": -1}),
    "MultiheadAttention": row(
        *("multihead_attention", "embed_dim num_heads"),
        f"dropout bias add_bias_kv add_zero_attn kdim vdim batch_first {_PLACE}",
        rules={"kdim": unless_none("kdim"), "vdim": unless_none("vdim")},
        constants={"dim": -1},
    ),
    "Embedding": row(
        *("embedding", "num_embeddings embedding_dim"),
        f"padding_idx max_norm norm_type scale_grad_by_freq sparse _weight _freeze {_PLACE}",
        rules={
            "padding_idx": unless_none("padding_idx"),
            "max_norm": only(None),
            "_weight": only(None),
            **dict.fromkeys(("norm_type", "scale_grad_by_freq", "sparse", "_freeze"), ignored),
        },
        constants={"dim": -1},
    ),
    "LSTM": row("lstm", "input_size hidden_size", f"{_RECURRENT} proj_size {_PLACE}", constants={"dim": -1}),
    "GRU": row("gru", "input_size hidden_size", f"{_RECURRENT} {_PLACE}", constants={"dim": -1}),
    "RNN": row(
        "rnn",
        "input_size hidden_size",
        f"{_RECURRENT.replace('bias', 'nonlinearity bias')} {_PLACE}",
        constants={"dim": -1},
    ),
    "LazyLinear": row("linear", "out_features", f"bias {_PLACE}", constants={"dim": -1}),
    **ranked("MaxPool{}d", "max_pool{}d", "kernel_size", "stride padding dilation return_indices ceil_mode"),
    "AvgPool1d": row("avg_pool1d", "kernel_size", "stride padding ceil_mode count_include_pad"),
    **{
        f"AvgPool{n}d": row(
            f"avg_pool{n}d", "kernel_size", "stride padding ceil_mode count_include_pad divisor_override"
        )
        for n in (2, 3)
    },
    **ranked("LPPool{}d", "lp_pool{}d", "norm_type kernel_size", "stride ceil_mode"),
    **{
        f"FractionalMaxPool{n}d": row(
            f"fractional_max_pool{n}d",
            "kernel_size",
            "output_size output_ratio return_indices _random_samples",
            rules={"_random_samples": ignored},
        )
        for n in (2, 3)
    },
    **ranked("AdaptiveAvgPool{}d", "adaptive_avg_pool{}d", "output_size"),
    **ranked("AdaptiveMaxPool{}d", "adaptive_max_pool{}d", "output_size", "return_indices", rules=_NOT_TAKEN),
    **ranked("BatchNorm{}d", "batch_norm", "num_features", _TRACKED),
    **ranked("LazyBatchNorm{}d", "batch_norm", "", _TRACKED),
    "SyncBatchNorm": row("batch_norm", "num_features", _TRACKED.replace(_PLACE, f"process_group {_PLACE}")),
    **ranked("InstanceNorm{}d", "instance_norm", "num_features", _TRACKED),
    **ranked(
        "LazyInstanceNorm{}d",
        *("instance_norm", "", _TRACKED),
        defaults={"affine": True, "track_running_stats": True},
    ),
    "GroupNorm": row("group_norm", "num_groups num_channels", f"eps affine {_PLACE}"),
    "LayerNorm": row("layer_norm", "normalized_shape", f"eps elementwise_affine bias {_PLACE}", rules=_AFFINE),
    "RMSNorm": row(
        "rms_norm",
        "normalized_shape",
        f"eps elementwise_affine {_PLACE}",
        rules={**_AFFINE, "eps": unless_none("eps")},
    ),
    "LocalResponseNorm": row("local_response_norm", "size", "alpha beta k"),
    "CrossMapLRN2d": row("local_response_norm", "size", "alpha beta k"),
    "Flatten": row("flatten", "", "start_dim end_dim"),
    "Unflatten": row("unflatten", "dim unflattened_size"),
    "PixelShuffle": row("pixel_shuffle", "upscale_factor"),
    "PixelUnshuffle": row("pixel_unshuffle", "downscale_factor"),
    "ChannelShuffle": row("channel_shuffle", "groups"),
    "Upsample": row("upsample", "", f"{_SIZED} mode align_corners recompute_scale_factor"),
    "UpsamplingNearest2d": row("upsample", "", _SIZED),
    "UpsamplingBilinear2d": row("upsample", "", _SIZED, constants={"mode": "bilinear", "align_corners": True}),
    **_pads("ZeroPad{}d", "constant"),
    **_pads("ConstantPad{}d", "constant", "padding value"),
    **_pads("ReflectionPad{}d", "reflect"),
    **_pads("ReplicationPad{}d", "replicate"),
    **_pads("CircularPad{}d", "circular"),
    **{name: row(ours, "", "p inplace") for name, ours in _DROPOUTS.items()},
    **{name: row(ours, "", "inplace") for name, ours in _IN_PLACE.items()},
    **{name: row(ours) for name, ours in _PLAIN.items()},
    "LeakyReLU": row("leaky_relu", "", "negative_slope inplace"),
    "RReLU": row(
        "leaky_relu", "", "lower upper inplace", defaults={"lower": 1 / 8, "upper": 1 / 3}, adjust=_mean_slope
    ),
    "PReLU": row("prelu", "", f"num_parameters init {_PLACE}"),
    "ELU": row("elu", "", "alpha inplace"),
    "CELU": row("celu", "", "alpha inplace"),
    "GELU": row("gelu", "", "approximate"),
    "GLU": row("glu", "", "dim", defaults={"dim": -1}),
    "Hardtanh": row("hardtanh", "", "min_val max_val inplace min_value max_value"),
    "Softplus": row("softplus", "", "beta threshold"),
    "Threshold": row("threshold", "threshold value", "inplace"),
    "Softmax": row("softmax", "", "dim"),
    "LogSoftmax": row("log_softmax", "", "dim"),
}

_RULES: Final[Mapping[str, Rule]] = {
    "device": ignored,
    "dtype": single_precision,
    "inplace": ignored,
    "batch_first": ignored,
    "process_group": ignored,
    "recompute_scale_factor": only(None, False),
    "momentum": unless_none("momentum"),
    "align_corners": unless_none("align_corners"),
    "dim": without_batch("dim"),
    "start_dim": without_batch("start_dim"),
    "end_dim": without_batch("end_dim"),
    "unflattened_size": renamed("sizes"),
    "init": renamed("weight"),
    "min_value": unless_none("min_val"),
    "max_value": unless_none("max_val"),
}

PYTORCH: Final = Framework("PyTorch", ("torch.nn.", "nn."), _ROWS, _RULES, {})
