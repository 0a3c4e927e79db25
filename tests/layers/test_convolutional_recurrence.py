"""The LSTM of maps against a loop of convolutions and against what Keras said; what its units see, exactly."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import cnncalc
from cnncalc.errors import LayerError
from cnncalc.layers import LAYERS
from tests.layers import naive
from tests.layers.comparison import compares
from tests.layers.drawing import Windows, batch, layouts, seeds, windows
from tests.layers.execution import close, execute, to_internal
from tests.marking import slow_but

if TYPE_CHECKING:
    from cnncalc.kernels import Array


def drawn(layer: Any, shape: tuple[int, ...], seed: int) -> dict[str, Array]:
    rng = np.random.default_rng(seed)
    return {name: rng.normal(0, 0.3, array).astype(np.float32) for name, array in layer.weight_shapes([shape]).items()}


def sigmoid(x: Array) -> Array:
    found: Array = 1 / (1 + np.exp(-x))
    return found


def loop(x: Array, weights: dict[str, Array], window: Windows) -> tuple[Array, int]:
    """The states ``(N, F, T, *O)``, by the equations of Shi et al. without peepholes, and the multiplications taken."""
    kernel, ones = window.each("kernel_size"), [1] * window.rank
    back = [((taps - 1) // 2, taps // 2) for taps in kernel]
    states: list[Array] = []
    cell: Any = 0.0
    count = 0
    for frame in np.moveaxis(x, 2, 0):
        made = naive.conv(frame, weights["weight_ih"], window.each("stride"), window.each("dilation"), window.pads)
        hidden = states[-1] if states else np.zeros((len(x), len(weights["weight_hh"]) // 4, *made.output.shape[2:]))
        kept = naive.conv(hidden, weights["weight_hh"], ones, ones, back)
        count += made.multiplications + kept.multiplications
        gates = made.output + kept.output + weights.get("bias_ih", np.zeros(1)).reshape(-1, *ones)
        i, f, g, o = np.split(gates, 4, 1)
        cell = sigmoid(f) * cell + sigmoid(i) * np.tanh(g)
        states.append(sigmoid(o) * np.tanh(cell))
    return np.stack(states, 2), count


@compares("conv_lstm")
@given(
    window=windows(largest=5),
    sizes=st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(1, 2)),
    seed=seeds,
    bias=st.booleans(),
    last=st.booleans(),
    layout=layouts,
)
def test_values_and_macs(window: Windows, sizes: Any, seed: int, bias: bool, last: bool, layout: Any) -> None:
    assume(window.rank < 3)
    channels, steps, filters = sizes
    output = "last" if last else "sequence"
    layer = LAYERS["conv_lstm"](out_channels=filters, bias=bias, output=output, **window.options).with_layout(layout)
    shape = (channels, steps, *window.sizes)
    x = batch(seed, layout.external(shape), samples=1)
    weights = drawn(layer, shape, seed)
    assert ("bias_ih" in weights) == bias
    expected, multiplications = loop(to_internal(x, layout), weights, window)
    found = to_internal(execute(layer, x, layout=layout, weights=weights), layout)
    close(found, expected[:, :, -1] if last else expected)
    assert layer.macs([shape], found.shape[1:]) == multiplications


KERAS_PARAMETERS = [((2, 3, 5), 304), ((2, 3, 5, 6), 880)]
"""What Keras 3.15 counts for ConvLSTM1D and ConvLSTM2D of 4 filters and kernel 3."""

KERAS_VALUES: list[tuple[dict[str, Any], tuple[int, ...], list[float], float]] = [
    (
        {"kernel_size": 3, "padding": "same"},
        (3, 5, 6),
        [-0.128747, -0.091727, -0.127699, -0.1169, -0.085585, -0.125042],
        -8.424553,
    ),
    (
        {"kernel_size": 3, "stride": 2},
        (3, 2, 2),
        [-0.09901, -0.117202, -0.126464, -0.093334, -0.128378, -0.097318],
        -1.029801,
    ),
    (
        {"kernel_size": 3, "dilation": 2, "padding": "same"},
        (3, 5, 6),
        [-0.114906, -0.105587, -0.042571, -0.12907, -0.110447, 0.003356],
        -5.788134,
    ),
    (
        {"kernel_size": 2, "padding": "same"},
        (3, 5, 6),
        [-0.12145, -0.117691, -0.122881, -0.122649, -0.117548, -0.121324],
        -8.434834,
    ),
]
"""Options of Keras 3.15's ConvLSTM2D of one filter, and of what it gives the shape, the last values and the sum."""


@pytest.mark.parametrize(("shape", "parameters"), KERAS_PARAMETERS)
def test_parameters_are_those_of_keras(shape: tuple[int, ...], parameters: int) -> None:
    shapes = LAYERS["conv_lstm"](out_channels=4, kernel_size=3, padding="same").weight_shapes([shape])
    assert sum(map(prod, shapes.values())) == parameters


@pytest.mark.parametrize(("options", "shape", "ends", "total"), KERAS_VALUES)
def test_values_are_those_of_keras(
    options: dict[str, Any], shape: tuple[int, ...], ends: list[float], total: float
) -> None:
    """Its kernels are ``(*kernel, in, 4 out)``, and its input has its channels last."""
    taps = options["kernel_size"]

    def waves(*shape: int) -> Array:
        values: Array = np.cos(np.arange(prod(shape)) * 0.7 + 1).reshape(shape) * 0.5
        return values.astype(np.float32)

    weights = {
        "weight_ih": waves(taps, taps, 2, 4).transpose(3, 2, 0, 1),
        "weight_hh": waves(taps, taps, 1, 4).transpose(3, 2, 0, 1),
        "bias_ih": waves(4),
    }
    x = np.sin(np.arange(3 * 5 * 6 * 2)).reshape(1, 3, 5, 6, 2).astype(np.float32)
    output = execute(LAYERS["conv_lstm"](out_channels=1, **options), np.moveaxis(x, -1, 1).copy(), weights=weights)
    assert output.shape[2:] == shape
    np.testing.assert_allclose(output.reshape(-1)[-6:], ends, atol=1e-5)
    assert output.sum() == pytest.approx(total, abs=1e-4)


NETWORKS = [
    "- conv_lstm: {out_channels: 2, kernel_size: 3, padding: same}\n",
    "- conv_lstm: {out_channels: 2, kernel_size: 2, stride: 2}\n",
    "- conv_lstm: {out_channels: 1, kernel_size: [3, 1], dilation: [2, 1], padding: [2, 0]}\n",
    "- conv_lstm: {out_channels: 2, kernel_size: 3, stride: [1, 2], output: last}\n",
    "- conv_lstm: {out_channels: 2, kernel_size: 3, padding: 1}\n- slice: {dim: 1, start: 1, end: 2}\n",
    "- conv_lstm: {out_channels: 2, kernel_size: 2, padding: same}\n"
    "- conv_lstm: {out_channels: 2, kernel_size: 3, output: last}\n- conv2d: {out_channels: 2, kernel_size: 2}\n",
]


@pytest.mark.parametrize("layers", slow_but(NETWORKS[:2], NETWORKS))
def test_what_is_told_of_units_is_proven(layers: str) -> None:
    network = cnncalc.load(f"input: 1x3x7x6\nlayers:\n{layers}")
    name, shape = network.nodes[-1].name, network.nodes[-1].output_shape
    units = list(np.ndindex(*shape[1:]))
    for unit in units[:: max(len(units) // 12, 1)]:
        proof = network.receptive_field(name, unit, verify=True).proof
        assert proof is not None
        assert proof.mismatches == ()


def test_the_field_is_that_of_the_last_time() -> None:
    """A window of 3, and at each of two steps back one pixel more on both sides."""
    network = cnncalc.load(f"input: 1x3x19x19\nlayers:\n{NETWORKS[0]}")
    field = network.report().layers[0].receptive_field["input"]
    assert field.size == (3, 7, 7)
    assert field.stride == (None, (1, 1), (1, 1))
    assert field.padding == (None, 3, 3)
    assert field.is_global
    assert field.exact


def test_hundreds_of_steps_stay_finite() -> None:
    network = cnncalc.load("input: 2x300x5x5\nlayers:\n- conv_lstm: {out_channels: 4, kernel_size: 3, padding: same}\n")
    output = np.asarray(network.forward(np.ones((1, 2, 300, 5, 5), np.float32)))
    assert np.isfinite(output).all()
    assert 0.001 < np.square(output).mean() < 1


REFUSED = [
    ((7,), {}, "it takes a sequence of maps, channels x time x height x width, and this is a vector"),
    ((3, 4), {}, "it takes a sequence of maps, channels x time x height x width, and this is a sequence of vectors"),
    ((3, 4, 5, 5), {"in_channels": 4}, "`in_channels` is 4, the input has 3"),
    ((3, 4, 5), {"kernel_size": [3, 3]}, "`kernel_size` has 2 values, the input has 1 spatial axes"),
    ((3, 4, 5, 2), {"kernel_size": 3}, "its window spans 3 pixels, the width has 2"),
]


@pytest.mark.parametrize(("shape", "options", "fact"), REFUSED)
def test_refused_inputs(shape: tuple[int, ...], options: dict[str, Any], fact: str) -> None:
    with pytest.raises(LayerError) as error:
        LAYERS["conv_lstm"](**{"out_channels": 2, "kernel_size": 2, **options}).output_shape([shape])
    assert error.value.fact == fact
