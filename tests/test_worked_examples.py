"""Worked examples of lecture notes: values, shapes and counts, checked by hand and against PyTorch or Keras."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import cnncalc
from tests.rows import every_row

Nested = list[Any]


def output(layer: dict[str, Any], image: Nested) -> Nested:
    """What a layer makes of a single-channel image."""
    array = np.array(image, float)[np.newaxis]
    [(kind, options)] = layer.items()
    written = ", ".join(f"{name}: {value}" for name, value in options.items())
    shape = "x".join(map(str, array.shape))
    network = cnncalc.load(f"input: {shape}\nlayers:\n  - {kind}: {{{written}}}\n")
    result = network.forward(array)
    assert isinstance(result, np.ndarray)
    values: Nested = result.tolist()
    return values


def conv(weight: Nested, **options: Any) -> dict[str, Any]:
    """A convolution with one given filter."""
    kernel = list(np.shape(weight))
    return {"conv": {"out_channels": 1, "kernel_size": kernel, "bias": "false", "weight": [[weight]], **options}}


TOY = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
ONES = [[1, 1], [1, 1]]
CROSS = [[1, 0, 1], [0, 1, 0], [1, 0, 1]]
POOLED = [[3, -1, 12, -1], [-3, 1, 0, 1], [2, -3, 0, 1], [3, -2, 4, -1]]

VALUES = [
    (
        [[1, 1, 1, 0, 0], [0, 1, 1, 1, 0], [0, 0, 1, 1, 1], [0, 0, 1, 1, 0], [0, 1, 1, 0, 0]],
        conv(CROSS),
        [[4, 3, 4], [2, 4, 3], [2, 3, 4]],
    ),
    ([[1, 2, 3], [0, 1, 5], [1, 0, 2]], conv(CROSS), [[8]]),
    (TOY, conv(ONES), [[12, 16], [24, 28]]),
    (TOY, conv(ONES, padding="same"), [[12, 16, 9], [24, 28, 15], [15, 17, 9]]),
    ([[4, 3], [2, 1]], {"max_pool": {"kernel_size": 2, "stride": 1, "padding": "valid"}}, [[4]]),
    ([[4, 3], [2, 1]], {"max_pool": {"kernel_size": 2, "stride": 1, "padding": "same"}}, [[4, 3], [2, 1]]),
    (POOLED, {"max_pool": {"kernel_size": 2}}, [[3, 12], [3, 4]]),
    (POOLED, {"avg_pool": {"kernel_size": 2}}, [[0, 3], [0, 1]]),
    ([1, 1, 1, 1, 1], conv([0.25, 0.5, 0.25]), [1, 1, 1]),
]


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


SHAPES = [
    ("1x5x5", "conv2d: {out_channels: 1, kernel_size: 3}", (1, 3, 3)),
    ("1x28x28", "conv2d: {out_channels: 5, kernel_size: 5}", (5, 24, 24)),
    ("5x24x24", "max_pool2d: {kernel_size: 2}", (5, 12, 12)),
    ("3x32x32", "conv2d: {out_channels: 6, kernel_size: 5}", (6, 28, 28)),
    ("1x28x28", "conv2d: {out_channels: 5, kernel_size: 3, stride: 2, padding: same}", (5, 14, 14)),
    ("5x14x14", "max_pool2d: {kernel_size: 2, stride: 2, padding: same}", (5, 7, 7)),
    ("1x6x6", "conv2d: {out_channels: 1, kernel_size: 3}", (1, 4, 4)),
    ("1x7x7", "conv2d: {out_channels: 1, kernel_size: 3, dilation: 2}", (1, 3, 3)),
    ("1x5x5", "conv2d: {out_channels: 1, kernel_size: 3, stride: 2}", (1, 2, 2)),
    ("192x28x28", "conv2d: {out_channels: 64, kernel_size: 1}", (64, 28, 28)),
    ("3x224x224", "conv2d: {out_channels: 32, kernel_size: 3, stride: 2, padding: 1}", (32, 112, 112)),
    ("1x2x2", "conv_transpose2d: {out_channels: 1, kernel_size: 3, stride: 2}", (1, 5, 5)),
    ("1x16x28x28", "conv3d: {out_channels: 4, kernel_size: [3, 5, 5]}", (4, 14, 24, 24)),
]


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


PARAMETERS = [
    ("3x32x32", "conv2d: {out_channels: 6, kernel_size: 5}", 456),
    ("16x8x8", "conv2d: {out_channels: 32, kernel_size: 3, bias: false}", 4608),
    ("16x8x8", "separable_conv2d: {out_channels: 32, kernel_size: 3, bias: false}", 656),
    ("1x7x7", "conv2d: {out_channels: 1, kernel_size: 3, dilation: 2, bias: false}", 9),
]


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
