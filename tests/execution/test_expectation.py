"""What is expected of values with drawn weights, against the values that come out."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, Final

import pytest

import cnncalc
from cnncalc.execution.executor import run
from cnncalc.execution.weights import WeightDraw
from tests.marking import slow_but
from tests.networks import NETWORKS

if TYPE_CHECKING:
    from cnncalc.graph.graph import Graph

CONV: Final = "conv: {out_channels: 32, kernel_size: 3, padding: same, padding_mode: circular}"
RESIDUAL: Final = f"residual: {{layers: [{CONV}]}}".replace("32", "64")
LAYERS: Final = {
    "relu": "relu",
    "relu6": "relu6",
    "leaky_relu": "leaky_relu: {negative_slope: 0.3}",
    "prelu": "prelu",
    "gelu": "gelu",
    "silu": "silu",
    "hardswish": "hardswish",
    "tanh": "tanh",
    "sigmoid": "sigmoid",
    "elu": "elu",
    "exp": "exp",
    "square": "square",
    "threshold": "threshold: {threshold: 0.5, value: 2}",
    "clamp": "clamp: {min: -0.5, max: 1}",
    "a rectifier behind another": "relu, relu",
    "add": f"{RESIDUAL}, relu, {RESIDUAL}, relu",
    "add a constant": "relu, add: {value: 3}",
    "subtract": "relu, subtract: {value: 2, reverse: true}",
    "multiply": "relu, multiply: {value: -3}",
    "divide": "relu, divide: {value: 4}",
    "concat": "parallel: {branches: [[relu], [tanh, multiply: {value: 5}]]}",
    "average pool": "relu, avg_pool: {kernel_size: 1}",
    "convolution": CONV,
    "convolution of rectified values": f"relu, {CONV}",
    "convolution and rectifier": f"relu, {CONV}, relu",
    "activation of its own": f"{CONV[:-1]}, activation: relu}}",
    "without a bias": f"relu, {CONV[:-1]}, bias: false}}, relu",
    "depthwise": "relu, depthwise_conv: {kernel_size: 3, padding: same, padding_mode: circular}",
    "batch norm": "relu, add: {value: 3}, batch_norm",
    "batch norm and rectifier": "multiply: {value: 7}, batch_norm, relu",
    "group norm": "multiply: {value: 7}, group_norm: {num_groups: 4}, silu",
    "weight norm": f"relu, {CONV[:-1]}, weight_norm: true}}, relu",
    "transposed": "relu, conv_transpose: {out_channels: 32, kernel_size: 2, stride: 2}, relu",
}
"""Layers that follow an input of normal values: what they make of these is known but for the draw of weights."""


def network_of(layers: str, channels: int = 64) -> Graph:
    """A network of these layers, for maps of 24 x 24 pixels."""
    return cnncalc.load(f"input: {channels}x24x24\nlayers: [{layers}]\n")


@pytest.mark.parametrize("name", LAYERS)
def test_expected_mean_and_deviation(name: str) -> None:
    network = network_of(LAYERS[name])
    report, _ = run(network)
    draw = WeightDraw(network, 0, "float32")
    for node in network.nodes:
        draw.arrays(node)
    found, expected = report.layers[-1], draw.expected.of(network.nodes[-1].output)
    assert found.mean is not None
    assert found.std is not None
    deviation = sqrt(expected.variance)
    assert found.mean == pytest.approx(expected.mean, abs=0.15 * max(deviation, 0.2))
    assert found.std == pytest.approx(deviation, rel=0.12, abs=1e-6)


FIXED: Final = frozenset(
    ("softmax", "scale", "normalize", "divide", "multiply", "squeeze_excite", "sigmoid", "hardsigmoid", "constant")
)
"""Types whose values have a size of their own, or take that of a gate or of a number that the spec gives."""


def assert_of_one_size(network: Graph, least: float = 1 / 60, most: float = 30.0) -> None:
    """Execute the network, and hold the mean square of each layer's output between these."""
    report, _ = run(network)
    fixed = {node.name for node in network.nodes if {step.layer.type_name for step in node.steps} & FIXED}
    found = {
        layer.name: layer.mean**2 + layer.std**2
        for layer in report.layers
        if layer.mean is not None and layer.std is not None and layer.name not in fixed
    }
    assert {name: square for name, square in found.items() if not least <= square <= most} == {}
    assert all(layer.finite for layer in report.layers)


@pytest.mark.parametrize("name", slow_but({"lenet", "espcn_x3", "text_cnn"}, NETWORKS))
def test_bundled_networks_have_values_of_one_size(name: str) -> None:
    assert_of_one_size(cnncalc.load(name))
