"""Operators on tensors and numbers, and functions of each value."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from cnncalc.models.pytorch.operators.functions import Function, function, tensor
from cnncalc.models.pytorch.values import Value
from cnncalc.models.untranslatable import UntranslatableError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnncalc.models.pytorch.batches import Batch
    from cnncalc.models.pytorch.builder import Builder
    from cnncalc.models.pytorch.operators.functions import Given


LOWEST: Final = -1e30
"""What is added in place of minus infinity, which no spec has."""


def aligned(values: list[Value]) -> tuple[list[tuple[int, ...]], Batch | None]:
    """The shapes of ours in which tensors broadcast, and where the samples of the result are."""
    rank = max(value.rank for value in values)
    batches = set()
    for value in values:
        if value.batch is not None:
            batches.add(value.batch._replace(axis=value.batch.axis + rank - value.rank))
    if len(batches) > 1:
        raise UntranslatableError("joins tensors whose samples lie otherwise")
    batch = batches.pop() if batches else None
    owns = []
    for value in values:
        shape = [*(1,) * (rank - value.rank), *value.shape]
        if batch is not None:
            size = shape[batch.axis]
            if value.batch is None and size not in (1, batch.factor) and batch.factor == 1:
                raise UntranslatableError("joins a batch with what has another size there")
            if batch.factor == 1:
                del shape[batch.axis]
            elif value.batch is not None:
                shape[batch.axis] = batch.factor
        owns.append(tuple(shape) or (1,))
    return owns, batch


def binary(type_: str, *, turned: bool = False) -> Any:
    """An operator on two tensors, or on one and a number; `turned` has the second first.

    `alpha` is times the operand that comes second then.
    """

    def make(builder: Builder, given: Given) -> Value:
        operands = [given["input"], given["other"]]
        if turned:
            operands.reverse()
        operands[1] = _times(builder, operands[1], given.get("alpha", 1))
        if given.get("rounding_mode") is not None:
            raise UntranslatableError("rounds what it divides")
        return combined(builder, type_, operands)

    return make


def _times(builder: Builder, operand: Any, factor: float) -> Any:
    if factor == 1:
        return operand
    return combined(builder, "multiply", [operand, factor]) if isinstance(operand, Value) else operand * factor


def combined(builder: Builder, type_: str, operands: list[Any]) -> Value:
    """The layer that an operator on tensors and numbers is."""
    numbers = [each for each in operands if not isinstance(each, Value)]
    if numbers:
        [value] = [each for each in operands if isinstance(each, Value)]
        number = numbers[0]
        if not isinstance(number, (int, float)):
            raise UntranslatableError("takes a value that is no number")
        return with_constant(builder, type_, value, number, reverse=operands[0] is not value)
    owns, batch = aligned(operands)
    rank = max(value.rank for value in operands)
    padded = [(*(1,) * (rank - value.rank), *value.shape) for value in operands]
    shape = tuple(max(sizes) for sizes in zip(*padded, strict=True))
    whole = Value(shape, batch).own
    for value, own, other in zip(operands, owns, operands[::-1], strict=True):
        is_constant = value.constant is not None and value.layer is None
        if is_constant and other.layer is not None and _other(owns, operands, other) == whole == other.own:
            constant = builder.numbers(value, own)
            constant = _number(constant)
            return with_constant(builder, type_, other, constant, reverse=operands[0] is value, shape=shape)
        if type_ == "multiply" and value.array is not None and value.layer is None and value.batch is None:
            made = _layer_scale(builder, value, own, other, whole, shape)
            if made is not None:
                return made
    names = [builder.operand(value, own) for value, own in zip(operands, owns, strict=True)]
    return builder.layer(type_, {}, names, shape, batch)


def _other(owns: list[tuple[int, ...]], operands: list[Value], other: Value) -> tuple[int, ...]:
    return owns[next(at for at, each in enumerate(operands) if each is other)]


def _number(constant: Any) -> Any:
    """A nested list of one number as that."""
    found = constant
    while isinstance(found, list):
        if len(found) != 1:
            return constant
        [found] = found
    return found


def with_constant(
    builder: Builder,
    type_: str,
    value: Value,
    constant: Any,
    *,
    reverse: bool = False,
    shape: tuple[int, ...] | None = None,
) -> Value:
    """A tensor with a number, or with constant numbers, nested to shapes of ours."""
    constant = _finite(constant, least=type_ == "add")
    options = {"value": float(constant) if isinstance(constant, bool) else constant}
    if reverse and type_ in ("subtract", "divide"):
        options["reverse"] = True
    if not isinstance(constant, list) and shape in (None, value.shape):
        return builder.each_value(type_, options, value)
    return builder.step(type_, options, value, shape or value.shape)


def _finite(constant: Any, *, least: bool) -> Any:
    """Constant numbers, of which minus infinity in a sum is a number so low that softmax leaves nothing of it."""
    if isinstance(constant, list):
        return [_finite(each, least=least) for each in constant]
    if isfinite(constant):
        return constant
    if least and constant < 0:
        return LOWEST
    raise UntranslatableError("takes a constant that is not finite")


def _layer_scale(
    builder: Builder,
    value: Value,
    own: tuple[int, ...],
    other: Value,
    whole: tuple[int, ...],
    shape: tuple[int, ...],
) -> Value | None:
    """A learnt weight a channel, as a layer of its own; None where the parameter is none of one channel each."""
    assert value.array is not None
    if other.layer is None or other.own != whole or len(whole) < 2:
        return None
    if value.array in builder.arrays.taken or value.array in builder.deferred:
        return None
    if own != (whole[0], *(1,) * (len(whole) - 1)) or other.batch is None:
        return None
    path = builder.arrays.path(value.array)
    name = builder.names.free(path) if path else None
    arrays = {"weight": builder.arrays.stored(value.array)}
    return builder.layer("scale", {}, [other.layer], shape, other.batch, arrays=arrays, name=name)


def larger(type_: str, reduced: Any) -> Any:
    """``max`` and ``min`` of two tensors, or along an axis."""

    def make(builder: Builder, given: Given) -> Any:
        if isinstance(given.get("dim"), Value):
            return combined(builder, type_, [given["input"], given["dim"]])
        return reduced(builder, given)

    return make


def by_value(type_: str) -> Any:
    """A function of each value."""

    def make(builder: Builder, given: Given) -> Value:
        return builder.each_value(type_, {}, tensor(given))

    return make


def _power(builder: Builder, given: Given) -> Value:
    value, exponent = given["input"], given["exponent"]
    if not isinstance(value, Value) or not isinstance(exponent, (int, float)):
        raise UntranslatableError("takes a power that is computed")
    type_, options = ("square", {}) if exponent == 2 else ("power", {"exponent": exponent})
    if exponent == 0.5:
        type_, options = "sqrt", {}
    return builder.layer(type_, options, [builder.operand(value, value.own)], value.shape, value.batch)


def _with_product(operator: str) -> Any:
    """``addcmul`` and ``addcdiv``."""

    def make(builder: Builder, given: Given) -> Value:
        made: Any = combined(builder, operator, [given["one"], given["other"]])
        return combined(builder, "add", [given["input"], _times(builder, made, given.get("value", 1))])

    return make


def _clamp(builder: Builder, given: Given) -> Value:
    value = tensor(given)
    options = {name: given[name] for name in ("min", "max") if given.get(name) is not None}
    if any(isinstance(each, Value) for each in options.values()):
        raise UntranslatableError("is held by computed bounds")
    return builder.layer("clamp", options, [builder.operand(value, value.own)], value.shape, value.batch)


_NAMED: Final = {
    "add": "add",
    "mul": "multiply",
    "multiply": "multiply",
    "sub": "subtract",
    "subtract": "subtract",
    "div": "divide",
    "divide": "divide",
    "true_divide": "divide",
    "truediv": "divide",
    "maximum": "maximum",
    "minimum": "minimum",
}
_VALUES: Final = (
    *("exp", "log", "sqrt", "rsqrt", "reciprocal", "square", "abs", "neg", "sign", "floor", "ceil", "round"),
    *("sin", "cos", "erf"),
)
_OPERANDS: Final = "input other alpha rounding_mode"
FUNCTIONS: Final[Mapping[str, Function]] = {
    **{name: function(binary(type_), _OPERANDS) for name, type_ in _NAMED.items()},
    "rsub": function(binary("subtract", turned=True), _OPERANDS),
    "rdiv": function(binary("divide", turned=True), _OPERANDS),
    "rtruediv": function(binary("divide", turned=True), _OPERANDS),
    **{name: function(by_value(name), "input") for name in _VALUES},
    "absolute": function(by_value("abs"), "input"),
    "negative": function(by_value("neg"), "input"),
    "pow": function(_power, "input exponent"),
    "addcmul": function(_with_product("multiply"), "input one other value"),
    "addcdiv": function(_with_product("divide"), "input one other value"),
    "clamp": function(_clamp, "input min max"),
    "clip": function(_clamp, "input min max"),
    "clamp_min": function(_clamp, "input min"),
    "clamp_max": function(_clamp, "input max"),
}
