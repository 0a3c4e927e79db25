"""The recurrent classes of `keras.layers`.

They have one bias, but for a GRU with `reset_after`, and return the last output unless told otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnncalc.spec.frameworks.rows import Row, row
from cnncalc.spec.frameworks.rules import RefusedError, ignored, only, renamed, spelt

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnncalc.spec.frameworks.rules import Rule
    from cnncalc.spec.text_nodes import TextNode

_ARRAYS: Final = ("kernel", "recurrent", "bias")
_DRAWN: Final = " ".join(f"{array}_initializer" for array in _ARRAYS)
_HELD: Final = " ".join(
    (
        *(f"{array}_regularizer" for array in _ARRAYS),
        "activity_regularizer",
        *(f"{array}_constraint" for array in _ARRAYS),
    )
)
_RETURNED: Final = "return_sequences return_state go_backwards stateful"
_GATED: Final = "activation recurrent_activation use_bias"


def _output(node: TextNode) -> Mapping[str, Any]:
    """All outputs, or the last."""
    value = node.plain()
    if not isinstance(value, bool):
        raise RefusedError(f"must be True or False, not {spelt(value)}")
    return {"output": "sequence" if value else "last"}


_RULES: Final[Mapping[str, Rule]] = {
    "units": renamed("hidden_size"),
    "activation": only("tanh"),
    "recurrent_activation": only("sigmoid"),
    **dict.fromkeys(("recurrent_initializer", "recurrent_regularizer", "recurrent_constraint"), ignored),
    **dict.fromkeys(("unit_forget_bias", "unroll", "use_cudnn", "stateful", "dropout", "recurrent_dropout"), ignored),
    "return_sequences": _output,
    "return_state": only(False),
    "go_backwards": only(False),
}
_CONV: Final = (
    f"strides padding data_format dilation_rate {_GATED} {_DRAWN} unit_forget_bias {_HELD}"
    f" dropout recurrent_dropout seed {_RETURNED}"
)
_SHARED: Final[dict[str, Any]] = {"defaults": {"return_sequences": False}, "constants": {"recurrent_bias": False}}

RECURRENT: Final[Mapping[str, Row]] = {
    "LSTM": row(
        *("lstm", "units"),
        f"{_GATED} {_DRAWN} unit_forget_bias {_HELD} dropout recurrent_dropout seed {_RETURNED} unroll use_cudnn",
        rules=_RULES,
        **_SHARED,
    ),
    "GRU": row(
        *("gru", "units"),
        f"{_GATED} {_DRAWN} {_HELD} dropout recurrent_dropout seed {_RETURNED} unroll reset_after use_cudnn",
        rules={**_RULES, "reset_after": renamed("recurrent_bias")},
        defaults={"return_sequences": False, "reset_after": True},
    ),
    "SimpleRNN": row(
        *("rnn", "units"),
        f"activation use_bias {_DRAWN} {_HELD} dropout recurrent_dropout {_RETURNED} unroll seed",
        rules={**_RULES, "activation": only("tanh", "relu", ours="nonlinearity")},
        **_SHARED,
    ),
    # Time is the first of our spatial axes; there are no four, as ConvLSTM3D would need.
    **{
        f"ConvLSTM{n}D": row(
            "conv_lstm", "filters kernel_size", _CONV, rules=_RULES, defaults={"return_sequences": False}
        )
        for n in (1, 2)
    },
}
"""A row a class."""
