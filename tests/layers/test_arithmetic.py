"""Arithmetic against ONNX Runtime: of several inputs with broadcasting over any axes, and with constants."""

from __future__ import annotations

import json
from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnncalc
from cnncalc.layers import LAYERS
from tests.layers.comparison import compares
from tests.layers.drawing import batch, layouts, seeds, shapes
from tests.layers.execution import close, execute
from tests.marking import slow_but
from tests.onnx_engine import run_operator
from tests.rows import every_row

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnncalc.kernels import Array

OPERATORS = {"add": "Add", "subtract": "Sub", "multiply": "Mul", "divide": "Div", "maximum": "Max", "minimum": "Min"}
ORDERED = ("subtract", "divide")


def away_from_zero(x: Array) -> Array:
    """Values by which can be divided."""
    return np.where(x < 0, x - 0.5, x + 0.5).astype(x.dtype)


@compares(*OPERATORS)
@pytest.mark.parametrize("name", OPERATORS)
def test_of_several_inputs(name: str) -> None:
    @given(shape=shapes(), count=st.integers(2, 4), seed=seeds, layout=layouts, data=st.data())
    def check(shape: tuple[int, ...], count: int, seed: int, layout: Any, data: st.DataObject) -> None:
        """Any axis of any input may be 1, as long as the others say what it is."""
        ones = [[data.draw(st.booleans()) for _ in shape] for _ in range(count)]
        inputs = [
            away_from_zero(batch(seed + number, [1 if one else size for one, size in zip(row, shape, strict=True)]))
            for number, row in enumerate(ones)
        ]
        expected = reduce(lambda a, b: run_operator(OPERATORS[name], a, b), inputs)
        close(execute(LAYERS[name](), *inputs, layout=layout), expected)

    check()


@st.composite
def broadcasting(draw: Any, shape: tuple[int, ...]) -> list[int]:
    """A shape that broadcasts to another: as many of its last axes as there happen to be, each of them perhaps 1."""
    axes = draw(st.integers(0, len(shape)))
    return [1 if draw(st.booleans()) else size for size in shape[len(shape) - axes :]]


@compares(*OPERATORS)
@pytest.mark.parametrize("name", slow_but({"divide"}, OPERATORS))
def test_with_a_constant(name: str) -> None:
    @given(shape=shapes(), seed=seeds, layout=layouts, reverse=st.booleans(), data=st.data())
    def check(shape: tuple[int, ...], seed: int, layout: Any, reverse: bool, data: st.DataObject) -> None:
        """It broadcasts as a tensor beside the batch does, in the order of axes of the spec."""
        x = away_from_zero(batch(seed, shape))
        value = away_from_zero(batch(seed + 1, data.draw(broadcasting(shape)), samples=1)[0])
        reverse = reverse and name in ORDERED
        operands = [value, x] if reverse else [x, value]
        layer = LAYERS[name](value=value, **({"reverse": True} if reverse else {}))
        close(execute(layer, x, layout=layout), run_operator(OPERATORS[name], *operands))

    check()


@every_row("dtype", ["float16", "float32", "float64"])
@every_row("name", OPERATORS)
def test_the_type_of_the_input_stays(name: str, dtype: str) -> None:
    x = np.array([[1.5, -2.0, 0.5]], dtype)
    assert execute(LAYERS[name](value=3), x).dtype == dtype
    assert execute(LAYERS[name](value=[1, 2, 0.5]), x).dtype == dtype


PLANES: dict[str, Callable[[Any], Any]] = {
    "subtract: {value: [[[0.5]], [[-1]]]}": lambda x: x - np.array([0.5, -1])[:, None, None],
    "subtract: {value: 1, reverse: true}": lambda x: 1 - x,
    "divide: {value: 255}": lambda x: x / 255,
    "divide: {value: [[1], [2], [4]], reverse: true}": lambda x: np.array([[1], [2], [4]]) / x,
    "multiply: {value: [1, 2, 3, 4]}": lambda x: x * np.array([1, 2, 3, 4]),
    "add: {value: '=[width, 2 * width, 0, 1]'}": lambda x: x + np.array([3, 6, 0, 1]),
    "add: {value: 1, activation: relu}": lambda x: np.maximum(x + 1, 0),
    "maximum: {value: 0.25}": lambda x: np.maximum(x, 0.25),
    "minimum: {value: =-width / 6}": lambda x: np.minimum(x, -0.5),
}


@pytest.mark.parametrize("entry", PLANES)
def test_from_the_spec_to_the_values(entry: str, run: Callable[..., Any]) -> None:
    text = f"input: 2x3x4\nparameters: {{width: 3}}\nlayers:\n  - {entry}\n"
    network = cnncalc.load(text)
    x = away_from_zero(batch(3, (2, 3, 4)))
    close(np.asarray(network.forward(x)), PLANES[entry](x).astype("float32"))
    assert (network.parameters, network.report().totals.buffers, network.macs) == (0, 0, 0)
    assert network.report().totals.flops == 24 * (2 if "relu" in entry else 1)
    assert run("run", "-", stdin=text).status == 0


def test_constants_follow_the_order_of_axes_of_the_spec() -> None:
    x = batch(4, (5, 6, 3))
    text = "data_format: {}\ninput: {}\nlayers:\n  - multiply: {{value: {}}}\n"
    last = cnncalc.load(text.format("channels_last", "5x6x3", [1, 2, 3]))
    first = cnncalc.load(text.format("channels_first", "3x5x6", [[[1]], [[2]], [[3]]]))
    np.testing.assert_array_equal(last.forward(x), x * np.array([1, 2, 3], np.float32))
    np.testing.assert_array_equal(np.moveaxis(np.asarray(first.forward(np.moveaxis(x, -1, 1))), 1, -1), last.forward(x))


def test_the_operands_keep_their_order() -> None:
    layers = "[{relu: {name: a}}, {tanh: {name: b, from: input}}, {subtract: {from: [b, a]}}]"
    x = batch(5, (4,))
    network = cnncalc.load(f"input: 4\nlayers: {layers}\n")
    np.testing.assert_allclose(np.asarray(network.forward(x)), np.tanh(x) - np.maximum(x, 0), rtol=1e-6)


def test_a_constant_of_very_many_numbers_takes_little_time(run: Callable[..., Any]) -> None:
    """It is read once, and told in a few words where it does not fit."""
    value = np.round(np.random.default_rng(0).normal(size=(200, 200)), 3).tolist()
    text = f"input: 1x200x200\nlayers:\n  - add: {{value: {json.dumps(value)}}}\n  - relu\n"
    assert run("summary", "-", stdin=text).status == 0
    refused = run("summary", "-", "--input", "1x256x256", stdin=text)
    assert refused.status == 2
    assert "`value` is 200 x 200, which does not broadcast to 1 x 256 x 256" in refused.err
    assert len(refused.err) < 1000


@pytest.mark.parametrize(
    ("layers", "finite"),
    [
        ("[{conv2d: {name: a, out_channels: 4, kernel_size: 1}}, {divide: {from: [previous, input]}}]", True),
        ("[{softmax: {name: a}}, {divide: {from: [input, a]}}, {conv2d: {out_channels: 4, kernel_size: 3}}]", True),
        ("[relu, {divide: {from: [input, previous]}}]", False),
    ],
)
def test_quotients_are_finite_where_no_divisor_is_zero(layers: str, finite: bool, run: Callable[..., Any]) -> None:
    outcome = run("run", "-", stdin=f"input: 4x8x8\nlayers: {layers}\n")
    assert outcome.status == (0 if finite else 1)
    assert ("not finite" in outcome.out + outcome.err) is not finite
