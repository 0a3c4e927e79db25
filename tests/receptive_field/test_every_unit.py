"""What tables tell of every unit, against the walk back from each, which is held against execution."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

import cnncalc
from cnncalc.geometry.periodic import IrregularError
from cnncalc.receptive_field.dependency import pixels_seen
from cnncalc.receptive_field.every_unit import Sight, sights
from tests.marking import slow_but
from tests.networks import FIRST, NETWORKS
from tests.receptive_field.graph_drawing import STEPS, Builder
from tests.receptive_field.small_networks import LAST, TRAPS_1D, TRAPS_2D, layers_1d

UNTOLD = {"columns", "some columns", "columns put together", "columns put together backwards", "columns of a map",
          "patches"}  # fmt: skip
"""What windows are laid out in is told of single units only."""


def seen(own: tuple[Sight, ...], unit: tuple[int, ...]) -> dict[str, list[set[int]]]:
    """The pixels along each axis of each input that a unit sees by any of its sights."""
    found: dict[str, list[set[int]]] = {}
    for sight in own:
        axes = []
        for axis, table in sight.axes:
            place = 0 if axis is None else unit[axis]
            first, last = int(table.first[place]), int(table.last[place])
            bits = (1 << last + 1) - (1 << first) if table.bits is None else table.bits[place]
            axes.append({pixel for pixel in range(first, last + 1) if bits >> pixel & 1})
            assert len(axes[-1]) == table.pixels()[place]
            assert not axes[-1] or (min(axes[-1]), max(axes[-1])) == (first, last)
        before = found.setdefault(sight.input, [set() for _ in axes])
        if all(axes) and all(mask[unit[axis]] for axis, mask in sight.alive.items()):
            found[sight.input] = [one | other for one, other in zip(before, axes, strict=True)]
    return found


def agrees(network: cnncalc.Network, tensors: list[int], most: int = 10_000) -> int:
    """The tables tell of the units of these tensors what the walk back does; how many tensors they tell of."""
    told = sights(network)
    for tensor in tensors:
        own, shape = told[tensor], network.tensors[tensor].shape
        units = list(itertools.product(*map(range, shape[1:])))
        for unit in units[:: -(-len(units) // most)] if own else []:
            assert own is not None
            walked = pixels_seen(network, tensor, unit or None)
            assert seen(own, unit) == {name: [set(axis.each()) for axis in axes] for name, axes in walked.items()}
    return sum(told[tensor] is not None for tensor in tensors)


CASES = {
    **{name: f"input: 2x11\nlayers:\n{layers}" for name, layers in TRAPS_1D.items()},
    **{name: f"input: 2x4x6\nlayers:\n{layers}" for name, layers in TRAPS_2D.items()},
    **{name: f"input: 3x4x2\ndata_format: channels_last\nlayers:\n{layers}" for name, layers in LAST.items()},
    "two directions": "input: 2x9\nlayers:\n- slice: {dim: 1, start: 2}\n"
    "- lstm: {hidden_size: 2, bidirectional: true}\n- slice: {dim: 0, end: 2}\n",
    "tokens": "input: 2x4x6\nlayers:\n- conv: {out_channels: 4, kernel_size: 2, stride: 2}\n"
    "- reshape: {shape: [4, 6]}\n- pad: {padding: [[1, 0]], value: 1}\n- layer_norm\n",
    "attention": "input: 4x5\nlayers:\n- conv: {out_channels: 4, kernel_size: 2}\n- slice: {dim: 1, start: 1}\n"
    "- multihead_attention: {num_heads: 2}\n",
    "two inputs": "inputs: {left: 1x5x4, right: 2x3}\nlayers:\n- conv: {from: left, out_channels: 2, kernel_size: 3}\n"
    "- reshape: {shape: [2, 6]}\n- slice: {dim: 1, step: 2}\n- add: {from: [previous, right]}\n",
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_every_unit_of_small_networks(name: str) -> None:
    network = cnncalc.load(CASES[name])
    last = len(network.tensors) - 1
    assert agrees(network, [last]) == (name not in UNTOLD)


HUGE = {
    "input": "input: 1x2000000000\nlayers:\n- conv: {out_channels: 1, kernel_size: 3, stride: 2}\n- flatten\n",
    "output": "input: 1x20\nlayers:\n- upsample: {size: 2000000000}\n- conv: {out_channels: 1, kernel_size: 3}\n",
    "expanded": "input: 1x1x20\nlayers:\n- expand: {sizes: [1, 2000000000, 20]}\n- relu\n",
    "kernel": "input: 1x1000000\nlayers:\n- conv: {out_channels: 1, kernel_size: 500001, stride: 7}\n",
}


@pytest.mark.parametrize("text", HUGE.values(), ids=HUGE)
def test_huge_axes_are_not_told_of(text: str) -> None:
    network = cnncalc.load(text)
    first = len(network.inputs)
    assert sights(network)[first] is None


@given(layers_1d(depth=4), st.integers(3, 14))
def test_every_unit_of_random_chains(layers: list[dict[str, Any]], size: int) -> None:
    try:
        network = cnncalc.load(f"input: 2x{size}\nlayers: {json.dumps(layers)}\n")
    except cnncalc.CnncalcError:
        reject()
    assert agrees(network, [len(network.nodes)]) == 1


@given(
    st.sampled_from([(4, 6), (2, 4, 4), (4, 3, 6)]),
    st.lists(st.tuples(st.sampled_from(STEPS), *[st.integers(0, 5)] * 3), min_size=1, max_size=6),
)
def test_every_unit_of_random_graphs_that_move_axes(
    shape: tuple[int, ...], steps: list[tuple[str, int, int, int]]
) -> None:
    builder = Builder(shape, padded=True)
    for step, *numbers in steps:
        getattr(builder, step)(*numbers)
    if not builder.layers:
        reject()
    network = cnncalc.load(f"input: {'x'.join(map(str, shape))}\nlayers: {json.dumps(builder.layers)}\n")
    try:
        agrees(network, [len(network.tensors) - 1])
    except IrregularError:
        reject()


@pytest.mark.parametrize("name", slow_but(["lenet", "siamese"], FIRST.values(), NETWORKS))
def test_units_of_bundled_networks(name: str) -> None:
    """The tables tell of every layer, and of some of their units are compared."""
    network = cnncalc.load(name)
    numbers = list(range(len(network.tensors)))[:: -(-len(network.tensors) // 40)]
    assert agrees(network, numbers, most=7) == len(numbers)
    assert None not in sights(network)
