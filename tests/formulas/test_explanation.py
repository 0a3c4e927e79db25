"""Every formula, worked out, is the figure that is computed."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

import pytest

import cnncalc
from cnncalc.formulas.explanation import explain
from cnncalc.layers import LAYERS
from cnncalc.layers.description import describe
from cnncalc.spec import bundled
from tests.formula_text import evaluate
from tests.layers.cases import spec_with
from tests.marking import slow_but

if TYPE_CHECKING:
    from cnncalc import Network
    from cnncalc.formulas.explanation import LayerExplanation

SOME = ["alexnet", "lenet", "resnet18", "efficientnet_b0", "unet", "segnet", "googlenet", "densenet121", "c3d", "dcgan"]


def check(network: Network, layer: LayerExplanation) -> None:
    """Each line comes to its result, and the results are the figures of the report."""
    figures = next(found for found in network.report().layers if found.name == layer.name)
    results: dict[str, int] = {}
    for line in layer.formulas:
        assert evaluate(line.numbers) == line.result, line
        results[f"{line.quantity} {line.left}"] = line.result
    node = next(node for node in network.nodes if node.name == layer.name)
    for axis, letter in enumerate(("C", "CL", "CHW", "CDHW")[len(node.output_shape) - 1]):
        if f"output {letter}_out" in results:
            assert results[f"output {letter}_out"] == node.output_shape[axis]
    arrays = [line for line in layer.formulas if line.quantity == "parameters" and line.left != "parameters"]
    assert sum(line.result for line in arrays) == figures.parameters
    assert results.get("parameters parameters", figures.parameters) == figures.parameters
    assert results.get("MACs MACs", 0) == figures.macs
    assert results["FLOPs FLOPs"] == figures.flops
    assert results["memory output bytes"] == figures.output_bytes == 4 * prod(node.output_shape)


@pytest.mark.parametrize("name", sorted(LAYERS))
def test_every_layer_type_is_explained(name: str) -> None:
    network = cnncalc.load(spec_with(name, describe(LAYERS[name]).example))
    [layer] = explain(network, network.nodes[1].name).layers
    check(network, layer)
    quantities = {line.quantity for line in layer.formulas}
    assert {"output", "FLOPs", "memory"} <= quantities
    axes = {axis for line in layer.formulas if line.quantity == "output" for axis in line.axes}
    assert len(axes) == len(layer.output_shape) - 1
    first = network.nodes[1]
    unchanged = [size for size in first.output_shape if size not in {1, *first.input_shapes[0]}]
    texts = [line.symbols for line in layer.formulas if line.quantity == "output"]
    assert not unchanged or any(not text.isdecimal() for text in texts)


@pytest.mark.parametrize("name", slow_but({"alexnet", "lenet", "segnet"}, SOME))
def test_the_formulas_of_bundled_networks(name: str) -> None:
    network = cnncalc.load(name)
    found = explain(network)
    assert [layer.name for layer in found.layers] == [node.name for node in network.nodes]
    for layer in found.layers[:60]:
        check(network, layer)


def test_alexnet_as_on_paper() -> None:
    [layer] = explain(cnncalc.load("alexnet"), "conv1").layers
    lines = {(line.quantity, line.left): line for line in layer.formulas}
    size = lines["output", "H_out"]
    assert size.symbols == "floor((H_in + 2 x padding - kernel_size) / stride) + 1"
    assert size.numbers == "floor((227 - 11) / 4) + 1"
    assert (size.result, size.axes, size.note) == (55, ("height", "width"), "the floor drops nothing")
    closed = lines["closed form", "H_out"]
    assert (closed.symbols, closed.numbers, closed.result) == ("floor((H - 7) / 4)", "floor((227 - 7) / 4)", 55)


@pytest.mark.parametrize(
    ("options", "size", "note"),
    [
        ("{kernel_size: 11, stride: 4}", 224, "the floor drops 1 pixel"),
        ("{kernel_size: 11, stride: 4, padding: 2}", 224, "the floor drops 1 pixel, of padding"),
        ("{kernel_size: 3, stride: 2, padding: 1}", 56, "the floor drops 1 pixel, of padding"),
        ("{kernel_size: 2, stride: 4, padding: 1}", 7, "the floor drops 3 pixels, 1 of them padding"),
        ("{kernel_size: 3, stride: 2}", 55, "the floor drops nothing"),
        ("{kernel_size: 3, stride: 1}", 55, ""),
        ("{kernel_size: 3, stride: 2, padding: same}", 56, ""),
        ("{kernel_size: 1, stride: 4, padding: same}", 56, "3 pixels after the last window are left out"),
    ],
)
def test_what_the_floor_drops(options: str, size: int, note: str) -> None:
    text = f"input: 1x{size}x{size}\nlayers:\n  - conv2d: {{out_channels: 1, name: c, {options[1:]}\n"
    [layer] = explain(cnncalc.load(text), "c").layers
    [found] = [line.note for line in layer.formulas if line.left == "H_out" and line.quantity == "output"]
    assert found == note


@pytest.mark.parametrize(
    ("layer", "size", "symbols", "numbers"),
    [
        (
            "conv2d: {out_channels: 1, kernel_size: 5, padding: 2}",
            27,
            "floor((H_in + 2 x padding - kernel_size) / stride) + 1",
            "floor((27 + 2 x 2 - 5) / 1) + 1",
        ),
        (
            "conv2d: {out_channels: 1, kernel_size: 3, dilation: 2, padding: [[1, 0], [1, 0]]}",
            9,
            "floor((H_in + pad_before + pad_after - extent) / stride) + 1",
            "floor((9 + 1 - 5) / 1) + 1",
        ),
        (
            "conv2d: {out_channels: 1, kernel_size: 3, stride: 2, padding: same}",
            32,
            "ceil(H_in / stride)",
            "ceil(32 / 2)",
        ),
        (
            "max_pool2d: {kernel_size: 3, stride: 2, ceil_mode: true}",
            16,
            "ceil((H_in + 2 x padding - kernel_size) / stride) + 1",
            "ceil((16 - 3) / 2) + 1",
        ),
        (
            "conv_transpose2d: {out_channels: 1, kernel_size: 4, stride: 2, padding: 1}",
            8,
            "(H_in - 1) x stride + kernel_size - 2 x padding",
            "(8 - 1) x 2 + 4 - 2 x 1",
        ),
        ("conv_transpose2d: {out_channels: 1, kernel_size: 4, stride: 2, padding: same}", 8, "H_in x stride", "8 x 2"),
        (
            "conv_transpose2d: {out_channels: 1, kernel_size: 3, stride: 2, padding: same, output_padding: 1}",
            4,
            "(H_in - 1) x stride + kernel_size - 2 x floor(kernel_size / 2) + output_padding",
            "(4 - 1) x 2 + 3 - 2 x floor(3 / 2) + 1",
        ),
        ("crop: {padding: 1}", 8, "H_in - 2 x padding", "8 - 2 x 1"),
    ],
)
def test_sizes_as_on_paper(layer: str, size: int, symbols: str, numbers: str) -> None:
    text = f"input: 1x{size}x{size}\nlayers:\n  - {layer.replace('{', '{name: found, ')}\n"
    [found] = explain(cnncalc.load(text), "found").layers
    [line] = [line for line in found.formulas if line.left == "H_out" and line.quantity == "output"]
    assert (line.symbols, line.numbers) == (symbols, numbers)


def test_a_pool_without_a_stride_says_what_it_is() -> None:
    [layer] = explain(cnncalc.load("lenet"), "s2").layers
    lines = [(line.left, line.symbols, line.result) for line in layer.formulas if line.axes == ("height", "width")]
    assert lines[:2] == [
        ("stride", "kernel_size", 2),
        ("H_out", "floor((H_in + 2 x padding - kernel_size) / stride) + 1", 14),
    ]


@pytest.mark.parametrize(("size", "late"), [(32, True), (33, False)])
def test_no_window_of_ceil_mode_starts_behind_the_input(size: int, late: bool) -> None:
    text = (
        f"input: 1x{size}\nlayers:\n  - max_pool: {{name: p, kernel_size: 2, stride: 2, padding: 1, ceil_mode: true}}\n"
    )
    [layer] = explain(cnncalc.load(text), "p").layers
    [line] = [line for line in layer.formulas if line.left == "L_out" and line.quantity == "output"]
    assert (line.symbols, line.result) == ("ceil((L_in + padding) / stride)", 17)
    assert line.note.startswith("no window may start behind the input, which takes one away") is not late


@pytest.mark.parametrize("name", ["c5", "c1"])
def test_activations_have_their_operations_by_name(name: str) -> None:
    [layer] = explain(cnncalc.load("lenet"), name).layers
    lines = [(line.left, line.symbols) for line in layer.formulas if line.quantity == "FLOPs"]
    own = "linear" if name == "c5" else "conv"
    assert [left for left, _ in lines] == [own, "tanh", "FLOPs"]
    assert lines[-1] == ("FLOPs", f"{own} + tanh")


def test_ceil_mode_overhangs() -> None:
    text = "input: 1x6x7\nlayers:\n  - max_pool2d: {name: p, kernel_size: 3, stride: 2, ceil_mode: true}\n"
    [layer] = explain(cnncalc.load(text), "p").layers
    notes = {line.axes: line.note for line in layer.formulas if line.quantity == "output" and line.axes}
    assert notes == {("height",): "the last window overhangs the end by 1 pixel", ("width",): "the ceil adds nothing"}


def test_padding_that_follows_from_the_size_is_split() -> None:
    text = (
        "input: 1x224x225\nlayers:\n  - conv2d: {name: c, out_channels: 1, kernel_size: 7, stride: 2, padding: same}\n"
    )
    [layer] = explain(cnncalc.load(text), "c").layers
    pads = {(line.axes, line.left): line.result for line in layer.formulas if line.quantity == "padding"}
    assert pads == {
        (("height",), "pad_total"): 5,
        (("height",), "pad_before"): 2,
        (("height",), "pad_after"): 3,
        (("width",), "pad_total"): 6,
        (("width",), "pad_before"): 3,
        (("width",), "pad_after"): 3,
    }


def test_each_axis_splits_its_own_padding() -> None:
    """Where both come to the same total, but not by the same numbers."""
    text = (
        "input: 1x224x226\nlayers:\n  - conv2d: {name: c, out_channels: 1, kernel_size: 7, stride: 2, padding: same}\n"
    )
    [layer] = explain(cnncalc.load(text), "c").layers
    lines = [(line.axes, line.left) for line in layer.formulas if line.quantity == "padding"]
    names = ["pad_total", "pad_before", "pad_after"]
    assert lines == [((axis,), name) for axis in ("height", "width") for name in names]


def test_the_receptive_field_grows_by_the_recurrence() -> None:
    [layer] = explain(cnncalc.load("alexnet"), "pool5").layers
    lines = {line.left: line.result for line in layer.formulas if line.quantity == "receptive field"}
    assert lines == {"size_out": 195, "stride_out": 32, "padding_out": 64}


@pytest.mark.parametrize(
    ("network", "layer", "size", "stride"),
    [
        ("alexnet", "conv1", "size_in + (kernel_size - 1) x stride_in", "stride_in x stride"),
        ("resnet18", "layer1.0.bn1", "size_in", "stride_in"),
        (
            "resnet18",
            "layer1.0.add_1",
            "max(size_1 - padding_1, size_2 - padding_2) + max(padding_1, padding_2)",
            "stride_1 = stride_2",
        ),
        ("efficientnet_b0", "features.1.0.block.1", "size_in", "stride_in"),
    ],
)
def test_the_formula_of_a_receptive_field(network: str, layer: str, size: str, stride: str) -> None:
    [found] = explain(cnncalc.load(network), layer).layers
    lines = [line for line in found.formulas if line.quantity == "receptive field"]
    assert [line.left for line in lines] == ["size_out", "stride_out", "padding_out"]
    assert [line.symbols for line in lines[:2]] == [size, stride]


@pytest.mark.parametrize("name", slow_but({"alexnet", "lenet", "unet"}, SOME))
def test_receptive_fields_are_the_computed_ones(name: str) -> None:
    """Where a layer has their lines at all."""
    for layer in explain(cnncalc.load(name)).layers:
        lines = [line for line in layer.formulas if line.quantity == "receptive field"]
        if lines:
            [field] = layer.receptive_field.values()
            [(pixels, units), *_] = [stride for stride in field.stride if stride is not None]
            assert [line.result for line in lines[:3]] == [field.size[0], pixels // units, field.padding[0]]
            assert all(evaluate(line.numbers) == line.result for line in lines)


def test_a_scope_means_its_layers() -> None:
    found = explain(cnncalc.load("resnet18"), "layer1.0")
    assert [layer.name for layer in found.layers][:2] == ["layer1.0.conv1", "layer1.0.bn1"]
    assert all(layer.name.startswith("layer1.0.") for layer in found.layers)


@pytest.mark.slow
def test_every_bundled_network_is_explained() -> None:
    """The counts of all, without the closed forms' building at other sizes."""
    from cnncalc.formulas.node_formulas import NodeFormulas

    for name in bundled.names():
        for node in cnncalc.load(name).nodes[:40]:
            lines = NodeFormulas(node).all(4)
            assert [line for line in lines if evaluate(line.numbers) != line.result] == []


@pytest.mark.parametrize(
    ("entry", "shape", "expected"),
    [
        ("linear: {out_features: 4, dim: 2}", "4x4x6", {("height",): "H_in", ("width",): "out_features"}),
        ("permute: {dims: [3, 1, 0, 2]}", "1x6x6x5", {("depth",): "D_in", ("height",): "C_in", ("width",): "H_in"}),
        (
            "max_pool: {kernel_size: 2}",
            "4x8x8",
            {("height", "width"): "floor((H_in + 2 x padding - kernel_size) / stride) + 1"},
        ),
    ],
)
def test_axes_go_together_where_each_follows_its_own_size(
    entry: str, shape: str, expected: dict[tuple[str, ...], str]
) -> None:
    [layer] = explain(cnncalc.load(f"input: {shape}\nlayers:\n- {entry}\n")).layers
    sizes = [line for line in layer.formulas if line.quantity == "output" and line.axes and line.left.endswith("_out")]
    assert {line.axes: line.symbols for line in sizes} == expected


def test_joining_many_inputs_is_explained() -> None:
    names = ", ".join(["input"] * 1500)
    network = cnncalc.load(f"input: 1x8x8\nlayers:\n- concat: {{name: c, from: [{names}], dim: 1}}\n")
    [layer] = explain(network).layers
    [height] = [f for f in layer.formulas if f.left == "H_out" and f.quantity == "closed form"]
    assert (height.symbols, height.result) == ("1500 x H", 12000)
