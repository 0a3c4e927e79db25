"""Every formula, worked out, is the figure that is computed."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

import pytest

import cnncalc
from cnncalc.formulas.explanation import explain
from cnncalc.layers import LAYERS
from cnncalc.layers.description import describe
from tests.formula_text import evaluate
from tests.layers.cases import KINDS, spec_with
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
    size = 4 * prod(node.output_shape) if node.inputs else 0  # what takes nothing is not there once for each sample
    assert results.get("memory output bytes", 0) == figures.output_bytes == size


@pytest.mark.parametrize("name", slow_but(KINDS, sorted(LAYERS)))
def test_every_layer_type_is_explained(name: str) -> None:
    network = cnncalc.load(spec_with(name, describe(LAYERS[name]).example))
    [layer] = explain(network, network.nodes[1].name).layers
    check(network, layer)
    quantities = {line.quantity for line in layer.formulas}
    assert {"output", "FLOPs", *(["memory"] if network.nodes[1].inputs else [])} <= quantities
    axes = {axis for line in layer.formulas if line.quantity == "output" for axis in line.axes}
    assert len(axes) == len(layer.output_shape) - 1
    first = network.nodes[1]
    unchanged = [size for size in first.output_shape if size not in {1, *sum(first.input_shapes[:1], ())}]
    texts = [line.symbols for line in layer.formulas if line.quantity == "output"]
    assert not unchanged or name == "constant" or any(not text.isdecimal() for text in texts)


@pytest.mark.parametrize("name", slow_but({"alexnet", "lenet"}, SOME))
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


def test_a_scope_means_its_layers() -> None:
    found = explain(cnncalc.load("resnet18"), "layer1.0")
    assert [layer.name for layer in found.layers][:2] == ["layer1.0.conv1", "layer1.0.bn1"]
    assert all(layer.name.startswith("layer1.0.") for layer in found.layers)


@pytest.mark.slow
def test_joining_many_inputs_is_explained() -> None:
    names = ", ".join(["input"] * 1500)
    network = cnncalc.load(f"input: 1x8x8\nlayers:\n- concat: {{name: c, from: [{names}], dim: 1}}\n")
    [layer] = explain(network).layers
    [height] = [f for f in layer.formulas if f.left == "H_out" and f.quantity == "closed form"]
    assert (height.symbols, height.result) == ("1500 x H", 12000)
