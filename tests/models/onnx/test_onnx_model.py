"""An ONNX file as a network: its layers, their names, and their values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import cnncalc
from tests.models.onnx.graphs import differences, drawn, model, node, saved

if TYPE_CHECKING:
    from pathlib import Path


def residual() -> Any:
    """A small network of one residual block, as PyTorch's older exporter names things."""
    tensors = {
        "conv1.weight": drawn(4, 3, 3, 3),
        "onnx::Conv_9": drawn(4),
        "layer1.0.conv.weight": drawn(4, 4, 3, 3),
        **{
            f"layer1.0.bn.{name}": drawn(4, seed=at, low=0.5)
            for at, name in enumerate(("weight", "bias", "mean", "var"))
        },
        "fc.weight": drawn(5, 4),
        "fc.bias": drawn(5),
    }
    nodes = [
        node("a = Conv(x, conv1.weight, onnx::Conv_9)", name="/conv1/Conv", pads=[1, 1, 1, 1], strides=[2, 2]),
        node("b = Relu(a)", name="/relu/Relu"),
        node("c = Conv(b, layer1.0.conv.weight)", name="/layer1/layer1.0/conv/Conv", auto_pad="SAME_UPPER"),
        node(
            "d = BatchNormalization(c, layer1.0.bn.weight, layer1.0.bn.bias, layer1.0.bn.mean, layer1.0.bn.var)",
            name="/layer1/layer1.0/bn/BatchNormalization",
            epsilon=1e-3,
        ),
        node("e = Add(d, b)", name="/layer1/layer1.0/Add"),
        node("f = GlobalAveragePool(e)", name="/pool/GlobalAveragePool"),
        node("g = Flatten(f)", name="/Flatten"),
        node("y = Gemm(g, fc.weight, fc.bias)", name="/fc/Gemm", transB=1),
    ]
    return model(nodes, tensors, {"x": [1, 3, 9, 9]}, ["y"])


def test_names_and_options_are_those_of_modules(tmp_path: Path) -> None:
    layers = cnncalc.load(saved(residual(), tmp_path)).report().layers
    assert [(layer.name, layer.type, layer.output_shape) for layer in layers] == [
        ("conv1", "conv2d", (4, 5, 5)),
        ("relu", "relu", (4, 5, 5)),
        ("layer1.0.conv", "conv2d", (4, 5, 5)),
        ("layer1.0.bn", "batch_norm", (4, 5, 5)),
        ("layer1.0.add_1", "add", (4, 5, 5)),
        ("pool", "global_avg_pool2d", (4, 1, 1)),
        ("flatten_1", "flatten", (4,)),
        ("fc", "linear", (5,)),
    ]
    assert sum(layer.parameters for layer in layers) == 112 + 144 + 8 + 25
    assert sum(layer.buffers for layer in layers) == 8


def test_words_that_mean_something_are_no_names(tmp_path: Path) -> None:
    """A module may well be called `input`, which in a spec is what goes in."""
    nodes = [
        *(node("input = Relu(x)"), node("previous = Tanh(input)")),
        *(node("a = Sigmoid(previous)", name="/input/act/Sigmoid"), node("y = Abs(a)", name="/input/Abs")),
    ]
    network = cnncalc.load(saved(model(nodes, {}, {"x": [1, 3, 9, 9]}, ["y"]), tmp_path))
    assert [layer.name for layer in network.report().layers] == ["input_", "previous_", "input.act", "input.abs_1"]


def test_an_output_that_follows_from_nothing_is_told(tmp_path: Path) -> None:
    made = model([node("y = Relu(x)"), node("z = Neg(c)")], {"c": [1.0, 2.0]}, {"x": [1, 3, 9, 9]}, ["x", "y", "z"])
    report = cnncalc.load(saved(made, tmp_path)).report()
    assert report.outputs == ("x", "y")
    assert "the output `z` is a constant, and is left out" in report.notes


def test_an_output_has_its_axes_in_the_order_of_the_file(tmp_path: Path) -> None:
    nodes = [node("c = Conv(x, w)"), node("y = Transpose(c)", perm=[0, 2, 3, 1]), node("z = Relu(c)")]
    made = model(nodes, {"w": drawn(5, 3, 3, 3)}, {"x": [1, 3, 6, 8]}, ["y", "z"])
    network = cnncalc.load(saved(made, tmp_path))
    assert [(layer.name, layer.type, layer.output_shape) for layer in network.report().layers] == [
        ("c", "conv2d", (5, 4, 6)),
        ("z", "relu", (5, 4, 6)),
        ("y", "permute", (4, 6, 5)),
    ]
    assert max(differences(made, tmp_path, x=drawn(1, 3, 6, 8)).values()) < 1e-5


def test_values_are_the_engines(tmp_path: Path) -> None:
    assert max(differences(residual(), tmp_path, x=drawn(1, 3, 9, 9)).values()) < 1e-5


def test_equal_biases_of_unlike_layers_are_stored_once(tmp_path: Path) -> None:
    """Exporters merge equal arrays, such as biases of zeros, whether a node adds them or a convolution has them."""
    nodes = [
        *(node("a = Conv(x, w, b)"), node("p = GlobalAveragePool(a)"), node("f = Flatten(p)")),
        *(node("l = MatMul(f, k)"), node("h = Add(l, b)"), node("m = MatMul(h, n)"), node("y = Add(m, b)")),
    ]
    tensors = {"w": drawn(4, 3, 3, 3), "b": drawn(4), "k": drawn(4, 4), "n": drawn(4, 4, seed=1)}
    layers = cnncalc.load(saved(model(nodes, tensors, {"x": [1, 3, 9, 9]}, ["y"]), tmp_path)).report().layers
    assert [layer.parameters for layer in layers if layer.parameters] == [112, 20, 20]


@pytest.mark.parametrize(("biased", "plain", "is_told"), [(10, 0, True), (10, 1, True), (9, 0, False), (10, 3, False)])
def test_batch_norms_that_may_have_been_folded_are_told(biased: int, plain: int, is_told: bool, tmp_path: Path) -> None:
    """A convolution of fixed weights, such as decodes boxes, has no bias beside those that norms were folded into."""
    count = biased + plain
    nodes = [
        node(f"x{at + 1} = Conv(x{at}, w{at}{f', b{at}' if at < biased else ''})", name=f"c{at}") for at in range(count)
    ]
    tensors = {f"w{at}": drawn(3, 3, 1, 1, seed=at) for at in range(count)}
    tensors |= {f"b{at}": drawn(3, seed=at) for at in range(biased)}
    path = saved(model(nodes, tensors, {"x0": [1, 3, 5, 5]}, [f"x{count}"]), tmp_path)
    folded = [note for note in cnncalc.load(path).notes if note.startswith("no batch norm in the graph: ")]
    assert len(folded) == is_told


def test_metadata_may_be_long(tmp_path: Path) -> None:
    """Models that recognise text bring all characters that they know."""
    made = residual()
    made.metadata_props.add(key="character", value="\n".join(map(chr, range(0x4E00, 0x4E00 + 30_000))))
    assert len(cnncalc.load(saved(made, tmp_path)).nodes) == 8
