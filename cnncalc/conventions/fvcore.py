"""fvcore's `FlopCountAnalysis`: https://github.com/facebookresearch/fvcore, fvcore/nn/flop_count.py."""

from __future__ import annotations

from typing import Final

from cnncalc.conventions.rules import (
    BATCH_NORM,
    MACS,
    NOT_COUNTED,
    OPERATIONS,
    UNCOUNTED_PARTS,
    Convention,
    Quantity,
    Rule,
    by_rank,
    normalised,
    per_input,
)

_UPSAMPLED: Final = Rule(
    "nearest 1, bilinear 4 per output value (2-D only)",
    lambda o: {"nearest": 1, "linear": 4, "bilinear": 4}.get(o.option("mode"), 0) * o.leaving if o.rank == 2 else 0,
)

FVCORE: Final = Convention(
    tool="fvcore",
    version="0.1.5.post20221221",
    quantities=(
        Quantity(
            "flops",
            "macs",
            "MACs by another name: 1 each, without biases, and norms, upsampling and adaptive pools are added",
            {
                "conv": MACS,
                "conv_transpose": MACS,
                "linear": MACS,
                "matmul": MACS,
                "multihead_attention": MACS,
                "batch_norm": BATCH_NORM,
                "layer_norm": normalised(5, 4),
                "group_norm": normalised(5, 4),
                "instance_norm": normalised(5, 4),
                "adaptive_avg_pool": by_rank(per_input(1), 2),
                "upsample": _UPSAMPLED,
                **UNCOUNTED_PARTS,
            },
        ),
    ),
    parameters=None,
    sees=OPERATIONS,
    exact_types=False,
    other=NOT_COUNTED,
)
