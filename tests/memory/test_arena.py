"""The activation arena, held against what TensorFlow Lite Micro takes and against a placement byte by byte."""

from __future__ import annotations

import csv
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import cnncalc
from cnncalc.memory.arena import arena
from tests.marking import slow_but
from tests.networks import NAMES

TABLE = Path(__file__).parent.parent / "reference" / "arena.tsv"
"""What TensorFlow Lite Micro's own planner took for random graphs; the file's head says how it was recorded."""


def rows() -> list[dict[str, str]]:
    """The rows below the remarks."""
    lines = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter="\t"))


def entry(layer: dict[str, Any]) -> dict[str, Any]:
    """A recorded layer as a spec has it."""
    kinds = {"conv": "conv2d", "add": "add", "pool": "max_pool2d"}
    options = {"name": layer["name"], "from": [name.replace("t0", "input") for name in layer["inputs"]]}
    if layer["op"] != "add":
        options |= {"kernel_size": layer["kernel"], "stride": layer["stride"], "padding": "same"}
    if layer["op"] == "conv":
        options["out_channels"] = layer["output"][-1]
    return {kinds[layer["op"]]: options}


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["id"])
def test_the_plan_by_size_is_that_of_tensorflow_lite_micro(row: dict[str, str]) -> None:
    """Byte for byte, where it takes more than is needed at once as well."""
    model = json.loads(row["model"])
    layers = [entry(layer) for layer in model["layers"]]
    network = cnncalc.load({"input": model["input"], "data_format": "channels_last", "layers": layers})
    found = arena(network, dtype=row["dtype"], plan="size")
    assert found.size == int(row["tflm_head_bytes"])
    assert found.bound == int(row["bound_bytes"])
    assert [tensor.offset for tensor in found.tensors] == json.loads(row["offsets_by_rule"])
    assert [tensor.bytes for tensor in found.tensors] == json.loads(row["tensor_bytes"])
    assert [tensor.shape for tensor in found.tensors[1:]] == [tuple(layer["output"]) for layer in model["layers"]]


@pytest.mark.parametrize("name", slow_but({"unet", "lenet"}, NAMES))
def test_the_bound_is_the_peak_of_the_summary(name: str) -> None:
    """Where sizes are not rounded up; and no two tensors that are there at one step share a byte."""
    network = cnncalc.load(name)
    found = arena(network, batch=3, dtype="int8", align=1)
    report = network.report(batch=3, dtype="int8")
    assert found.bound == report.totals.peak_activation_bytes == max(step.alive for step in found.steps)
    assert [step.alive for step in found.steps] == [layer.live_bytes for layer in report.layers]
    there: list[list[tuple[int, int]]] = [[] for _ in found.steps]
    for tensor in found.tensors:
        for step in range(tensor.first, tensor.last + 1):
            there[step].append((tensor.offset, tensor.offset + tensor.size))
    for spans in map(sorted, there):
        assert all(end <= start for (_, end), (start, _) in pairwise(spans))
        assert not spans or spans[-1][1] <= found.size


def test_u_net_is_much_smaller_by_breadth() -> None:
    found = arena(cnncalc.load("unet"))
    assert [(plan.name, round(plan.size / 1e6)) for plan in found.plans] == [("size", 244), ("breadth", 167)]
    assert (found.plan, found.size) == ("breadth", found.bound)


ODD: dict[str, tuple[dict[str, Any], list[tuple[str, int, int]]]] = {
    "several inputs, of which one is read late": (
        {
            "inputs": {"left": "2x4x4", "right": "2x2x2"},
            "layers": [
                {"max_pool2d": {"name": "pool", "from": "left", "kernel_size": 2}},
                {"add": {"from": ["pool", "right"]}},
            ],
        },
        [("left", 0, 0), ("right", 0, 1), ("pool", 0, 1), ("add_1", 1, 1)],
    ),
    "an output in the middle stays to the end": (
        {"input": "1x4x4", "layers": [{"relu": {"name": "a"}}, "tanh", "sigmoid"], "outputs": ["a", "sigmoid_1"]},
        [("input", 0, 0), ("a", 0, 2), ("tanh_1", 1, 2), ("sigmoid_1", 2, 2)],
    ),
    "what no input reaches is not there": (
        {
            "input": "2x4x4",
            "layers": [{"parameter": {"name": "p", "shape": [2, 4, 4]}}, {"add": {"from": ["input", "p"]}}],
        },
        [("input", 0, 1), ("add_1", 1, 1)],
    ),
}


@pytest.mark.parametrize("name", ODD)
def test_when_each_is_there(name: str) -> None:
    spec, lives = ODD[name]
    found = arena(cnncalc.load(spec))
    assert [(tensor.name, tensor.first, tensor.last) for tensor in found.tensors] == lives


def test_sizes_are_rounded_up() -> None:
    found = arena(cnncalc.load({"input": "3x3x3", "layers": ["relu"]}), dtype="int8", align=16)
    assert [(tensor.bytes, tensor.size, tensor.offset % 16) for tensor in found.tensors] == [(27, 32, 0), (27, 32, 0)]
    assert (found.size, found.bound, found.align) == (64, 64, 16)
