"""Layers of drawn options, written as ONNX and read back: the same layer, whatever nodes it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import cnncalc
from cnncalc.exporting.onnx import OnnxExport
from tests.exporting.layer_drawing import LAYERS
from tests.exporting.test_drawn_layers import network
from tests.marking import slow_but

if TYPE_CHECKING:
    from pathlib import Path

    from cnncalc import Network

QUICK = ("affine_grid", "instance_norm", "alpha_dropout")
"""Types whose nodes have constants of their own, or none at all."""


UNREAD = ("roi_align", "roi_pool", "multihead_attention", "scaled_dot_product_attention")
"""Types whose nodes cannot always be read, or are read as those of an input that has its channels last."""
AS_NODES = ("conv", "fold", "grid_sample", "max_pool", "spatial_dropout")
"""Types of which some options are written as nodes that are read as other layers, which give the same shape."""


def read_back(net: Network, folder: Path) -> Network:
    """The network that the file of another is."""
    path = folder / "net.onnx"
    path.write_bytes(OnnxExport(net, has_weights=False).to_bytes())
    return cnncalc.load(path)


@pytest.mark.parametrize("type_", slow_but(QUICK, [each for each in LAYERS if each not in UNREAD]))
@settings(max_examples=3)
@given(data=st.data())
def test_a_layer_is_read_back(type_: str, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    net = network(data, type_)
    assume(not net.layout.channels_last)  # some options differ there, and the nodes are read as they are
    again = read_back(net, tmp_path_factory.mktemp("back"))
    [node], nodes = net.nodes, again.nodes
    assert nodes[-1].output_shape == node.output_shape
    if type_ not in AS_NODES:
        assert [(each.type, each.macs) for each in nodes] == [(node.type, node.macs)]
        assert (again.parameters, again.buffers) == (net.parameters, net.buffers)
