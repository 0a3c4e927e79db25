"""Stored arrays of layers that share them, and of tensors of the network's own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import cnncalc
from cnncalc import CnncalcError
from cnncalc.execution.assignment import Assignment
from cnncalc.interchange.weight_arrays import store_of

SHARED = """
name: twins
input: 3
layers:
  - linear: {name: a, out_features: 3}
  - name: scope
    layers:
      - linear: {name: b, out_features: 3, share: a}
"""
WEIGHT = np.array([[1.0, 2, 3], [4, 5, 6], [7, 8, 9]])
BIAS = np.array([0.5, 0.25, -1.0])
OWN: dict[str, Any] = {"a.weight": WEIGHT, "a.bias": BIAS}
COPIES = {"scope.b.weight": WEIGHT.copy(), "scope.b.bias": BIAS.copy()}


@pytest.mark.parametrize("arrays", [OWN, OWN | COPIES, OWN | {"scope.b.bias": BIAS.astype(np.float32)}])
def test_arrays_of_a_sharer_may_be_absent(arrays: dict[str, Any]) -> None:
    found = cnncalc.load(SHARED, weights=arrays).forward([1.0, 0.0, 2.0], dtype="float64")
    inner = WEIGHT @ np.array([1.0, 0, 2]) + BIAS
    np.testing.assert_array_equal(np.asarray(found), WEIGHT @ inner + BIAS)


@pytest.mark.parametrize(
    ("arrays", "fact"),
    [
        (
            OWN | COPIES | {"scope.b.weight": WEIGHT + 1e-9},
            "`scope.b.weight` of `weights` is another array than the one that the layer shares",
        ),
        (
            OWN | {"scope.b.bias": BIAS[:2]},
            "`weights` does not fit twins: `scope.b.bias` is 2 and not 3",
        ),
        (
            COPIES,
            "`weights` does not fit twins: it lacks `a.weight` (3 x 3) and `a.bias` (3)",
        ),
        (
            OWN | {"b.bias": BIAS},
            "`weights` does not fit twins: `b.bias` (3) is no array of the network",
        ),
    ],
)  # fmt: skip
def test_arrays_of_a_sharer_are_those_of_the_owner(arrays: dict[str, Any], fact: str) -> None:
    with pytest.raises(CnncalcError) as caught:
        cnncalc.load(SHARED, weights=arrays).forward()
    assert caught.value.message == fact


def test_values_that_are_no_numbers_are_equal() -> None:
    bias = np.array([np.nan, 1, 2])
    report, _ = cnncalc.load(SHARED, weights=OWN | {"a.bias": bias, "scope.b.bias": bias.copy()}).run()
    assert report.ok
    assert len(report.notes) == 1


@pytest.mark.parametrize("name", ["gamma", "gamma.weight"])
@pytest.mark.parametrize("shape", [(2, 1, 1), (2,), (1, 2, 1, 1)])
def test_a_parameter_is_stored_under_its_name(name: str, shape: tuple[int, ...]) -> None:
    text = """
    input: 2x1x3
    layers:
      - parameter: {name: gamma, shape: 2x1x1}
      - multiply: {from: [previous, gamma]}
    """
    network = cnncalc.load(text, weights={name: np.array([3.0, 5.0]).reshape(shape)})
    np.testing.assert_array_equal(np.asarray(network.forward(np.ones((2, 1, 3)))), [[[3] * 3], [[5] * 3]])


def test_every_layer_has_the_arrays_of_its_owner() -> None:
    with store_of(OWN) as store:
        network = cnncalc.load(SHARED)
        found = Assignment(network, store)
        assert [list(found.found[node.storage]) for node in network.nodes] == [["weight", "bias"]] * 2
