"""The recurrent classes of `keras.layers`.

They have one bias, but for a GRU with `reset_after`, and return the last output unless told otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnncalc.errors import RefusedError
from cnncalc.frameworks.rows import Row, row
from cnncalc.frameworks.rules import ignored, only, renamed, spelt
from cnncalc.text_nodes import Mapping

if TYPE_CHECKING:
    from collections.abc import Mapping as MappingOf

    from cnncalc.frameworks.rules import Rule
    from cnncalc.text_nodes import TextNode

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


def _output(node: TextNode) -> MappingOf[str, Any]:
    """All outputs, or the last."""
    value = node.plain()
    if not isinstance(value, bool):
        raise RefusedError(f"must be True or False, not {spelt(value)}")
    return {"output": "sequence" if value else "last"}


_RULES: Final[MappingOf[str, Rule]] = {
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

_WRAPPED: Final = ("lstm", "gru", "rnn")


def _both_ways(type_: str, options: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The layer that `Bidirectional` is given, in both directions."""
    layer = options.pop("layer")
    keys = list(layer.keys) if isinstance(layer, Mapping) else []
    if len(keys) != 1 or keys[0] not in _WRAPPED:
        raise RefusedError("takes a recurrent layer: Bidirectional(LSTM(64))", "of `conv_lstm` there are not two ways")
    [(kind, inner)] = layer.entries()
    del type_
    return kind.text, {**{key.text: value for key, value in inner.entries()}, **options, "bidirectional": True}


RECURRENT: Final[MappingOf[str, Row]] = {
    "Bidirectional": row(
        *("lstm", "layer", "merge_mode weights backward_layer"),
        rules={
            "merge_mode": only("concat", hint="two layers, one behind `flip`, and `add` or another merge have it"),
            "weights": only(None),
            "backward_layer": only(None),
        },
        adjust=_both_ways,
    ),
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
