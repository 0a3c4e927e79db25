"""ultralytics-thop, YOLO's fork of thop: https://github.com/ultralytics/thop, thop/vision/basic_hooks.py."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Final

from cnncalc.conventions import attention, recurrent
from cnncalc.conventions.rules import (
    ALL_PARAMETERS,
    MACS,
    MODULES,
    NOT_COUNTED,
    UNCOUNTED_PARTS,
    Convention,
    Quantity,
    Rule,
    normalised,
    per_value,
)
from cnncalc.conventions.thop import SOFTMAX, softmax_operations, upsampled

if TYPE_CHECKING:
    from cnncalc.conventions.operations import Operation

_UPSAMPLINGS: Final = {"linear": 5, "bilinear": 11, "trilinear": 31, "bicubic": 259}


def _pooled(operation: Operation) -> int:
    """The values in the windows, padding included where it counts in the mean, and a division for each output."""
    layer, values = operation.layer, operation.inputs[0][0]
    for window, size in zip(layer.windows(operation.inputs[0]) or (), operation.inputs[0][1:], strict=True):
        before, after = window.pads(size)
        first, last = (-before, size + after) if _includes_padding(operation) else (0, size)
        starts = range(-before, window.positions(size) * window.stride - before, window.stride)
        values *= sum(max(min(start + window.kernel_size, last) - max(start, first), 0) for start in starts)
    return values + operation.leaving


def _includes_padding(operation: Operation) -> bool:
    include = operation.option("count_include_pad")
    return not isinstance(operation.option("padding"), str) if include is None else include


def _pooled_adaptively(operation: Operation) -> int:
    """The values in windows from floor(j I / O) to ceil((j + 1) I / O), and a division for each output."""
    sizes = zip(operation.inputs[0][1:], operation.output[1:], strict=True)
    windows = (sum(-(-(j + 1) * i // o) - j * i // o for j in range(o)) for i, o in sizes)
    return operation.inputs[0][0] * prod(windows) + operation.leaving


ULTRALYTICS_THOP: Final = Convention(
    tool="ultralytics-thop",
    version="2.2.3",
    quantities=(
        Quantity(
            "macs",
            "macs",
            "MACs without biases, and operations of norms, pools and softmax are added; YOLO's GFLOPs are twice that",
            {
                **dict.fromkeys(("conv", "conv_transpose", "linear", "F.linear", "F.matmul", "@matmul"), MACS),
                **recurrent.PROJECTED_CELLS,
                **dict.fromkeys(("batch_norm", "layer_norm", "group_norm", "instance_norm"), normalised(4, 2)),
                "multihead_attention": attention.SOFTMAX_BESIDE,
                "prelu": per_value(1),
                **UNCOUNTED_PARTS,
                "softmax": SOFTMAX,
                "log_softmax": Rule("3 n for each row of n values", lambda o: softmax_operations(o) + _rows(o)),
                "avg_pool": Rule("1 per value of a window and output value", _pooled),
                "adaptive_avg_pool": Rule("1 per value of a window and output value", _pooled_adaptively),
                "upsample": Rule("bilinear 11 per output value", lambda o: upsampled(o, _UPSAMPLINGS)),
            },
        ),
    ),
    parameters=ALL_PARAMETERS,
    sees=MODULES,
    exact_types=False,
    other=NOT_COUNTED,
)


def _rows(operation: Operation) -> int:
    """The rows of a softmax: 3 n - 1 of each were counted."""
    return 3 * operation.leaving - softmax_operations(operation)
