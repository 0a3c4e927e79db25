"""Idioms: one layer each, with ONNX Runtime's values, unless something else reads what lies between."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import cnncalc
from tests.models.onnx.graphs import differences, drawn, model, node, saved

if TYPE_CHECKING:
    from pathlib import Path

SIZES = (1, 4, 6, 5)

NUMBERS = {
    "one": np.float32(1),
    "two": np.float32(2),
    "three": np.float32(3),
    "six": np.float32(6),
    "zero": np.float32(0),
    "half": np.float32(0.5),
    "root": np.float32(sqrt(2)),
    "inverse_root": np.float32(sqrt(0.5)),
    "small": np.float32(1e-3),
    "scale": drawn(4, 1, 1, low=0.5),
    "shift": drawn(4, 1, 1, seed=1),
    "row": drawn(5, low=0.5),
    "ones": np.ones(2, "float32"),
    "zeros": np.zeros(2, "float32"),
    "grouped": np.array([0, 2, -1]),
    "split": np.array([1, 2, 2, 6, 5]),
    "whole": np.array([1, 4, 6, 5]),
    "matrices": np.array([-1, 6, 5]),
    "turned": np.array([1, 4, 5, 6]),
    "column": drawn(5, 3),
    "sum": drawn(3),
}

IDIOMS: list[tuple[list[Any], list[str]]] = [
    ([node("s = Sigmoid(x)"), node("y = Mul(x, s)")], ["silu"]),
    ([node("s = Sigmoid(x)"), node("y = Mul(s, x)")], ["silu"]),
    (
        [
            *(node("a = Div(x, root)"), node("b = Erf(a)"), node("c = Add(b, one)")),
            *(node("d = Mul(x, c)"), node("y = Mul(d, half)")),
        ],
        ["gelu"],
    ),
    (
        [
            *(node("a = Mul(x, inverse_root)"), node("b = Erf(a)"), node("c = Add(one, b)")),
            *(node("d = Mul(c, half)"), node("y = Mul(d, x)")),
        ],
        ["gelu"],
    ),
    (
        [
            *(node("a = Add(x, three)"), node("b = Clip(a, zero, six)")),
            *(node("c = Mul(x, b)"), node("y = Div(c, six)")),
        ],
        ["hardswish"],
    ),
    (
        [
            *(node("a = Add(x, three)"), node("b = Clip(a, zero, six)")),
            *(node("c = Div(b, six)"), node("y = Mul(c, x)")),
        ],
        ["hardswish"],
    ),
    ([node("s = HardSigmoid(x)", alpha=1 / 6, beta=0.5), node("y = Mul(x, s)")], ["hardswish"]),
    ([node("s = HardSigmoid(x)", alpha=0.2), node("y = Mul(x, s)")], ["hardsigmoid", "multiply"]),
    (
        [
            *(node("m = ReduceMean(x)", axes=[1]), node("c = Sub(x, m)"), node("p = Pow(c, two)")),
            *(node("v = ReduceMean(p)", axes=[1]), node("e = Add(v, small)"), node("r = Sqrt(e)")),
            *(node("n = Div(c, r)"), node("w = Mul(scale, n)"), node("y = Add(w, shift)")),
        ],
        ["layer_norm"],
    ),
    (
        [
            *(node("m = ReduceMean(x)", axes=[-1]), node("c = Sub(x, m)"), node("p = Mul(c, c)")),
            *(node("v = ReduceMean(p)", axes=[-1]), node("e = Add(v, small)"), node("r = Sqrt(e)")),
            *(node("n = Div(c, r)"), node("y = Mul(n, row)")),
        ],
        ["layer_norm"],
    ),
    (
        [
            node("g = Reshape(x, grouped)"),
            node("i = InstanceNormalization(g, ones, zeros)"),
            *(node("b = Reshape(i, whole)"), node("w = Mul(b, scale)"), node("y = Add(w, shift)")),
        ],
        ["group_norm"],
    ),
    (
        [
            *(node("g = Reshape(x, split)"), node("t = Transpose(g)", perm=[0, 2, 1, 3, 4])),
            node("y = Reshape(t, whole)"),
        ],
        ["channel_shuffle"],
    ),
    (  # the batch among the axes that are one for a while
        [
            *(node("g = Reshape(x, matrices)"), node("t = Transpose(g)", perm=[0, 2, 1])),
            *(node("k = Reshape(t, turned)"), node("y = MatMul(x, k)")),
        ],
        ["permute", "matmul"],
    ),
    ([node("m = MatMul(x, column)"), node("y = Add(m, sum)")], ["linear"]),
    ([node("m = MatMul(x, column)"), node("y = Mul(m, sum)")], ["linear", "multiply"]),
]


def made(nodes: list[Any], outputs: list[str]) -> Any:
    """The model of an idiom, without the numbers that it does not use."""
    used = {name for each in nodes for name in each.input}
    tensors = {name: value for name, value in NUMBERS.items() if name in used}
    return model(nodes, tensors, {"x": SIZES}, outputs)


def types(path: str) -> list[str]:
    """The types of the layers."""
    return [layer.type for layer in cnncalc.load(path).report().layers]


@pytest.mark.parametrize(("nodes", "expected"), IDIOMS)
def test_an_idiom_is_one_layer_of_the_same_values(nodes: list[Any], expected: list[str], tmp_path: Path) -> None:
    graph = made(nodes, ["y"])
    assert types(saved(graph, tmp_path)) == expected
    assert differences(graph, tmp_path, x=3 * drawn(*SIZES))["y"] < 1e-5


@pytest.mark.parametrize(("nodes", "expected"), [(n, e) for n, e in IDIOMS if len(e) == 1 and e != ["linear"]])
def test_what_is_read_in_between_is_no_idiom(nodes: list[Any], expected: list[str], tmp_path: Path) -> None:
    middle = nodes[len(nodes) // 2 - 1].output[0]
    graph = made(nodes, ["y", middle])
    assert expected[0] not in types(saved(graph, tmp_path))
    assert max(differences(graph, tmp_path, x=3 * drawn(*SIZES)).values()) < 1e-5


def windows(rows: list[range], columns: list[range]) -> Any:
    """The place of every pixel of every window, for `GatherND`."""
    return np.array([[[[[y, x] for x in across] for across in columns] for y in below] for below in rows])


def pooled(places: Any) -> Any:
    """The mean over windows of which the places are given."""
    nodes = [
        *(node("t = Transpose(x)", perm=[2, 3, 0, 1]), node("g = GatherND(t, places)")),
        *(node("b = Transpose(g)", perm=[4, 5, 0, 1, 2, 3]), node("y = ReduceMean(b)", axes=[3, 5], keepdims=0)),
    ]
    return model(nodes, {"places": places}, {"x": SIZES}, ["y"])


def test_windows_that_are_gathered_and_averaged_are_an_adaptive_pool(tmp_path: Path) -> None:
    graph = pooled(windows([range(2), range(2, 4), range(4, 6)], [range(3), range(2, 5)]))
    network = cnncalc.load(saved(graph, tmp_path))
    assert [(each.type, each.output_shape) for each in network.report().layers] == [("adaptive_avg_pool2d", (4, 3, 2))]
    assert differences(graph, tmp_path, x=drawn(*SIZES))["y"] < 1e-5


@pytest.mark.parametrize("rows", [[range(2), range(2, 4), range(3, 5)], [range(2), range(3, 5), range(4, 6)]])
def test_other_windows_are_none(rows: list[range], tmp_path: Path) -> None:
    with pytest.raises(cnncalc.CnncalcError, match='1 of 4 nodes has no layer here: GatherND "g"'):
        cnncalc.load(saved(pooled(windows(rows, [range(3), range(2, 5)])), tmp_path))


def test_a_shape_that_is_computed_between_the_nodes_is_known_before(tmp_path: Path) -> None:
    """As in PyTorch's exports of attention with a batch of any size."""
    tensors = {
        "one": np.array([1]),
        "three": np.array([3]),
        "any": np.array([-1]),
        "two": np.array([2]),
        "first": np.array([0]),
        "four": np.array([4]),
    }
    nodes = [
        node("s = Shape(x)"),
        *(node("b = Slice(s, first, two)"), node("h = Slice(s, two, three)"), node("w = Slice(s, three, four)")),
        *(node("m = Concat(any, h, w)", axis=0), node("g = Reshape(x, m)"), node("t = Transpose(g)", perm=[0, 2, 1])),
        *(node("n = Concat(b, w, h)", axis=0), node("k = Reshape(t, n)"), node("y = MatMul(x, k)")),
    ]
    graph = model(nodes, tensors, {"x": ["batch", 4, 6, 5]}, ["y"])
    assert types(saved(graph, tmp_path)) == ["permute", "matmul"]
    assert differences(graph, tmp_path, x=drawn(*SIZES))["y"] < 1e-5
