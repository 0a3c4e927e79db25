"""Attention against ONNX Runtime, loops from the definition, and values that PyTorch gave; in all ranks."""

from __future__ import annotations

from math import prod
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnncalc
from cnncalc.errors import LayerError
from cnncalc.execution.executor import run
from cnncalc.layers import LAYERS
from cnncalc.shapes import CHANNELS_FIRST
from tests.layers import naive
from tests.layers.comparison import compares
from tests.layers.drawing import batch, layouts, seeds
from tests.layers.execution import arrays, close, execute
from tests.marking import slow_but
from tests.onnx_engine import run_operator
from tests.rows import every_row

Shape = tuple[int, ...]


class Sides(NamedTuple):
    """Heads, their features and those of the values; the sizes of the queries' tokens and of the keys'."""

    heads: int
    groups: int
    head: int
    value_head: int
    queries: tuple[int, ...]
    keys: tuple[int, ...]

    def features(self, side: int) -> int:
        return (self.heads * self.head, self.groups * self.head, self.groups * self.value_head)[side]


@st.composite
def sides(draw: st.DrawFn, *, shared: bool = True) -> Sides:
    heads = draw(st.sampled_from([1, 2, 3, 4]))
    groups = draw(st.sampled_from([n for n in range(1, heads + 1) if heads % n == 0])) if shared else heads
    tokens = st.lists(st.integers(1, 3), min_size=1, max_size=3).map(tuple)
    return Sides(heads, groups, draw(st.integers(1, 4)), draw(st.integers(1, 4)), draw(tokens), draw(tokens))


def heads_first(rows: Any, heads: int) -> Any:
    """Rows ``(N, T, F)`` as ONNX has them, ``(N, heads, T, F / heads)``."""
    return rows.reshape(*rows.shape[:2], heads, -1).swapaxes(1, 2)


@compares("scaled_dot_product_attention")
@given(
    drawn=sides(),
    seed=seeds,
    causal=st.booleans(),
    scale=st.sampled_from([None, 0.3, 2.0]),
    last=st.booleans(),
    layout=layouts,
    dtype=st.sampled_from(["float32", "float64"]),
)
def test_scaled_dot_product_attention(
    drawn: Sides, seed: int, causal: bool, scale: float | None, last: bool, layout: Any, dtype: str
) -> None:
    """Sequences and maps, features first and last, with heads that share keys and values."""
    sizes = (drawn.queries, drawn.keys, drawn.keys)
    rows = [batch(seed + n, (prod(s), drawn.features(n)), dtype=dtype) for n, s in enumerate(sizes)]
    heads = [heads_first(r, g) for r, g in zip(rows, (drawn.heads, drawn.groups, drawn.groups), strict=True)]
    given_scale: dict[str, Any] = {} if scale is None else {"scale": scale}
    found = run_operator("Attention", *heads, opset=23, is_causal=int(causal), **given_scale)
    expected = found.swapaxes(1, 2).reshape(2, *drawn.queries, -1)
    inputs = [r.reshape(2, *s, -1) for r, s in zip(rows, sizes, strict=True)]
    features_last = last or layout != CHANNELS_FIRST
    options = {"num_heads": drawn.heads, "is_causal": causal, "enable_gqa": drawn.groups < drawn.heads, **given_scale}
    layer = LAYERS["scaled_dot_product_attention"](**options, **({"dim": -1} if last else {}))
    if not features_last:
        inputs = [np.moveaxis(x, -1, 1) for x in inputs]
    output = execute(layer, *inputs, layout=layout)
    close(output, expected if features_last else np.moveaxis(expected, -1, 1))


@given(drawn=sides(shared=False), seed=seeds, causal=st.booleans(), kept=st.integers(1, 3), middle=st.booleans())
def test_tokens_attend_along_the_axes_named(drawn: Sides, seed: int, causal: bool, kept: int, middle: bool) -> None:
    """Each place of the other axes is as a sample of its own, as PyTorch's leading axes are."""
    lengths = (drawn.queries[0], drawn.keys[0], drawn.keys[0])
    rows = [batch(seed + n, (kept, size, drawn.features(n))) for n, size in enumerate(lengths)]
    apart = [heads_first(x.reshape(-1, *x.shape[2:]), drawn.heads) for x in rows]
    found = run_operator("Attention", *apart, opset=23, is_causal=int(causal))
    expected = found.swapaxes(1, 2).reshape(2, kept, lengths[0], -1)
    order, axes = (
        ((0, 3, 2, 1), {"attention_axes": 1}) if middle else ((0, 1, 2, 3), {"attention_axes": [1], "dim": -1})
    )
    layer = LAYERS["scaled_dot_product_attention"](num_heads=drawn.heads, is_causal=causal, **axes)
    close(execute(layer, *(x.transpose(order) for x in rows)), expected.transpose(order))


@given(drawn=sides(shared=False), seed=seeds, causal=st.booleans(), count=st.integers(1, 3))
def test_macs_are_the_products_of_the_definition(drawn: Sides, seed: int, causal: bool, count: int) -> None:
    """With one, two and three inputs; and values again, by loops."""
    if count < 3:
        drawn = drawn._replace(value_head=drawn.head)
    if count < 2:
        drawn = drawn._replace(keys=drawn.queries)
    sizes = (drawn.queries, drawn.keys, drawn.keys)
    inputs = [batch(seed + n, (drawn.features(n), *sizes[n]), samples=1, dtype="float64") for n in range(count)]
    layer = LAYERS["scaled_dot_product_attention"](num_heads=drawn.heads, is_causal=causal)
    rows = [x[0].reshape(len(x[0]), -1).T for x in inputs]
    query, key, value = rows[0], rows[min(1, count - 1)], rows[-1]
    seen = [n + 1 if causal else len(key) for n in range(len(query))]
    tally = naive.attention(query, key, value, drawn.heads, drawn.head**-0.5, seen)
    output = execute(layer, *inputs)
    close(output[0].reshape(len(output[0]), -1).T, tally.output)
    shapes = [x.shape[1:] for x in inputs]
    assert layer.macs(shapes, output.shape[1:]) == tally.multiplications
    scores = drawn.heads * len(query) * len(key)
    assert layer.flops(shapes, output.shape[1:]) == 2 * tally.multiplications + 6 * scores


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("scratch", [1, 100, 5000])
def test_long_sequences_are_attended_in_parts(scratch: int, causal: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the memory, the values are the same."""
    single = LAYERS["scaled_dot_product_attention"](num_heads=2, is_causal=causal)
    many = LAYERS["multihead_attention"](num_heads=2, is_causal=causal, add_bias_kv=True)
    x = batch(5, (6, 23))
    weights = arrays(many, [(6, 23)])
    expected = [execute(single, x), execute(many, x, weights=weights)]
    monkeypatch.setattr("cnncalc.kernels.attention.SCRATCH_BYTES", scratch)
    close(execute(single, x), expected[0])
    close(execute(many, x, weights=weights), expected[1])


class Heads(NamedTuple):
    """A multi-head attention: its options, and the features of query, key and value."""

    options: dict[str, Any]
    features: tuple[int, int, int]


@st.composite
def multiheads(draw: st.DrawFn) -> Heads:
    heads = draw(st.sampled_from([1, 2, 3]))
    own = draw(st.booleans())
    features = draw(st.integers(1, 5)) * (1 if own else heads)
    options: dict[str, Any] = {"num_heads": heads, "bias": draw(st.booleans())}
    options |= {"add_bias_kv": draw(st.booleans()), "add_zero_attn": draw(st.booleans())}
    options["is_causal"] = draw(st.booleans())
    if own:
        options["key_dim"] = draw(st.integers(1, 3))
        if draw(st.booleans()):
            options["value_dim"] = draw(st.integers(1, 3))
        if draw(st.booleans()):
            options["out_features"] = draw(st.integers(1, 5))
    key, value = (draw(st.sampled_from([features, draw(st.integers(1, 5))])) for _ in range(2))
    return Heads(options, (features, key, value))


@compares("multihead_attention")
@given(drawn=multiheads(), count=st.integers(1, 3), seed=seeds, last=st.booleans(), data=st.data())
def test_multihead_attention(drawn: Heads, count: int, seed: int, last: bool, data: st.DataObject) -> None:
    """Values, MACs and FLOPs by loops: of sequences and maps, with one, two and three inputs."""
    tokens = st.lists(st.integers(1, 3), min_size=1, max_size=2).map(tuple)
    queries, keys = data.draw(tokens), data.draw(tokens)
    features = [*drawn.features[:count]]
    sizes = [queries, keys, keys][:count]
    layer = LAYERS["multihead_attention"](**drawn.options, **({"dim": -1} if last else {}))
    drawn_rows = enumerate(zip(sizes, features, strict=True))
    rows = [batch(seed + n, (prod(s), f), samples=1, dtype="float64") for n, (s, f) in drawn_rows]
    inputs = [r.reshape(1, *s, -1) for r, s in zip(rows, sizes, strict=True)]
    inputs = inputs if last else [np.moveaxis(x, -1, 1) for x in inputs]
    shapes = [x.shape[1:] for x in inputs]
    weights = arrays(layer, shapes, seed=seed % 1000, dtype="float64")
    output = execute(layer, *inputs, weights=weights)
    query, key, value = rows[0][0], rows[min(1, count - 1)][0], rows[-1][0]
    found = multihead(drawn.options, (query, key, value), weights)
    result = found.output.reshape(1, *queries, -1)
    close(output, result if last else np.moveaxis(result, -1, 1))
    assert layer.macs(shapes, output.shape[1:]) == found.multiplications
    assert sum(weights[name].size for name in weights) == found.weights
    added = drawn.options["add_bias_kv"] + drawn.options["add_zero_attn"]
    scores = drawn.options["num_heads"] * len(query) * (len(key) + added)
    biased = found.biased if drawn.options["bias"] else 0
    assert layer.flops(shapes, output.shape[1:]) == 2 * found.multiplications + 6 * scores + biased


class Found(NamedTuple):
    """What loops gave, their multiplications, the weights they used, and the values to which a bias was added."""

    output: Any
    multiplications: int
    weights: int
    biased: int


def multihead(options: dict[str, Any], rows: tuple[Any, Any, Any], weights: dict[str, Any]) -> Found:
    """One sample's tokens, by PyTorch's definition of the arrays."""
    heads = options["num_heads"]
    widths = [options["key_dim"] * heads] * 3 if "key_dim" in options else [rows[0].shape[1]] * 3
    widths[2] = options["value_dim"] * heads if "value_dim" in options else widths[2]
    ends = np.cumsum([0, *widths])
    tallies, projected = [], []
    for n, (side, letter) in enumerate(zip(rows, "qkv", strict=True)):
        part = slice(ends[n], ends[n + 1])
        weight = weights.get(f"{letter}_proj_weight")
        weight = weights["in_proj_weight"][part] if weight is None else weight
        bias = weights.get("in_proj_bias")
        tallies.append(naive.linear_rows(side, weight, None if bias is None else bias[part]))
        projected.append(tallies[-1].output)
    query, key, value = projected
    added = 0
    for name, there in (("bias", options["add_bias_kv"]), ("zero", options["add_zero_attn"])):
        if there:
            more = [
                weights[f"bias_{x}"][0] if name == "bias" else np.zeros((1, w))
                for x, w in zip("kv", widths[1:], strict=True)
            ]
            key, value = np.concatenate([more[0], key]), np.concatenate([more[1], value])
            added += 1
    seen = [added + n + 1 if options["is_causal"] else len(key) for n in range(len(query))]
    mixed = naive.attention(query, key, value, heads, (widths[0] // heads) ** -0.5, seen)
    last = naive.linear_rows(mixed.output, weights["out_proj.weight"], weights.get("out_proj.bias"))
    tallies += [mixed, last]
    arrays_used = sum(t.weights for t in tallies)
    biases = sum(weights[name].size for name in weights if "bias" in name)
    biased = sum(t.output.size for t in tallies if t is not mixed)
    return Found(last.output, sum(t.multiplications for t in tallies), arrays_used + biases, biased)


def filled(shape: Shape, number: int) -> Any:
    """Numbers that are easily made elsewhere, too."""
    return np.sin(np.arange(1, prod(shape) + 1) * (number + 1)).reshape(shape)


NAMES = ["in_proj_weight", "in_proj_bias", "out_proj.weight", "out_proj.bias"]
SEPARATE = ["q_proj_weight", "k_proj_weight", "v_proj_weight", "in_proj_bias"]
ADDED = ["bias_k", "bias_v"]

PYTORCH: list[tuple[dict[str, Any], Shape, list[str], int, list[list[float]]]] = [
    (
        {"num_heads": 2},
        (3, 3, 4, 4, 4),
        NAMES,
        80,
        [
            [-1.544816, -1.21739, -3.472905, -3.036826],
            [-1.53734, -1.198909, -3.449191, -3.015286],
            [-1.529506, -1.179267, -3.423875, -2.992201],
        ],
    ),
    (
        {"num_heads": 2, "bias": False},
        (3, 3, 4, 4, 4),
        ["in_proj_weight", "out_proj.weight"],
        64,
        [
            [1.207715, -0.940849, -0.933927, 1.212622],
            [1.224156, -0.918183, -0.956965, 1.19666],
            [1.239567, -0.895229, -0.979055, 1.180134],
        ],
    ),
    (
        {"num_heads": 4},
        (2, 3, 4, 4, 4),
        NAMES,
        80,
        [[-1.495005, -0.869001, -2.934738, -2.476946], [-1.497644, -0.878755, -2.948561, -2.490521]],
    ),
    (
        {"num_heads": 2, "kdim": 3},
        (2, 3, 4, 3, 4),
        [*SEPARATE, *NAMES[2:]],
        76,
        [[0.336834, -1.542154, -2.187955, -1.0728], [0.340087, -1.542021, -2.191101, -1.075499]],
    ),
    (
        {"num_heads": 2, "kdim": 3, "vdim": 5, "add_bias_kv": True, "add_zero_attn": True},
        (2, 3, 4, 3, 5),
        [*SEPARATE, *ADDED, *NAMES[2:]],
        88,
        [[0.401209, 0.413267, -1.667331, 1.316792], [0.398563, 0.416017, -1.669979, 1.31914]],
    ),
    (
        {"num_heads": 2, "add_bias_kv": True, "is_causal": True},
        (3, 3, 4, 4, 4),
        [*NAMES[:2], *ADDED, *NAMES[2:]],
        88,
        [
            [-1.692527, -2.030652, -0.557289, 0.74659],
            [-1.756885, -1.904797, -0.390214, 0.757096],
            [-1.423626, -1.187782, -0.138271, 0.245708],
        ],
    ),
    (
        {"num_heads": 1, "is_causal": True},
        (3, 3, 4, 4, 4),
        NAMES,
        80,
        [
            [-2.024961, -2.621939, -5.363228, -4.822591],
            [-2.01647, -2.588519, -5.315318, -4.775151],
            [-1.918859, -2.372432, -5.048237, -4.540484],
        ],
    ),
]
"""Of torch.nn.MultiheadAttention, PyTorch 2.14: options, (L, S, embed_dim, kdim, vdim), the arrays in the order of its
state dict, its parameters, and what it gives for `filled` arrays and inputs; where it is causal, by the mask."""


@pytest.mark.parametrize(("options", "sizes", "names", "parameters", "expected"), PYTORCH)
def test_pytorch(
    options: dict[str, Any], sizes: Shape, names: list[str], parameters: int, expected: list[list[float]]
) -> None:
    queries, keys, *features = sizes
    layer = LAYERS["multihead_attention"](**options, dim=-1)
    shapes = [(tokens, size) for tokens, size in zip((queries, keys, keys), features, strict=True)]
    stated = layer.weight_shapes(shapes)
    assert list(stated) == names
    assert sum(map(prod, stated.values())) == parameters
    weights = {name: filled(shape, number) for number, (name, shape) in enumerate(stated.items())}
    inputs = [filled((1, *shape), 10 + number) for number, shape in enumerate(shapes)]
    close(execute(layer, *inputs, weights=weights)[0], np.array(expected))


def test_keras() -> None:
    """The parameters of keras.layers.MultiHeadAttention(3, key_dim=5, value_dim=7, output_shape=11), Keras 3.15."""
    layer = LAYERS["multihead_attention"](num_heads=3, key_dim=5, value_dim=7, out_features=11)
    shapes = [(16, 4), (12, 6), (12, 6)]
    assert layer.output_shape(shapes) == (11, 4)
    assert sum(map(prod, layer.weight_shapes(shapes).values())) == 965
    layer = LAYERS["multihead_attention"](num_heads=3, key_dim=5)
    assert sum(map(prod, layer.weight_shapes([(16, 4)]).values())) == 1021


REFUSED: list[tuple[str, dict[str, Any], list[Shape], str, str | None]] = [
    (
        "multihead_attention",
        {"num_heads": 3},
        [(16, 10)],
        "its 16 channels are no multiple of `num_heads` 3",
        "`key_dim` gives the heads channels of their own",
    ),
    (
        "multihead_attention",
        {"num_heads": 8},
        [(50, 512)],
        "its 50 channels are no multiple of `num_heads` 8",
        "features come first; `dim: -1` takes the 512 of the last axis",
    ),
    (
        "multihead_attention",
        {"num_heads": 2, "embed_dim": 8},
        [(16, 10)],
        "`embed_dim` is 8, the input has 16",
        "leave `embed_dim` out, and it is what arrives",
    ),
    (
        "multihead_attention",
        {"num_heads": 2, "kdim": 8},
        [(16, 10), (12, 5)],
        "`kdim` is 8, the input has 12",
        "leave `kdim` out, and it is what arrives",
    ),
    (
        "multihead_attention",
        {"num_heads": 2},
        [(16,)],
        "it has no tokens: this is a vector",
        "it takes channels x tokens, such as 64x196, or a map whose positions are the tokens",
    ),
    ("multihead_attention", {"num_heads": 2, "dim": 2}, [(16, 10)], "`dim` must be from -2 to 1, not 2", None),
    (
        "multihead_attention",
        {"num_heads": 2},
        [(16, 10), (16, 4), (16, 5)],
        "the key has 4 tokens, the value 5",
        None,
    ),
    (
        "multihead_attention",
        {"num_heads": 2, "attention_axes": [0, 1]},
        [(16, 10)],
        "`attention_axes` [0, 1] has the axis of the features",
        "they are the axes of the tokens",
    ),
    (
        "multihead_attention",
        {"num_heads": 2, "attention_axes": 1},
        [(16, 10), (16, 4, 4)],
        "`attention_axes` are of equally many axes, and the inputs have 2 and 3",
        None,
    ),
    (
        "multihead_attention",
        {"num_heads": 2, "attention_axes": 1},
        [(16, 10, 3), (16, 4, 4)],
        "query and key differ along an axis that is kept apart: 16 x 10 x 3 and 16 x 4 x 4",
        None,
    ),
    (
        "scaled_dot_product_attention",
        {"num_heads": 3},
        [(16, 10)],
        "the query's 16 channels are no multiple of `num_heads` 3",
        None,
    ),
    (
        "scaled_dot_product_attention",
        {"num_heads": 4},
        [(16, 10), (8, 10)],
        "the query has 16 channels and the key 8",
        "with `enable_gqa: true` the key may have fewer heads",
    ),
    (
        "scaled_dot_product_attention",
        {"num_heads": 4, "enable_gqa": True},
        [(16, 10), (12, 10)],
        "the key has 12 channels, and the query 4 heads of 4",
        "the key's channels are 4 a head, and its heads divide 4",
    ),
    (
        "scaled_dot_product_attention",
        {"num_heads": 4},
        [(16, 10), (16, 10), (6, 10)],
        "the value's 6 channels are no multiple of its 4 heads",
        None,
    ),
]


@every_row(("name", "options", "shapes", "fact", "hint"), REFUSED)
def test_what_cannot_attend(
    name: str, options: dict[str, Any], shapes: list[Shape], fact: str, hint: str | None
) -> None:
    with pytest.raises(LayerError) as caught:
        LAYERS[name](**options).output_shape(shapes)
    assert (caught.value.fact, caught.value.hint) == (fact, hint)


WINDOW = "conv2d: {out_channels: 4, kernel_size: [3, 2], stride: [1, 2]}"
PROVEN = {
    "self": "{multihead_attention: {num_heads: 2}}",
    "causal": "{multihead_attention: {num_heads: 2, is_causal: true, add_bias_kv: true}}",
    "rows": "{multihead_attention: {num_heads: 2, attention_axes: 2}}",
    "columns, causal": "{scaled_dot_product_attention: {num_heads: 2, attention_axes: [1], is_causal: true}}",
    "features along the width": "{scaled_dot_product_attention: {num_heads: 3, dim: 2, is_causal: true}}",
    "two": "{multihead_attention: {num_heads: 2, is_causal: true, from: [previous, small]}}",
    "other axes": "{multihead_attention: {num_heads: 2, is_causal: true, from: [previous, row]}}",
    "from a row": "{multihead_attention: {num_heads: 2, is_causal: true, from: [row, previous]}}",
    "heads of a row": "{scaled_dot_product_attention: {num_heads: 2, from: [row, previous], is_causal: true}}",
    "three": "{scaled_dot_product_attention: {num_heads: 4, from: [previous, small, wide]}}",
    "shared": "{scaled_dot_product_attention: {num_heads: 4, enable_gqa: true, from: [previous, few, wide]}}",
}
"""Attention behind windows of 4 channels; `small`, `few` and `wide` are other maps, `row` a sequence."""

SPEC = f"""
input: 2x5x6
layers:
  - conv2d: {{name: small, out_channels: 4, kernel_size: [4, 4]}}
  - conv2d: {{name: few, out_channels: 2, kernel_size: [4, 4], from: input}}
  - conv2d: {{name: wide, out_channels: 12, kernel_size: [4, 4], groups: 2, from: input}}
  - flatten: {{name: row, start_dim: 1, from: small}}
  - {WINDOW[:-1]}, from: input}}
  - {{}}
  - slice: {{name: first, end: 1}}
"""


@pytest.mark.parametrize("channels", slow_but(["first"], ["last", "first"]))
@pytest.mark.parametrize("form", slow_but(["shared"], PROVEN))
def test_what_is_told_of_units_is_proven(form: str, channels: str) -> None:
    """Every unit of every form, of all channels and of the first alone, whose head sees no others."""
    network = cnncalc.load(SPEC.replace("{}", PROVEN[form]))
    node = network.nodes[-2 if channels == "last" else -1]
    for unit in np.ndindex(*node.output_shape[1:]):
        proof = network.receptive_field(node.name, unit, verify=True).proof
        assert proof is not None
        assert proof.mismatches == ()


def test_attention_is_global_and_leaves_the_figures_of_the_query() -> None:
    text = f"input: 2x9x9\nlayers:\n  - {WINDOW}\n  - multihead_attention: {{num_heads: 2}}\n"
    conv, behind = (layer.receptive_field["input"] for layer in cnncalc.load(text).report().layers)
    assert (behind.size, behind.stride, behind.padding) == (conv.size, conv.stride, conv.padding)
    assert (conv.is_global, behind.is_global) == (False, True)


VIT = """
name: a small ViT
input: 3x16x16
blocks:
  encoder:
    parameters: {heads: 4, hidden: 32}
    layers:
      - residual:
          layers:
            - layer_norm: {name: norm1}
            - multihead_attention: {name: self_attn, num_heads: =heads}
      - residual:
          layers:
            - layer_norm: {name: norm2}
            - conv1d: {name: linear1, out_channels: =hidden, kernel_size: 1, activation: gelu}
            - conv1d: {name: linear2, out_channels: =in_channels // 2, kernel_size: 1}
layers:
  - conv2d: {name: conv_proj, out_channels: 16, kernel_size: 4, stride: 4}
  - flatten: {name: tokens, start_dim: 1}
  - for: {block: [encoder, encoder]}
    name: "{index}"
    layers:
      - {type: =block}
  - layer_norm: {name: norm}
  - reduce_mean: {dim: 1, keepdim: false}
  - linear: {name: head, out_features: 10}
"""


@pytest.mark.slow
def test_vision_transformer() -> None:
    """Two of torch.nn.TransformerEncoderLayer(16, 4, 32, norm_first=True), 2,224 parameters each by PyTorch's count."""
    network = cnncalc.load(VIT)
    report, outputs = run(network)
    assert report.ok
    assert next(iter(outputs.values())).shape == (1, 10)
    totals = network.report().totals
    patches, norm, head = 3 * 4 * 4 * 16 + 16, 2 * 16, 16 * 10 + 10
    assert totals.parameters == patches + 2 * 2224 + norm + head
    attention = 4 * 16 * 16 * 16 + 2 * 16 * 16 * 16
    assert totals.macs == 16 * 48 * 16 + 2 * (attention + 2 * 16 * 16 * 32) + 160
    assert [tuple(network.nodes[3].weight_shapes.values())] == [((48, 16), (48,), (16, 16), (16,))]


DECODER = """
inputs: {target: 16x7, memory: 16x11}
layers:
  - multihead_attention: {name: self_attn, num_heads: 4, is_causal: true, from: target}
  - add: {from: [previous, target]}
  - layer_norm: {name: norm1}
  - multihead_attention: {name: multihead_attn, num_heads: 4, from: [norm1, memory]}
  - add: {from: [previous, norm1]}
  - layer_norm: {name: norm2}
  - conv1d: {name: linear1, out_channels: 32, kernel_size: 1, activation: relu}
  - conv1d: {name: linear2, out_channels: 16, kernel_size: 1}
  - add: {from: [previous, norm2]}
  - layer_norm: {name: norm3}
"""


def test_text_transformer() -> None:
    """torch.nn.TransformerDecoderLayer(16, 4, 32), 3,344 parameters by PyTorch's count; none sees later ones."""
    network = cnncalc.load(DECODER)
    assert network.report().totals.parameters == 3344
    assert run(network, batch=2)[0].ok
    for unit in (0, 3, 6):
        field = network.receptive_field("norm3", (unit,), verify=True)
        assert field.proof is not None
        assert field.proof.mismatches == ()
        assert field.seen is not None
        assert field.seen.interval == {"target": ((0, unit),), "memory": ((0, 10),)}


def test_weights_may_be_given() -> None:
    text = "input: 4x3\nlayers:\n- multihead_attention: {num_heads: 2, weight: {constant: 0.5}, bias: ones}\n"
    found = cnncalc.load(text).forward(np.ones((4, 3), np.float32))
    close(found, np.full((4, 3), 4 * 0.5 * (4 * 0.5 + 1) + 1, np.float32))
    with pytest.raises(cnncalc.CnncalcError, match="`in_proj_weight` is 3, which does not broadcast to 12 x 4"):
        cnncalc.load(text.replace("{constant: 0.5}", "[1, 2, 3]"))


@pytest.mark.parametrize(
    ("tokens", "message"),
    [
        (2**26, "operations, and at most 100,000,000,000,000 are executed: more take hours"),
        (2**30, "does not fit in memory"),
    ],
)
def test_long_sequences_are_refused_before_the_work_starts(tokens: int, message: str) -> None:
    network = cnncalc.load(f"input: 4x{tokens}\nlayers:\n- multihead_attention: {{num_heads: 2}}\n")
    assert network.report().totals.macs == tokens * 4 * 4 * 4 + 2 * tokens * tokens * 4
    with pytest.raises(cnncalc.CnncalcError) as caught:
        run(network)
    assert message in str(caught.value)
