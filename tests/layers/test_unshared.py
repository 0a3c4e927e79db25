"""Locally connected layers against a loop, and against what Keras 2 counted."""

from __future__ import annotations

from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnncalc
from cnncalc.errors import CnncalcError
from cnncalc.kernels import unshared
from cnncalc.layers.convolution import Convolution
from cnncalc.layers.unshared import LocallyConnected
from tests.layers.comparison import compares
from tests.layers.drawing import Windows, random, windows
from tests.layers.execution import close, compare, execute, made
from tests.layers.naive import indices, padded

if TYPE_CHECKING:
    from cnncalc.kernels import Array


def looped(x: Array, weights: dict[str, Array], drawn: Windows) -> tuple[Array, int]:
    """Each window with the weights of its position, product by product; and how many products there are."""
    weight, x = weights["weight"], padded(x, drawn.pads)
    positions, kernel = weight.shape[: drawn.rank], weight.shape[drawn.rank + 2 :]
    filters, channels = weight.shape[drawn.rank : drawn.rank + 2]
    output = np.zeros((len(x), filters, *positions), np.float64)
    products = 0
    for sample, filter_, at in product(range(len(x)), range(filters), indices(positions)):
        for channel, tap in product(range(channels), indices(kernel)):
            axes = zip(at, drawn.each("stride"), tap, drawn.each("dilation"), strict=True)
            pixel = tuple(q * s + t * d for q, s, t, d in axes)
            output[(sample, filter_, *at)] += x[(sample, channel, *pixel)] * weight[(*at, filter_, channel, *tap)]
            products += 1
        if "bias" in weights:
            output[(sample, filter_, *at)] += weights["bias"][(*at, filter_)]
    return output.astype(np.float32), products


@compares("locally_connected")
@given(windows(largest=5), st.integers(1, 2), st.integers(1, 2), st.booleans())
def test_locally_connected(drawn: Windows, channels: int, filters: int, bias: bool) -> None:
    layer = made(LocallyConnected, **drawn.options, out_channels=filters, bias=bias)
    x = random(1, channels, *drawn.sizes)
    shape = x.shape[1:]
    weights = {name: random(*size) for name, size in layer.weight_shapes([shape]).items()}
    expected, products = looped(x, weights, drawn)
    compare(layer, x, weights, expected)
    assert layer.macs([shape], expected.shape[1:]) == products
    assert layer.flops([shape], expected.shape[1:]) == 2 * products + (expected.size if bias else 0)


def test_with_equal_weights_it_is_a_convolution(monkeypatch: pytest.MonkeyPatch) -> None:
    """In one piece and in boxes, with a batch."""
    options: dict[str, Any] = {"out_channels": 3, "kernel_size": [3, 2], "stride": [2, 1], "padding": [1, 2]}
    shared, layer, x = made(Convolution, **options), made(LocallyConnected, **options), random(3, 2, 7, 6)
    weight, bias = random(3, 2, 3, 2), random(3)
    expected = execute(shared, x, weights={"weight": weight, "bias": bias})
    positions = expected.shape[2:]
    own = {
        "weight": np.broadcast_to(weight, (*positions, *weight.shape)),
        "bias": np.broadcast_to(bias, (*positions, 3)),
    }
    close(execute(layer, x, weights=own), expected)
    monkeypatch.setattr(unshared, "SCRATCH_BYTES", 64)
    close(execute(layer, x, weights=own), expected)


def test_integers_stay_exact() -> None:
    x = np.arange(2**52, 2**52 + 6).reshape(1, 1, 6) | 1
    weight = np.arange(-8, 8).reshape(4, 1, 1, 4)[:3, ..., :4]
    windows_ = made(LocallyConnected, out_channels=1, kernel_size=4).geometry((1, 6))
    found = unshared.convolve_unshared(x, weight, windows=windows_)
    assert found.tolist() == [[[int(sum(x[0, 0, p : p + 4].astype(object) * weight[p, 0, 0])) for p in range(3)]]]


KERAS = [
    ((3, 10), {"out_channels": 64, "kernel_size": 3}, (64, 8), 8 * 3 * 3 * 64 + 8 * 64),
    ((3, 32, 32), {"out_channels": 64, "kernel_size": 3}, (64, 30, 30), 30 * 30 * (3 * 3 * 3 * 64) + 30 * 30 * 64),
    ((3, 9, 8), {"out_channels": 2, "kernel_size": [2, 3], "stride": 2, "bias": False}, (2, 4, 3), 12 * 2 * 3 * 3 * 2),
]
"""Inputs, options, outputs and parameters, as the documentation of Keras 2 counts them."""


@pytest.mark.parametrize(("shape", "options", "output", "parameters"), KERAS)
def test_parameters_are_those_of_keras(
    shape: tuple[int, ...], options: dict[str, Any], output: tuple[int, ...], parameters: int
) -> None:
    layer = made(LocallyConnected, **options)
    assert layer.output_shape([shape]) == output
    assert sum(map(prod, layer.weight_shapes([shape]).values())) == parameters


def test_a_deep_network_of_them_keeps_its_deviation() -> None:
    layer = "  - locally_connected2d: {out_channels: 8, kernel_size: 3}\n"
    report, _ = cnncalc.load("input: 8x13x13\nlayers:\n" + 5 * layer).run()
    assert report.ok
    assert all(0.7 < (found.std or 0) < 1.4 for found in report.layers)


def test_given_weights_are_those_of_each_position() -> None:
    entry = "locally_connected1d: {out_channels: 1, kernel_size: 2, weight: WEIGHT, bias: BIAS}"
    text = f"input: 1x4\nlayers:\n  - {entry}\n"
    weight, bias = "[[[[1, 1]]], [[[2, 2]]], [[[3, 3]]]]", "[[0], [10], [20]]"
    given_ = text.replace("WEIGHT", weight).replace("BIAS", bias)
    found = cnncalc.load(given_).forward(np.array([[1.0, 2, 3, 4]]))
    assert np.asarray(found).tolist() == [[3, 20, 41]]
    with pytest.raises(CnncalcError, match="`bias` is 3 x 1, which does not broadcast to 4 x 1"):
        cnncalc.load(given_.replace("1x4", "1x5"))


def test_channels_last_and_the_proof() -> None:
    text = (
        "input: 7x6x2\ndata_format: channels_last\nlayers:\n  - locally_connected: {out_channels: 3, kernel_size: 3}\n"
    )
    network = cnncalc.load(text)
    assert network.run()[0].ok
    proof = network.receptive_field(None, (1, 2), verify=True).proof
    assert proof is not None
    assert proof.ok
