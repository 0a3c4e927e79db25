"""The layers in which two networks differ."""

from __future__ import annotations

import cnncalc
from cnncalc.comparison.layer_changes import layer_changes
from tests.rows import every_row

HEAD = "input: 3x16x16\nlayers:\n"
ONE = "  - conv2d: {name: a, out_channels: 4, kernel_size: 3}\n"
RELU = "  - relu: {name: r}\n"
TWO = "  - conv2d: {name: b, out_channels: 8, kernel_size: 3}\n"
NORM = "  - batch_norm: {name: n}\n"

CHANGES: list[tuple[str, str, list[tuple[str, str, str]]]] = [
    (ONE + TWO, ONE + TWO, []),
    (ONE + TWO, ONE + NORM + TWO, [("n", "added", "")]),
    (ONE + NORM + TWO, ONE + TWO, [("n", "removed", "")]),
    (NORM + ONE, ONE, [("n", "removed", "")]),
    (ONE + TWO, ONE + TWO + RELU, [("r", "added", "")]),
    (ONE + RELU + TWO + NORM, ONE + TWO, [("r", "removed", ""), ("n", "removed", "")]),
    (ONE, ONE.replace("name: a", "name: c"), [("c", "renamed", "name")]),
    (ONE + TWO, ONE.replace("name: a", "name: c") + TWO, [("a", "removed", ""), ("c", "added", "")]),
    (
        NORM + "  - relu\n" + ONE,
        "  - relu\n" + NORM + "  - relu\n" + ONE,
        [("relu_1", "added", ""), ("relu_2", "renamed", "name")],
    ),
    (
        ONE + TWO,
        ONE.replace("kernel_size: 3", "kernel_size: 3, padding: 1") + TWO,
        [("a", "changed", "window output_shape macs flops"), ("b", "changed", "output_shape macs flops")],
    ),
    (TWO, TWO.replace("kernel_size: 3", "kernel_size: 3, bias: false"), [("b", "changed", "weights parameters flops")]),
    (ONE, ONE.replace("kernel_size: 3", "kernel_size: 3, activation: relu"), [("a", "changed", "activation flops")]),
    (
        ONE + RELU + "  - add: {name: s, from: [a, r]}\n",
        ONE + RELU + "  - add: {name: s, from: [r, r]}\n",
        [("s", "changed", "inputs")],
    ),
    (
        ONE + RELU + "  - identity: {name: i, from: a}\n",
        ONE + RELU + "  - identity: {name: i}\n",
        [("i", "changed", "inputs")],
    ),
    (RELU, RELU.replace("relu", "tanh"), [("r", "changed", "type flops")]),
    (RELU, RELU.replace("relu", "elu"), [("r", "changed", "type flops")]),
]


@every_row(("before", "after", "changes"), CHANGES)
def test_changes(before: str, after: str, changes: list[tuple[str, str, str]]) -> None:
    old, new = (cnncalc.load(HEAD + layers).report() for layers in (before, after))
    found = layer_changes(old, new)
    told = [(change.name, change.kind, " ".join(change.figures)) for change in found]
    assert [(name, kind) for name, kind, _ in told] == [(name, kind) for name, kind, _ in changes]
    for (*_, figures), (*_, expected) in zip(told, changes, strict=True):
        assert figures.removesuffix(" flops") == expected.removesuffix(" flops"), "operations are another matter"
    for change in found:
        assert (change.before is None, change.after is None) == (change.kind == "added", change.kind == "removed")
