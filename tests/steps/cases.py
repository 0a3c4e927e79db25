"""Layers of every kind that has steps, each with an input of a few values."""

from __future__ import annotations

from typing import Final

LAYERS: Final = [
    ("conv2d(1, 3)", "1x5x5"),
    ("conv2d(2, 3, stride=2, padding=1)", "3x6x5"),
    ("conv2d(4, 3, groups=2, dilation=2, bias=false)", "4x7x7"),
    ("conv2d(2, [2, 3], stride=[2, 1], padding=same)", "2x5x4"),
    ("conv2d(2, 3, padding=same_lower, stride=2, activation=relu)", "1x5x6"),
    ("conv2d(2, 3, padding=1, padding_mode=reflect)", "2x4x4"),
    ("conv2d(1, 3, padding=2, padding_mode=circular)", "1x4x5"),
    ("conv2d(1, 3, padding=2, padding_mode=replicate)", "1x4x4"),
    ("conv2d(3, 1)", "40x2x2"),
    ("conv2d(1, 7)", "2x8x8"),
    ("conv2d(2, 3, weight_norm=true)", "2x4x4"),
    ("conv2d(2, 3, weight_standardization=true)", "2x4x4"),
    ("conv1d(2, 3, padding=causal, dilation=2)", "2x6"),
    ("conv3d(2, 2, padding=1)", "1x2x3x2"),
    ("depthwise_conv2d(3, depth_multiplier=2, padding=1)", "2x4x4"),
    ("separable_conv2d(2, 3, depth_multiplier=2)", "2x4x5"),
    ("conv_transpose2d(1, 3, stride=2)", "1x2x2"),
    ("conv_transpose2d(4, 3, stride=2, padding=1, output_padding=1, groups=2)", "4x3x2"),
    ("conv_transpose2d(2, 2, stride=3, dilation=2, activation=tanh)", "2x2x3"),
    ("conv_transpose2d(1, 2, stride=3)", "1x2x2"),
    ("conv_transpose1d(2, 4, stride=2, padding=same)", "3x4"),
    ("max_pool2d(3, stride=2, padding=1)", "2x5x5"),
    ("max_pool2d(2, dilation=2)", "1x5x4"),
    ("max_pool2d(7)", "1x7x8"),
    ("min_pool2d(2, padding=same)", "1x3x3"),
    ("avg_pool2d(3, stride=2, padding=1)", "1x5x5"),
    ("avg_pool2d(3, stride=2, padding=1, count_include_pad=false)", "1x5x5"),
    ("avg_pool2d(2, padding=same, stride=2)", "1x5x5"),
    ("avg_pool2d(3, stride=2, padding=1, ceil_mode=true)", "2x4x6"),
    ("avg_pool2d(2, divisor_override=3)", "1x4x4"),
    ("avg_pool1d(3)", "2x7"),
    ("avg_pool3d(2)", "1x2x4x4"),
    ("adaptive_avg_pool2d([2, 3])", "2x5x7"),
    ("adaptive_max_pool2d(2)", "2x5x5"),
    ("global_avg_pool2d()", "2x6x6"),
    ("global_avg_pool2d(keepdim=false)", "2x2x3"),
    ("global_max_pool2d()", "2x3x3"),
    ("linear(3)", "40"),
    ("linear(2, bias=false, activation=sigmoid)", "5"),
    ("linear(2, dim=0)", "5x2x2"),
    ("batch_norm()", "2x3x3"),
    ("batch_norm(affine=false)", "3"),
    ("batch_norm(track_running_stats=false, activation=relu)", "2x3x3"),
    ("instance_norm(affine=true)", "2x6x6"),
    ("group_norm(2)", "4x3x3"),
    ("layer_norm()", "5"),
    ("layer_norm(dims=[0, 1, 2])", "2x3x3"),
    ("layer_norm(normalized_shape=[3, 2])", "2x3x2"),
    ("rms_norm()", "40"),
    ("l2_norm()", "4x2x2"),
    ("l2_norm(scale=true)", "3x2x2"),
    ("softmax()", "7"),
    ("softmax()", "3x2x2"),
    ("softmax(dim=2)", "2x2x3"),
    ("softmax()", "60"),
    ("log_softmax()", "4"),
    *((f"{name}()", "9") for name in ("relu", "relu6", "leaky_relu", "prelu", "hardtanh", "hardsigmoid", "hardswish")),
    *((f"{name}()", "9") for name in ("elu", "selu", "gelu", "silu", "mish", "sigmoid", "log_sigmoid", "tanh")),
    *((f"{name}()", "9") for name in ("softplus", "softsign", "identity")),
    ("gelu(approximate=tanh)", "9"),
    ("hardsigmoid(alpha=0.2)", "9"),
    ("celu(alpha=2)", "9"),
    ("elu(alpha=0.5)", "9"),
    ("softplus(beta=2, threshold=3)", "9"),
    ("threshold(1, 20)", "9"),
    ("prelu(num_parameters=3)", "3x2x2"),
]
"""A layer in a line, and its input."""

MERGES: Final = ["add", "subtract", "multiply", "maximum", "minimum", "average"]


def merge(kind: str) -> str:
    """A network that merges two inputs, one of which broadcasts."""
    return f"inputs: {{a: 2x2x3, b: 2x1x1}}\nlayers:\n  - {kind}: {{from: [a, b], name: m}}\n"
