"""The values of a tensor, as a report has them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import cnncalc
from cnncalc.execution.values import MOST_VALUES, tensor_values
from cnncalc.shapes import CHANNELS_FIRST, CHANNELS_LAST


def test_few_values_are_lists_and_many_are_not() -> None:
    few = tensor_values(np.arange(float(MOST_VALUES)).reshape(1, 2, -1), CHANNELS_FIRST)
    assert few.values == np.arange(float(MOST_VALUES)).reshape(2, -1).tolist()
    many = tensor_values(np.arange(MOST_VALUES + 1.0)[np.newaxis], CHANNELS_FIRST)
    assert (many.values, many.minimum, many.mean, many.maximum) == (None, 0, MOST_VALUES / 2, MOST_VALUES)


def test_axes_are_in_the_order_of_the_spec() -> None:
    x: Any = np.arange(6.0).reshape(1, 2, 1, 3)
    assert (found := tensor_values(x, CHANNELS_LAST)).shape == (1, 3, 2)
    assert found.values == [[[0, 3], [1, 4], [2, 5]]]
    batch = tensor_values(np.concatenate([x, x]), CHANNELS_LAST)
    assert (batch.shape, batch.values) == ((2, 1, 3, 2), [found.values, found.values])


@pytest.mark.parametrize(
    ("values", "made_by", "top"),
    [
        ([0.1, 0.4, 0.1, 0.4], "softmax", ((1, 0.4), (3, 0.4), (0, 0.1), (2, 0.1))),
        ([*[0.0] * 9, 1.0], "softmax", ((9, 1.0), (0, 0.0), (1, 0.0), (2, 0.0), (3, 0.0))),
        ([0.1, 0.9], "relu", None),
    ],
)
def test_the_largest_probabilities_are_those_of_a_softmax(values: list[float], made_by: str, top: Any) -> None:
    assert tensor_values(np.array([values]), CHANNELS_FIRST, made_by).top == top


def test_a_softmax_that_is_a_last_step_is_one() -> None:
    network = cnncalc.load("linear(8, activation=softmax, name=prob)", input="3")
    (layer,) = network.run(values=True).report.layers
    assert layer.output is not None
    assert layer.output.top is not None
    assert len(layer.output.top) == 5


def test_the_values_asked_for_are_those_returned() -> None:
    """By name, of the layer alone or of all; and nothing without being asked."""
    network = cnncalc.load("lenet")
    report, outputs = network.run(layer="f6", values=True)
    printed = {layer.name: layer.output for layer in report.layers if layer.output is not None}
    assert list(printed) == ["f6"]
    assert printed["f6"].values == outputs["f6"][0].tolist()
    assert list(outputs) == ["softmax_1", "f6"]
    assert report.input_values == {}
    report, outputs = network.run(values=True)
    assert all(layer.output is not None for layer in report.layers)
    assert list(report.input_values) == ["input"]
    report, outputs = network.run(layer="s2")
    assert all(layer.output is None for layer in report.layers)
    np.testing.assert_array_equal(outputs["s2"], network.run(layer="s2", values=True).outputs["s2"])


def test_a_kept_tensor_is_not_written_over() -> None:
    """A later activation works in place, but never on what is kept."""
    network = cnncalc.load("identity(name=a) | scale(2.0, activation=relu, name=b) | relu(name=c)", input="1x2")
    data: Any = np.array([[-1.0, 3.0]])
    for layer, expected in {"a": [-1, 3], "b": [0, 6], "c": [0, 6]}.items():
        assert network.run(data, layer=layer).outputs[layer].tolist() == [expected]
