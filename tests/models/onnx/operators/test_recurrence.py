"""Recurrences as exporters write them, held against the values of ONNX Runtime."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import cnncalc
from tests.models.onnx.graphs import differences, drawn, model, node, saved, session, types

if TYPE_CHECKING:
    from pathlib import Path


def recurrent_tensors(gates: int, directions: int) -> dict[str, Any]:
    """The weights of a recurrence of 4 features from 3."""
    tensors = {"w": drawn(directions, 4 * gates, 3), "r": drawn(directions, 4 * gates, 4, seed=1)}
    return {**tensors, "b": drawn(directions, 8 * gates, seed=2), "m": drawn(4 * directions, 2), "none": np.array([1])}


@pytest.mark.parametrize("batch", [2, "N"])
@pytest.mark.parametrize(("operator", "gates"), [("LSTM", 4), ("GRU", 3), ("RNN", 1)])
def test_a_recurrence_between_transposes(operator: str, gates: int, batch: Any, tmp_path: Path) -> None:
    """As PyTorch writes `batch_first`: the direction is squeezed out between axes that are turned."""
    nodes = [
        node("t = Transpose(x)", perm=[1, 0, 2]),
        node(f"s, h = {operator}(t, w, r, b)", hidden_size=4),
        node("q = Squeeze(s, none)"),
        node("u = Transpose(q)", perm=[1, 0, 2]),
        node("y = MatMul(u, m)"),
        node("z = Squeeze(h, first)"),
    ]
    tensors = {**recurrent_tensors(gates, 1), "first": np.array([0])}
    made = model(nodes, tensors, {"x": [batch, 5, 3]}, ["y", "z"])
    type_ = operator.lower()
    assert types(made, tmp_path)[0] == type_
    assert types(made, tmp_path).count("permute") == 0
    found = differences(made, tmp_path, x=drawn(2, 5, 3))
    assert max(found.values()) < 1e-5


def test_both_directions_and_their_last_states(tmp_path: Path) -> None:
    nodes = [
        node("t = Transpose(x)", perm=[1, 0, 2]),
        node("s, h = LSTM(t, w, r, b)", hidden_size=4, direction="bidirectional"),
        node("v = Transpose(s)", perm=[0, 2, 1, 3]),
        node("c = Reshape(v, sizes)"),
        node("u = Transpose(c)", perm=[1, 0, 2]),
        node("y = MatMul(u, m)"),
        node("g = Transpose(h)", perm=[1, 0, 2]),
        node("z = Flatten(g)"),
    ]
    tensors = {**recurrent_tensors(4, 2), "sizes": np.array([0, 0, -1])}
    made = model(nodes, tensors, {"x": ["N", 5, 3]}, ["y", "z"])
    assert types(made, tmp_path)[0] == "lstm"
    found = differences(made, tmp_path, x=drawn(2, 5, 3))
    assert max(found.values()) < 1e-5


def test_steps_that_come_before_the_batch(tmp_path: Path) -> None:
    nodes = [
        node("s, h = GRU(x, w, r, b)", hidden_size=4, linear_before_reset=1),
        node("q = Squeeze(s, none)"),
        node("l = Gather(q, end)", axis=0),
        node("y = Gemm(l, m)"),
    ]
    tensors = {**recurrent_tensors(3, 1), "end": np.array(-1)}
    made = model(nodes, tensors, {"x": [5, "N", 3]}, ["y"])
    network = cnncalc.load(saved(made, tmp_path))
    assert network.inputs == {"x": (5, 3)}
    assert any("`x` has its batch behind the steps in the file, and first here" in note for note in network.notes)
    x = drawn(2, 5, 3)
    [theirs] = session(made).run(None, {"x": x.transpose(1, 0, 2)})
    assert np.abs(network.forward(x) - theirs).max() < 1e-5


def test_rows_of_one_sample_are_multiplied_as_such(tmp_path: Path) -> None:
    """As CRNN does: the steps of the one sample become rows, and go back."""
    nodes = [
        node("t = Transpose(x)", perm=[2, 0, 1]),
        node("r = Reshape(t, rows)"),
        node("p = Gemm(r, m)"),
        node("y = Reshape(p, steps)"),
    ]
    tensors = {"rows": np.array([5, 4]), "m": drawn(4, 2), "steps": np.array([5, 1, 2])}
    made = model(nodes, tensors, {"x": [1, 4, 5]}, ["y"])
    assert differences(made, tmp_path, x=drawn(1, 4, 5))["y"] < 1e-6
    made = model(nodes, {**tensors, "rows": np.array([-1, 4])}, {"x": ["N", 4, 5]}, ["y"])
    with pytest.raises(cnncalc.CnncalcError, match=r"it mixes the batch with other axes: \[5, 1, 4\] to \[5, 4\]"):
        cnncalc.load(saved(made, tmp_path))
