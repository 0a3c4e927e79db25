"""Worked examples of lecture notes: values, shapes and counts, checked by hand and against PyTorch or Keras."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import cnncalc
from tests.rows import every_row
from tests.worked_examples import PARAMETERS, SHAPES, TOY, VALUES, conv, network_text

if TYPE_CHECKING:
    from tests.worked_examples import Nested


def output(layer: dict[str, Any], image: Nested) -> Nested:
    """What a layer makes of a single-channel image."""
    array = np.array(image, float)[np.newaxis]
    result = cnncalc.load(network_text(layer, image)).forward(array)
    assert isinstance(result, np.ndarray)
    values: Nested = result.tolist()
    return values


@every_row(("image", "layer", "expected"), VALUES)
def test_values(image: Nested, layer: dict[str, Any], expected: Nested) -> None:
    assert output(layer, image) == [expected]


def test_three_filters() -> None:
    filters = [[[[factor] * 2] * 2] for factor in (1, 10, -1)]
    options = {"out_channels": 3, "kernel_size": 2, "padding": "same", "bias": "false", "weight": filters}
    first = [[12, 16, 9], [24, 28, 15], [15, 17, 9]]
    tenfold = [[120, 160, 90], [240, 280, 150], [150, 170, 90]]
    negative = [[-12, -16, -9], [-24, -28, -15], [-15, -17, -9]]
    assert output({"conv2d": options}, TOY) == [first, tenfold, negative]


def test_sobel_is_separable() -> None:
    image = np.random.default_rng(0).integers(0, 256, (9, 12)).tolist()
    whole = output(conv([[1, 0, -1], [2, 0, -2], [1, 0, -1]]), image)
    column = output(conv([[1], [2], [1]]), image)
    assert output(conv([[1, 0, -1]]), column[0]) == whole


@every_row(("shape", "layer", "expected"), SHAPES)
def test_shapes(shape: str, layer: str, expected: tuple[int, ...]) -> None:
    network = cnncalc.load(f"input: {shape}\nlayers:\n  - {layer}\n")
    assert network.report().layers[0].output_shape == expected
    result = network.forward()
    assert isinstance(result, np.ndarray)
    assert result.shape == (1, *expected)


def test_same_padding_of_a_digit() -> None:
    report = cnncalc.load(
        "input: 1x28x28\nlayers:\n  - conv2d: {out_channels: 5, kernel_size: 3, stride: 2, padding: same}\n"
    ).report()
    assert report.layers[0].window is not None
    assert report.layers[0].window.padding == ((0, 1), (0, 1))


@pytest.mark.parametrize(("shape", "layer", "expected"), PARAMETERS)
def test_parameters(shape: str, layer: str, expected: int) -> None:
    report = cnncalc.load(f"input: {shape}\nlayers:\n  - {layer}\n").report()
    assert report.totals.parameters == expected


ALEXNET = {
    "conv1": 34944,
    "conv2": 307456,
    "conv3": 885120,
    "conv4": 663936,
    "conv5": 442624,
    "fc6": 37752832,
    "fc7": 16781312,
    "fc8": 4097000,
}


def test_alexnet_layer_by_layer() -> None:
    """Krizhevsky et al. 2012: two towers, 227 x 227."""
    report = cnncalc.load("alexnet").report()
    assert {layer.name: layer.parameters for layer in report.layers if layer.parameters} == ALEXNET
    assert report.totals.parameters == 60965224
    assert report.totals.macs == 724406816
