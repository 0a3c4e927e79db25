"""Products of matrices against ONNX Runtime, in all ranks and in both data formats, and by a spec."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnncalc
from cnncalc.errors import LayerError
from cnncalc.execution.executor import run
from cnncalc.layers import LAYERS
from cnncalc.shapes import CHANNELS_LAST
from tests.layers.comparison import compares
from tests.layers.drawing import batch, layouts, seeds
from tests.layers.execution import close, execute
from tests.onnx_engine import run_operator

Shape = tuple[int, ...]

sizes = st.integers(1, 5)


@st.composite
def stacks(draw: st.DrawFn) -> tuple[Shape, Shape]:
    """The shapes of two stacks of matrices, whose leading axes broadcast, as a spec writes them."""
    n, k, m = draw(sizes), draw(sizes), draw(sizes)
    leading = draw(st.lists(st.integers(1, 4), max_size=2))
    left, right = ([draw(st.sampled_from((size, size, 1))) for size in leading] for _ in range(2))
    return (*left, n, k), (*right, k, m)


@compares("matmul")
@given(shapes=stacks(), seed=seeds, layout=layouts, dtype=st.sampled_from(["float32", "float64"]))
def test_matmul(shapes: tuple[Shape, Shape], seed: int, layout: Any, dtype: str) -> None:
    left, right = (batch(seed + n, shape, dtype=dtype) for n, shape in enumerate(shapes))
    close(execute(LAYERS["matmul"](), left, right, layout=layout), run_operator("MatMul", left, right))


@given(shapes=stacks(), layout=layouts)
def test_macs_are_the_products_of_the_definition(shapes: tuple[Shape, Shape], layout: Any) -> None:
    layer = LAYERS["matmul"]().with_layout(layout)
    inputs = [layout.internal(shape) for shape in shapes]
    output = layer.output_shape(inputs)
    (*_, k), _ = shapes
    products = sum(1 for _ in product(*map(range, layout.external(output)), range(k)))
    assert layer.macs(inputs, output) == products
    assert layer.flops(inputs, output) == 2 * products


def test_large_stacks_are_multiplied_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Maps with channels last do not lie in rows, and are copied some at a time."""
    monkeypatch.setattr("cnncalc.kernels.products.SCRATCH_BYTES", 1000)
    left, right = batch(1, (5, 3, 4, 6)), batch(2, (5, 1, 6, 7))
    close(execute(LAYERS["matmul"](), left, right, layout=CHANNELS_LAST), left @ right)


def test_integers_stay_exact() -> None:
    left, right = np.array([[[2**53 + 1, 1]]]), np.array([[[1], [2]]])
    assert LAYERS["matmul"]().forward([left, right], {}).tolist() == [[[2**53 + 3]]]


@pytest.mark.parametrize(
    ("shapes", "fact", "hint"),
    [
        ([(4, 6), (4, 6, 8)], "they have 2 and 3 axes", "bring them to one number of axes first"),
        (
            [(6,), (6,)],
            "it multiplies matrices, and these are vectors",
            "`multiply` and `reduce_sum` make one number of them",
        ),
        (
            [(4, 6, 8), (4, 6, 8)],
            "the first has 8 columns, the second 6 rows",
            "`permute: {dims: [0, 2, 1]}` before the second turns its matrices",
        ),
        (
            [(4, 6), (5, 7)],
            "the first has 6 columns, the second 5 rows",
            "what is summed up is the last axis of the first, and the last but one of the second",
        ),
        (
            [(4, 6, 8), (3, 8, 2)],
            "their axes before the last two differ: 4 x 6 x 8 and 3 x 8 x 2",
            "an axis of 1 broadcasts",
        ),
    ],
)
def test_what_cannot_be_multiplied(shapes: list[Shape], fact: str, hint: str) -> None:
    with pytest.raises(LayerError) as caught:
        LAYERS["matmul"]().output_shape(shapes)
    assert (caught.value.fact, caught.value.hint) == (fact, hint)


ATTENTION = """
input: 3x9
layers:
  - conv1d: {name: q, out_channels: 4, kernel_size: 3}
  - conv1d: {name: k, out_channels: 4, kernel_size: 5, padding: 1, from: input}
  - permute: {name: turned, dims: [1, 0], from: q}
  - matmul: {name: scores, from: [turned, k]}
  - softmax: {name: weights, dim: 1}
  - conv1d: {name: v, out_channels: 6, kernel_size: 5, padding: 1, from: input}
  - permute: {name: values, dims: [1, 0]}
  - matmul: {name: attended, from: [weights, values]}
outputs: [q, k, v, attended]
"""


def test_attention_by_hand() -> None:
    """Shapes, counts, values, and what a unit sees: the window of its own query, and all keys and values."""
    network = cnncalc.load(ATTENTION)
    shapes = {tensor.name: tensor.shape for tensor in network.tensors}
    assert (shapes["scores"], shapes["attended"]) == ((7, 7), (7, 6))
    assert [node.macs for node in network.nodes if node.layer.type_name == "matmul"] == [7 * 4 * 7, 7 * 7 * 6]
    found: Any = network.forward(batch(3, (3, 9), samples=1)[0])
    scores = np.exp(found["q"].T @ found["k"])
    close(found["attended"], scores / scores.sum(1, keepdims=True) @ found["v"].T)
    for unit in range(7):
        proof = network.receptive_field("scores", (unit,), verify=True).proof
        assert proof is not None
        assert proof.mismatches == ()


PRODUCTS = {
    "channels_first": "{name: product, from: [q, k]}",
    "channels_last": "{name: product, from: [q, turned]}",
}


@pytest.mark.slow
@pytest.mark.parametrize("layout", PRODUCTS)
def test_what_is_told_of_units_is_proven(layout: str) -> None:
    """Every unit of a product of maps, whose operands have windows of their own."""
    text = f"""
data_format: {layout}
input: {"3x7x6" if layout == "channels_first" else "7x6x3"}
layers:
  - conv2d: {{name: q, out_channels: 4, kernel_size: 3}}
  - conv2d: {{name: k, out_channels: 4, kernel_size: [4, 2], stride: [1, 2], from: input}}
  - permute: {{name: turned, dims: [0, 2, 1], from: q}}
  - matmul: {PRODUCTS[layout]}
"""
    network = cnncalc.load(text)
    for unit in np.ndindex(*network.nodes[-1].output_shape[1:]):
        proof = network.receptive_field("product", unit, verify=True).proof
        assert proof is not None
        assert proof.mismatches == ()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_deep_products_stay_finite(seed: int) -> None:
    """Fifty attentions by hand and as many products without softmax: weights know how large is what arrives."""
    layers = """
  - conv2d: {name: q, out_channels: 8, kernel_size: 1, from: previous}
  - conv2d: {name: k, out_channels: 8, kernel_size: 1}
  - matmul: {name: scores, from: [q, k]}
  - softmax: {name: weights, dim: 2}
  - matmul: {name: attended, from: [weights, q]}
  - matmul: {from: [attended, k]}
"""
    network = cnncalc.load(f"input: 8x40x40\nlayers:\n- repeat: 50\n  name: '{{index}}'\n  layers:{layers}")
    report, _ = run(network, seed=seed)
    assert report.ok
    assert 0.01 < (report.layers[-1].std or 0) < 1000
