"""Rules beyond what the tools were asked for in the reference: by the lines of their sources."""

from __future__ import annotations

import pytest

from cnncalc import load
from tests.rows import every_row

LINES = [
    # thop/vision/calc_func.py, `calculate_upsample`: 5, 11 and 259 operations of an output value, trilinear unknown
    ("thop", "upsample(scale_factor=2, mode=linear)", "3x4", 5 * 24),
    ("thop", "upsample(scale_factor=2, mode=linear)", "3x4x4", 11 * 192),
    ("thop", "upsample(scale_factor=2, mode=bicubic)", "3x4x4", 259 * 192),
    ("thop", "upsample(scale_factor=2, mode=trilinear)", "1x2x2x2", 0),
    ("ultralytics-thop", "upsample(scale_factor=2, mode=trilinear)", "1x2x2x2", 31 * 64),
    # ultralytics' count_avgpool: a window of 3 at -1, 1, 3 of 5 pixels has 2 or, with padding, 3 values at its ends
    ("ultralytics-thop", "avg_pool1d(3, 2, 1)", "2x5", 2 * (3 + 3 + 3) + 6),
    ("ultralytics-thop", "avg_pool1d(3, 2, 1, count_include_pad=False)", "2x5", 2 * (2 + 3 + 2) + 6),
    # a last window under ceil_mode ends with the padding
    ("ultralytics-thop", "avg_pool1d(3, 2, 1, ceil_mode=True)", "2x6", 2 * (3 + 3 + 3 + 2) + 8),
    # count_adap_avgpool: windows 0-2, 1-3, 2-4 of 5 pixels overlap
    ("ultralytics-thop", "adaptive_avg_pool1d(3)", "2x5", 2 * (2 + 3 + 2) + 6),
    ("ultralytics-thop", "log_softmax()", "10x2", 2 * 3 * 10),
    ("ultralytics-thop", "group_norm(2, affine=False)", "4x3x3", 2 * 36),
    # fvcore/nn/flop_count.py has upsample_nearest2d, upsample_bilinear2d and adaptive_avg_pool2d, in no other rank
    ("fvcore", "adaptive_avg_pool1d(1)", "4x8", 0),
    ("fvcore", "upsample(scale_factor=2)", "4x8", 0),
    ("fvcore", "upsample(scale_factor=2, mode=bicubic)", "4x8x8", 0),
    # both tools' _upsample_flops_compute, as they print it: the product of `size`, be it one number or two, without
    # channels; calflops forgets to store the product with the factors, DeepSpeed rounds it down
    ("calflops", "upsample(size=[6, 7])", "4x3x3", 42),
    ("calflops", "upsample(size=7)", "4x3x3", 7),
    ("calflops", "upsample(scale_factor=1.5)", "4x3x3", 36),
    ("deepspeed", "upsample(size=[6, 7])", "4x3x3", 42),
    ("deepspeed", "upsample(size=7)", "4x3x3", 7),
    ("deepspeed", "upsample(scale_factor=1.5)", "4x3x3", 81),
    # torchinfo: the parameters of any module, once
    ("torchinfo", "prelu(num_parameters=4)", "4x3x3", 4),
    ("torchinfo", "depthwise_conv1d(3, dilation=2)", "4x9", 16 * 5),
    # onnx_tool/node.py: Softplus 32 + 1 + 43, LogSoftmax 32 + 4 + 1 + 43, Sigmoid and Log 32 + 43, Mish with Tanh, Mul
    ("onnx-tool", "softplus()", "4", 4 * 76),
    ("onnx-tool", "log_softmax()", "4", 4 * 80),
    ("onnx-tool", "log_sigmoid()", "4", 4 * 75),
    ("onnx-tool", "mish()", "4", 4 * (76 + 76 + 1)),
    ("onnx-tool", "hardtanh()", "4", 4 * 2),
    ("onnx-tool", "glu()", "4", 2 * 33),
    # PoolBase.profile multiplies two axes of a kernel at most
    ("onnx-tool", "adaptive_avg_pool2d((5, 4))", "2x10x10", 0),
    ("onnx-tool", "max_pool1d(2)", "4x8", 16 * 2),
    ("onnx-tool", "max_pool3d(2)", "1x4x4x4", 8 * 2),
    ("onnx-tool", "upsample(scale_factor=2, mode=bicubic)", "1x4x4", 64 * 8),
    # ConvTransposeNode.profile, as it prints: weights of shape (in, out / groups, *kernel), less their first axis
    ("onnx-tool", "conv_transpose2d(16, 2, 2, 0)", "8x5x7", 145600),
    ("onnx-tool", "conv_transpose2d(16, 4, 2, 1, bias=false)", "8x5x7", 573440),
    ("onnx-tool", "conv_transpose2d(8, 3, 2, 1, output_padding=1)", "8x5x7", 81760),
    ("onnx-tool", "conv_transpose2d(4, 3, 1, 0, groups=2)", "6x5x7", 4788),
    ("onnx-tool", "conv_transpose2d(2, 3, 1, 0, groups=2, bias=false)", "4x5x7", 1134),
    ("onnx-tool", "conv_transpose2d(24, 3, 2, 1, output_padding=1, groups=4)", "8x5x7", 184800),
    ("onnx-tool", "conv_transpose2d(4, [2, 3], 2, 0)", "16x5x7", 15000),
    ("onnx-tool", "conv_transpose1d(4, 3, 2)", "3x6", 676),
    ("onnx-tool", "conv_transpose3d(3, 2, 2)", "2x3x4x5", 36000),
]


@every_row(("tool", "line", "shape", "count"), LINES)
def test_rule(tool: str, line: str, shape: str, count: int) -> None:
    quantity, *_ = load(line, input=shape).count_as(tool).quantities
    assert quantity.theirs == count


def test_thop_counts_parameters_of_the_modules_that_it_knows() -> None:
    """`count_parameters` is hooked beside the rule; GroupNorm has none."""
    found = load("conv2d(4, 1) | group_norm(2) | batch_norm()", input="2x3x3").count_as("thop").parameters
    assert found is not None
    assert (found.ours, found.theirs, found.difference) == (12 + 8 + 8, 12 + 8, -8)


@pytest.mark.parametrize(
    ("tool", "known"),
    [
        ("torch", True),
        ("fvcore", True),
        ("thop", True),
        ("ptflops-aten", True),
        ("onnx-tool", False),
    ],
)
def test_a_function_that_is_several_operations_is_known_where_none_of_them_counts(tool: str, known: bool) -> None:
    """PyTorch's local response norm multiplies, pools, adds, raises and divides."""
    report = load("alexnet").count_as(tool)
    (kind,) = (kind for kind in report.quantities[0].kinds if kind.kind == "local_response_norm")
    assert (kind.theirs, kind.known) == (0, known)
    assert (report.notes == ()) == known
