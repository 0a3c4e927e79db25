"""The formulas of receptive fields."""

from __future__ import annotations

import pytest

import cnncalc
from cnncalc.formulas.explanation import explain
from tests.formula_text import evaluate
from tests.marking import slow_but

SOME = ["alexnet", "lenet", "resnet18", "efficientnet_b0", "unet", "segnet", "googlenet", "densenet121", "c3d", "dcgan"]


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


@pytest.mark.parametrize("name", slow_but({"alexnet", "lenet"}, SOME))
def test_receptive_fields_are_the_computed_ones(name: str) -> None:
    """Where a layer has their lines at all, as some of each network have."""
    explained = 0
    for layer in explain(cnncalc.load(name)).layers:
        lines = [line for line in layer.formulas if line.quantity == "receptive field"]
        explained += bool(lines)
        if lines:
            [field] = layer.receptive_field.values()
            [(pixels, units), *_] = [stride for stride in field.stride if stride is not None]
            assert [line.result for line in lines[:3]] == [field.size[0], pixels // units, field.padding[0]]
            assert all(evaluate(line.numbers) == line.result for line in lines)
    assert explained
