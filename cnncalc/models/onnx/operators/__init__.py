"""Operators of ONNX by family, each in both directions: nodes that become layers, and layers that become nodes.

- `activations`, `functions`, `arithmetic`: value by value
- `convolution`, `linear`, `pooling`, `normalization`, `reduction`, `recurrence`: with windows, weights or statistics
- `reshaping`, `rearranging`, `resampling`, `slicing`, `passing`: values that move, or stay
- `products`, `attention`, `sampling`, `quantized`: tensors that multiply, weigh or look up others, whole numbers with a
  scale
- `folding`, `adaptive_pooling`, `fractional_pooling`, `repetition`, `convolutional_recurrence`,
  `response_normalization`: layers of which most are several nodes, as ONNX has no operator for them
- `windows`: what convolutions and pools say of their windows

**To add an operator**: write `read_it(node: Reading)` in the module of its family, and a line in `_READERS` here. It
asks `node` for inputs (`flow`, `constant`, `whole_numbers`), which may refuse, and for attributes; it returns what
`node.layer(type, options, inputs, arrays)` gives, a `Constant`, another view of a `Flow`, or a list of these, one for
each output. Whatever a layer of ours cannot say is refused with `raise node.refuse("a few words")`: what is not wholly
understood must never become a number. An activation of one input, and whatever else one row can say, is a line in the
table of `activations`.

A layer's own shape rule says the output's shape. `Flow.axes` says where the file has the axes of our tensor:
`node.flow` gives a tensor in ONNX's usual order, `node.any_flow` one in any, for operators that work value by value.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnncalc.models.onnx.reading import Reading

_READERS: Final = {
    "Conv": "convolution.read_conv",
    "ConvTranspose": "convolution.read_conv_transpose",
    "DeformConv": "convolution.read_deform_conv",
    "MaxPool": "pooling.read_max_pool",
    "MaxUnpool": "pooling.read_max_unpool",
    "AveragePool": "pooling.read_avg_pool",
    "GlobalAveragePool": "pooling.read_global",
    "GlobalMaxPool": "pooling.read_global",
    "ReduceMean": "reduction.read_reduce",
    "ReduceMax": "reduction.read_reduce",
    "ReduceSum": "reduction.read_reduce",
    "ReduceMin": "reduction.read_reduce",
    **dict.fromkeys(
        ("ReduceProd", "ReduceL1", "ReduceL2", "ReduceLogSumExp", "ReduceSumSquare", "ReduceLogSum"),
        "reduction.read_reduce",
    ),
    "LpPool": "pooling.read_lp_pool",
    "GlobalLpPool": "pooling.read_global_lp_pool",
    "InstanceNormalization": "normalization.read_instance_norm",
    "GroupNormalization": "normalization.read_group_norm",
    "RMSNormalization": "normalization.read_rms_norm",
    "LpNormalization": "normalization.read_lp_normalization",
    "MeanVarianceNormalization": "normalization.read_mean_variance",
    "Pow": "activations.read_power",
    "Einsum": "products.read_einsum",
    "Attention": "attention.read_attention",
    "LSTM": "recurrence.read_recurrent",
    "GRU": "recurrence.read_recurrent",
    "RNN": "recurrence.read_recurrent",
    "Slice": "slicing.read_slice",
    "Split": "slicing.read_split",
    "Gather": "slicing.read_gather",
    "Pad": "slicing.read_pad",
    "Tile": "slicing.read_tile",
    "Expand": "slicing.read_expand",
    "Upsample": "resampling.read_upsample",
    "Resize": "resampling.read_resize",
    "GridSample": "resampling.read_grid_sample",
    "AffineGrid": "resampling.read_affine_grid",
    "DepthToSpace": "rearranging.read_depth_to_space",
    "SpaceToDepth": "rearranging.read_space_to_depth",
    "Col2Im": "rearranging.read_col2im",
    "QLinearConv": "quantized.read_qlinear_conv",
    "QuantizeLinear": "quantized.read_quantize",
    "DequantizeLinear": "quantized.read_dequantize",
    "Gemm": "linear.read_gemm",
    "MatMul": "linear.read_matmul",
    "BatchNormalization": "normalization.read_batch_norm",
    "LayerNormalization": "normalization.read_layer_norm",
    "LRN": "normalization.read_lrn",
    "Add": "arithmetic.read_arithmetic",
    "Sub": "arithmetic.read_arithmetic",
    "Mul": "arithmetic.read_arithmetic",
    "Div": "arithmetic.read_arithmetic",
    "Max": "arithmetic.read_arithmetic",
    "Min": "arithmetic.read_arithmetic",
    "Sum": "arithmetic.read_arithmetic",
    "Mean": "arithmetic.read_arithmetic",
    "Concat": "arithmetic.read_concat",
    "Softmax": "activations.read_softmax",
    "LogSoftmax": "activations.read_softmax",
    "Clip": "activations.read_clip",
    "PRelu": "activations.read_prelu",
    "Reshape": "reshaping.read_reshape",
    "Flatten": "reshaping.read_flatten",
    "Squeeze": "reshaping.read_squeeze",
    "Unsqueeze": "reshaping.read_unsqueeze",
    "Transpose": "reshaping.read_transpose",
    "Identity": "passing.read_alias",
    "Cast": "passing.read_alias",
    "CastLike": "passing.read_alias",
    "Dropout": "passing.read_dropout",
}
"""The function that reads an operator, by the module of its family."""

_ROWS: Final = frozenset(
    {"Relu", "Tanh", "Sigmoid", "Elu", "Selu", "Celu", "LeakyRelu", "Softplus", "Softsign", "HardSwish", "Mish", "Gelu"}
    | {"HardSigmoid", "Exp", "Log", "Sqrt", "Abs", "Neg", "Reciprocal", "Floor", "Ceil", "Round", "Sign", "Sin", "Cos"}
    | {"Erf", "ThresholdedRelu", "Swish"}
)
"""The operators that a row of `activations` reads."""

DOMAINS: Final = ("", "ai.onnx")
"""The domains whose operators are ONNX's own."""


def reader(operator: str, domain: str) -> Callable[[Reading], Any] | None:
    """The function that reads an operator; None where there is none.

    >>> reader("Conv", "").__name__, reader("Loop", "")
    ('read_conv', None)
    """
    if domain not in DOMAINS:
        return None
    home = "activations.read_row" if operator in _ROWS else _READERS.get(operator)
    if home is None:
        return None
    module, _, name = home.partition(".")
    found: Callable[[Reading], Any] = getattr(import_module(f"{__name__}.{module}"), name)
    return found
