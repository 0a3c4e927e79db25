"""The table of operators: of each family, what of ONNX it reads and what of ours it writes.

A family is a module of `operators`, which is imported when a function of it is asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cnncalc.models.onnx.operators.rows import BY_OPERATOR, BY_TYPE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cnncalc.models.onnx.reading import Reading


class Family(NamedTuple):
    """The functions of a module by what they are for: operators of ONNX that it reads, layer types that it writes.

    `extensions` are operators of ONNX Runtime's own that it reads.
    """

    reads: Mapping[str, str] = {}
    writes: Mapping[str, str] = {}
    extensions: Mapping[str, str] = {}


def _written(*types: str) -> dict[str, str]:
    """The functions that write types, each called as its type."""
    return {type_: f"write_{type_}" for type_ in types}


_QUANTIZE: Final = {"QuantizeLinear": "read_quantize", "DequantizeLinear": "read_dequantize"}

FAMILIES: Final = {
    "activations": Family(
        {
            **dict.fromkeys(BY_OPERATOR, "read_row"),
            "Selu": "read_selu",
            "Gelu": "read_gelu",
            "ThresholdedRelu": "read_thresholded_relu",
            "Swish": "read_swish",
            "Clip": "read_clip",
            "PRelu": "read_prelu",
            "Softmax": "read_softmax",
            "LogSoftmax": "read_softmax",
        },
        {
            **dict.fromkeys(BY_TYPE, "write_row"),
            **_written(  # of which some have a row that is only read
                *("relu6", "hardtanh", "prelu", "hardswish", "threshold", "selu", "gelu", "silu", "mish"),
                *("log_sigmoid", "softplus", "softmax", "log_softmax", "glu"),
            ),
        },
    ),
    "functions": Family({"Pow": "read_power"}, _written("rsqrt", "square", "power", "clamp")),
    "arithmetic": Family(
        {
            **dict.fromkeys(("Add", "Sub", "Mul", "Div", "Max", "Min", "Sum", "Mean"), "read_arithmetic"),
            "Concat": "read_concat",
        },
        _written(
            *("add", "subtract", "multiply", "divide", "maximum", "minimum", "average", "concat", "scale"),
            *("parameter", "constant"),
        ),
    ),
    "masking": Family({"Where": "read_where"}),
    "convolution": Family(
        {"Conv": "read_conv", "ConvTranspose": "read_conv_transpose", "DeformConv": "read_deform_conv"},
        _written("conv", "depthwise_conv", "separable_conv", "conv_transpose", "deform_conv", "squeeze_excite"),
    ),
    "linear": Family({"Gemm": "read_gemm", "MatMul": "read_matmul"}, _written("linear")),
    "products": Family({"Einsum": "read_einsum"}, _written("matmul")),
    "pooling": Family(
        {
            "MaxPool": "read_max_pool",
            "MaxUnpool": "read_max_unpool",
            "AveragePool": "read_avg_pool",
            "GlobalAveragePool": "read_global",
            "GlobalMaxPool": "read_global",
            "LpPool": "read_lp_pool",
            "GlobalLpPool": "read_global_lp_pool",
        },
        _written(*("max_pool", "avg_pool", "global_avg_pool", "global_max_pool", "max_unpool", "min_pool", "lp_pool")),
    ),
    "adaptive_pooling": Family({}, _written("adaptive_avg_pool", "adaptive_max_pool")),
    "fractional_pooling": Family({}, _written("fractional_max_pool", "fractional_avg_pool")),
    "regions": Family({}, _written("roi_align", "roi_pool")),
    "normalization": Family(
        {
            "BatchNormalization": "read_batch_norm",
            "LayerNormalization": "read_layer_norm",
            "LRN": "read_lrn",
            "InstanceNormalization": "read_instance_norm",
            "GroupNormalization": "read_group_norm",
            "MeanVarianceNormalization": "read_mean_variance",
        },
        _written("batch_norm", "layer_norm", "instance_norm", "group_norm", "local_response_norm", "normalize"),
    ),
    "response_normalization": Family(
        {"RMSNormalization": "read_rms_norm", "LpNormalization": "read_lp_normalization"},
        _written("rms_norm", "l2_norm", "global_response_norm"),
    ),
    "reduction": Family(
        dict.fromkeys(
            (
                *("ReduceMean", "ReduceMax", "ReduceSum", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2"),
                *("ReduceLogSumExp", "ReduceSumSquare", "ReduceLogSum"),
            ),
            "read_reduce",
        ),
        {
            **dict.fromkeys(
                (
                    *("reduce_mean", "reduce_max", "reduce_sum", "reduce_min", "reduce_prod", "reduce_l1", "reduce_l2"),
                    "reduce_logsumexp",
                ),
                "write_reduce",
            ),
            **_written("reduce_var", "reduce_std"),
        },
    ),
    "reshaping": Family(
        {
            "Reshape": "read_reshape",
            "Flatten": "read_flatten",
            "Squeeze": "read_squeeze",
            "Unsqueeze": "read_unsqueeze",
            "Transpose": "read_transpose",
        },
        _written("flatten", "unflatten", "reshape", "squeeze", "unsqueeze", "permute"),
    ),
    "rearranging": Family(
        {"DepthToSpace": "read_depth_to_space", "SpaceToDepth": "read_space_to_depth"},
        _written("pixel_shuffle", "pixel_unshuffle", "depth_to_space", "space_to_depth", "channel_shuffle"),
    ),
    "folding": Family({"Col2Im": "read_col2im"}, _written("unfold", "fold", "locally_connected")),
    "slicing": Family(
        {"Slice": "read_slice", "Split": "read_split", "Gather": "read_gather"}, _written("slice", "embedding")
    ),
    "borders": Family({"Pad": "read_pad"}, _written("pad", "crop")),
    "repetition": Family(
        {"Tile": "read_tile", "Expand": "read_expand"}, _written("expand", "tile", "roll", "flip", "stack")
    ),
    "resampling": Family({"Upsample": "read_upsample", "Resize": "read_resize"}, _written("upsample")),
    "sampling": Family(
        {"GridSample": "read_grid_sample", "AffineGrid": "read_affine_grid"}, _written("grid_sample", "affine_grid")
    ),
    "recurrence": Family(dict.fromkeys(("LSTM", "GRU", "RNN"), "read_recurrent"), _written("lstm", "gru", "rnn")),
    "convolutional_recurrence": Family({}, _written("conv_lstm")),
    "attention": Family(
        {"Attention": "read_attention"}, _written("scaled_dot_product_attention", "multihead_attention")
    ),
    "quantized": Family(
        {
            "QLinearConv": "read_row",
            "QLinearMatMul": "read_row",
            "ConvInteger": "read_integer_product",
            "MatMulInteger": "read_integer_product",
            "DynamicQuantizeLinear": "read_dynamic_quantize",
            **_QUANTIZE,
        },
        extensions={
            **dict.fromkeys(
                (
                    *("QGemm", "QLinearAdd", "QLinearMul", "QLinearConcat", "QLinearSigmoid", "QLinearLeakyRelu"),
                    *("QLinearSoftmax", "QLinearAveragePool", "QLinearGlobalAveragePool"),
                ),
                "read_row",
            ),
            **_QUANTIZE,
        },
    ),
    "passing": Family(
        {"Identity": "read_identity", "Cast": "read_cast", "CastLike": "read_cast", "Dropout": "read_dropout"},
        {
            **_written("dropout"),
            **dict.fromkeys(
                (
                    *("identity", "drop_path", "spatial_dropout", "alpha_dropout", "feature_alpha_dropout"),
                    *("gaussian_dropout", "gaussian_noise"),
                ),
                "write_identity",
            ),
        },
    ),
}
"""The families, each of its module."""

REASONS: Final[dict[str, str]] = {"opaque": "what it computes is not known"}
"""Why a layer type cannot be written."""

DOMAINS: Final = ("", "ai.onnx")
"""The domains whose operators are ONNX's own."""
EXTENSIONS: Final = "com.microsoft"
"""The domain of operators that ONNX Runtime adds."""

READERS: Final = {op: (name, function) for name, family in FAMILIES.items() for op, function in family.reads.items()}
EXTENDED: Final = {op: (name, made) for name, family in FAMILIES.items() for op, made in family.extensions.items()}
WRITERS: Final = {kind: (name, made) for name, family in FAMILIES.items() for kind, made in family.writes.items()}
"""The module and the function of each operator that is read, and of each layer type that is written."""


def reader(operator: str, domain: str) -> Callable[[Reading], Any] | None:
    """The function that reads an operator; None where there is none.

    >>> reader("Conv", "").__name__, reader("Loop", "")
    ('read_conv', None)
    """
    known = READERS if domain in DOMAINS else EXTENDED if domain == EXTENSIONS else {}
    home = known.get(operator)
    return None if home is None else _function(*home)


def can_write(type_: str) -> bool:
    """Whether layers of a type can be written; some options of one that can may have no operator."""
    return type_ in WRITERS


def writer_of(type_: str) -> Callable[[Any], str]:
    """The function that writes layers of a type, and returns the name of the tensor that is the output.

    >>> writer_of("conv").__name__
    'write_conv'
    """
    found: Callable[[Any], str] = _function(*WRITERS[type_])
    return found


def _function(family: str, name: str) -> Any:
    """A function of a module that is imported now."""
    return getattr(import_module(f"{__package__}.{family}"), name)
