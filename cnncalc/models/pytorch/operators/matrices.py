"""Products of tensors, and sums by Einstein's convention."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Final

from cnncalc.models.pytorch.operators.arithmetic import aligned, combined
from cnncalc.models.pytorch.operators.functions import Function, function, tensor
from cnncalc.models.pytorch.operators.layout import permute, reshape
from cnncalc.models.pytorch.operators.weighted import linear_layer
from cnncalc.models.pytorch.values import Value
from cnncalc.models.untranslatable import UntranslatableError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.models.pytorch.builder import Builder
    from cnncalc.models.pytorch.operators.functions import Given


def product(builder: Builder, one: Value, other: Value) -> Value:
    """``one @ other``."""
    if min(one.rank, other.rank) < 2:
        raise UntranslatableError("multiplies by a vector")
    if other.array is not None and other.layer is None and other.rank == 2 and one.layer is not None:
        arrays = {"weight": builder.arrays.stored(other.array, turned=True)}
        return linear_layer(builder, one, other.shape[1], arrays)
    _, batch = aligned([_square(one), _square(other)])
    rank = max(one.rank, other.rank)
    if batch is not None and batch.axis >= rank - 2:
        return _along_rows(builder, one, other)
    owns, _ = aligned([_square(one), _square(other)])
    names = []
    for value, own in zip((one, other), owns, strict=True):
        names.append(builder.operand(value, (*own[:-2], *value.shape[-2:])))
    leading = [
        max(sizes)
        for sizes in zip(*((*(1,) * (rank - value.rank), *value.shape[:-2]) for value in (one, other)), strict=True)
    ]
    return builder.layer("matmul", {}, names, (*leading, one.shape[-2], other.shape[-1]), batch)


def _along_rows(builder: Builder, one: Value, other: Value) -> Value:
    """The product where the samples are the rows of the first."""
    if one.batch is None or one.batch.axis != one.rank - 2 or other.batch is not None or one.rank != 2:
        raise UntranslatableError("multiplies along the axis of the batch")
    row = reshape(builder, one, (one.shape[0], 1, one.shape[1]))
    made = product(builder, row, other.like((1, *other.shape), None) if other.layer is None else other)
    return reshape(builder, made, (one.shape[0], other.shape[-1]))


def _square(value: Value) -> Value:
    """The axes that broadcast, with two of one size behind them."""
    return Value((*value.shape[:-2], 1, 1), value.batch, layer=value.layer) if not _in_matrix(value) else value


def _in_matrix(value: Value) -> bool:
    return value.batch is not None and value.batch.axis >= value.rank - 2


def _matmul(builder: Builder, given: Given) -> Value:
    return product(builder, tensor(given), tensor(given, "other"))


def _turned(builder: Builder, given: Given) -> Value:
    return product(builder, tensor(given, "other"), tensor(given))


def _with_sum(builder: Builder, given: Given) -> Value:
    """``addmm`` and ``baddbmm``."""
    made = product(builder, tensor(given, "one"), tensor(given, "other"))
    if given.get("alpha", 1) != 1:
        made = combined(builder, "multiply", [made, given["alpha"]])
    beta = given.get("beta", 1)
    if beta == 0:
        return made
    first = tensor(given) if beta == 1 else combined(builder, "multiply", [tensor(given), beta])
    return combined(builder, "add", [first, made])


def _einsum(builder: Builder, given: Given) -> Value:
    """Of two tensors: axes in both and in the result are stacked, those in both alone are summed over."""
    equation, operands = given["equation"], given["operands"]
    operands = list(operands[0]) if len(operands) == 1 and isinstance(operands[0], (list, tuple)) else list(operands)
    if not isinstance(equation, str) or len(operands) != 2 or "." in equation or "->" not in equation:
        raise UntranslatableError("is of other than two tensors, or without all of its axes")
    left, _, result = equation.replace(" ", "").partition("->")
    one, other = left.split(",")
    if any(len(set(word)) != len(word) for word in (one, other, result)):
        raise UntranslatableError("takes a diagonal")
    stacked = [axis for axis in one if axis in other and axis in result]
    summed = [axis for axis in one if axis in other and axis not in result]
    rows = [axis for axis in one if axis not in other]
    columns = [axis for axis in other if axis not in one]
    if not {*rows, *columns} <= {*result}:
        raise UntranslatableError("sums over an axis of one tensor")
    size = {**dict(zip(one, operands[0].shape, strict=True)), **dict(zip(other, operands[1].shape, strict=True))}

    def matrix(value: Value, word: str, first: Sequence[str], second: Sequence[str]) -> Value:
        turned = permute(builder, value, [word.index(axis) for axis in (*stacked, *first, *second)])
        shape = [*(size[axis] for axis in stacked), prod(size[a] for a in first), prod(size[a] for a in second)]
        return reshape(builder, turned, tuple(shape))

    made = product(builder, matrix(operands[0], one, rows, summed), matrix(operands[1], other, summed, columns))
    order = [*stacked, *rows, *columns]
    made = reshape(builder, made, tuple(size[axis] for axis in order))
    return permute(builder, made, [order.index(axis) for axis in result])


FUNCTIONS: Final[Mapping[str, Function]] = {
    "matmul": function(_matmul, "input other"),
    "bmm": function(_matmul, "input other"),
    "mm": function(_matmul, "input other"),
    "rmatmul": function(_turned, "input other"),
    "addmm": function(_with_sum, "input one other beta alpha"),
    "baddbmm": function(_with_sum, "input one other beta alpha"),
    "einsum": function(_einsum, "equation *operands"),
}
