"""What some outputs need is the network that has no more than that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import cnncalc
from cnncalc.graph.restriction import restricted
from cnncalc.summary.totals import TotalsCounter

if TYPE_CHECKING:
    from cnncalc.graph.graph import Graph

LAYERS = {
    "a": "relu: {name: a, from: x}",
    "b": "conv2d: {name: b, out_channels: 4, kernel_size: 3, from: y}",
    "c": "{name: c, layers: [relu, conv2d: {out_channels: 4, kernel_size: 1}]}",
    "d": "add: {name: d, from: [a, a]}",
    "e": "concat: {name: e, from: [c, b]}",
}


def network(inputs: str, layers: str, outputs: str) -> Graph:
    lines = "".join(f"  - {LAYERS[name]}\n" for name in layers)
    shapes = {"x": "2x9x9", "y": "3x8x8"}
    named = ", ".join(f"{name}: {shapes[name]}" for name in inputs)
    return cnncalc.load(f"inputs: {{{named}}}\nlayers:\n{lines}outputs: [{', '.join(outputs)}]\n")


@pytest.mark.parametrize(
    ("outputs", "inputs", "layers"),
    [("d", "x", "ad"), ("a", "x", "a"), ("b", "y", "b"), ("c", "y", "bc"), ("e", "y", "bce"), ("de", "xy", "abcde")],
)
def test_it_is_as_if_the_rest_were_not_written(outputs: str, inputs: str, layers: str) -> None:
    whole = network("xy", "abcde", "ed")
    part = restricted(whole, [whole.tensor(name) for name in outputs])
    alone = network(inputs, layers, outputs)
    assert part.inputs == alone.inputs
    assert [(n.name, n.inputs, n.output, n.output_shape) for n in part.nodes] == [
        (n.name, n.inputs, n.output, n.output_shape) for n in alone.nodes
    ]
    assert part.outputs == alone.outputs
    assert {name: part.scopes[name] for name in alone.scopes} == alone.scopes
    counter = TotalsCounter(1, "float32")
    assert counter.totals(part) == counter.totals(alone) == cnncalc.Network(alone).report().totals


def test_the_whole_stays_as_it_is() -> None:
    whole = network("xy", "abcde", "ed")
    before = [(node.inputs, node.output) for node in whole.nodes]
    restricted(whole, [whole.tensor("b")])
    assert [(node.inputs, node.output) for node in whole.nodes] == before
