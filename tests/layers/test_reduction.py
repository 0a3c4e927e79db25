"""Reductions against ONNX Runtime, and variances against their definition; in both data formats."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import cnncalc
from cnncalc.layers import LAYERS
from cnncalc.layers.adaptive_pooling import GlobalAvgPool
from cnncalc.reports.registry import render
from cnncalc.reports.style import PLAIN
from tests.layers.comparison import compares
from tests.layers.drawing import batch, layouts, seeds, shapes
from tests.layers.execution import close, execute
from tests.marking import slow_but
from tests.onnx_engine import run_operator
from tests.rows import every_row

if TYPE_CHECKING:
    from collections.abc import Callable

Shape = tuple[int, ...]


OPERATORS = {
    "reduce_mean": "ReduceMean",
    "reduce_sum": "ReduceSum",
    "reduce_max": "ReduceMax",
    "reduce_min": "ReduceMin",
    "reduce_prod": "ReduceProd",
    "reduce_l1": "ReduceL1",
    "reduce_l2": "ReduceL2",
    "reduce_logsumexp": "ReduceLogSumExp",
}
"""What ONNX calls those that it has."""


def reduced(name: str, x: Any, dims: Any, *, keep: bool) -> Any:
    """ONNX's; a tensor of one value keeps one axis."""
    axes = np.array([1 + dim for dim in dims], np.int64)
    found = run_operator(OPERATORS[name], x, axes, keepdims=int(keep))
    return found if found.ndim > 1 else found[:, np.newaxis]


def spread(x: Any, dims: Any, correction: int, *, keep: bool) -> Any:
    """The variance, written from its definition, of each group of values by itself."""
    axes = [1 + dim for dim in dims]
    values = np.moveaxis(x, axes, range(-len(axes), 0)).reshape(*np.delete(x.shape, axes), -1)
    found = np.zeros(values.shape[:-1])
    for place in np.ndindex(found.shape):
        group = [float(value) for value in values[place]]
        centre = sum(group) / len(group)
        found[place] = sum((value - centre) ** 2 for value in group) / (len(group) - correction)
    found = np.expand_dims(found, axes) if keep else found
    return found if found.ndim > 1 else found[:, np.newaxis]


def drawn_dims(data: st.DataObject, shape: Shape) -> tuple[list[int], list[int]]:
    """Some axes, and the same as an option writes them, a part of them counted from the end."""
    dims = data.draw(st.lists(st.integers(0, len(shape) - 1), min_size=1, max_size=len(shape), unique=True))
    return dims, [dim - len(shape) * data.draw(st.booleans()) for dim in dims]


@compares(*OPERATORS)
@pytest.mark.parametrize("name", slow_but({"reduce_mean", "reduce_l2"}, OPERATORS))
def test_values_are_those_of_the_engine(name: str) -> None:
    @given(shape=shapes(), seed=seeds, layout=layouts, keep=st.booleans(), data=st.data())
    def check(shape: Shape, seed: int, layout: Any, keep: bool, data: st.DataObject) -> None:
        x = batch(seed, shape)
        dims, written = drawn_dims(data, shape)
        close(execute(LAYERS[name](dim=written, keepdim=keep), x, layout=layout), reduced(name, x, dims, keep=keep))

    check()


@compares("reduce_var", "reduce_std")
@pytest.mark.parametrize("name", ["reduce_var", "reduce_std"])
def test_variance(name: str) -> None:
    @given(
        shape=shapes(),
        seed=seeds,
        layout=layouts,
        keep=st.booleans(),
        correction=st.integers(0, 2),
        shift=st.sampled_from([0, 1000]),
        data=st.data(),
    )
    def check(
        shape: Shape, seed: int, layout: Any, keep: bool, correction: int, shift: float, data: st.DataObject
    ) -> None:
        """Far from 0 too, where a difference of squares would have no digits left."""
        dims, written = drawn_dims(data, shape)
        assume(prod(shape[dim] for dim in dims) > correction)
        x = batch(seed, shape) + np.float32(shift)
        expected = spread(x, dims, correction, keep=keep)
        layer = LAYERS[name](dim=written, keepdim=keep, correction=correction)
        found = execute(layer, x, layout=layout)
        close(found, expected if name == "reduce_var" else np.sqrt(expected), relative=1e-3, absolute=1e-4)

    check()


@given(name=st.sampled_from(list(OPERATORS)), shape=shapes(), seed=seeds, layout=layouts, keep=st.booleans())
def test_all_axes_are_the_default_and_never_the_batch(
    name: str, shape: Shape, seed: int, layout: Any, keep: bool
) -> None:
    x = batch(seed, shape)
    close(execute(LAYERS[name](keepdim=keep), x, layout=layout), reduced(name, x, range(len(shape)), keep=keep))


X = [[[1, -2, 3], [0.5, 4, -1]], [[2, 2, 2], [-3, 0.25, 7]]]
PYTORCH: list[tuple[str, list[float]]] = [
    ("reduce_mean: {dim: [1, 2], keepdim: false}", [0.9166666865348816, 1.7083333730697632]),
    ("reduce_logsumexp: {dim: [1, 2], keepdim: false}", [4.376434803009033, 7.021203517913818]),
    ("reduce_prod: {dim: 2}", [-6.0, -2.0, 8.0, -5.25]),
    ("reduce_var: {dim: [1, 2]}", [5.241666793823242, 10.510416984558105]),
    ("reduce_var: {dim: [1, 2], correction: 0}", [4.36805534362793, 8.75868034362793]),
    ("reduce_std: {dim: [0, 2], correction: 2}", [1.9578900337219238, 4.040485382080078]),
    ("reduce_l1: {dim: [1, 2]}", [11.5, 16.25]),
    ("reduce_l2: {dim: [1, 2]}", [5.590169906616211, 8.37033462524414]),
]
"""Options, and what PyTorch 2.14 makes of `X` with them, in a row."""


@pytest.mark.parametrize(("entry", "expected"), PYTORCH)
def test_values_of_pytorch(entry: str, expected: list[float], run: Callable[..., Any]) -> None:
    text = f"input: 2x2x3\nlayers:\n  - {entry}\n"
    found = np.asarray(cnncalc.load(text).forward(np.array(X, np.float32)))
    np.testing.assert_allclose(found.reshape(-1), expected, rtol=1e-5)
    assert run("run", "-", stdin=text).status == 0


@every_row("name", [*OPERATORS, "reduce_var", "reduce_std"])
def test_half_precision_is_summed_in_single(name: str) -> None:
    """4,096 ones are 4,096, where sums of half precision stop at 2,048; and squares of 300 would be infinite."""
    x = np.ones((1, 4096, 1), np.float16)
    found = execute(LAYERS[name](dim=0, keepdim=False), x)
    exact = {"reduce_sum": 4096, "reduce_l1": 4096, "reduce_l2": 64, "reduce_var": 0, "reduce_std": 0}
    assert found.dtype == np.float16
    assert found[0, 0] == pytest.approx(exact.get(name, 1 if name != "reduce_logsumexp" else 9.3178), rel=1e-3)
    large = np.array([[300, -300]], np.float16)
    assert np.isfinite(execute(LAYERS[name](dim=0), large if name not in ("reduce_prod", "reduce_var") else x)).all()


def test_no_power_overflows() -> None:
    large = np.array([[3e38, -3e37, 0.0]], np.float32)
    np.testing.assert_allclose(execute(LAYERS["reduce_l2"](), large), [[3.0149627e38]], rtol=1e-5)
    np.testing.assert_allclose(execute(LAYERS["reduce_logsumexp"](), large), [[3e38]], rtol=1e-5)
    np.testing.assert_array_equal(execute(LAYERS["reduce_l2"](), np.zeros((1, 4), np.float32)), [[0.0]])


FLOPS = {
    "reduce_mean": (1, 0),
    "reduce_sum": (1, 0),
    "reduce_max": (1, 0),
    "reduce_min": (1, 0),
    "reduce_prod": (1, 0),
    "reduce_l1": (2, 0),
    "reduce_l2": (2, 1),
    "reduce_var": (4, 0),
    "reduce_std": (4, 1),
    "reduce_logsumexp": (4, 2),
}
"""The operations of each definition: for each value that comes in, and for each that comes out."""


@every_row("name", FLOPS)
def test_flops(name: str) -> None:
    network = cnncalc.load(f"input: 4x6x8\nlayers:\n  - {name}: {{dim: [0, 2]}}\n")
    arriving, leaving = FLOPS[name]
    [layer] = network.report().layers
    assert (layer.flops, layer.macs, layer.parameters) == (arriving * 192 + leaving * 6, 0, 0)


@every_row("name", [name for name in FLOPS if name != "reduce_prod"])
@every_row("before", ["identity", "sigmoid"])
def test_drawn_weights_know_how_large_values_become(name: str, before: str) -> None:
    """A convolution behind a reduction of very many values has values that are neither large nor nearly 0."""
    last = "- conv2d: {out_channels: 64, kernel_size: 1, bias: false}"
    text = f"input: 16x48x48\nlayers:\n  - {before}\n  - {name}: {{dim: [1, 2]}}\n  {last}\n"
    assert 1e-3 < np.std(np.asarray(cnncalc.load(text).forward())) < 30


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
