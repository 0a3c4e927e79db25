"""Normalisation by a mean square and by a Euclidean norm against ONNX Runtime, over drawn shapes and axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnncalc
from cnncalc.errors import LayerError
from cnncalc.layers import LAYERS
from cnncalc.layers.axis_normalization import L2Norm, RMSNorm
from tests.layers.comparison import compares
from tests.layers.drawing import batch, layouts, seeds, shapes
from tests.layers.execution import arrays, close, execute, per_channel, to_internal
from tests.onnx_engine import run_operator

if TYPE_CHECKING:
    from cnncalc.kernels import Array

EPS_OF_SINGLE = 2.0**-23


def moved(x: Array, over: list[int]) -> tuple[Array, list[int]]:
    """The tensor with some axes behind the others, and the order that brings them back."""
    kept = [axis for axis in range(x.ndim - 1) if axis not in over]
    order = [0, *(1 + axis for axis in (*kept, *over))]
    return x.transpose(order).copy(), [int(axis) for axis in np.argsort(order)]


@compares("rms_norm")
@given(
    shape=shapes(),
    seed=seeds,
    eps=st.sampled_from([None, 1e-6, 0.1]),
    weighted=st.booleans(),
    layout=layouts,
    sizes=st.booleans(),
    data=st.data(),
)
def test_rms_norm(
    shape: tuple[int, ...], seed: int, eps: float | None, weighted: bool, layout: Any, sizes: bool, data: st.DataObject
) -> None:
    x = batch(seed, shape)
    options: dict[str, Any] = {"affine": weighted, "eps": eps}
    dims = data.draw(st.lists(st.integers(0, len(shape) - 1), min_size=1, unique=True))
    if sizes:
        dims = list(range(len(shape)))[-len(dims) :]
        options["normalized_shape"] = list(shape[-len(dims) :])
    else:
        options["dims"] = dims
    layer = LAYERS["rms_norm"](**options).with_layout(layout)
    internal = to_internal(x, layout)
    over = sorted(layout.axis(dim, len(shape)) for dim in dims)
    weights = arrays(layer, [internal.shape[1:]], seed)
    of_axes = tuple(internal.shape[1 + axis] for axis in over)
    assert {name: array.shape for name, array in weights.items()} == ({"weight": of_axes} if weighted else {})
    behind, back = moved(internal, over)
    scale = weights.get("weight", np.ones(of_axes, np.float32))
    epsilon = EPS_OF_SINGLE if eps is None else eps
    first = x.ndim - len(over)
    expected = run_operator("RMSNormalization", behind, scale, opset=23, axis=first, epsilon=epsilon).transpose(back)
    close(to_internal(execute(layer, x, layout=layout, weights=weights), layout), expected)


@compares("l2_norm")
@given(shape=shapes(), seed=seeds, scaled=st.booleans(), layout=layouts, data=st.data())
def test_l2_norm(shape: tuple[int, ...], seed: int, scaled: bool, layout: Any, data: st.DataObject) -> None:
    """Several axes, of which ONNX's operator takes one, are laid out as one."""
    x = batch(seed, shape)
    dims = data.draw(st.none() | st.lists(st.integers(0, len(shape) - 1), min_size=1, unique=True))
    layer = LAYERS["l2_norm"](dims=dims, scale=scaled).with_layout(layout)
    internal = to_internal(x, layout)
    over = [0] if dims is None else sorted(layout.axis(dim, len(shape)) for dim in dims)
    weights = arrays(layer, [internal.shape[1:]], seed)
    assert {name: array.shape for name, array in weights.items()} == ({"weight": internal.shape[1:2]} if scaled else {})
    behind, back = moved(internal, over)
    rows = behind.reshape(*behind.shape[: x.ndim - len(over)], -1)
    expected = run_operator("LpNormalization", rows, axis=-1, p=2).reshape(behind.shape).transpose(back)
    if scaled:
        expected = expected * per_channel(weights["weight"], 1, x.ndim)
    close(to_internal(execute(layer, x, layout=layout, weights=weights), layout), expected)


def test_weights_begin_with_20_unless_told_otherwise() -> None:
    x = np.random.default_rng(0).standard_normal((1, 4, 3, 3)).astype(np.float32)
    for options, value in (("scale: true", 20), ("scale: true, value: 0.5", 0.5), ("scale: true, weight: ones", 1)):
        output = np.asarray(cnncalc.load(f"input: 4x3x3\nlayers: [l2_norm: {{{options}}}]\n").forward(x))
        np.testing.assert_allclose(np.sqrt(np.square(output).sum(1)), value, rtol=1e-5)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("layer", [RMSNorm(affine=False), L2Norm()], ids=repr)
def test_zeros_stay_zeros(layer: Any, dtype: str) -> None:
    x = np.zeros((1, 4, 3), dtype)
    x[0, 0, 1] = 3
    output = execute(layer, x)
    assert not output[0, :, [0, 2]].any()
    assert output[0, 0, 1] == pytest.approx(2 if isinstance(layer, RMSNorm) else 1, rel=1e-3)


@pytest.mark.parametrize(
    ("name", "options", "flops"),
    [("rms_norm", {}, 4), ("rms_norm", {"affine": False}, 3), ("l2_norm", {}, 3), ("l2_norm", {"scale": True}, 4)],
)
def test_flops(name: str, options: dict[str, Any], flops: int) -> None:
    assert LAYERS[name](**options).flops([(4, 6)], (4, 6)) == flops * 24


@pytest.mark.parametrize(
    ("options", "fact"),
    [
        ({"value": 20}, "`value` belongs to learnt weights, and there is no `scale`"),
        ({"weight": "ones"}, "`weight` belongs to learnt weights, and there is no `scale`"),
        ({"scale": True, "value": 1, "weight": "ones"}, "`value` and `weight` both say what the weights are"),
    ],
)
def test_weights_that_are_not_there(options: dict[str, Any], fact: str) -> None:
    with pytest.raises(LayerError) as error:
        L2Norm(**options)
    assert error.value.fact == fact
