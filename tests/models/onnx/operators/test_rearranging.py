"""Pixels that become channels, slopes of every shape and masks, held against the values of ONNX Runtime."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import cnncalc
from tests.models.onnx.graphs import differences, drawn, model, node, saved, types

if TYPE_CHECKING:
    from pathlib import Path

MOVES = [
    ((2, 3, 2, 4, 2), (0, 1, 3, 5, 2, 4), (8, 3, 4), "pixel_unshuffle"),
    ((2, 3, 2, 4, 2), (0, 3, 5, 1, 2, 4), (8, 3, 4), "space_to_depth"),
    ((2, 2, 2, 3, 4), (0, 1, 4, 2, 5, 3), (2, 6, 8), "pixel_shuffle"),
    ((2, 2, 2, 3, 4), (0, 3, 4, 1, 5, 2), (2, 6, 8), "depth_to_space"),
]


@pytest.mark.parametrize("batch", [2, "N"])
@pytest.mark.parametrize(("cut", "perm", "shape", "type_"), MOVES)
def test_pixels_that_move(
    cut: tuple[int, ...], perm: tuple[int, ...], shape: tuple[int, ...], type_: str, batch: Any, tmp_path: Path
) -> None:
    nodes = [node("a = Reshape(x, cut)"), node("b = Transpose(a)", perm=perm), node("y = Reshape(b, shape)")]
    tensors = {"cut": np.array([0, *cut]), "shape": np.array([0, *shape])}
    before = (2, 6, 8) if "un" in type_ or type_.startswith("space") else (8, 3, 4)
    made = model(nodes, tensors, {"x": [batch, *before]}, ["y"])
    assert types(made, tmp_path) == [type_]
    assert differences(made, tmp_path, x=drawn(2, *before))["y"] == 0


def test_pixels_that_move_in_another_order_are_no_layer(tmp_path: Path) -> None:
    nodes = [node("a = Reshape(x, c)"), node("b = Transpose(a)", perm=(0, 1, 5, 3, 2, 4)), node("y = Reshape(b, s)")]
    tensors = {"c": np.array([0, 2, 3, 2, 4, 2]), "s": np.array([0, 8, 3, 4])}
    with pytest.raises(cnncalc.CnncalcError, match="would have 5 axes, and 4 are the most"):
        cnncalc.load(saved(model(nodes, tensors, {"x": [1, 2, 6, 8]}, ["y"]), tmp_path))


@pytest.mark.parametrize("slopes", [(3, 1, 1), (1, 4, 5), (3, 4, 5), (5,), (1,), (3, 1, 5)])
def test_slopes(slopes: tuple[int, ...], tmp_path: Path) -> None:
    made = model([node("y = PRelu(x, w)")], {"w": drawn(*slopes)}, {"x": ["N", 3, 4, 5]}, ["y"])
    network = cnncalc.load(saved(made, tmp_path))
    assert ([each.type for each in network.nodes], network.parameters) == (["prelu"], int(np.prod(slopes)))
    assert differences(made, tmp_path, x=drawn(2, 3, 4, 5))["y"] < 1e-6


def test_slopes_between_channels_that_are_last(tmp_path: Path) -> None:
    nodes = [
        node("t = Transpose(x)", perm=[0, 2, 3, 1]),
        node("p = PRelu(t, w)"),
        node("m = Transpose(p)", perm=[0, 3, 1, 2]),
    ]
    made = model([*nodes, node("y = Relu(m)")], {"w": drawn(4, 1, 3)}, {"x": ["N", 3, 4, 5]}, ["y"])
    assert types(made, tmp_path) == ["prelu", "relu"]
    assert differences(made, tmp_path, x=drawn(2, 3, 4, 5))["y"] < 1e-6


@pytest.mark.parametrize("number", [-np.inf, 0.0, -7.5])
@pytest.mark.parametrize("call", ["Where(hidden, number, x)", "Where(seen, x, number)"])
def test_what_a_constant_mask_puts(call: str, number: float, tmp_path: Path) -> None:
    hidden = np.triu(np.ones((4, 4), bool), 1)
    tensors = {"hidden": hidden, "seen": ~hidden, "number": np.array(number, "f4")}
    made = model([node(f"m = {call}"), node("y = Softmax(m)", axis=-1)], tensors, {"x": ["N", 2, 4, 4]}, ["y"])
    assert differences(made, tmp_path, x=drawn(2, 2, 4, 4))["y"] < 1e-6


def test_a_mask_that_is_computed_of_constants(tmp_path: Path) -> None:
    """As PyTorch writes `is_causal`: a triangle of ones, and minus infinity where it has none."""
    nodes = [
        node("ones = Expand(one, sizes)"),
        node("triangle = Trilu(ones)", upper=0),
        node("none = Equal(triangle, nothing)"),
        node("mask = Where(none, lowest, nothing)"),
        node("m = Add(x, mask)"),
        node("y = Softmax(m)", axis=-1),
    ]
    numbers = {"one": 1.0, "nothing": 0.0, "lowest": -np.inf}
    tensors = {**{name: np.array(value, "f4") for name, value in numbers.items()}, "sizes": np.array([4, 4])}
    made = model(nodes, tensors, {"x": ["N", 2, 4, 4]}, ["y"])
    assert types(made, tmp_path) == ["add", "softmax"]
    assert differences(made, tmp_path, x=drawn(2, 2, 4, 4))["y"] < 1e-6
