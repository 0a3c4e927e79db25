"""Layers of drawn options, written as ONNX and read back: the same layer, whatever nodes it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cnncalc
from cnncalc.execution.executor import run
from cnncalc.execution.tensors import random_inputs
from cnncalc.exporting.onnx import OnnxExport
from tests.exporting.engine import difference
from tests.exporting.layer_drawing import LAYERS
from tests.exporting.test_drawn_layers import network
from tests.marking import slow_but

if TYPE_CHECKING:
    from pathlib import Path

    from cnncalc import Network

QUICK = ("affine_grid", "instance_norm", "alpha_dropout")
"""Types whose nodes have constants of their own, or none at all."""

SEED = 3
CLOSE = 2e-5
"""The largest difference, as a share of the largest value."""


def read_back(net: Network, folder: Path) -> Network:
    """The network that the file of another is."""
    path = folder / "net.onnx"
    path.write_bytes(OnnxExport(net, seed=SEED).to_bytes())
    return cnncalc.load(path)


def check_values(net: Network, again: Network) -> None:
    """Hold the outputs of the network that was read, with the weights of its file, against those of the other."""
    data = random_inputs(net, 0, 2, "float32")
    _, wanted = run(net, data, seed=SEED)
    spec: Any = again.blueprint.spec
    _, found = run(again, data, weights=spec.own_store)
    for ours, back in zip(wanted.values(), found.values(), strict=True):
        assert difference(back, ours) <= CLOSE


@pytest.mark.parametrize("type_", slow_but(QUICK, LAYERS))
@settings(max_examples=3)
@given(data=st.data())
def test_a_layer_is_read_back(type_: str, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    net = network(data, type_)
    again = read_back(net, tmp_path_factory.mktemp("back"))
    [node], nodes = net.nodes, again.nodes
    assert [(each.type, each.macs, each.output_shape) for each in nodes] == [(node.type, node.macs, node.output_shape)]
    if not getattr(node.layer, "normalization", None):  # a file has the weight as it is used
        assert (again.parameters, again.buffers) == (net.parameters, net.buffers)
    check_values(net, again)
