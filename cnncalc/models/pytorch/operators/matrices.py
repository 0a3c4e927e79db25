"""Products of tensors, sums by Einstein's convention, and attention."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any, Final

from cnncalc.models.pytorch.operators.arithmetic import aligned, combined
from cnncalc.models.pytorch.operators.functions import Function, function, is_on, tensor
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


def _attention(builder: Builder, given: Given) -> Value:
    """``F.scaled_dot_product_attention``; with a mask, as the products that it is."""
    query, key, value = (tensor(given, name) for name in ("input", "key", "value"))
    scale = given.get("scale")
    owns, batch = aligned([_rows(each) for each in (query, key, value)])
    if batch is None or batch.axis >= query.rank - 2:
        raise UntranslatableError("attends to the samples of a batch")
    if is_on(given, "attn_mask"):
        return _masked(builder, given)
    names = [
        builder.operand(each, (*own[:-2], *each.shape[-2:]))
        for each, own in zip((query, key, value), owns, strict=True)
    ]
    shape = builder.result_shape()
    axis = len(Value(shape, batch).own) - 2
    options: dict[str, Any] = {"dim": -1}
    if axis:
        options["attention_axes"] = axis
    if scale is not None:
        options["scale"] = scale
    if is_on(given, "is_causal"):
        options["is_causal"] = True
    if names[0] == names[1] == names[2]:
        names = names[:1]
    return builder.layer("scaled_dot_product_attention", options, names, shape, batch)


def _rows(value: Value) -> Value:
    return Value((*value.shape[:-2], 1, 1), value.batch, layer=value.layer)


def _masked(builder: Builder, given: Given) -> Value:
    query, key, value, mask = (tensor(given, name) for name in ("input", "key", "value", "attn_mask"))
    if builder.is_true_or_false(mask):
        raise UntranslatableError("has a mask of truth values")
    order = [*range(key.rank - 2), key.rank - 1, key.rank - 2]
    made = product(builder, query, permute(builder, key, order))
    scale = given.get("scale")
    made = combined(builder, "multiply", [made, query.shape[-1] ** -0.5 if scale is None else scale])
    made = combined(builder, "add", [made, mask])
    options = {"dim": made.axis(-1)}
    assert made.layer is not None
    made = builder.layer("softmax", options, [made.layer], made.shape, made.batch)
    return product(builder, made, value)


def multihead_attention(builder: Builder, settings: Any, arguments: Any, keywords: Any, arrays: Any) -> Any:
    """``nn.MultiheadAttention``: query, key and value with their features last."""
    names = ("query", "key", "value", "key_padding_mask", "need_weights", "attn_mask", "average", "is_causal")
    given = {**dict(zip(names, arguments, strict=False)), **keywords}
    if given.get("attn_mask") is not None or given.get("key_padding_mask") is not None:
        raise UntranslatableError("has a mask")
    values = [tensor(given, name) for name in ("query", "key", "value")]
    query = values[0]
    if query.rank != 3 or query.batch is None or query.batch.axis == 2:
        raise UntranslatableError("takes no batch of sequences")
    tokens = 1 if settings.get("batch_first") else 0
    if query.batch.axis == tokens:
        raise UntranslatableError("attends to the samples of a batch, as batch_first says otherwise")
    options: dict[str, Any] = {"num_heads": settings["num_heads"], "dim": -1}
    if len(query.own) > 2:
        options["attention_axes"] = query.axis(tokens)
    if not settings["bias"]:
        options["bias"] = False
    for name in ("add_bias_kv", "add_zero_attn"):
        if settings.get(name):
            options[name] = True
    for name in ("kdim", "vdim"):
        if settings.get(name) not in (None, settings["embed_dim"]):
            options[name] = settings[name]
    if is_on(given, "is_causal"):
        options["is_causal"] = True
    inputs = [builder.operand(each, each.own) for each in values]
    if inputs[1] == inputs[2]:
        inputs = inputs[:1] if inputs[0] == inputs[1] else inputs[:2]
    made = builder.layer("multihead_attention", options, inputs, query.shape, query.batch, arrays=arrays)
    return [made, None]


FUNCTIONS: Final[Mapping[str, Function]] = {
    "matmul": function(_matmul, "input other"),
    "bmm": function(_matmul, "input other"),
    "mm": function(_matmul, "input other"),
    "rmatmul": function(_turned, "input other"),
    "addmm": function(_with_sum, "input one other beta alpha"),
    "baddbmm": function(_with_sum, "input one other beta alpha"),
    "einsum": function(_einsum, "equation *operands"),
    "scaled_dot_product_attention": function(
        _attention, "input key value attn_mask dropout_p is_causal scale enable_gqa"
    ),
}
