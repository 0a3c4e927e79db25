"""DeepSpeed's flops profiler: https://github.com/deepspeedai/DeepSpeed, deepspeed/profiling/flops_profiler."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Final

from cnncalc.conventions import attention
from cnncalc.conventions.calflops import FLOPS, MEANING, PRODUCTS
from cnncalc.conventions.rules import (
    ALL_PARAMETERS,
    FUNCTIONS,
    MACS,
    NOT_COUNTED,
    TWICE_MACS,
    TWICE_MACS_AND_BIAS,
    Convention,
    Quantity,
    Rule,
)

if TYPE_CHECKING:
    from cnncalc.conventions.operations import Operation


def _resampled(operation: Operation) -> int:
    """The values that come in times the factors; where the size is given, its product, as calflops has it."""
    size, factors = operation.option("size"), operation.option("scale_factor")
    if size is not None:
        return prod(size)
    return int(operation.arriving * prod(factors if len(factors) > 1 else factors * operation.rank))


DEEPSPEED: Final = Convention(
    tool="deepspeed",
    version="0.19.8",
    quantities=(
        Quantity(
            "flops",
            "flops",
            MEANING,
            {
                **FLOPS,
                "multihead_attention": attention.TWICE_ALL,
                "@matmul": TWICE_MACS,
                "conv_transpose": TWICE_MACS_AND_BIAS,
                "upsample": Rule("1 per input value x factors; by size its product", _resampled),
            },
        ),
        PRODUCTS._replace(rules={**PRODUCTS.rules, "@matmul": MACS, "multihead_attention": MACS}),
    ),
    parameters=ALL_PARAMETERS,
    sees=FUNCTIONS,
    exact_types=False,
    other=NOT_COUNTED,
)
