"""Attention, as one layer or, where masks or its weights are wanted, as the products that it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnncalc.models.pytorch.operators.arithmetic import aligned, combined
from cnncalc.models.pytorch.operators.functions import Function, function, is_on, tensor
from cnncalc.models.pytorch.operators.layout import expand, permute, reshape
from cnncalc.models.pytorch.operators.masking import is_causal, scores_with
from cnncalc.models.pytorch.operators.matrices import product
from cnncalc.models.pytorch.operators.weighted import linear_layer
from cnncalc.models.pytorch.values import Absent, Value
from cnncalc.models.untranslatable import UntranslatableError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnncalc.models.pytorch.builder import Builder
    from cnncalc.models.pytorch.operators.functions import Given


def _attention(builder: Builder, given: Given) -> Value:
    """``F.scaled_dot_product_attention``."""
    query, key, value = (tensor(given, name) for name in ("input", "key", "value"))
    scale, mask = given.get("scale"), given.get("attn_mask")
    _, batch = aligned([_rows(each) for each in (query, key, value)])
    if batch is None or batch.axis >= query.rank - 2:
        raise UntranslatableError("attends to the samples of a batch")
    if is_on(given, "enable_gqa"):
        raise UntranslatableError("has fewer heads of keys than of queries")
    causal = is_on(given, "is_causal") or is_causal(builder, mask, keeps=True)
    if mask is not None and not causal:
        weights = _weights(builder, query, key, scale, [(mask, True)])
        return product(builder, weights, value)
    leading = builder.result_shape()[:-2]
    key, value = (
        expand(builder, each, (*leading, *each.shape[-2:])) if each.shape[:-2] != leading else each
        for each in (key, value)
    )
    owns, batch = aligned([_rows(each) for each in (query, key, value)])
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
    if causal:
        options["is_causal"] = True
    if names[0] == names[1] == names[2]:
        names = names[:1]
    return builder.layer("scaled_dot_product_attention", options, names, shape, batch)


def _rows(value: Value) -> Value:
    return Value((*value.shape[:-2], 1, 1), value.batch, layer=value.layer)


def _weights(builder: Builder, query: Value, key: Value, scale: float | None, masks: list[tuple[Value, bool]]) -> Value:
    """How much each query takes of each key; masks come with whether true means that they keep."""
    order = [*range(key.rank - 2), key.rank - 1, key.rank - 2]
    made = product(builder, query, permute(builder, key, order))
    made = combined(builder, "multiply", [made, query.shape[-1] ** -0.5 if scale is None else scale])
    for mask, keeps in masks:
        made = scores_with(builder, made, mask, keeps=keeps)
    return builder.step("softmax", {"dim": made.axis(-1)}, made, made.shape)


def multihead_attention(builder: Builder, settings: Any, arguments: Any, keywords: Any, arrays: Any) -> Any:
    """``nn.MultiheadAttention``: query, key and value with their features last."""
    names = ("query", "key", "value", "key_padding_mask", "need_weights", "attn_mask", "average_attn_weights")
    given = {**dict(zip((*names, "is_causal"), arguments, strict=False)), **keywords}
    values = [tensor(given, name) for name in ("query", "key", "value")]
    query = values[0]
    if query.rank != 3 or query.batch is None or query.batch.axis == 2:
        raise UntranslatableError("takes no batch of sequences")
    tokens = 1 if settings.get("batch_first") else 0
    if query.batch.axis == tokens:
        raise UntranslatableError("attends to the samples of a batch, as batch_first says otherwise")
    mask, padding = given.get("attn_mask"), given.get("key_padding_mask")
    causal = mask is not None and is_causal(builder, mask, keeps=False)
    wants_weights = given.get("need_weights", True) and builder.is_needed(1)
    if padding is not None or wants_weights or (mask is not None and not causal):
        return _of_products(builder, settings, given, arrays)
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
    if causal:
        options["is_causal"] = True
    inputs = [builder.operand(each, each.own) for each in values]
    if inputs[1] == inputs[2]:
        inputs = inputs[:1] if inputs[0] == inputs[1] else inputs[:2]
    made = builder.layer("multihead_attention", options, inputs, query.shape, query.batch, arrays=arrays)
    return [made, Absent("weights of attention that were not asked for")]


def _of_products(builder: Builder, settings: Any, given: Given, arrays: Any) -> list[Any]:
    """The same with masks or weights: projections of a head each, their products, and the last projection."""
    assert builder.call is not None
    if settings.get("add_bias_kv") or settings.get("add_zero_attn"):
        raise UntranslatableError("has a mask, and keys beside those that arrive")
    builder.in_parts = True
    path, heads = builder.call.path, settings["num_heads"]
    values = [tensor(given, name) for name in ("query", "key", "value")]
    if not settings.get("batch_first"):
        values = [permute(builder, each, [1, 0, 2]) for each in values]
    parts = _projections(builder, settings["embed_dim"], arrays)
    split = []
    for name, each, part in zip(("q_proj", "k_proj", "v_proj"), values, parts, strict=True):
        made = linear_layer(builder, each, settings["embed_dim"], part, name=f"{path}.{name}" if path else name)
        shape = (*made.shape[:2], heads, made.shape[2] // heads)
        split.append(permute(builder, reshape(builder, made, shape), [0, 2, 1, 3]))
    weights = _weights(builder, split[0], split[1], None, _masks(builder, given, heads))
    joined = permute(builder, product(builder, weights, split[2]), [0, 2, 1, 3])
    joined = reshape(builder, joined, (*joined.shape[:2], settings["embed_dim"]))
    last = {name.removeprefix("out_proj."): each for name, each in arrays.items() if name.startswith("out_proj.")}
    name = f"{path}.out_proj" if path else "out_proj"
    made = linear_layer(builder, joined, settings["embed_dim"], last, name=name)
    if not settings.get("batch_first"):
        made = permute(builder, made, [1, 0, 2])
    if not builder.is_needed(1):
        return [made, None]
    if given.get("average_attn_weights", True):
        shape = (weights.shape[0], *weights.shape[2:])
        options = {"dim": weights.axis(1), "keepdim": False}
        weights = builder.step("reduce_mean", options, weights, shape)
    return [made, weights]


def _projections(builder: Builder, features: int, arrays: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The arrays by which query, key and value are projected, which may be parts of one."""
    found = []
    for at, name in enumerate(("q", "k", "v")):
        weight = arrays.get(f"{name}_proj_weight")
        part = {"weight": weight or builder.arrays.part(arrays["in_proj_weight"], at * features, (at + 1) * features)}
        if "in_proj_bias" in arrays:
            part["bias"] = builder.arrays.part(arrays["in_proj_bias"], at * features, (at + 1) * features)
        found.append(part)
    return found


def _masks(builder: Builder, given: Given, heads: int) -> list[tuple[Value, bool]]:
    """The masks of a call, as they broadcast to batch x heads x queries x keys; true leaves out."""
    found = []
    mask, padding = given.get("attn_mask"), given.get("key_padding_mask")
    if mask is not None:
        if mask.rank == 3:  # one for each head of each sample
            mask = reshape(builder, mask, (mask.shape[0] // heads, heads, *mask.shape[1:]))
        found.append((mask, False))
    if padding is not None:
        found.append((reshape(builder, padding, (padding.shape[0], 1, 1, padding.shape[1])), False))
    return found


FUNCTIONS: Final[Mapping[str, Function]] = {
    "scaled_dot_product_attention": function(
        _attention, "input key value attn_mask dropout_p is_causal scale enable_gqa"
    ),
}
