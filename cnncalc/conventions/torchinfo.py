"""torchinfo's `summary`: https://github.com/TylerYep/torchinfo, torchinfo/layer_info.py, `calculate_macs`."""

from __future__ import annotations

from math import prod
from typing import Final

from cnncalc.conventions import recurrent
from cnncalc.conventions.rules import ALL_PARAMETERS, MODULES, NOT_COUNTED, UNCOUNTED_PARTS, Convention, Quantity, Rule

_AT_EACH_POSITION: Final = Rule("weights and biases x output positions", lambda o: o.parameters * prod(o.output[1:]))
_ONCE: Final = Rule("weights and biases, once", lambda o: o.parameters)

TORCHINFO: Final = Convention(
    tool="torchinfo",
    version="1.8.0",
    quantities=(
        Quantity(
            "mult_adds",
            "macs",
            "parameters of modules, times the output positions of convolutions and the steps of recurrences, else once",
            {
                "conv": _AT_EACH_POSITION,
                "conv_transpose": _AT_EACH_POSITION,
                **dict.fromkeys(recurrent.KINDS, recurrent.ALL_ARRAYS),
                **dict.fromkeys(("multihead_attention", "parameter"), NOT_COUNTED),
                **UNCOUNTED_PARTS,
            },
        ),
    ),
    parameters=ALL_PARAMETERS,
    sees=MODULES,
    exact_types=False,
    other=_ONCE,
)
