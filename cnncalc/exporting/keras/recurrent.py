"""Recurrent layers in Keras, which take steps before features as its maps have their channels last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnncalc.exporting.keras.words import ELSEWHERE
from cnncalc.exporting.source.expressions import Arg, Code, Expression, Value, call, optional

if TYPE_CHECKING:
    from cnncalc.exporting.source.leaves import Leaf

CLASSES: Final = {"lstm": "LSTM", "gru": "GRU", "rnn": "SimpleRNN"}
_SWAPPED: Final = Code("(2, 1)")


def has_one_bias(layer: Any) -> bool:
    """Whether a layer of Keras has one bias where this has two."""
    if layer.type_name not in CLASSES or layer.bias is False or not layer.recurrent_bias:
        return False
    return layer.type_name != "gru" or not _resets_after(layer)


def _resets_after(layer: Any) -> bool:
    """Whether a GRU resets the state's product, which by default goes with a bias of its own."""
    return bool(layer.recurrent_bias if layer.reset_after is None else layer.reset_after)


def recurrent(leaf: Leaf, name: Arg, x: Expression) -> Expression:
    """`LSTM`, `GRU` and `SimpleRNN`, in a `Bidirectional` where they go both ways."""
    layer, kind = leaf.layer, leaf.layer.type_name
    if layer.num_layers > 1 or getattr(layer, "proj_size", 0):
        raise leaf.refusal("Keras' recurrent layers are single, and without a projection", ELSEWHERE)
    options = {"use_bias": optional(layer.bias is not False, True, "use_bias")}
    if kind == "rnn":
        options["activation"] = optional(layer.nonlinearity, "tanh", "activation")
    if kind == "gru" and not _resets_after(layer):
        options["reset_after"] = Arg(Code("False"))
    if layer.output == "sequence":
        options["return_sequences"] = Arg(Code("True"))
    own = {} if layer.bidirectional else {"name": name}
    made = call(f"layers.{CLASSES[kind]}", Value(layer.hidden_size, "units"), **options, **own)
    if layer.bidirectional:
        made = call("layers.Bidirectional", made, name=name)
    if leaf.axis("dim") == 0:
        return call(made, x)
    found = call(made, call(call("layers.Permute", _SWAPPED), x))
    return call(call("layers.Permute", _SWAPPED), found) if layer.output == "sequence" else found
