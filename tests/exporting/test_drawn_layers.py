"""Layers of drawn options, written as ONNX: valid, of the shapes that they say, and with the values that NumPy has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import onnx
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import cnncalc
from cnncalc.engines import execution
from cnncalc.exporting.onnx import OnnxExport
from cnncalc.shapes import CHANNELS_FIRST, CHANNELS_LAST
from tests.exporting.layer_drawing import LAYERS
from tests.layers.cases import KINDS
from tests.marking import slow_but

if TYPE_CHECKING:
    from cnncalc import Network

FEW = settings(max_examples=2)
MANY = settings(max_examples=40)

CLOSE = 2e-5
"""The largest difference of a layer by itself, as a share of its largest value."""


def network(data: st.DataObject, type_: str) -> Network:
    """One layer of the type, with its inputs as the network's, in either order of axes."""
    drawn = data.draw(st.composite(LAYERS[type_])())
    layout = data.draw(st.sampled_from([CHANNELS_FIRST, CHANNELS_LAST]))
    inputs = {f"x{number}": list(layout.external(shape)) for number, shape in enumerate(drawn.shapes)}
    entry: dict[str, Any] = {type_: {**drawn.options, "name": "layer", "from": list(inputs)}}
    try:
        return cnncalc.load({"inputs": inputs, "data_format": layout.name, "layers": [entry]})
    except cnncalc.CnncalcError:
        assume(False)  # such as axes that another order of them does not have
        raise


def check(net: Network, opset: int, batch: int, dynamic: tuple[bool, ...] = (False,)) -> None:
    """The file is valid, at a given size of the batch or at any, and ONNX Runtime has our values."""
    for free in dynamic:
        export = OnnxExport(net, seed=3, opset=opset, batch=batch, dynamic_batch=free)
        model = onnx.load_from_string(export.to_bytes())
        onnx.checker.check_model(model, full_check=True)
        onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    report, _ = execution.execute(net, batch=batch, seed=3, compared=True)
    [layer] = report.layers
    assert layer.faults == ()
    assert layer.difference is not None
    assert layer.difference < CLOSE


@pytest.mark.parametrize("type_", slow_but(KINDS & LAYERS.keys(), LAYERS))
@FEW
@given(st.data())
def test_drawn(type_: str, data: st.DataObject) -> None:
    check(network(data, type_), 20, 2)


@pytest.mark.slow
@pytest.mark.parametrize("type_", LAYERS)
@MANY
@given(st.data())
def test_drawn_thoroughly(type_: str, data: st.DataObject) -> None:
    check(
        network(data, type_), data.draw(st.sampled_from([20, 21, 22, 23])), data.draw(st.integers(1, 3)), (False, True)
    )
