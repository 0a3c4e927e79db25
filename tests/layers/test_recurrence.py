"""Recurrent layers against ONNX Runtime, against a loop that counts, and against what PyTorch and Keras said."""

from __future__ import annotations

from math import exp, prod, tanh
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc.layers import LAYERS
from tests.layers.comparison import compares
from tests.layers.drawing import batch, layouts, seeds
from tests.layers.execution import close, execute, to_internal
from tests.onnx_engine import run_operator

if TYPE_CHECKING:
    from cnncalc.kernels import Array
    from cnncalc.layers.base import Layer

ORDER = {"lstm": (0, 3, 1, 2), "gru": (1, 0, 2), "rnn": (0,)}
"""PyTorch's gates in ONNX's order: i, f, g, o as i, o, f, g, and r, z, n as z, r, n."""

switches = st.fixed_dictionaries(
    {"num_layers": st.integers(1, 3), "bidirectional": st.booleans(), "output": st.sampled_from(["sequence", "last"])},
    optional={"bias": st.booleans(), "recurrent_bias": st.booleans()},
)
own = {
    "lstm": st.just({}),
    "gru": st.fixed_dictionaries({}, optional={"reset_after": st.sampled_from([True, False, None])}),
    "rnn": st.fixed_dictionaries({}, optional={"nonlinearity": st.sampled_from(["tanh", "relu"])}),
}


def drawn(layer: Layer, shape: tuple[int, ...], seed: int) -> dict[str, Array]:
    """Weights around 0, small enough that a rectifier stays in range."""
    rng = np.random.default_rng(seed)
    shapes = layer.weight_shapes([shape])
    return {name: rng.uniform(-0.7, 0.7, array).astype(np.float32) for name, array in shapes.items()}


def as_onnx(name: str, array: Array) -> Array:
    """An array with its gates in ONNX's order."""
    parts = np.split(array, len(ORDER[name]))
    return np.concatenate([parts[gate] for gate in ORDER[name]])


def by_onnx(name: str, x: Array, layer: Any, weights: dict[str, Array]) -> tuple[Array, Array]:
    """All outputs ``(N, D H, L)`` for ``(N, C, L)``, and the final ones ``(N, D H)``, as ONNX Runtime has them."""
    sequence = x.transpose(2, 0, 1).copy()
    suffixes = ["", "_reverse"] if layer.bidirectional else [""]
    attributes: dict[str, Any] = {
        "hidden_size": layer.hidden_size,
        "direction": "bidirectional" if layer.bidirectional else "forward",
    }
    if name == "gru":
        two = layer.recurrent_bias if layer.reset_after is None else layer.reset_after
        attributes["linear_before_reset"] = int(two)
    if name == "rnn":
        attributes["activations"] = [layer.nonlinearity.capitalize()] * len(suffixes)
    final = np.empty(0)
    for number in range(layer.num_layers):
        arrays = []
        for suffix in suffixes:
            ends = [f"{array}_l{number}{suffix}" for array in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
            zeros = np.zeros(len(weights[ends[0]]), np.float32)
            arrays.append([as_onnx(name, weights.get(end, zeros)) for end in ends])
        w, r, b_w, b_r = (np.stack(each) for each in zip(*arrays, strict=True))
        inputs = (sequence, w, r, np.concatenate([b_w, b_r], 1))
        outputs, states = (run_operator(name.upper(), *inputs, output=number, **attributes) for number in (0, 1))
        sequence = np.concatenate(list(outputs.transpose(1, 0, 2, 3)), -1)
        final = np.concatenate(list(states), -1)
    return sequence.transpose(1, 2, 0), final


@compares("lstm", "gru", "rnn")
@pytest.mark.parametrize("name", ["lstm", "gru", "rnn"])
def test_values(name: str) -> None:
    @given(
        sizes=st.tuples(st.integers(1, 5), st.integers(1, 7), st.sampled_from([1, 4])),
        seed=seeds,
        options=switches,
        more=own[name],
        layout=layouts,
        last=st.booleans(),
    )
    def check(sizes: Any, seed: int, options: dict[str, Any], more: dict[str, Any], layout: Any, last: bool) -> None:
        channels, length, hidden = sizes
        x = batch(seed, (channels, length))
        layer: Any = LAYERS[name](hidden_size=hidden, **options, **more, **({"dim": -1} if last else {}))
        features_last = last or layout.channels_last
        written = x.swapaxes(1, 2).copy() if features_last else x
        weights = drawn(layer.with_layout(layout), to_internal(written, layout).shape[1:], seed)
        sequence, final = by_onnx(name, x, layer, weights)
        expected = sequence.swapaxes(1, 2) if features_last else sequence
        found = execute(layer, written, layout=layout, weights=weights)
        close(found, final if options["output"] == "last" else expected)

    check()


class Loop(NamedTuple):
    """What a loop gave for one sample, and how many products with matrices it took."""

    outputs: list[list[float]]
    final: list[float]
    products: int


def sigmoid(x: float) -> float:
    return 1 / (1 + exp(-x))


def lstm_loop(x: Array, weights: dict[str, Array], layer: Any) -> Loop:
    """The definition of PyTorch's documentation, number by number: an LSTM with a projection."""
    steps = [[float(value) for value in column] for column in x.T]
    products = 0

    def row(matrix: Array, number: int, values: list[float]) -> float:
        nonlocal products
        products += len(values)
        return sum(float(a) * b for a, b in zip(matrix[number], values, strict=True))

    final: list[float] = []
    for number in range(layer.num_layers):
        joined: list[list[float]] = [[] for _ in steps]
        final = []
        for suffix in ["", "_reverse"] if layer.bidirectional else [""]:
            end = f"_l{number}{suffix}"
            w_ih, w_hh = weights["weight_ih" + end], weights["weight_hh" + end]
            biases = [weights[name + end] for name in ("bias_ih", "bias_hh") if name + end in weights]
            size = layer.hidden_size
            hidden, cell = [0.0] * w_hh.shape[1], [0.0] * size
            order = range(len(steps))
            for time in reversed(order) if suffix else order:
                gates = [
                    row(w_ih, n, steps[time]) + row(w_hh, n, hidden) + sum(float(bias[n]) for bias in biases)
                    for n in range(4 * size)
                ]
                i, f, g, o = (gates[start : start + size] for start in range(0, 4 * size, size))
                cell = [sigmoid(f[n]) * cell[n] + sigmoid(i[n]) * tanh(g[n]) for n in range(size)]
                hidden = [sigmoid(o[n]) * tanh(cell[n]) for n in range(size)]
                if layer.proj_size:
                    hidden = [row(weights["weight_hr" + end], n, hidden) for n in range(layer.proj_size)]
                joined[time] = joined[time] + hidden
            final = final + hidden
        steps = joined
    return Loop(steps, final, products)


@pytest.mark.slow
@given(
    sizes=st.tuples(st.integers(1, 4), st.integers(1, 4), st.integers(2, 4)),
    seed=seeds,
    options=switches,
    data=st.data(),
)
def test_projections_and_macs_are_those_of_a_loop(
    sizes: Any, seed: int, options: dict[str, Any], data: st.DataObject
) -> None:
    channels, length, hidden = sizes
    projected = data.draw(st.integers(0, hidden - 1))
    layer: Any = LAYERS["lstm"](hidden_size=hidden, proj_size=projected, **options)
    x = batch(seed, (channels, length), samples=1)
    weights = drawn(layer, x.shape[1:], seed)
    loop = lstm_loop(x[0], weights, layer)
    expected = loop.final if options["output"] == "last" else np.array(loop.outputs).T
    output = execute(layer, x, weights=weights)
    close(output[0], np.array(expected))
    assert layer.macs([x.shape[1:]], output.shape[1:]) == loop.products


STATE_DICTS: list[tuple[str, dict[str, Any], list[tuple[str, tuple[int, ...]]]]] = [
    (
        "lstm",
        {"hidden_size": 5, "num_layers": 2, "bidirectional": True, "proj_size": 2},
        [
            ("weight_ih_l0", (20, 3)),
            ("weight_hh_l0", (20, 2)),
            ("bias_ih_l0", (20,)),
            ("bias_hh_l0", (20,)),
            ("weight_hr_l0", (2, 5)),
            ("weight_ih_l0_reverse", (20, 3)),
            ("weight_hh_l0_reverse", (20, 2)),
            ("bias_ih_l0_reverse", (20,)),
            ("bias_hh_l0_reverse", (20,)),
            ("weight_hr_l0_reverse", (2, 5)),
            ("weight_ih_l1", (20, 4)),
            ("weight_hh_l1", (20, 2)),
            ("bias_ih_l1", (20,)),
            ("bias_hh_l1", (20,)),
            ("weight_hr_l1", (2, 5)),
            ("weight_ih_l1_reverse", (20, 4)),
            ("weight_hh_l1_reverse", (20, 2)),
            ("bias_ih_l1_reverse", (20,)),
            ("bias_hh_l1_reverse", (20,)),
            ("weight_hr_l1_reverse", (2, 5)),
        ],
    ),
    (
        "gru",
        {"hidden_size": 5, "num_layers": 2, "bias": False},
        [("weight_ih_l0", (15, 3)), ("weight_hh_l0", (15, 5)), ("weight_ih_l1", (15, 5)), ("weight_hh_l1", (15, 5))],
    ),
    (
        "rnn",
        {"hidden_size": 5},
        [("weight_ih_l0", (5, 3)), ("weight_hh_l0", (5, 5)), ("bias_ih_l0", (5,)), ("bias_hh_l0", (5,))],
    ),
]
"""Names, order and shapes in the state dict of PyTorch 2.14.1, for an input of 3 features."""


@pytest.mark.parametrize(("name", "options", "arrays"), STATE_DICTS)
def test_arrays_are_those_of_pytorch(name: str, options: dict[str, Any], arrays: Any) -> None:
    assert list(LAYERS[name](**options).weight_shapes([(3, 7)]).items()) == arrays


KERAS: list[tuple[str, dict[str, Any], int]] = [
    ("lstm", {"recurrent_bias": False}, 1856),
    ("gru", {}, 1440),
    ("gru", {"recurrent_bias": False}, 1392),
    ("gru", {"bias": False}, 1344),
    ("rnn", {"recurrent_bias": False}, 464),
]
"""What Keras 3.15 counts on 12 features, for LSTM, GRU, GRU without `reset_after` and without bias, and SimpleRNN."""


@pytest.mark.parametrize(("name", "options", "parameters"), KERAS)
def test_parameters_are_those_of_keras(name: str, options: dict[str, Any], parameters: int) -> None:
    shapes = LAYERS[name](hidden_size=16, **options).weight_shapes([(12, 10)])
    assert sum(map(prod, shapes.values())) == parameters


KERAS_GRU = {
    True: [[0.0263465, 0.0104840], [0.2602606, 0.3506488], [0.5561333, 0.7315991]],
    False: [[-0.1646309, -0.3017774], [-0.3050192, -0.4986555], [-0.3661804, -0.5286658]],
}
"""What Keras 3.15 makes of the sequence below, with `reset_after` and without, at each step."""


@pytest.mark.parametrize("reset_after", [True, False])
def test_one_bias_is_the_other_form_of_keras(reset_after: bool) -> None:
    """Two biases and `reset_after`, its default, or one bias; its gates are z, r, h and its arrays transposed."""

    def falling(*shape: int) -> Array:
        values = np.linspace(-0.9, 0.8, prod(shape)).reshape(shape)
        return values[::-1].astype(np.float32)

    kernel, recurrent, bias = falling(2, 6), falling(2, 6), falling(2, 6) if reset_after else falling(6)
    biases = dict(zip(("bias_ih_l0", "bias_hh_l0"), np.atleast_2d(bias), strict=False))
    theirs = {"weight_ih_l0": kernel.T, "weight_hh_l0": recurrent.T, **biases}
    weights = {name: as_onnx("gru", array) for name, array in theirs.items()}
    x = np.linspace(-1, 1, 6).reshape(1, 3, 2).astype(np.float32)
    layer = LAYERS["gru"](hidden_size=2, recurrent_bias=reset_after, dim=-1)
    assert set(weights) == set(layer.weight_shapes([(3, 2)]))
    close(execute(layer, x, weights=weights), np.array([KERAS_GRU[reset_after]]))


COSTS = {"lstm": 22, "gru": 16, "rnn": 2}
"""Operations for each value of the state, beside products and biases: the definition, where a sigmoid is 4."""


@pytest.mark.parametrize("name", COSTS)
def test_flops(name: str) -> None:
    layer: Any = LAYERS[name](hidden_size=5, num_layers=2, bidirectional=True)
    macs = layer.macs([(3, 7)], (10, 7))
    shapes = layer.weight_shapes([(3, 7)])
    assert macs == 7 * sum(prod(shape) for shape in shapes.values() if len(shape) == 2)
    biases = sum(shape[0] for shape in shapes.values() if len(shape) == 1)
    assert layer.flops([(3, 7)], (10, 7)) == 2 * macs + 7 * (biases + 4 * 5 * COSTS[name])
