"""Global response normalisation against operators of ONNX Runtime, over drawn shapes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc.errors import LayerError
from cnncalc.layers import LAYERS
from cnncalc.layers.response_normalization import GlobalResponseNorm
from tests.layers.comparison import compares
from tests.layers.drawing import batch, layouts, seeds, shapes
from tests.layers.execution import arrays, close, execute, per_channel, to_internal
from tests.onnx_engine import run_operator


@compares("global_response_norm")
@given(shape=shapes(least=2), seed=seeds, eps=st.sampled_from([1e-6, 0.1]), layout=layouts)
def test_global_response_norm(shape: tuple[int, ...], seed: int, eps: float, layout: Any) -> None:
    """As ConvNeXt V2's program has it: ``gamma * (x * (gx / (gx.mean() + eps))) + beta + x``."""
    x = batch(seed, shape)
    layer = LAYERS["global_response_norm"](eps=eps).with_layout(layout)
    internal = to_internal(x, layout)
    weights = arrays(layer, [internal.shape[1:]], seed)
    norms = run_operator("ReduceL2", internal, np.arange(2, x.ndim, dtype=np.int64), keepdims=1)
    mean = run_operator("ReduceMean", norms, np.array([1], np.int64), keepdims=1)
    gamma, beta = (per_channel(weights[name], 1, x.ndim) for name in ("weight", "bias"))
    expected = gamma * (internal * (norms / (mean + np.float32(eps)))) + beta + internal
    close(to_internal(execute(layer, x, layout=layout, weights=weights), layout), expected)


def test_zeros_become_the_shift() -> None:
    weights = {"weight": np.ones(3, np.float32), "bias": np.arange(3, dtype=np.float32)}
    output = execute(GlobalResponseNorm(), np.zeros((1, 3, 2), np.float32), weights=weights)
    np.testing.assert_array_equal(output[0, :, 0], [0, 1, 2])


def test_flops_and_a_vector() -> None:
    assert GlobalResponseNorm().flops([(3, 4, 5)], (3, 4, 5)) == 4 * 60
    with pytest.raises(LayerError) as error:
        GlobalResponseNorm().output_shape([(3,)])
    assert error.value.fact == "it needs a map to take norms over, and this is a vector"
