"""Recurrent modules along a sequence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.models.pytorch.values import Value, flat
from cnncalc.models.untranslatable import UntranslatableError

if TYPE_CHECKING:
    from cnncalc.models.pytorch.builder import Builder


def recurrent(builder: Builder, settings: Any, arguments: Any, keywords: Any, arrays: Any) -> Any:
    """``nn.LSTM``, ``nn.GRU`` and ``nn.RNN``: the outputs of all steps; states are not had."""
    assert builder.call is not None
    given: list[Any] = [*arguments, *keywords.values()]
    value, *states = given
    if not isinstance(value, Value) or value.batch is None or value.rank != 3:
        raise UntranslatableError("takes no batch of sequences")
    if value.batch.axis != (0 if settings.get("batch_first") else 1):
        raise UntranslatableError("goes along the samples of a batch, as batch_first says otherwise")
    if len(value.own) != 2:
        raise UntranslatableError("goes along parts of a sample that lie beside each other in the batch")
    for state in states:
        _check_zero(builder, state)
    options: dict[str, Any] = {"hidden_size": settings["hidden_size"], "dim": -1}
    for name, usual in (("num_layers", 1), ("bias", True), ("bidirectional", False), ("proj_size", 0)):
        if settings.get(name, usual) != usual:
            options[name] = settings[name]
    if settings.get("dropout"):
        options["dropout"] = settings["dropout"]
    if settings.get("nonlinearity", "tanh") != "tanh":
        options["nonlinearity"] = settings["nonlinearity"]
    inputs = [builder.operand(value, value.own)]
    shape = builder.result_shape()
    made = builder.layer(builder.call.name.lower(), options, inputs, shape, value.batch, arrays=arrays)
    return [made, None]


def _check_zero(builder: Builder, state: Any) -> None:
    """Raise `UntranslatableError` for a first state that is not zero, which is what a layer here begins with."""
    for each in state if isinstance(state, (tuple, list)) else [state]:
        if each is None:
            continue
        if not isinstance(each, Value) or each.constant is None:
            raise UntranslatableError("begins with a state that is computed")
        numbers = builder.arrays.numbers(each.constant)
        if numbers is None or any(flat(numbers)):
            raise UntranslatableError("begins with a state that is not zero")
