"""Weights that are normalised: against PyTorch's recorded values, and against loops from the definitions."""

from __future__ import annotations

import json
from itertools import product
from math import sqrt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnncalc
from cnncalc.errors import CnncalcError
from cnncalc.execution.weights import WeightDraw
from cnncalc.layers import LAYERS, find
from cnncalc.layers.normalized_weight import NormalizedWeight
from tests.layers.drawing import random
from tests.layers.execution import close, execute, made
from tests.rows import every_row

if TYPE_CHECKING:
    from cnncalc.kernels import Array

RECORDED = json.loads((Path(__file__).parents[1] / "reference" / "normalized_weights.json").read_text())
"""State dicts of modules of PyTorch 2.14 with a normalised weight, an input, and what `eval()` makes of it.

Standardised are those of timm, `StdConv2d` and `ScaledStdConv2d`, by their definition.
"""
WAYS = ("weight_norm", "spectral_norm", "weight_standardization", "scaled_weight_standardization")
KINDS: dict[str, tuple[dict[str, Any], tuple[int, ...], tuple[str, ...]]] = {
    "conv": ({"out_channels": 4, "kernel_size": [3, 2], "groups": 2}, (4, 5, 6), WAYS),
    "conv_transpose": ({"out_channels": 4, "kernel_size": 3, "stride": 2, "groups": 2}, (2, 5, 4), WAYS[:2]),
    "depthwise_conv": (
        {"kernel_size": 3, "depth_multiplier": 2, "padding_mode": "reflect", "padding": 1},
        (3, 7),
        WAYS,
    ),
    "linear": ({"out_features": 5}, (7,), WAYS),
}
"""Options, an input, and the ways in which the weight may be normalised."""
CASES = [(name, way) for name, (_, _, ways) in KINDS.items() for way in ways]


@every_row("case", RECORDED, ids=[f"{case['kind']}-{list(case['options'])[-1]}" for case in RECORDED])
def test_arrays_and_values_are_those_of_pytorch(case: dict[str, Any]) -> None:
    found = find(case["kind"])
    assert found is not None
    layer, x = made(found[0], **case["options"]), np.array(case["x"], np.float32)
    stated = {**layer.weight_shapes([x.shape[1:]]), **layer.buffer_shapes([x.shape[1:]])}
    assert [(name, list(shape)) for name, shape in stated.items()] == list(case["shapes"].items())
    weights = {name: np.array(case["arrays"][name], np.float32).reshape(shape) for name, shape in stated.items()}
    close(execute(layer, x, weights=weights), np.array(case["y"]))


def looped(way: str, arrays: dict[str, Array], axis: int) -> Array:
    """The weight that is used, number by number."""
    stored = arrays[{"weight_norm": "weight_v", "spectral_norm": "weight_orig"}.get(way, "weight")].astype(float)
    used = np.zeros_like(stored)
    if way == "spectral_norm":
        sigma = 0.0
        rows = np.moveaxis(stored, axis, 0)
        for row, (column, place) in product(range(len(rows)), enumerate(np.ndindex(*rows.shape[1:]))):
            sigma += arrays["weight_u"][row] * rows[(row, *place)] * arrays["weight_v"][column]
        return stored / sigma
    for number, filter_ in enumerate(stored):
        values = filter_.reshape(-1).tolist()
        if way == "weight_norm":
            length = sqrt(sum(value * value for value in values))
            used[number] = filter_ / length * arrays["weight_g"].reshape(-1)[number]
            continue
        mean = sum(values) / len(values)
        variance = sum((value - mean) ** 2 for value in values) / len(values)
        used[number] = (filter_ - mean) / sqrt(variance + 1e-6)
        if way == "scaled_weight_standardization":
            used[number] *= arrays["gain"].reshape(-1)[number] / sqrt(len(values))
    return used


@every_row(("name", "way"), CASES)
@every_row("bias", [True, False])
def test_the_normalised_weight_is_that_of_a_plain_layer(name: str, way: str, bias: bool) -> None:
    options, shape, _ = KINDS[name]
    layer, plain = (LAYERS[name](**options, bias=bias, **more) for more in ({way: True}, {}))
    stated = {**layer.weight_shapes([shape]), **layer.buffer_shapes([shape])}
    arrays = {key: random(*size, seed=seed) for seed, (key, size) in enumerate(stated.items())}
    expected = {"weight": looped(way, arrays, 1 if name == "conv_transpose" else 0).astype(np.float32)}
    expected |= {"bias": arrays["bias"]} if bias else {}
    x = random(2, *shape)
    close(execute(layer, x, weights=arrays), execute(plain, x, weights=expected), absolute=1e-4)
    output = plain.output_shape([shape])
    assert layer.macs([shape], output) == plain.macs([shape], output)
    assert layer.flops([shape], output) == plain.flops([shape], output)
    assert isinstance(layer, NormalizedWeight)
    assert layer.kernel_shape(shape) == plain.weight_shapes([shape])["weight"]


def drawn(entry: str, shape: str = "6x9x9") -> tuple[Any, dict[str, Array]]:
    """The layer of a network of one entry, and its drawn arrays."""
    network = cnncalc.load(f"input: {shape}\nlayers:\n  - {entry}\n")
    return network.nodes[0].layer, WeightDraw(network, 5, "float64").arrays(network.nodes[0])


def test_drawn_lengths_are_those_of_the_drawn_filters() -> None:
    """As PyTorch begins, so that a given weight is the weight that is used."""
    layer, arrays = drawn("conv2d: {out_channels: 4, kernel_size: 3, weight_norm: true}")
    close(arrays["weight_g"].reshape(-1), np.linalg.norm(arrays["weight_v"].reshape(4, -1), axis=1))
    close(layer.used_weight(arrays), arrays["weight_v"])
    layer, arrays = drawn("linear: {out_features: 2, weight_norm: true, weight: [[1, 2, 2], [0, 3, 4]]}", "[3]")
    assert arrays["weight_g"].tolist() == [[3], [5]]


@pytest.mark.parametrize(
    "entry", ["conv2d: {out_channels: 4, kernel_size: 3, ", "conv_transpose2d: {out_channels: 5, kernel_size: 2, "]
)
def test_the_largest_singular_value_of_a_drawn_weight_is_one(entry: str) -> None:
    layer, arrays = drawn(f"{entry}spectral_norm: true}}")
    matrix = np.moveaxis(layer.used_weight(arrays), layer.spectral_axis, 0)
    values = np.linalg.svd(matrix.reshape(len(matrix), -1), compute_uv=False)
    assert values[0] == pytest.approx(1, rel=1e-3)


@pytest.mark.parametrize("way", WAYS)
def test_deep_networks_keep_their_values(way: str) -> None:
    """Where a norm that knows how large values become follows each, as those of batch norm's running variance do."""
    layers = f"  - conv2d: {{out_channels: 16, kernel_size: 3, padding: same, {way}: true}}\n  - batch_norm\n  - relu\n"
    report, _ = cnncalc.load("input: 16x6x6\nlayers:\n" + 12 * layers).run()
    assert report.ok
    deviations = [layer.std or 0 for layer in report.layers if layer.type == "batch_norm"]
    assert all(0.05 < deviation < 4 for deviation in deviations), deviations


@given(st.sampled_from(CASES), st.sampled_from(["zeros", "ones", 0.5]))
def test_filters_that_are_all_alike_give_numbers(case: tuple[str, str], weight: Any) -> None:
    """A filter of zeros has no direction, and one of equal values no variance."""
    name, way = case
    options, shape, _ = KINDS[name]
    entry = json.dumps({name: {**options, way: True, "weight": weight}})
    report, _ = cnncalc.load(f"input: {list(shape)}\nlayers:\n  - {entry}\n").run()
    assert report.ok
    assert report.layers[0].finite


def test_a_weight_is_normalised_in_one_way() -> None:
    entry = "conv2d: {out_channels: 4, kernel_size: 3, weight_norm: true, spectral_norm: true}"
    with pytest.raises(CnncalcError) as caught:
        drawn(entry)
    assert "`weight_norm` and `spectral_norm` are both given" in str(caught.value)
    assert "hint: a weight is normalised in one way: leave one of them out" in str(caught.value)


def test_a_given_weight_that_does_not_fit_is_shown_where_it_stands() -> None:
    with pytest.raises(CnncalcError) as caught:
        drawn("conv2d: {out_channels: 4, kernel_size: 3, weight_norm: true, weight: [[1, 2], [3, 4]]}")
    assert "`weight_v` is 2 x 2, which does not broadcast to 4 x 6 x 3 x 3" in str(caught.value)
    assert str(caught.value).startswith("error: <text>:3:74: ")


def test_what_a_report_says_of_them() -> None:
    text = "input: 3x8x8\nlayers:\n  - conv2d: {out_channels: 4, kernel_size: 3, WAY: true}\n"
    figures = {way: cnncalc.load(text.replace("WAY", way)).report().layers[0] for way in WAYS}
    assert [layer.parameters for layer in figures.values()] == [4 + 4 + 108, 4 + 108, 108 + 4, 108 + 4 + 4]
    assert [layer.buffers for layer in figures.values()] == [0, 4 + 27, 0, 0]
    assert len({(layer.macs, layer.flops) for layer in figures.values()}) == 1


@pytest.mark.parametrize("tool", ["fvcore", "thop", "calflops", "onnx-tool", "torch"])
def test_other_tools_count_the_operations_of_the_plain_layers(tool: str) -> None:
    """But torchinfo, which multiplies every parameter with the positions."""
    from cnncalc.conventions.counting import count_as

    def counts(way: str) -> list[int]:
        text = "\n".join(
            [
                "input: 4x8x8\nlayers:",
                f"  - conv2d: {{out_channels: 4, kernel_size: 3, {way}}}",
                f"  - conv_transpose2d: {{out_channels: 4, kernel_size: 3, {way}}}",
                f"  - linear: {{out_features: 3, dim: -1, {way}}}\n",
            ]
        )
        return [quantity.theirs for quantity in count_as(cnncalc.load(text), tool).quantities]

    assert counts("weight_norm: true") == counts("spectral_norm: true") == counts("bias: true")
