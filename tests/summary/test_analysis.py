"""The report: counts, bytes, liveness and totals against figures worked out by hand."""

from __future__ import annotations

import pytest

import cnncalc
from cnncalc.reports import summary_json as as_json
from tests.rows import every_row

CHAIN = "input: 2x10\nlayers:\n"


def test_conv1_of_alexnet_without_activation() -> None:
    """Figures of 11 x 11 filters on 227 x 227: 55 x 55 x 96 outputs of 363 products, 290,400 biases added."""
    text = "input: 3x227x227\nlayers:\n  - conv2d: {name: conv1, out_channels: 96, kernel_size: 11, stride: 4}\n"
    assert as_json.as_object(cnncalc.load(text).report())["layers"] == [
        {
            "name": "conv1",
            "type": "conv2d",
            "inputs": ("input",),
            "input_shapes": ((3, 227, 227),),
            "output_shape": (96, 55, 55),
            "kernel_size": (11, 11),
            "stride": (4, 4),
            "padding": ((0, 0), (0, 0)),
            "dilation": (1, 1),
            "groups": 1,
            "parameters": 34944,
            "frozen": 0,
            "buffers": 0,
            "shares": None,
            "weights": {"weight": (96, 3, 11, 11), "bias": (96,)},
            "buffer_shapes": {},
            "macs": 105415200,
            "flops": 211120800,
            "output_bytes": 1161600,
            "live_bytes": 3 * 227 * 227 * 4 + 1161600,
            "receptive_field": {
                "size": (11, 11),
                "stride": [4, 4],
                "padding": [0, 0],
                "aligned": True,
                "global": False,
            },
        }
    ]


def test_an_activation_adds_its_operations_and_no_row() -> None:
    text = "input: 3x227x227\nlayers:\n  - conv2d: {{out_channels: 96, kernel_size: 11, stride: 4, activation: {}}}\n"
    flops = [cnncalc.load(text.format(kind)).report().totals.flops for kind in ("null", "relu")]
    assert flops == [211120800, 211120800 + 290400]
    assert cnncalc.load(text.format("relu")).report().totals.layers == 1


PEAKS = [
    ("  - relu\n", 40),
    ("  - conv: {out_channels: 5, kernel_size: 1}\n  - conv: {out_channels: 1, kernel_size: 1}\n", 70),
    ("  - residual: {layers: [conv: {out_channels: 2, kernel_size: 1}]}\n", 60),
    (
        "  - conv: {name: a, out_channels: 4, kernel_size: 1}\n  - relu\n  - concat: {from: [previous, a]}\n",
        160,
    ),
    ("  - relu: {name: a}\n  - conv: {out_channels: 9, kernel_size: 1}\noutputs: [a, conv_1]\n", 110),
    ("  - relu: {name: unused}\n  - relu: {from: input}\n  - relu\n", 40),
]
"""Values alive at once, worked out by hand: inputs and output of each layer, and what later layers still read."""


@every_row(("layers", "values"), PEAKS)
@every_row(("batch", "dtype", "bytes_"), [(1, "float32", 4), (3, "float16", 6), (2, "float64", 16)])
def test_peak(layers: str, values: int, batch: int, dtype: str, bytes_: int) -> None:
    totals = cnncalc.load(CHAIN + layers).report(batch=batch, dtype=dtype).totals
    assert totals.peak_activation_bytes == values * bytes_


ALIVE = [
    ("  - relu\n", [("relu_1", ["input", "relu_1"])]),
    (
        "  - conv: {name: a, out_channels: 4, kernel_size: 1}\n  - relu\n  - concat: {from: [previous, a]}\n",
        [("a", ["input", "a"]), ("relu_1", ["a", "relu_1"]), ("concat_1", ["a", "relu_1", "concat_1"])],
    ),
    (
        "  - relu: {name: a}\n  - conv: {out_channels: 9, kernel_size: 1}\noutputs: [a, conv_1]\n",
        [("a", ["input", "a"]), ("conv_1", ["a", "conv_1"])],
    ),
    (
        "  - relu: {name: unused}\n  - relu: {from: input}\n  - relu\n",
        [("unused", ["input", "unused"]), ("relu_1", ["input", "relu_1"]), ("relu_2", ["relu_1", "relu_2"])],
    ),
]
"""The tensors alive while each layer is executed, by hand."""


@pytest.mark.parametrize(("layers", "alive"), ALIVE)
def test_where_the_peak_is_and_what_makes_it(layers: str, alive: list[tuple[str, list[str]]]) -> None:
    report = cnncalc.load(CHAIN + layers).report(batch=3, dtype="float16")
    sizes = {"input": 2 * 10 * 6, **{layer.name: layer.output_bytes for layer in report.layers}}
    sums = [(name, sum(map(sizes.__getitem__, tensors))) for name, tensors in alive]
    assert [(layer.name, layer.live_bytes) for layer in report.layers] == sums
    peak = max(sums, key=lambda each: each[1])[0]
    assert report.peak.layer == peak
    assert report.peak.tensors == tuple((name, sizes[name]) for name in dict(alive)[peak])
    totals = as_json.as_object(report)["totals"]
    assert (totals["peak_layer"], totals["peak_activation_bytes"]) == (peak, dict(sums)[peak])
    assert totals["peak_tensors"] == [{"name": name, "bytes": sizes[name]} for name in dict(alive)[peak]]


def test_only_activation_bytes_grow_with_the_batch() -> None:
    one, eight = (cnncalc.load("alexnet").report(batch=batch) for batch in (1, 8))
    grown = {name for name in one.totals._fields if getattr(one.totals, name) != getattr(eight.totals, name)}
    assert grown == {"output_bytes", "peak_activation_bytes"}
    assert eight.totals.output_bytes == 8 * one.totals.output_bytes
    assert [layer.output_bytes for layer in eight.layers] == [8 * layer.output_bytes for layer in one.layers]


def test_totals_are_sums() -> None:
    report = cnncalc.load("resnet18").report()
    for name in ("parameters", "buffers", "macs", "flops", "output_bytes"):
        assert getattr(report.totals, name) == sum(getattr(layer, name) for layer in report.layers)
    assert report.totals.layers == len(report.layers)
    assert report.totals.weight_bytes == 4 * (11689512 + 9600)


def test_another_size_without_reading_again() -> None:
    network = cnncalc.load("resnet18")
    assert network.at("3x64x64").report() == cnncalc.load("resnet18", input="3x64x64").report()
    assert network.at(variant="resnet34").report() == cnncalc.load("resnet34").report()


def test_channels_last_shapes_are_shown_as_written() -> None:
    text = """
input: 28x20x1
data_format: channels_last
layers:
  - conv2d: {out_channels: 6, kernel_size: [5, 3]}
  - flatten
"""
    report = cnncalc.load(text).report()
    assert report.inputs == {"input": (28, 20, 1)}
    assert [layer.output_shape for layer in report.layers] == [(24, 18, 6), (2592,)]
    assert report.layers[0].weights["weight"] == (6, 1, 5, 3)
    assert report.layers[0].receptive_field["input"].size == (5, 3)
