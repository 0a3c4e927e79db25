"""Layers of Keras along sequences: recurrences and attention."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnncalc.frameworks.configurations import plainly
from cnncalc.frameworks.keras import KERAS
from cnncalc.models.keras.translator import Tensor, tensors
from cnncalc.models.untranslatable import UntranslatableError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnncalc.models.keras.translator import Call, Translator

RECURRENT: Final = ("LSTM", "GRU", "SimpleRNN")


def bidirectional(translator: Translator, call: Call) -> Tensor:
    """A recurrent layer in both directions, whose outputs are joined."""
    inner = call.config.get("layer")
    if not isinstance(inner, dict) or inner.get("class_name") not in RECURRENT:
        raise UntranslatableError("takes LSTM, GRU or SimpleRNN here")
    if call.config.get("merge_mode", "concat") != "concat":
        raise UntranslatableError("joins both directions here: `merge_mode` must be concat")
    return _recurrent_of(translator, call, inner["class_name"], inner["config"], {"bidirectional": True})


def recurrent(translator: Translator, call: Call) -> Tensor:
    """A recurrent layer by itself."""
    return _recurrent_of(translator, call, call.class_name.removeprefix("CuDNN"), call.config, {})


def _recurrent_of(
    translator: Translator, call: Call, class_name: str, config: Mapping[str, Any], more: Mapping[str, Any]
) -> Tensor:
    """A recurrent layer; its initial state must be zero."""
    takes = tensors([call.args, {key: value for key, value in call.kwargs.items() if key != "mask"}])
    if len(takes) != 1:
        raise UntranslatableError("begins with zeros here, and an initial state is given")
    if not translator.channels_last and len(takes[0].shape or ()) == 2:
        raise UntranslatableError("has no counterpart where channels are first")
    if class_name == "SimpleRNN" and config.get("activation") not in ("tanh", "relu"):
        raise UntranslatableError("has tanh or relu here")
    given = {key: value for key, value in config.items() if key != "recurrent_activation" or value != "sigmoid"}
    type_, options = plainly(KERAS.rows[class_name], given)
    return translator.emit(call, type_, {**options, **more}, takes)


def cells(translator: Translator, call: Call) -> Tensor:
    """A loop over one cell, which is the layer of that cell."""
    cell = call.config.get("cell")
    class_name = str(cell.get("class_name")) if isinstance(cell, dict) else ""
    if not isinstance(cell, dict) or class_name.removesuffix("Cell") not in RECURRENT:
        raise UntranslatableError("takes one LSTMCell, GRUCell or SimpleRNNCell here")
    own = {key: value for key, value in call.config.items() if key not in ("cell", "zero_output_for_mask")}
    return _recurrent_of(translator, call, class_name.removesuffix("Cell"), {**cell["config"], **own}, {})


def attention(translator: Translator, call: Call) -> Tensor:
    """Attention in heads, which Keras calls with query, value and, if they are others, keys."""
    config = call.config
    if config.get("use_gate") or config.get("sliding_window") or call.kwargs.get("return_attention_scores"):
        raise UntranslatableError("with a gate, a sliding window or its scores has no counterpart here")
    takes = tensors(call.args)
    takes += [call.kwargs[name] for name in ("value", "key") if isinstance(call.kwargs.get(name), Tensor)]
    if not translator.channels_last or not 1 < len(takes) < 4:
        raise UntranslatableError("takes query, value and key, channels last")
    query, value, *key = takes
    size = config.get("output_shape")
    axes = config.get("attention_axes")
    options: dict[str, Any] = {"num_heads": config.get("num_heads"), "key_dim": config.get("key_dim")}
    if config.get("value_dim") not in (None, config.get("key_dim")):
        options["value_dim"] = config["value_dim"]
    if size is not None:
        [options["out_features"]] = size if isinstance(size, list) and len(size) == 1 else [size]
    if config.get("use_bias") is False:
        options["bias"] = False
    if call.kwargs.get("use_causal_mask"):
        options["is_causal"] = True
    every = list(range(1, len(query.shape or ())))
    if axes is not None and list(axes if isinstance(axes, list) else [axes]) != every:
        # Keras counts the batch, and ours, channels first, have the same numbers then.
        options["attention_axes"] = axes
    same = [query] if not key and query == value else [query, (key or [value])[0], value]
    return translator.emit(call, "multihead_attention", options, same)
