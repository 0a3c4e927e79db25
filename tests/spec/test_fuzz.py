"""Whatever a spec is, it is a network or an error with a message: nothing else ever comes out."""

from __future__ import annotations

from typing import Any

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cnncalc
from cnncalc import CnncalcError

SPECS = [
    """\
name: Net
input: 3x16x16
parameters: {width: 4, depths: [1, 2], block: cell}
variants:
  small: {width: 2}
  large: {width: 8, input: 3x32x32}
blocks:
  cell:
    parameters: {w: null, s: 1, inner: =w * 2}
    layers:
      - residual:
          layers:
            - conv2d: {name: conv, out_channels: =w, kernel_size: 3, stride: =s, padding: same}
            - batch_norm
          shortcut:
            - {when: =s != 1 or in_channels != w, layers: [conv2d: {out_channels: =w, kernel_size: 1, stride: =s}]}
      - relu
layers:
  - conv2d: {name: stem, out_channels: =width, kernel_size: [3, 3], padding: [[1, 1], [0, 2]], activation: relu}
  - for: {w: "=[width, 2 * width]", d: =depths}
    name: "stage{index + 1}"
    layers:
      - {repeat: =d, layers: [{type: =block, name: "b{index}", w: =w}]}
  - parallel: {name: p, branches: [[max_pool2d: {kernel_size: 2}], [avg_pool2d: {kernel_size: 2}]], merge: add}
  - {type: concat, from: [previous, p], name: joined}
  - global_avg_pool2d
  - flatten
  - linear: {name: fc, out_features: 10, weight: normal, bias: {constant: 0.5}}
outputs: [fc]
expect: {parameters: 100}
""",
    """\
inputs: {a: 8x8x3, b: 8x8x3}
data_format: channels_last
layers:
  - {type: conv2d, from: a, name: c, out_channels: 3, kernel_size: 3, padding: 1, groups: 3}
  - add: &x {from: [previous, b]}
  - concat: {from: [c, b], dim: -1}
  - {repeat: 2, layers: [{type: leaky_relu, negative_slope: 0.1}]}
outputs: ["{'c'}", previous]
""",
]
PIECES = [
    *"{}[]:,-=\"'&*!|>#%@\n\t \\?.0159xae_é\u2028\x00\x1b",
    *("null", "true", "-1", "1e9", ".inf", ".nan", "=", "{index}", "in_channels", "previous", "input", "name", "from"),
    *("layers", "repeat", "when: false", "for", "*x", "&x ", "<<", "10**9", "stage1.b0", "\n  ", "\n- ", "[]", "{}"),
]


def outcome(text: str) -> str:
    """What came of a spec: that it is a network, or the whole error."""
    try:
        network = cnncalc.load(text)
    except CnncalcError as error:
        return str(error)
    return f"{len(network.nodes)} layers"


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A valid spec with a few stretches replaced, left out, put in or moved."""
    text = draw(st.sampled_from(SPECS))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text) - 1))
        length = draw(st.sampled_from([0, 0, 1, 1, 2, 5, 20]))
        piece = draw(st.one_of(st.sampled_from(["", *PIECES]), st.sampled_from(text.split())))
        text = text[:start] + piece + text[start + length :]
    return text + "\n"


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(mutated())
def test_mutated_specs(text: str) -> None:
    assert outcome(text)


WORDS = st.sampled_from([
    *("relu", "conv2d", "conv", "max_pool2d", "linear", "flatten", "add", "concat", "batch_norm", "cell", "residual"),
    *("name", "from", "when", "type", "layers", "repeat", "for", "branches", "merge", "shortcut", "out_channels"),
    *("kernel_size", "stride", "padding", "dim", "weight", "input", "previous", "a", "a.b", "b{index}", "{", "same"),
    *("=index", "=in_channels", "=a", "=[1, 2]", "=1 / 0", "=size('a')", "=['a', 'b']", "='relu'", "=", "w, h", ""),
])  # fmt: skip
VALUES = st.one_of(
    WORDS, st.none(), st.booleans(), st.integers(-2, 9), st.sampled_from([10**9, 10**40, 0.5, 1e300, float("nan")])
)


def grown(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.lists(inner, max_size=4), st.dictionaries(WORDS, inner, max_size=4))


TREES = st.recursive(VALUES, grown, max_leaves=15)
LAYERS = st.recursive(
    st.one_of(
        st.sampled_from(["relu", "flatten", "cell", "batch_norm", "global_avg_pool2d"]),
        st.fixed_dictionaries({"type": WORDS}, optional={"name": VALUES, "from": TREES, "when": VALUES, "w": VALUES}),
        st.fixed_dictionaries(
            {"type": st.just("conv2d"), "out_channels": VALUES, "kernel_size": TREES},
            optional={"name": WORDS, "padding": TREES, "groups": VALUES, "weight": TREES, "activation": TREES},
        ),
    ),
    lambda inner: st.one_of(
        st.fixed_dictionaries(
            {"layers": st.lists(inner, max_size=3)},
            optional={"name": VALUES, "when": VALUES, "from": TREES, "repeat": VALUES, "for": TREES},
        ),
        st.fixed_dictionaries(
            {"type": st.just("residual"), "layers": st.lists(inner, max_size=3)},
            optional={"shortcut": st.one_of(VALUES, st.lists(inner, max_size=2)), "name": VALUES},
        ),
        st.fixed_dictionaries(
            {"type": st.just("parallel"), "branches": st.lists(st.lists(inner, max_size=2), max_size=3)},
            optional={"merge": VALUES, "name": VALUES},
        ),
    ),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(
    st.fixed_dictionaries(
        {"input": st.one_of(st.just("3x8x8"), TREES), "layers": st.one_of(st.lists(LAYERS, max_size=5), TREES)},
        optional={
            "parameters": st.dictionaries(WORDS, TREES, max_size=3),
            "blocks": st.dictionaries(st.sampled_from(["cell", "relu"]), TREES, max_size=2),
            "outputs": TREES,
            "variants": TREES,
            "expect": TREES,
            "name": TREES,
        },
    )
)
def test_random_structures(spec: dict[str, Any]) -> None:
    assert outcome(yaml.safe_dump(spec, allow_unicode=True) + "\n")


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(st.lists(LAYERS, min_size=1, max_size=5))
def test_random_layers(entries: list[Any]) -> None:
    blocks = {"cell": {"parameters": {"w": "=in_channels"}, "layers": ["relu"]}}
    assert outcome(yaml.safe_dump({"input": "3x8x8", "blocks": blocks, "layers": entries}) + "\n")


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(st.text(max_size=80))
def test_any_text(text: str) -> None:
    assert outcome(text + "\n")
