"""Arrays on their way in and out, and what is told of them."""

from __future__ import annotations

from fractions import Fraction
from math import sqrt
from typing import Any

import numpy as np
import pytest

import cnncalc
from cnncalc.execution.tensors import statistics
from cnncalc.kernels.threads import sharing_threads

ARRAYS = [
    (np.zeros((1, 28, 28)), (10,)),
    (np.zeros((3, 1, 28, 28)), (3, 10)),
    (np.zeros((1, 28, 28), np.uint8), (10,)),
    (None, (1, 10)),
]


@pytest.mark.parametrize(("array", "shape"), ARRAYS)
def test_the_output_has_a_batch_where_the_input_has(array: Any, shape: tuple[int, ...]) -> None:
    assert np.asarray(cnncalc.load("lenet").forward(array)).shape == shape


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (
            np.zeros((1, 28, 29)),
            "`input` is 1 x 28 x 29, and the network takes 1 x 28 x 28"
            '\nhint: `network.at("1x28x29")` is for arrays of that size',
        ),
        (
            np.zeros((5, 1, 32, 32)),
            "`input` is 1 x 32 x 32, and the network takes 1 x 28 x 28"
            '\nhint: `network.at("1x32x32")` is for arrays of that size',
        ),
        (np.zeros((3, 28, 28)), "`input` is 3 x 28 x 28, and the network takes 1 x 28 x 28"),
        (np.zeros((28, 28)), "`input` is 28 x 28, and the network takes 1 x 28 x 28"),
        (np.zeros((0, 1, 28, 28)), "the inputs must have one batch size, of at least 1"),
        (np.array(["a"]), "`input` holds <U1, not real numbers"),
    ],
)
def test_arrays_that_do_not_fit(array: Any, message: str) -> None:
    with pytest.raises(cnncalc.CnncalcError) as caught:
        cnncalc.load("lenet").forward(array)
    assert str(caught.value) == f"error: {message}"


def test_several_inputs_and_outputs_go_by_name() -> None:
    text = """
inputs: {left: 1x4, right: 1x4}
outputs: [sum, product]
layers:
  - add: {name: sum, from: [left, right]}
  - multiply: {name: product, from: [left, right]}
"""
    outputs = cnncalc.load(text).forward({"left": np.full((1, 4), 2.0), "right": np.full((1, 4), 5.0)})
    assert isinstance(outputs, dict)
    assert {name: set(value.ravel().tolist()) for name, value in outputs.items()} == {"sum": {7.0}, "product": {10.0}}


def test_channels_last_data_goes_in_and_out_channels_last() -> None:
    text = "input: 4x5x2\ndata_format: channels_last\nlayers:\n  - scale: {factor: 2}\n"
    image = np.arange(40.0).reshape(4, 5, 2)
    np.testing.assert_array_equal(np.asarray(cnncalc.load(text).forward(image)), 2 * image)


@pytest.mark.parametrize("threads", [1, 3])
def test_statistics_lose_no_digits_to_a_large_mean(threads: int) -> None:
    """Against Python's integers, which are exact."""
    whole = np.random.default_rng(0).integers(10**9, 10**9 + 7, 70_000).tolist()
    total, squares = sum(whole), sum(value * value for value in whole)
    variance = Fraction(len(whole) * squares - total * total, len(whole) ** 2)
    with sharing_threads(threads):
        found = statistics(np.array(whole, np.float64))
    assert found == pytest.approx((total / len(whole), sqrt(variance)), rel=1e-10)


def test_statistics_do_not_depend_on_the_threads() -> None:
    values = np.random.default_rng(0).normal(3, 2, (2, 3, 120, 121))
    for array in (values, values.transpose(0, 2, 3, 1), values[:, :, ::2]):
        found = set()
        for threads in (1, 2, 3):
            with sharing_threads(threads):
                found.add(statistics(array))
        assert len(found) == 1
        assert found.pop() == pytest.approx((np.mean(array), np.std(array)), rel=1e-9)


def test_statistics_are_those_of_the_whole_array() -> None:
    values = np.random.default_rng(0).normal(3, 2, 3_000_001).astype(np.float32)
    mean, deviation = statistics(values)
    assert mean == pytest.approx(np.mean(values, dtype=np.float64), rel=1e-12)
    assert deviation == pytest.approx(np.std(values, dtype=np.float64), rel=1e-9)
