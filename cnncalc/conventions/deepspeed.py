"""DeepSpeed's flops profiler: https://github.com/deepspeedai/DeepSpeed, deepspeed/profiling/flops_profiler."""

from __future__ import annotations

from typing import Final

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
    per_value,
)

DEEPSPEED: Final = Convention(
    tool="deepspeed",
    version="0.19.8",
    quantities=(
        Quantity(
            "flops",
            "flops",
            MEANING,
            {**FLOPS, "@matmul": TWICE_MACS, "conv_transpose": TWICE_MACS_AND_BIAS, "upsample": per_value(1)},
        ),
        PRODUCTS._replace(rules={**PRODUCTS.rules, "@matmul": MACS}),
    ),
    parameters=ALL_PARAMETERS,
    sees=FUNCTIONS,
    exact_types=False,
    other=NOT_COUNTED,
)
