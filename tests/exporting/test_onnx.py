"""Exported networks, as ONNX's checker and ONNX Runtime see them."""

from __future__ import annotations

import pytest

import cnncalc
from tests.exporting.engine import differences, disagreeing_shapes, exported

SMALL = [("lenet", None), ("squeezenet", "3x64x64"), ("mobilenet_v3:mobilenet_v3_small", "3x64x64")]


@pytest.mark.parametrize(("spec", "shape"), SMALL)
def test_onnx_runtime_computes_what_we_do(spec: str, shape: str | None) -> None:
    network = cnncalc.load(spec, input=shape)
    found = differences(network)
    assert max(found.values()) < 1e-3
    assert max(found[network.tensors[number].name] for number in network.outputs) < 1e-4


@pytest.mark.parametrize("spec", ["resnet18", "googlenet"])
def test_onnx_infers_the_shapes_that_are_written(spec: str) -> None:
    assert disagreeing_shapes(exported(cnncalc.load(spec), has_weights=False)) == []
