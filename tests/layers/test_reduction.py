"""Reductions against ONNX Runtime; in both data formats."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnncalc
from cnncalc.layers import LAYERS
from cnncalc.layers.adaptive_pooling import GlobalAvgPool
from cnncalc.reports.registry import render
from cnncalc.reports.style import PLAIN
from tests.layers.comparison import compares
from tests.layers.drawing import batch, layouts, seeds, shapes
from tests.layers.execution import close, execute
from tests.onnx_engine import run_operator

Shape = tuple[int, ...]


def mean(x: Any, dims: Any, *, keep: bool) -> Any:
    """ONNX's; a tensor of one value keeps one axis."""
    axes = np.array([1 + dim for dim in dims], np.int64)
    found = run_operator("ReduceMean", x, axes, keepdims=int(keep))
    return found if found.ndim > 1 else found[:, np.newaxis]


@compares("reduce_mean")
@given(shape=shapes(), seed=seeds, layout=layouts, keep=st.booleans(), data=st.data())
def test_reduce_mean(shape: Shape, seed: int, layout: Any, keep: bool, data: st.DataObject) -> None:
    x = batch(seed, shape)
    dims = data.draw(st.lists(st.integers(0, len(shape) - 1), min_size=1, max_size=len(shape), unique=True))
    written = [dim - len(shape) * data.draw(st.booleans()) for dim in dims]
    close(execute(LAYERS["reduce_mean"](dim=written, keepdim=keep), x, layout=layout), mean(x, dims, keep=keep))


@given(shape=shapes(), seed=seeds, layout=layouts, keep=st.booleans())
def test_all_axes_are_the_default_and_never_the_batch(shape: Shape, seed: int, layout: Any, keep: bool) -> None:
    x = batch(seed, shape)
    close(execute(LAYERS["reduce_mean"](keepdim=keep), x, layout=layout), mean(x, range(len(shape)), keep=keep))


@given(shape=shapes(least=2), keep=st.booleans())
def test_flops_over_the_map_are_those_of_the_global_pool(shape: Shape, keep: bool) -> None:
    layer = LAYERS["reduce_mean"](dim=[*range(1, len(shape))], keepdim=keep)
    pooled = GlobalAvgPool().output_shape([shape])
    assert layer.flops([shape], layer.output_shape([shape])) == GlobalAvgPool().flops([shape], pooled) == prod(shape)


CONV = "- conv2d: {out_channels: 4, kernel_size: [3, 5], stride: [1, 2]}"
FIELDS = [
    ("{keepdim: false}", [(9, 1, None), (11, 1, None)]),
    ("{}", [(9, None, None), (11, None, None)]),
    ("{dim: [1, 2], keepdim: false}", [(9, 1, None), (11, 1, None)]),
    ("{dim: 2, keepdim: false}", [(3, 1, 0), (11, None, None)]),
    ("{dim: 1, keepdim: false}", [(9, None, None), (5, 2, 0)]),
    ("{dim: 1}", [(9, None, None), (5, 2, 0)]),
    ("{dim: 0}", [(3, 1, 0), (5, 2, 0)]),
]
"""Options, and along each axis of a 9 x 11 input what is seen behind the convolution: size, stride and padding."""


@pytest.mark.parametrize(("options", "expected"), FIELDS)
def test_fields(options: str, expected: list[tuple[Any, Any, Any]]) -> None:
    """Axes that are reduced are seen whole, and those that are left keep their figures, whatever their numbers."""
    report = cnncalc.load(f"input: 3x9x11\nlayers:\n{CONV}\n- reduce_mean: {options}\n").report()
    field = report.layers[-1].receptive_field["input"]
    assert field.size == tuple(size for size, _, _ in expected)
    assert field.padding == tuple(padding for _, _, padding in expected)


@pytest.mark.parametrize("layout", ["channels_first", "channels_last"])
@pytest.mark.parametrize(
    "options",
    ["", ", dim: [0, 2]", *(f", dim: {dim}, keepdim: false" for dim in (0, 1, -1))],
)
def test_what_is_told_of_units_is_proven(options: str, layout: str) -> None:
    layers = f"{CONV}\n- reduce_mean: {{name: mean{options}}}\n"
    network = cnncalc.load(f"data_format: {layout}\ninput: 8x9x7\nlayers:\n{layers}")
    for unit in np.ndindex(*network.nodes[-1].output_shape[1:]):
        proof = network.receptive_field("mean", unit or (0,), verify=True).proof
        assert proof is not None
        assert proof.mismatches == ()


def test_formulas_lead_through_the_axis_that_moved() -> None:
    layers = (
        "- conv2d: {out_channels: 4, kernel_size: 3, stride: 2}\n- reduce_mean: {name: mean, dim: 1, keepdim: false}\n"
    )
    network = cnncalc.load(f"input: 3x32x20\nlayers:\n{layers}")
    assert network.nodes[-1].output_shape == (4, 9)
    text = render("explanation", "table", network.explain("mean"), PLAIN)
    assert "L_out = floor((W - 1) / 2) = floor((20 - 1) / 2) = 9\n" in text
    assert "12 at W = 25 to 26\n" in render("solution", "table", network.solve("mean", 12), PLAIN)
