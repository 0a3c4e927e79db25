"""PyTorch's own `torch.utils.flop_counter.FlopCounterMode`."""

from __future__ import annotations

from typing import Final

from cnncalc.conventions import recurrent
from cnncalc.conventions.rules import NOT_COUNTED, OPERATIONS, TWICE_MACS, UNCOUNTED_PARTS, Convention, Quantity

TORCH: Final = Convention(
    tool="torch.utils.flop_counter",
    version="2.14.1",
    quantities=(
        Quantity(
            "flops",
            "flops",
            "2 for each MAC, and nothing else",
            {
                **dict.fromkeys(("conv", "conv_transpose", "linear", "matmul"), TWICE_MACS),
                **recurrent.DISPATCHED_TWICE,
                **UNCOUNTED_PARTS,
            },
        ),
    ),
    parameters=None,
    sees=OPERATIONS,
    exact_types=False,
    other=NOT_COUNTED,
)
