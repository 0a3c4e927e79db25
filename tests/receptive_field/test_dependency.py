"""The pixels that a unit sees, against a network that is executed as it is and perturbed pixel by pixel."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

import cnncalc
from cnncalc.execution.executor import run
from cnncalc.geometry import boxes as box_unions
from cnncalc.geometry.index_set import IndexSet, whole
from cnncalc.graph.graph import Graph
from cnncalc.receptive_field import bounding_boxes
from cnncalc.receptive_field.dependency import dependency_boxes, pixels_seen
from cnncalc.receptive_field.measure import field_figures
from cnncalc.receptive_field.proof import verify
from cnncalc.receptive_field.propagation import receptive_fields
from cnncalc.receptive_field.results import Merge
from tests.marking import slow_after
from tests.receptive_field.small_networks import LAST, TRAPS_1D, TRAPS_2D, layers_1d

if TYPE_CHECKING:
    from cnncalc import Network

ANCHORS = [
    ("alexnet", "pool5", 195, 32),
    ("vgg16", "features.30", 212, 32),
    ("resnet50", "layer3", 267, 16),
    ("resnet50", "layer4", 427, 32),
]


@pytest.mark.parametrize(("spec", "layer", "size", "stride"), ANCHORS)
def test_anchors(spec: str, layer: str, size: int, stride: int) -> None:
    network = cnncalc.load(spec)
    pools = [node.name for node in network.nodes if node.type == "max_pool2d"]
    [figures] = field_figures(network, [network.tensor(pools[-1] if spec == "vgg16" else layer)])
    field = figures.receptive_field["input"]
    assert (field.size, field.stride) == ((size, size), ((stride, 1), (stride, 1)))


def interval(network: Network, layer: str, unit: tuple[int, ...]) -> list[tuple[int, int]]:
    return [(p.first, p.last) for p in pixels_seen(network, network.tensor(layer), unit)["input"]]


def test_trailing_columns_are_dropped_on_the_way() -> None:
    network = cnncalc.load("alexnet", input="3x224x224")
    assert interval(network, "conv2", (24, 24)) == [(176, 218)] * 2
    assert interval(network, "conv2", (0, 24)) == [(0, 34), (176, 218)]


def changed_by(network: Network, tensor: int, seeds: int = 3) -> dict[tuple[int, ...], list[set[int]]]:
    """For each unit of a map the pixels, along each axis, that change it: the real forward pass, perturbed a lot."""
    [(name, shape)] = network.inputs.items()
    names = [tensor.name for tensor in network.tensors]
    cut = cnncalc.Network(Graph(network.blueprint, network.inputs, network.nodes[:tensor], [tensor]))
    sizes = network.tensors[tensor].shape[1:]
    found: dict[tuple[int, ...], list[set[int]]] = {
        unit: [set() for _ in shape[1:]] for unit in itertools.product(*map(range, sizes))
    }
    pixels = list(itertools.product(*map(range, shape[1:])))
    for seed in range(seeds):
        x = np.random.default_rng(seed).uniform(0.5, 1.5, shape)
        # The first sample is left as it is; in each other one pixel is another.
        moved = [(pixel, change) for pixel in pixels for change in (50.0, -50.0, 0.01)]
        batch = np.repeat(x[np.newaxis], len(moved) + 1, 0)
        for sample, (pixel, change) in enumerate(moved, 1):
            place: Any = (sample, ..., *pixel)
            batch[place] += change
        _, outputs = run(cut, {name: batch}, seed=seed, dtype="float64")
        output = outputs[names[tensor]]
        differs = np.abs(output[1:] - output[:1]).max(1) > 1e-9
        for unit, axes in found.items():
            for changed in np.flatnonzero(differs[(slice(None), *unit)]):
                for axis, at in enumerate(moved[int(changed)][0]):
                    axes[axis].add(at)
    return found


def agrees(text: str, *, proven: bool = True) -> None:
    """Every unit of the last layer sees what changes it, and the proof by execution says so."""
    network = cnncalc.load(text)
    tensor = len(network.nodes)
    for unit, expected in changed_by(network, tensor).items():
        pixels = pixels_seen(network, tensor, unit)
        assert [set(axis.each()) for axis in pixels["input"]] == expected, unit
        assert not proven or verify(network, tensor, unit, pixels).ok, unit


@pytest.mark.parametrize("layers", TRAPS_1D.values(), ids=TRAPS_1D)
def test_every_unit_of_small_networks(layers: str) -> None:
    agrees(f"input: 2x11\nlayers:\n{layers}")


@pytest.mark.parametrize("layers", slow_after(3, [(layers,) for layers in TRAPS_2D.values()]), ids=TRAPS_2D)
def test_every_unit_of_small_maps(layers: str) -> None:
    agrees(f"input: 2x4x6\nlayers:\n{layers}")


@pytest.mark.parametrize("layers", LAST.values(), ids=LAST)
def test_every_unit_with_channels_last(layers: str) -> None:
    agrees(f"input: 3x4x2\ndata_format: channels_last\nlayers:\n{layers}")


def test_every_unit_of_a_volume() -> None:
    conv = "- conv3d: {out_channels: 2, kernel_size: [2, 1, 3], dilation: [1, 1, 2], padding: [0, 0, 2]}\n"
    agrees(f"input: 1x3x2x5\nlayers:\n{conv}- max_pool3d: {{kernel_size: [1, 2, 2], stride: 1}}\n")


@given(layers_1d(), st.integers(3, 12))
def test_every_unit_of_random_graphs(layers: list[dict[str, Any]], size: int) -> None:
    text = f"input: 2x{size}\nlayers: {json.dumps(layers)}\n"
    try:
        cnncalc.load(text)
    except cnncalc.CnncalcError:
        reject()
    agrees(text)


@pytest.mark.parametrize("merge", ["add", "concat"])
def test_where_paths_merge_that_are_not_aligned(merge: str) -> None:
    text = (
        "input: 2x16\nlayers:\n- conv: {name: a, out_channels: 2, kernel_size: 3}\n"
        f"- parallel: {{name: m, merge: {merge}, branches: "
        "[[], [{conv: {name: b, out_channels: 2, kernel_size: 2, padding: [[0, 1]]}}]]}\n- relu\n"
    )
    network = cnncalc.load(text)
    [figures] = field_figures(network, [len(network.nodes)])
    assert figures.merges == {"input": Merge("m", ("a", "m.b"))}
    assert field_figures(network)[0].merges == {}
    assert not receptive_fields(network)[-1]["input"][0].aligned


def test_several_inputs() -> None:
    text = (
        "inputs: {left: 1x9, right: 1x9}\nlayers:\n- conv: {from: left, name: a, out_channels: 1, kernel_size: 3, "
        "padding: 1}\n- add: {from: [a, right]}\n"
    )
    network = cnncalc.load(text)
    pixels = pixels_seen(network, network.tensor(), (0,))
    assert {name: list(axes[0].each()) for name, axes in pixels.items()} == {"left": [0, 1], "right": [0]}
    assert verify(network, network.tensor(), (0,), pixels).ok


def test_a_long_axis_costs_no_memory() -> None:
    network = cnncalc.load("input: 1x2000000000\nlayers:\n- conv: {out_channels: 1, kernel_size: 3, stride: 2}\n")
    [axis] = pixels_seen(network, 1, (900_000_000,))["input"]
    assert (axis.first, axis.last) == (1_800_000_000, 1_800_000_002)


def test_boxes_are_kept_apart() -> None:
    """A cross is two boxes, and not the square around them."""
    network = cnncalc.load(
        "input: 1x5x5\nlayers:\n- parallel: {merge: add, branches: "
        "[[{max_pool: {kernel_size: [3, 1], stride: 1, padding: [[1, 1], [0, 0]]}}], "
        "[{max_pool: {kernel_size: [1, 3], stride: 1, padding: [[0, 0], [1, 1]]}}]]}\n"
    )
    three, one = IndexSet.span(1, 3), IndexSet.span(2, 2)
    found = dependency_boxes(network, network.tensor(), (2, 2))["input"]
    assert sorted(found) == sorted([(whole(1), three, one), (whole(1), one, three)])


@pytest.mark.parametrize("layers", slow_after(3, [(layers,) for layers in TRAPS_2D.values()]), ids=TRAPS_2D)
def test_boxes_are_taken_together_only_where_none_is_lost(layers: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounding_boxes, "MOST_SEPARATE", 1)
    monkeypatch.setattr(box_unions, "COMPARED", 0)
    agrees(f"input: 2x4x6\nlayers:\n{layers}", proven=False)


def test_a_gate_reads_two_channels_and_no_others() -> None:
    """The first of four channels is gated by the third: a slice of either of these alone leads to it."""
    text = (
        "inputs: {a: 2x6, b: 1x6, c: 1x6}\nlayers:\n- concat: {from: [a, b, c]}\n- glu: {dim: 0}\n"
        "- slice: {dim: 0, start: 0, end: 1}\n- conv: {name: out, out_channels: 1, kernel_size: 1}\n"
    )
    network = cnncalc.load(text)
    found = pixels_seen(network, network.tensor("out"), (2,))
    assert {name: axis.total for name, (axis,) in found.items()} == {"a": 1, "b": 1, "c": 0}
    assert verify(network, network.tensor("out"), (2,), found).ok
