"""calflops: https://github.com/MrYxJ/calculate-flops.pytorch, calflops/pytorch_ops.py.

It patches PyTorch's functions, so that modules are counted by the functions that they call.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Final

from cnncalc.conventions import attention, recurrent
from cnncalc.conventions.rules import (
    ALL_PARAMETERS,
    BATCH_NORM,
    FUNCTIONS,
    MACS,
    MERGED,
    NOT_COUNTED,
    POOLS,
    RESPONSE_NORM,
    TWICE_MACS,
    TWICE_MACS_AND_BIAS,
    UNCOUNTED_PARTS,
    Convention,
    Quantity,
    Rule,
    normalised,
    per_input,
    per_value,
)

if TYPE_CHECKING:
    from cnncalc.conventions.operations import Operation

POINTWISE: Final = ("relu", "leaky_relu", "prelu", "elu", "silu", "gelu", "softmax", "F.relu6")
NORMS: Final = ("layer_norm", "group_norm", "instance_norm")


def _transposed_macs(operation: Operation) -> int:
    """The MACs, with the channels that a group gives divided by the groups once more."""
    _, channels, *kernel = operation.weights["weight"]
    filters: int = channels // operation.option("groups")
    return operation.arriving * prod(kernel) * filters


def _transposed(operation: Operation) -> int:
    """Twice those; the bias at the output positions that the convolution, not its transpose, would have."""
    positions = 1
    for window, size in zip(operation.layer.windows(operation.inputs[0]) or (), operation.inputs[0][1:], strict=True):
        positions *= (size + sum(window.pads(size)) - window.extent) // window.stride + 1
    biased = operation.weights["weight"][1] * positions if "bias" in operation.weights else 0
    return 2 * _transposed_macs(operation) + biased


def _resampled(operation: Operation) -> int:
    """The values that come in; where the size is given, its product, as it is given and without channels."""
    size = operation.option("size")
    return operation.arriving if size is None else prod(size)


FLOPS: Final = {
    "conv": TWICE_MACS_AND_BIAS,
    "linear": TWICE_MACS,
    "matmul": TWICE_MACS,
    **recurrent.HOOKED_TWICE,
    "batch_norm": BATCH_NORM,
    **dict.fromkeys(NORMS, normalised(5, 4)),
    **dict.fromkeys(POINTWISE, per_value(1)),
    **dict.fromkeys(POOLS, per_input(1)),
    "local_response_norm": RESPONSE_NORM,
    "add": MERGED,
    "multiply": MERGED,
}
"""What the profiler of DeepSpeed, from which calflops comes, counts alike."""
MEANING: Final = "2 for each MAC, biases of convolutions, and some other operations"
PRODUCTS: Final = Quantity(
    "macs",
    "macs",
    "MACs of convolutions, linear layers and products of matrices",
    {**dict.fromkeys(("conv", "conv_transpose", "linear", "matmul"), MACS), **UNCOUNTED_PARTS},
)

CALFLOPS: Final = Convention(
    tool="calflops",
    version="0.3.2",
    quantities=(
        Quantity(
            "flops",
            "flops",
            MEANING,
            {
                **FLOPS,
                "multihead_attention": attention.TWICE_LINEAR,
                "conv_transpose": Rule("2 per MAC, groups twice, biases at the input's own convolution", _transposed),
                "upsample": Rule("1 per input value; by size its product", _resampled),
            },
        ),
        PRODUCTS._replace(
            rules={
                **PRODUCTS.rules,
                "multihead_attention": attention.LINEAR_ALONE,
                "conv_transpose": Rule("1 per MAC, groups twice", _transposed_macs),
            },
        ),
    ),
    parameters=ALL_PARAMETERS,
    sees=FUNCTIONS,
    exact_types=False,
    other=NOT_COUNTED,
)
