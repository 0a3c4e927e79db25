"""Parts of tensors, and tensors put together of parts."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any, Final

from cnncalc.models.pytorch.builder import MOST_AXES
from cnncalc.models.pytorch.operators.functions import Function, function, tensor
from cnncalc.models.pytorch.operators.layout import permute, reshape
from cnncalc.models.pytorch.recording import Word
from cnncalc.models.pytorch.values import Value
from cnncalc.models.untranslatable import UntranslatableError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.models.pytorch.batches import Batch
    from cnncalc.models.pytorch.builder import Builder
    from cnncalc.models.pytorch.operators.functions import Given


def cut(builder: Builder, value: Value, parts: Mapping[int, tuple[int, int, int]]) -> Value:
    """A part of some axes of PyTorch's: from, up to, step; all of an axis is no part of it."""
    shape = list(value.shape)
    dims, starts, ends, steps = [], [], [], []
    for dim, (start, end, step) in parts.items():
        if (start, end, step) == (0, shape[dim], 1):
            continue
        dims.append(value.axis(dim))
        starts.append(start)
        ends.append(None if end >= shape[dim] else end)
        steps.append(step)
        shape[dim] = max(0, -(-(end - start) // step))
    if not dims:
        return value
    if len(value.own) > MOST_AXES:
        return _cut_of_many(builder, value, dims, starts, tuple(shape))
    if min(shape) == 0:
        raise UntranslatableError("takes a part without values")
    options: dict[str, Any] = {"dim": dims, "start": starts, "end": ends, "step": steps}
    options = {name: each[0] if len(dims) == 1 else each for name, each in options.items()}
    for name, usual in (("dim", 0), ("start", 0), ("end", None), ("step", 1)):
        if options[name] in (usual, [usual] * len(dims)):
            del options[name]
    layer = builder.operand(value, value.own)
    return builder.layer("slice", options, [layer], tuple(shape), value.batch)


def _cut_of_many(builder: Builder, value: Value, dims: list[int], starts: list[int], shape: tuple[int, ...]) -> Value:
    """Parts of a tensor of many axes, one axis after another: what is before and behind it is one axis each."""
    own, after = list(value.own), Value(shape, value.batch).own
    held = Value(value.shape, None, layer=value.layer, laid=value.laid)
    for dim, start in zip(dims, starts, strict=True):
        laid = (prod(own[:dim]), own[dim], prod(own[dim + 1 :]))
        end = start + after[dim]
        options: dict[str, Any] = {"dim": 1, "start": start, "end": end}
        own[dim] = after[dim]
        layer = builder.operand(held, laid)
        held = builder.layer("slice", options, [layer], (laid[0], own[dim], laid[2]), None)
    return Value(shape, value.batch, layer=held.layer, laid=held.laid)


def _getitem(builder: Builder, given: Given) -> Value:
    """``x[:, 0]``, ``x[..., None]``, and a table of parameters by a constant tensor of numbers."""
    value, index = tensor(given), given["index"]
    index = list(index) if isinstance(index, tuple) else [index]
    if len(index) == 1 and isinstance(index[0], Value):
        return _rows(builder, value, index[0])
    if len(index) == 2 and index[0] == slice(None) and isinstance(index[1], Value):
        return permute(builder, _rows(builder, value, index[1], turned=True), [index[1].rank, *range(index[1].rank)])
    if any(isinstance(each, (Value, list, bool)) for each in index):
        raise UntranslatableError("chooses values by a tensor or a list")
    index = _without_dots(index, value.rank)
    parts, shape = {}, []
    dim = 0
    for each in index:
        if each is None:
            shape.append(1)
            continue
        size = value.shape[dim]
        if isinstance(each, slice):
            start, end, step = each.indices(size)
            parts[dim] = (start, end, step)
            shape.append(max(0, -(-(end - start) // step)))
        elif isinstance(each, int):
            if value.batch is not None and dim == value.batch.axis:
                raise UntranslatableError("takes one sample out of a batch")
            parts[dim] = (each % size, each % size + 1, 1)
        else:
            raise UntranslatableError("chooses values in a way that is not known")
        dim += 1
    return reshape(builder, cut(builder, value, parts), tuple(shape))


def _without_dots(index: list[Any], rank: int) -> list[Any]:
    """An index with as many whole axes as ``...`` stands for, or as are left out."""
    used = sum(each is not None and each != Word("...") for each in index)
    whole = [slice(None)] * (rank - used)
    at = next((at for at, each in enumerate(index) if each == Word("...")), len(index))
    return [*index[:at], *whole, *index[at + 1 :]]


def _rows(builder: Builder, value: Value, index: Value, *, turned: bool = False) -> Value:
    """Rows of a table of parameters, or its columns, which constant numbers choose: an embedding of these."""
    if value.array is None or value.rank != 2 or index.constant is None or value.layer is not None:
        raise UntranslatableError("chooses values by a tensor")
    numbers = builder.operand(index, index.own)
    count, features = value.shape[::-1] if turned else value.shape
    options = {"num_embeddings": count, "embedding_dim": features, "dim": -1}
    arrays = {"weight": builder.arrays.stored(value.array, turned=turned)}
    return builder.layer("embedding", options, [numbers], (*index.shape, features), None, arrays=arrays)


def _split(builder: Builder, given: Given) -> list[Value]:
    """``chunk`` and ``split``: the parts of one layer, which have its name as their scope."""
    assert builder.call is not None
    value = tensor(given)
    dim = given.get("dim", 0) % value.rank
    shapes = [builder.result_shape(at) for at in range(len(builder.call.results))]
    if len(shapes) == 1:
        return [value]
    return _parts(builder, value, dim, shapes)


def _parts(builder: Builder, value: Value, dim: int, shapes: Sequence[tuple[int, ...]]) -> list[Value]:
    own = value.axis(dim)
    lengths = [shape[dim] for shape in shapes]
    options: dict[str, Any] = {"sections": len(lengths) if len(set(lengths)) == 1 else lengths}
    laid = value.own
    if len(laid) > MOST_AXES:
        laid = (prod(laid[:own]), laid[own], prod(laid[own + 1 :]))
        laid, own = (laid[1:], 0) if laid[0] == 1 else (laid, 1)
    if own:
        options["dim"] = own
    made = builder.layer("split", options, [builder.operand(value, laid)], laid, None)
    builder.layers[-1].shape = None  # it is that of each part
    return [
        Value(shape, value.batch, layer=f"{made.layer}.{at}", laid=(*laid[:own], shape[dim], *laid[own + 1 :]))
        for at, shape in enumerate(shapes)
    ]


def _unbind(builder: Builder, given: Given) -> list[Value]:
    """Each position of an axis as a tensor without it."""
    assert builder.call is not None
    value = tensor(given)
    dim = given.get("dim", 0) % value.rank
    shape = (*value.shape[:dim], 1, *value.shape[dim + 1 :])
    count = value.shape[dim]
    parts = _parts(builder, value, dim, [shape] * count) if count > 1 else [value]
    return [reshape(builder, part, builder.result_shape(at)) for at, part in enumerate(parts)]


def _select(builder: Builder, given: Given) -> Value:
    value = tensor(given)
    dim, index = given["dim"] % value.rank, given["index"] % value.shape[given["dim"]]
    return reshape(builder, cut(builder, value, {dim: (index, index + 1, 1)}), builder.result_shape())


def _narrow(builder: Builder, given: Given) -> Value:
    value, start = tensor(given), given["start"]
    if not isinstance(start, int):
        raise UntranslatableError("begins at a computed place")
    dim = given["dim"] % value.rank
    return cut(builder, value, {dim: (start, start + given["length"], 1)})


def joined(builder: Builder, values: Sequence[Value]) -> tuple[list[str], Batch | None]:
    """Tensors of equal rank as layers with equally many axes, and where their samples are."""
    batches = {value.batch for value in values if value.batch is not None}
    if len(batches) > 1:
        raise UntranslatableError("joins tensors whose samples lie otherwise")
    batch = batches.pop() if batches else None
    names = []
    for value in values:
        own = value.own
        if batch is not None and value.batch is None and batch.factor == 1:
            if value.shape[batch.axis] not in (1, builder.recording.batch):
                raise UntranslatableError("joins a batch with what has another size there")
            own = (*value.shape[: batch.axis], *value.shape[batch.axis + 1 :]) or (1,)
        names.append(builder.operand(value, own))
    return names, batch


def _cat(builder: Builder, given: Given) -> Value:
    values = [each for each in given["input"] if isinstance(each, Value) and 0 not in each.shape]
    if len(values) == 1:
        return values[0]
    shape = builder.result_shape()
    names, batch = joined(builder, values)
    dim = Value(shape, batch).axis(given.get("dim", given.get("axis", 0)))
    return builder.layer("concat", {"dim": dim} if dim else {}, names, shape, batch)


def _stack(builder: Builder, given: Given) -> Value:
    values, shape = list(given["input"]), builder.result_shape()
    names, batch = joined(builder, values)
    dim = given.get("dim", 0) % len(shape)
    if batch is not None:
        if dim <= batch.axis and batch.factor == 1:
            batch = batch._replace(axis=batch.axis + 1)
        elif dim <= batch.axis:
            raise UntranslatableError("stacks parts of samples")
    own = Value(shape, batch).axis(dim)
    return builder.layer("stack", {"dim": own} if own else {}, names, shape, batch)


FUNCTIONS: Final[Mapping[str, Function]] = {
    "__getitem__": function(_getitem, "input index"),
    "chunk": function(_split, "input chunks dim"),
    "split": function(_split, "input split_size dim"),
    "split_with_sizes": function(_split, "input split_size dim"),
    "tensor_split": function(_split, "input sections dim"),
    "unbind": function(_unbind, "input dim"),
    "select": function(_select, "input dim index"),
    "narrow": function(_narrow, "input dim start length"),
    "cat": function(_cat, "input dim"),
    "concat": function(_cat, "input dim"),
    "concatenate": function(_cat, "input dim"),
    "stack": function(_stack, "input dim"),
}
