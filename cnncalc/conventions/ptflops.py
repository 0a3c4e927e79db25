"""ptflops: https://github.com/sovrasov/flops-counter.pytorch, ptflops/pytorch_ops.py and aten_ops.py.

Its default engine hooks modules and patches functions besides, so that a module that calls a patched function counts
twice. The other one sees the operators of ATen.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Final

from cnncalc.conventions import attention, recurrent
from cnncalc.conventions.rules import (
    ALL_PARAMETERS,
    MACS,
    MACS_AND_BIAS,
    MERGED,
    MODULES,
    NOT_COUNTED,
    OPERATIONS,
    POOLS,
    RESPONSE_NORM,
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


def _resampled(operation: Operation) -> int:
    """What the patched function counts: input values times the factors, of which it cuts a list to whole numbers."""
    factors = operation.option("scale_factor")
    if factors is None:
        return operation.leaving
    if len(factors) > 1:
        return operation.arriving * prod(map(int, factors))
    return int(operation.arriving * factors[0] ** operation.rank)


PTFLOPS: Final = Convention(
    tool="ptflops (backend pytorch)",
    version="0.7.5",
    quantities=(
        Quantity(
            "macs",
            "macs",
            "MACs and biases, and other operations are added as 1 each, some of them twice",
            {
                "conv": MACS_AND_BIAS,
                "conv_transpose": MACS_AND_BIAS,
                "linear": MACS_AND_BIAS,
                "multihead_attention": attention.BY_PTFLOPS,
                **recurrent.HOOKED,
                "batch_norm": normalised(2, 1),
                "instance_norm": normalised(2, 1),
                "group_norm": normalised(2, 1),
                "layer_norm": per_value(1),
                **dict.fromkeys(("relu", "prelu", "elu", "gelu"), per_value(2)),
                **dict.fromkeys(("relu6", "leaky_relu", "silu", "softmax"), per_value(1)),
                **dict.fromkeys(POOLS, per_input(2)),
                "upsample": Rule("1 per output value, 1 per input x factors", lambda o: o.leaving + _resampled(o)),
                "local_response_norm": RESPONSE_NORM,
                **dict.fromkeys(
                    ("F.relu", "F.prelu", "F.elu", "F.gelu", "F.relu6", "F.silu", "F.softmax"), per_value(1)
                ),
                **{f"F.{pool}": per_input(1) for pool in POOLS},
                "F.upsample": Rule("1 per input value x factors", _resampled),
                "F.local_response_norm": RESPONSE_NORM,
                "F.matmul": MACS,
                "F.add": MERGED,
                "F.multiply": MERGED,
            },
        ),
    ),
    parameters=ALL_PARAMETERS,
    sees=MODULES,
    exact_types=True,
    other=NOT_COUNTED,
)

PTFLOPS_ATEN: Final = Convention(
    tool="ptflops (backend aten)",
    version="0.7.5",
    quantities=(
        Quantity(
            "macs",
            "macs",
            "MACs and biases, and nothing else",
            {
                "conv": MACS_AND_BIAS,
                "conv_transpose": MACS_AND_BIAS,
                "linear": MACS_AND_BIAS,
                **recurrent.DISPATCHED,
                "matmul": MACS,
                "multihead_attention": attention.BIASED,
                **UNCOUNTED_PARTS,
            },
        ),
    ),
    parameters=ALL_PARAMETERS,
    sees=OPERATIONS,
    exact_types=False,
    other=NOT_COUNTED,
)
