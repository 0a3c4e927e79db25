"""Linear, scale, squeeze and excitation, and the layers that pass values on, against loops written from definitions.

The loops count: every multiplication of the definition, and every number of the weights that they come to use.
"""

from __future__ import annotations

from itertools import product
from math import exp, prod
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc.layers import LAYERS
from cnncalc.layers.channel_scaling import Scale, SqueezeExcite
from cnncalc.layers.linear import Linear
from tests.layers.comparison import compares
from tests.layers.drawing import batch, layouts, seeds, shapes
from tests.layers.execution import arrays, close, execute, per_channel, to_internal
from tests.onnx_engine import run_operator

if TYPE_CHECKING:
    from cnncalc.kernels import Array

PASSING = (
    *("identity", "dropout", "drop_path", "spatial_dropout", "alpha_dropout", "feature_alpha_dropout"),
    *("gaussian_dropout", "gaussian_noise"),
)


class Tally:
    """Counts the multiplications, and remembers which numbers of which weight took part."""

    def __init__(self) -> None:
        self.products = 0
        self.used: set[tuple[str, Any]] = set()

    def product(self, value: float, weights: dict[str, Array], name: str, index: Any) -> float:
        self.products += 1
        return value * self.number(weights, name, index)

    def number(self, weights: dict[str, Array], name: str, index: Any) -> float:
        self.used.add((name, index))
        return float(weights[name][index])


def stated_parameters(weights: dict[str, Array]) -> int:
    return sum(array.size for array in weights.values())


@compares(*PASSING)
@pytest.mark.parametrize("name", PASSING)
def test_passes_values_on(name: str) -> None:
    @given(shape=shapes(), seed=seeds)
    def check(shape: tuple[int, ...], seed: int) -> None:
        x = batch(seed, shape)
        close(execute(LAYERS[name](), x), run_operator("Identity", x), relative=0, absolute=0)

    check()


def looped_linear(x: Array, axis: int, weights: dict[str, Array], tally: Tally) -> Array:
    """One sample: the sum over `axis`, output by output."""
    features = weights["weight"].shape[0]
    output = np.zeros((*x.shape[:axis], features, *x.shape[axis + 1 :]), np.float32)
    for place in product(*map(range, output.shape)):
        total = tally.number(weights, "bias", place[axis]) if "bias" in weights else 0.0
        for feature in range(x.shape[axis]):
            value = float(x[(*place[:axis], feature, *place[axis + 1 :])])
            total += tally.product(value, weights, "weight", (place[axis], feature))
        output[place] = total
    return output


@compares("linear")
@given(
    shape=shapes(largest=3), features=st.integers(1, 4), bias=st.booleans(), seed=seeds, layout=layouts, data=st.data()
)
def test_linear(shape: tuple[int, ...], features: int, bias: bool, seed: int, layout: Any, data: st.DataObject) -> None:
    x = batch(seed, shape, samples=1)
    dim = data.draw(st.integers(-len(shape), len(shape) - 1))
    layer = Linear(out_features=features, bias=bias, dim=dim)
    layer = layer.with_layout(layout)
    internal = to_internal(x, layout).shape[1:]
    weights, tally = arrays(layer, [internal], seed), Tally()
    expected = looped_linear(x[0], dim % len(shape), weights, tally)[np.newaxis]
    close(execute(layer, x, layout=layout, weights=weights), expected)
    output = layer.output_shape([internal])
    assert layer.macs([internal], output) == tally.products
    assert stated_parameters(weights) == len(tally.used)
    assert layer.flops([internal], output) == 2 * tally.products + (expected.size if bias else 0)
    if len(shape) == 1:
        gemm = run_operator("Gemm", x, weights["weight"], weights.get("bias", np.zeros(features, np.float32)), transB=1)
        close(execute(Linear(out_features=features, bias=bias), x, weights=weights), gemm)


@compares("scale")
@given(shape=shapes(), seed=seeds, bias=st.booleans(), factor=st.none() | st.floats(-3, 3), layout=layouts)
def test_scale(shape: tuple[int, ...], seed: int, bias: bool, factor: float | None, layout: Any) -> None:
    x = batch(seed, shape)
    if factor is not None:
        layer = Scale(factor=factor)
        assert arrays(layer, [shape]) == {}
        close(execute(layer, x, layout=layout), run_operator("Mul", x, np.array(factor, np.float32)))
        return
    layer = Scale(bias=bias)
    weights = arrays(layer, [to_internal(x, layout).shape[1:]], seed)
    assert set(weights) == ({"weight", "bias"} if bias else {"weight"})
    axis = x.ndim - 1 if layout.channels_last else 1
    expected = run_operator("Mul", x, per_channel(weights["weight"], axis, x.ndim))
    if bias:
        expected = run_operator("Add", expected, per_channel(weights["bias"], axis, x.ndim))
    close(execute(layer, x, layout=layout, weights=weights), expected)


def looped_gate(x: Array, weights: dict[str, Array], tally: Tally) -> list[float]:
    """The gates of one sample, channel by channel, with relu and sigmoid."""
    means = [sum(map(float, channel.reshape(-1))) / channel.size for channel in x]
    ones = (0,) * (x.ndim - 1)
    hidden = []
    for unit in range(len(weights["fc1.bias"])):
        total = tally.number(weights, "fc1.bias", unit)
        for channel, mean in enumerate(means):
            total += tally.product(mean, weights, "fc1.weight", (unit, channel, *ones))
        hidden.append(max(total, 0.0))
    gates = []
    for channel in range(len(means)):
        total = tally.number(weights, "fc2.bias", channel)
        for unit, value in enumerate(hidden):
            total += tally.product(value, weights, "fc2.weight", (channel, unit, *ones))
        gates.append(1 / (1 + exp(-total)))
    return gates


@compares("squeeze_excite")
@given(shape=shapes(), squeezed=st.integers(1, 4), seed=seeds)
def test_squeeze_excite(shape: tuple[int, ...], squeezed: int, seed: int) -> None:
    x, layer = batch(seed, shape, samples=1), SqueezeExcite(squeeze_channels=squeezed)
    weights, tally = arrays(layer, [shape], seed), Tally()
    gates = looped_gate(x[0], weights, tally)
    expected = (x[0] * np.array(gates, np.float32).reshape(-1, *(1,) * (len(shape) - 1)))[np.newaxis]
    close(execute(layer, x, weights=weights), expected)
    assert layer.macs([shape], shape) == tally.products
    assert stated_parameters(weights) == len(tally.used)
    steps = squeezed + 4 * shape[0]
    assert layer.flops([shape], shape) == 2 * tally.products + squeezed + shape[0] + steps + 2 * prod(shape)


@pytest.mark.parametrize(
    ("activation", "scale_activation", "gate"),
    [
        ("silu", "hardsigmoid", lambda h: np.clip((h / (1 + np.exp(-h))) / 6 + 0.5, 0, 1)),
        (None, None, lambda h: h),
        ({"prelu": {"weight": 0.5}}, "tanh", lambda h: np.tanh(np.where(h > 0, h, 0.5 * h))),
    ],
)
def test_squeeze_excite_takes_other_activations(activation: Any, scale_activation: Any, gate: Any) -> None:
    """With one channel, fc1 the identity and fc2 the identity, the gate is a function of the mean."""
    layer = LAYERS["squeeze_excite"](squeeze_channels=1, activation=activation, scale_activation=scale_activation)
    x = np.array([[[-3.0, 1.0]]])
    weights = {
        name: np.full(shape, 0.5 if "activation" in name else float(name.endswith("weight")))
        for name, shape in layer.weight_shapes([(1, 2)]).items()
    }
    close(execute(layer, x, weights=weights), x * gate(np.array(-1.0)))


def test_an_initial_value_and_a_given_weight_are_the_weights() -> None:
    import cnncalc

    for options in ("{value: 0.5}", "{weight: 0.5}", "{weight: {constant: 0.5}}", "{factor: 0.5}"):
        network = cnncalc.load(f"input: 2x3\nlayers:\n  - scale: {options}\n")
        x = np.arange(6, dtype=np.float32).reshape(2, 3)
        close(network.forward(x), x / 2)
