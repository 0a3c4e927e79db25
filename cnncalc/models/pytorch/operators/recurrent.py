"""Recurrent modules along a sequence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnncalc.models.pytorch.batches import Batch
from cnncalc.models.pytorch.operators.indexing import cut
from cnncalc.models.pytorch.operators.layout import reshape
from cnncalc.models.pytorch.values import Absent, Value, flat
from cnncalc.models.untranslatable import UntranslatableError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnncalc.models.pytorch.builder import Builder


_CELLS: Final = Absent("the state of the cells behind the last step, which no layer here gives")


def recurrent(builder: Builder, settings: Any, arguments: Any, keywords: Any, arrays: Any) -> Any:
    """``nn.LSTM``, ``nn.GRU`` and ``nn.RNN``: the outputs of all steps, and the final ones as ``h_n``.

    Where nothing else is wanted the layer gives those alone. Where those of lower layers are wanted, too, each is a
    layer of its own. The state of the cells of LSTM is not had.
    """
    assert builder.call is not None
    value, type_ = _sequence(builder, settings, arguments, keywords), builder.call.name.lower()
    count, wants_final = settings.get("num_layers", 1), builder.is_needed(1)
    if not wants_final or count == 1:
        only_final = wants_final and not builder.is_needed(0)
        value = _layer(builder, type_, settings, value, arrays, only_final=only_final)
        if only_final:  # a vector, which has the directions one after another
            directions = 2 if settings.get("bidirectional") else 1
            shape = (directions, value.shape[0], value.shape[1] // directions)
            finals = [Value(shape, Batch(1), layer=value.layer, laid=value.laid)]
        else:
            finals = _finals(builder, settings, value) if wants_final else []
    else:
        builder.in_parts, finals = True, []
        for number in range(count):
            own = {name.replace(f"_l{number}", "_l0"): arrays[name] for name in arrays if _number(name) == number}
            value = _layer(builder, type_, {**settings, "num_layers": 1, "dropout": 0}, value, own, number=number)
            finals += _finals(builder, settings, value)
    hidden: Any = _stacked(builder, finals) if finals else None
    return [value, [hidden, _CELLS] if type_ == "lstm" else hidden]


def _sequence(builder: Builder, settings: Any, arguments: Any, keywords: Any) -> Value:
    """The tensor that is gone along; raises `UntranslatableError` for what no batch of sequences is."""
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
    return value


def _layer(
    builder: Builder,
    type_: str,
    settings: Any,
    value: Value,
    arrays: Mapping[str, Any],
    *,
    only_final: bool = False,
    number: int | None = None,
) -> Value:
    """The layer, or that of a `number` among several; with `only_final` a vector of the final outputs."""
    assert builder.call is not None
    options: dict[str, Any] = {"hidden_size": settings["hidden_size"], "dim": -1}
    for option, usual in (("num_layers", 1), ("bias", True), ("bidirectional", False), ("proj_size", 0)):
        if settings.get(option, usual) != usual:
            options[option] = settings[option]
    if settings.get("dropout"):
        options["dropout"] = settings["dropout"]
    if settings.get("nonlinearity", "tanh") != "tanh":
        options["nonlinearity"] = settings["nonlinearity"]
    features = (settings.get("proj_size") or settings["hidden_size"]) * (2 if settings.get("bidirectional") else 1)
    shape: tuple[int, ...] = (*value.shape[:2], features)
    batch = value.batch
    if only_final:
        options["output"] = "last"
        shape, batch = (builder.recording.batch, features), Batch()
    path = builder.call.path
    name = None if number is None else builder.names.free(f"{path}.layer{number}" if path else f"layer{number}")
    return builder.layer(type_, options, [builder.operand(value, value.own)], shape, batch, arrays=arrays, name=name)


def _finals(builder: Builder, settings: Any, made: Value) -> list[Value]:
    """The final output of each direction, as (batch, features)."""
    directions = 2 if settings.get("bidirectional") else 1
    features, steps = made.shape[-1] // directions, 1 if settings.get("batch_first") else 0
    found = []
    for direction in range(directions):
        at = 0 if direction else made.shape[steps] - 1
        parts = {2: (direction * features, (direction + 1) * features, 1), steps: (at, at + 1, 1)}
        found.append(reshape(builder, cut(builder, made, parts), (builder.recording.batch, features)))
    return found


def _stacked(builder: Builder, finals: list[Value]) -> Value:
    """The final outputs as PyTorch has them: (layers x directions, batch, features)."""
    if finals[0].rank == 3:
        return finals[0]
    shape = (len(finals), *finals[0].shape)
    if len(finals) == 1:
        return Value(shape, Batch(1), layer=finals[0].layer, laid=finals[0].laid)
    return builder.layer("stack", {}, [builder.operand(each, each.own) for each in finals], shape, Batch(1))


def _number(name: str) -> int:
    """Which layer an array is of.

    >>> _number("weight_ih_l0"), _number("bias_hh_l12_reverse")
    (0, 12)
    """
    return int(name.removesuffix("_reverse").rpartition("_l")[2])


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
