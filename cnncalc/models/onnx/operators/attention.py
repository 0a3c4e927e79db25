"""Attention: read as one operator, and written as products of matrices around a softmax, which every engine knows."""

from __future__ import annotations

from functools import partial
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

from cnncalc.models.onnx.target import Rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnncalc.kernels import Array
    from cnncalc.models.onnx.constants import Constant
    from cnncalc.models.onnx.flows import Flow
    from cnncalc.models.onnx.reading import Reading
    from cnncalc.models.onnx.target import Restores
    from cnncalc.models.onnx.writing import LayerWriting
    from cnncalc.shapes import Shape


def read_attention(node: Reading) -> list[Flow]:
    """`Attention`, without a mask and what was before."""
    query, key, value = (node.flow(at) for at in range(3))
    for at, what in ((3, "a mask"), (4, "keys of before"), (5, "values of before"), (6, "lengths of its own")):
        if node.input(at) is not None:
            raise node.refuse(f"it has {what}")
    if any(name and node.readers(name) for name in node.node.outputs[1:]):
        raise node.refuse("more than what it gives first is read")
    if node.real("softcap"):
        raise node.refuse("it has a `softcap`")
    options: dict[str, Any] = {"dim": -1}
    if len(query.shape) == 3:
        if len({each.shape[0] for each in (query, key, value)}) > 1:
            raise node.refuse("its key and value have fewer heads")
        options["attention_axes"] = 1
    elif len(query.shape) == 2:
        heads, shared = node.integer("q_num_heads"), node.integer("kv_num_heads")
        if heads < 1:
            raise node.refuse("it has no `q_num_heads`")
        options["num_heads"] = heads
        if shared != heads:
            options["enable_gqa"] = True
    else:
        raise node.refuse(f"its query has {len(query.axes)} axes")
    if node.integer("is_causal"):
        options["is_causal"] = True
    if node.has("scale"):
        options["scale"] = node.real("scale")
    return [node.layer("scaled_dot_product_attention", options, [query, key, value])]


class Tokens(NamedTuple):
    """Tokens in rows, each of so many features: ``(*places, tokens, features)``, all without the batch.

    `places` is the number of those that are kept apart, in one axis, and nothing where tokens attend to all others.
    """

    tensor: str
    places: tuple[int, ...]
    tokens: int
    features: int

    @property
    def shape(self) -> Shape:
        """The shape without the batch."""
        return (*self.places, self.tokens, self.features)

    def laid_out(self, *sizes: int) -> Shape:
        """A shape with its places."""
        return (*self.places, *sizes)


def write_scaled_dot_product_attention(w: LayerWriting) -> str:
    """The sides as rows, heads apart."""
    query, key, value = _sides(w)
    heads = w.layer.num_heads
    head = query.features // heads
    scale = head**-0.5 if w.layer.scale is None else w.layer.scale
    return _laid_out(w, _attended(w, query, key, value, heads, key.features // head, scale))


def write_multihead_attention(w: LayerWriting) -> str:
    """Products with the weights before and behind."""
    query, key, value = _sides(w)
    keys, values, after = w.layer.widths(w.shape)
    heads = w.layer.num_heads
    q, k, v = (
        _projected(w, rows, side, (start, start + width))
        for rows, side, start, width in (
            (query, "q", 0, keys),
            (key, "k", keys, keys),
            (value, "v", 2 * keys, values),
        )
    )
    before = 0
    if w.layer.add_bias_kv:
        k, v = _behind(w, k, w.weight("bias_k", (keys,))), _behind(w, v, w.weight("bias_v", (values,)))
        before += 1
    if w.layer.add_zero_attn:
        # Zeros come before the keys that arrive, and behind a learnt one, which changes no sum.
        k, v = (_behind(w, rows, w.filled(0.0, (rows.features,))) for rows in (k, v))
        before += 1
    mixed = _attended(w, q, k, v, heads, heads, (keys // heads) ** -0.5, before)
    shape = mixed.laid_out(mixed.tokens, after)
    name = "out_proj.weight"
    weight = w.weight(name, (values, after), lambda arrays: arrays[name].T, variant="/turned", restore={name: _turned})
    y = w.node("MatMul", [mixed.tensor, weight], shape)
    if w.weight_shape("out_proj.bias") is not None:
        y = w.node("Add", [y, w.weight("out_proj.bias")], shape)
    return _laid_out(w, mixed._replace(tensor=y, features=after))


def _sides(w: LayerWriting) -> list[Tokens]:
    """Query, key and value as rows."""
    known: dict[str, Tokens] = {}
    found: list[Tokens] = []
    for x, shape in zip(w.layer.sides(w.inputs), w.layer.sides(w.input_shapes), strict=True):
        if x not in known:
            kept, tokens, features = w.layer.axes(shape)
            places = (prod(shape[axis] for axis in kept),) if kept else ()
            rows = Tokens("", places, prod(shape[axis] for axis in tokens), shape[features])
            order = (*kept, *tokens, features)
            turned = w.permuted(x, order, shape)
            is_there = rows.shape == tuple(shape[axis] for axis in order)
            known[x] = rows._replace(tensor=turned if is_there else w.reshaped(turned, rows.shape))
        found.append(known[x])
    return found


def _projected(w: LayerWriting, rows: Tokens, side: str, part: tuple[int, int]) -> Tokens:
    """Tokens times a weight and plus a bias: some rows of a common array, or an array of the side's own."""
    start, end = part
    name = "in_proj_weight" if w.weight_shape("in_proj_weight") is not None else f"{side}_proj_weight"

    is_common = name.startswith("in_")

    def turned(arrays: Mapping[str, Array]) -> Array:
        return (arrays[name][start:end] if is_common else arrays[name]).T

    back: Restores = {Rows(name, start) if is_common else name: _turned}
    weight = w.weight(name, (rows.features, end - start), turned, variant=f"/{side}", restore=back)
    shape = rows.laid_out(rows.tokens, end - start)
    y = w.node("MatMul", [rows.tensor, weight], shape)
    if w.weight_shape("in_proj_bias") is not None:
        cut, back = partial(_part, part), {Rows("in_proj_bias", start): _as_it_is}
        bias = w.weight("in_proj_bias", (end - start,), cut, variant=f"/{side}", restore=back)
        y = w.node("Add", [y, bias], shape)
    return rows._replace(tensor=y, features=end - start)


def _turned(constant: Constant) -> Constant:
    return constant.transposed((1, 0))


def _as_it_is(constant: Constant) -> Constant:
    return constant


def _part(part: tuple[int, int], arrays: Mapping[str, Array]) -> Array:
    return arrays["in_proj_bias"][slice(*part)]


def _behind(w: LayerWriting, rows: Tokens, first: str) -> Tokens:
    """The rows of every place behind one that is the same for all of them."""
    one = rows.laid_out(1, rows.features)
    axis = 1 + len(rows.places)
    # Of a batch of any size: a row of each place is taken, and becomes the other.
    start = w.node("Slice", [rows.tensor, *map(w.integers, ([0], [1], [axis]))], one)
    row = w.node("Add", [w.scalar("Mul", start, 0.0, one), first], one)
    longer = rows._replace(tokens=rows.tokens + 1)
    return longer._replace(tensor=w.node("Concat", [row, rows.tensor], longer.shape, axis=axis))


def _attended(
    w: LayerWriting, query: Tokens, key: Tokens, value: Tokens, heads: int, groups: int, scale: float, before: int = 0
) -> Tokens:
    """For each query the mean of the values, weighed; keys and values have so many `groups` of heads."""
    shared = groups < heads
    q = _by_head(w, query, (groups, heads // groups) if shared else (heads,), turned=False)
    k, v = (
        _by_head(w, rows, (groups, 1) if shared else (heads,), turned=turned)
        for rows, turned in ((key, True), (value, False))
    )
    apart = query.laid_out(*((groups, heads // groups) if shared else (heads,)))
    length, features = query.tokens, value.features // groups
    scores = (*apart, length, key.tokens)
    y = w.node("MatMul", [w.scalar("Mul", q, scale, (*apart, length, query.features // heads)), k], scores)
    if w.layer.is_causal:
        y = w.node("Add", [y, _hiding(w, length, key.tokens, before)], scores)
    y = w.node("Softmax", y, scores, axis=-1)
    mixed = (*apart, length, features)
    places = len(query.places)
    order = (*range(places), len(apart), *range(places, len(apart)), len(apart) + 1)
    y = w.permuted(w.node("MatMul", [y, v], mixed), order, mixed)
    found = query._replace(features=heads * features)
    return found._replace(tensor=w.reshaped(y, found.shape))


def _by_head(w: LayerWriting, rows: Tokens, heads: tuple[int, ...], *, turned: bool) -> str:
    """Tokens as ``(*places, *heads, tokens, features of one)``, or with the last two turned."""
    cut = rows.laid_out(rows.tokens, *heads, rows.features // prod(heads))
    places, last = len(rows.places), len(cut) - 1
    tokens, before = places, (*range(places), *range(places + 1, last))
    return w.permuted(w.reshaped(rows.tensor, cut), (*before, last, tokens) if turned else (*before, tokens, last), cut)


def _hiding(w: LayerWriting, length: int, count: int, before: int) -> str:
    """What is added to the scores: minus infinity behind column ``before + row``, and 0 elsewhere."""
    w.needs(14, "attention with `is_causal`")
    lowest = w.node("Expand", [w.number(float("-inf")), w.integers([length, count])], dims=(length, count))
    return w.node("Trilu", [lowest, w.integer(before + 1)], dims=(length, count), upper=1)


def _laid_out(w: LayerWriting, rows: Tokens) -> str:
    """Tokens as a tensor whose tokens are those of the query."""
    kept, tokens, features = w.layer.axes(w.shape)
    order = (*kept, *tokens, features)
    cut = tuple(w.output_shape[axis] for axis in order)
    whole = w.reshaped(rows.tensor, cut)
    return w.permuted(whole, tuple(order.index(axis) for axis in range(len(order))), cut)
