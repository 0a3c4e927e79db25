"""onnx-tool: https://github.com/ThanatosShinji/onnx-tool, onnx_tool/node.py.

It counts the nodes of an exported model: here one of PyTorch's exporter by TorchScript, which folds a batch norm into
the convolution before it. An addition, a product and a comparison count as 1, a division as 4, a square root as 24, an
exponential as 32, a logarithm as 43, a hyperbolic tangent as 38.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Final

from cnncalc.conventions import attention, recurrent
from cnncalc.conventions.onnx_initialisers import INITIALISERS
from cnncalc.conventions.rules import (
    MACS,
    MERGED,
    MOVES,
    NOT_COUNTED,
    OPERATIONS,
    UNKNOWN,
    Convention,
    Quantity,
    Rule,
    per_input,
    per_value,
)
from cnncalc.conventions.thop import normalised_axes

if TYPE_CHECKING:
    from cnncalc.conventions.operations import Operation


def _convolved(operation: Operation) -> int:
    """The MACs, and a bias of its own or of the batch norm that is folded into it."""
    return operation.macs + (operation.leaving if "bias" in operation.weights or operation.is_folded else 0)


def _transposed(operation: Operation) -> int:
    """Output values x weights of an input channel, as if these were those of an output channel."""
    return operation.leaving * (prod(operation.weights["weight"][1:]) + ("bias" in operation.weights))


def _batch_normalised(operation: Operation) -> int:
    """Nothing where it is folded; a mean, a difference, its square and two more means where the statistics are new."""
    if operation.is_folded:
        return 0
    return (31 if operation.option("track_running_stats") else 36) * operation.leaving


def _layer_normalised(operation: Operation) -> int:
    """7 a value; and 29 for an addition, a square root and a division, once along the first of the axes."""
    return 7 * operation.leaving + 29 * (operation.leaving // operation.inputs[0][normalised_axes(operation)[0]])


def _pooled(operation: Operation) -> int:
    """The output times the window, of which the third axis is forgotten."""
    windows = operation.layer.windows(operation.inputs[0]) or ()
    kernel = [window.kernel_size for window in windows]
    return operation.leaving * (prod(kernel) if len(kernel) == 2 else kernel[0])


def _pooled_adaptively(operation: Operation) -> int:
    """A global average pool where one mean is left; else a pool, of which the third axis is forgotten.

    Where the sizes are no multiples there is no such pool, and PyTorch does not export it.
    """
    if operation.kind == "adaptive_avg_pool" and operation.leaving == operation.inputs[0][0]:
        return operation.arriving + 4 * operation.leaving
    sizes = list(zip(operation.inputs[0][1:], operation.output[1:], strict=True))
    if any(before % after for before, after in sizes):
        return 0
    kernel = [before // after for before, after in sizes]
    return operation.leaving * (prod(kernel) if len(kernel) == 2 else kernel[0])


def _chunked(operation: Operation) -> int:
    """What the graph computes of a chunk's bounds: a product, and for the first a sum and a division too."""
    return 1 if operation.option("start") else 6


def _resampled(operation: Operation) -> int:
    """By the mode."""
    mode = operation.option("mode")
    return {"nearest": 0, "bicubic": 8}.get(mode, 4) * operation.leaving


_POOLED: Final = Rule("output values x kernel", _pooled)
_CLIPPED: Final = per_value(2)

ONNX_TOOL: Final = Convention(
    tool="onnx-tool",
    version="1.0.1",
    quantities=(
        Quantity(
            "macs",
            "macs",
            "MACs, and every other operation of the exported model is added: a division as 4, an exponential as 32",
            {
                "conv": Rule("1 per MAC, 1 per output value with a bias or a batch norm folded in", _convolved),
                "conv_transpose": Rule("output values x (weights of an input channel, 1 for the bias)", _transposed),
                "linear": Rule("1 per MAC, 1 per biased output value", _convolved),
                "matmul": MACS,
                "multihead_attention": attention.EXPORTED,
                **recurrent.EXPORTED,
                "batch_norm": Rule("31 per value, 0 folded, 36 without running statistics", _batch_normalised),
                "layer_norm": Rule("7 per value, 29 per row", _layer_normalised),
                "group_norm": per_value(9),
                "instance_norm": per_value(7),
                **dict.fromkeys(("relu",), per_value(1)),
                **dict.fromkeys(("relu6", "hardtanh"), _CLIPPED),
                **dict.fromkeys(("leaky_relu", "prelu"), per_value(2)),
                "elu": per_value(35),
                "gelu": per_value(7),
                "silu": per_value(33),
                "sigmoid": per_value(32),
                "log_sigmoid": per_value(75),
                "softplus": per_value(76),
                "softsign": per_value(6),
                "tanh": per_value(76),
                "mish": per_value(153),
                "hardsigmoid": per_value(4),
                "hardswish": per_value(5),
                "glu": per_value(33),
                "softmax": per_value(36),
                "log_softmax": per_value(80),
                **dict.fromkeys(("add", "subtract", "multiply", "maximum", "minimum"), MERGED),
                **dict.fromkeys(("reduce_mean", "reduce_sum", "reduce_max", "reduce_min", "reduce_prod"), per_input(1)),
                "max_pool": _POOLED,
                "avg_pool": _POOLED,
                "adaptive_avg_pool": Rule(
                    "1 per input value, 4 per output value if global; 0 if sizes are no multiples", _pooled_adaptively
                ),
                "adaptive_max_pool": Rule("output values x kernel; 0 if sizes are no multiples", _pooled_adaptively),
                "upsample": Rule("nearest 0, linear 4, cubic 8 per output value", _resampled),
                **dict.fromkeys(MOVES, NOT_COUNTED),
                "chunk": Rule("6 for the first of the parts, 1 for each other", _chunked),
            },
        ),
    ),
    parameters=INITIALISERS,
    sees=OPERATIONS,
    exact_types=False,
    other=UNKNOWN,
)
