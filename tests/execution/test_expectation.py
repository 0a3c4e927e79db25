"""What is expected of values with drawn weights, against the values that come out."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, Final

import numpy as np
import pytest

import cnncalc
from cnncalc.execution.branches import BranchScales
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


BOUNDS: Final = {
    "efficientdet_d0": (1 / 200, 30.0),  # its sums are means, with weights that the spec gives
    "yolov8n": (1 / 60, 70.0),  # a convolution whose weights are 0 to 15 makes distances of about 7.5
}
"""Between what the mean squares of a network are where others' are between 1 / 60 and 30."""


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
    assert_of_one_size(cnncalc.load(name), *BOUNDS.get(name, ()))


@pytest.mark.slow
def test_the_deepest_residual_network_has_values_of_one_size() -> None:
    """Of its shortcuts two begin with channels of zeros; 600 branches have from 1 to 1 / 600 of the variance."""
    report, _ = run(cnncalc.load("resnet1202", input="3x16x16"))
    squares = {each.name: each.mean**2 + each.std**2 for each in report.layers if each.mean is not None and each.std}
    assert max(squares.values()) < 10
    assert min(square for name, square in squares.items() if not name.endswith((".bn2", ".scale_1"))) > 1 / 30
    assert min(square for name, square in squares.items() if name.endswith(".bn2")) > 1 / 3000


DEEP: Final = {
    "rectified": "conv: {out_channels: 16, kernel_size: 3, padding: 1, activation: relu}",
    "smooth": "conv: {out_channels: 16, kernel_size: 3, padding: 1, activation: silu}",
    "bounded": "conv: {out_channels: 16, kernel_size: 3, padding: 1, activation: tanh}",
    "residual": "residual: {layers: [conv: {out_channels: 16, kernel_size: 1}, batch_norm, relu]}",
    "residual and rectified": "residual: {layers: [conv: {out_channels: 16, kernel_size: 1}, batch_norm]}, relu",
    "before activation": "residual: {layers: [batch_norm, relu, conv: {out_channels: 16, kernel_size: 1}]}",
    "normed": "layer_norm: {}, conv: {out_channels: 16, kernel_size: 1}, gelu",
}
"""What 200 times over is deeper than any network but one, and narrower."""


RECTIFIED: Final = frozenset(("rectified", "residual", "residual and rectified", "before activation"))
"""Those whose output depends on the input; a smooth function behind another forgets it, whatever the weights."""


@pytest.mark.parametrize("kind", slow_but((), DEEP))
def test_deep_networks_have_values_of_one_size(kind: str) -> None:
    network = cnncalc.load(f"input: 16x8\nlayers:\n  - repeat: 200\n    layers: [{DEEP[kind]}]\n")
    images = np.random.default_rng(0).normal(size=(2, 16, 8))
    one, other = np.asarray(network.forward(images))
    assert 1 / 30 < np.mean(np.square(one)) < 30
    if kind in RECTIFIED:
        assert np.linalg.norm(one - other) > 0.05 * np.linalg.norm(one)


DEPENDENT: Final = ("lenet", "squeezenet1_1", "googlenet", "resnet18", "efficientnet_b0", "mobilenet_v2", "densenet121")


@pytest.mark.parametrize("name", slow_but({"lenet"}, DEPENDENT))
def test_outputs_depend_on_the_input(name: str) -> None:
    """By a part that is far larger than any rounding error; of EfficientNet it was once less than 1e-4."""
    network = cnncalc.load(name)
    images = np.random.default_rng(0).normal(size=(2, *next(iter(network.inputs.values()))))
    one, other = np.asarray(network.forward(images))
    assert np.linalg.norm(one - other) > 0.02 * np.linalg.norm(one)


def scales(layers: str) -> list[float]:
    """By what the weights of each convolution are scaled."""
    network = cnncalc.load(f"input: 4x8x8\nlayers:\n{layers}")
    branches = BranchScales(network)
    return [branches.of(node) for node in network.nodes if node.layer.type_name == "conv"]


POINTWISE: Final = "conv: {out_channels: 4, kernel_size: 1}"
BRANCH: Final = f"  - residual: {{layers: [{POINTWISE}]}}\n"
ACTIVATED: Final = f"  - residual: {{layers: [{POINTWISE}, relu]}}\n"
BESIDE: Final = f"  - residual: {{layers: [{POINTWISE}], shortcut: [{POINTWISE}]}}\n"
INNER: Final = f"  - residual: {{layers: [{POINTWISE}, relu, {POINTWISE}]}}\n"
SCALES: Final = {
    BRANCH: [1.0],
    BRANCH * 4: [1.0, 2**-0.5, 3**-0.5, 0.5],
    BRANCH + "  - relu\n" + BRANCH: [1.0, 2**-0.5],
    BRANCH + f"  - {POINTWISE}\n" + BRANCH: [1.0, 1.0, 1.0],
    ACTIVATED * 3: [1.0, 1 / 2, 1 / 3],
    BESIDE: [2**-0.5, 2**-0.5],
    BESIDE + BRANCH: [2**-0.5, 2**-0.5, 1.0],
    INNER * 2: [1.0, 1.0, 1.0, 2**-0.5],
    f"  - {POINTWISE}\n  - add: {{value: 1}}\n": [1.0],
}


@pytest.mark.parametrize("layers", SCALES, ids=range(len(SCALES)))
def test_branches_of_a_sum(layers: str) -> None:
    assert scales(layers) == pytest.approx(SCALES[layers])


def test_layers_behind_change_no_weights() -> None:
    short, long = (cnncalc.load(f"input: 4x8x8\nlayers:\n{INNER * count}") for count in (2, 5))
    drawn, more = (WeightDraw(network, 0, "float32") for network in (short, long))
    for node, same in zip(short.nodes, long.nodes, strict=False):
        for (name, array), (other, also) in zip(drawn.arrays(node).items(), more.arrays(same).items(), strict=True):
            assert name == other
            np.testing.assert_array_equal(array, also)


def test_the_size_of_the_input_changes_no_weights() -> None:
    network = cnncalc.load("squeezenet1_1")
    small = network.at("3x64x64")
    drawn, other = WeightDraw(network, 0, "float32"), WeightDraw(small, 0, "float32")
    for node, same in zip(network.nodes, small.nodes, strict=True):
        arrays, also = drawn.arrays(node), other.arrays(same)
        assert all(np.array_equal(array, also[key]) for key, array in arrays.items())
