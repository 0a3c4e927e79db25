"""Operators whose options follow from others, held against the values of ONNX Runtime."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import pytest

import cnncalc
from tests.models.onnx.graphs import differences, drawn, model, node, saved, types

if TYPE_CHECKING:
    from pathlib import Path


def test_values_go_back_to_where_the_maxima_were(tmp_path: Path) -> None:
    nodes = [
        node("p, places = MaxPool(x)", kernel_shape=[2, 2], strides=[2, 2]),
        node("c = Conv(p, w)"),
        node("y = MaxUnpool(c, places)", kernel_shape=[2, 2], strides=[2, 2]),
    ]
    made = model(nodes, {"w": drawn(3, 3, 1, 1)}, {"x": [1, 3, 6, 8]}, ["y"])
    assert types(made, tmp_path) == ["max_pool2d", "conv2d", "max_unpool2d"]
    assert differences(made, tmp_path, x=drawn(1, 3, 6, 8))["y"] < 1e-6
    nodes[0].attribute.append(onnx.helper.make_attribute("ceil_mode", 1))
    made = model(nodes, {"w": drawn(3, 3, 1, 1)}, {"x": [1, 3, 5, 8]}, ["y"])
    with pytest.raises(
        cnncalc.CnncalcError, match=r"MaxUnpool \"y\" \(its output is \[6, 8\], and what was pooled \[5"
    ):
        cnncalc.load(saved(made, tmp_path))


@pytest.mark.parametrize("read", ["y = Relu(places)", "y = Cast(places)"])
def test_places_of_maxima_are_for_nothing_else(read: str, tmp_path: Path) -> None:
    attributes = {"to": 1} if "Cast" in read else {}
    nodes = [node("p, places = MaxPool(x)", kernel_shape=[2, 2]), node(read, **attributes)]
    made = model(nodes, {}, {"x": [1, 3, 6, 8]}, ["y"])
    with pytest.raises(cnncalc.CnncalcError, match="its input 0 are the places of maxima"):
        cnncalc.load(saved(made, tmp_path))
    nodes[0].attribute.append(onnx.helper.make_attribute("storage_order", 1))
    with pytest.raises(cnncalc.CnncalcError, match="it counts the places of its maxima along columns"):
        cnncalc.load(saved(model(nodes, {}, {"x": [1, 3, 6, 8]}, ["y"]), tmp_path))
    made = model(nodes[:1], {}, {"x": [1, 3, 6, 8]}, ["p", "places"])
    with pytest.raises(cnncalc.CnncalcError, match="the places of its maxima are an output of the network"):
        cnncalc.load(saved(made, tmp_path))


@pytest.mark.parametrize(
    "attributes",
    [
        {"output_shape": [10, 8], "strides": [3, 2]},
        {"output_shape": [8, 6], "strides": [3, 2]},
        {"output_shape": [8, 6], "strides": [3, 2], "auto_pad": "SAME_UPPER"},
        {"output_shape": [8, 6], "strides": [3, 2], "auto_pad": "SAME_LOWER"},
        {"auto_pad": "SAME_UPPER", "strides": [2, 2]},
        {"auto_pad": "SAME_LOWER", "strides": [2, 2]},
        {"auto_pad": "SAME_LOWER", "strides": [2, 2], "output_padding": [1, 1]},
        {"auto_pad": "VALID", "strides": [2, 2], "output_padding": [1, 0]},
    ],
)
def test_the_padding_of_a_transposed_convolution(attributes: dict[str, Any], tmp_path: Path) -> None:
    made = model(
        [node("y = ConvTranspose(x, w, b)", **attributes)],
        {"w": drawn(2, 4, 3, 3), "b": drawn(4)},
        {"x": [1, 2, 3, 3]},
        ["y"],
    )
    assert types(made, tmp_path) == ["conv_transpose2d"]
    assert differences(made, tmp_path, x=drawn(1, 2, 3, 3))["y"] < 1e-5


def test_infinite_padding_is_that_of_the_pool(tmp_path: Path) -> None:
    nodes = [
        node("p = Pad(x, ends, low)"),
        node("y = MaxPool(p)", kernel_shape=[3, 3], strides=[2, 2], pads=[0, 0, 1, 0]),
    ]
    tensors = {"ends": np.array([0, 0, 1, 0, 0, 0, 0, 1]), "low": np.array(-np.inf, "f4")}
    made = model(nodes, tensors, {"x": [1, 2, 8, 9]}, ["y"])
    [pool] = cnncalc.load(saved(made, tmp_path)).nodes
    layer: Any = pool.layer
    assert (pool.type, layer.padding) == ("max_pool2d", ((1, 1), (0, 1)))
    assert differences(made, tmp_path, x=drawn(1, 2, 8, 9))["y"] == 0


def test_a_convolution_of_whole_numbers_is_one_of_what_they_stand_for(tmp_path: Path) -> None:
    numbers = np.random.default_rng(0).integers(-127, 128, (4, 3, 3, 3), "int8")
    tensors = {
        "s": np.array(1 / 127, "f4"),
        "z": np.array(0, "int8"),
        "w": numbers,
        "ws": drawn(4, low=0.5) / 100,
        "wz": np.zeros(4, "int8"),
        "ys": np.array(0.1, "f4"),
        "b": np.array([900, -500, 0, 77], "int32"),
    }
    nodes = [
        node("q = QuantizeLinear(x, s, z)"),
        node("c = QLinearConv(q, s, z, w, ws, wz, ys, z, b)", pads=[1, 1, 1, 1]),
        node("y = DequantizeLinear(c, ys, z)"),
    ]
    made = model(nodes, tensors, {"x": [1, 3, 6, 6]}, ["y"])
    report = cnncalc.load(saved(made, tmp_path)).report()
    assert [(layer.type, layer.parameters, layer.macs) for layer in report.layers] == [("conv2d", 112, 3888)]
    assert any("it is quantised" in note for note in report.notes)
    assert differences(made, tmp_path, x=drawn(1, 3, 6, 6))["y"] < 0.02
    made = model(nodes[1:2], tensors, {"q": [1, 3, 6, 6]}, ["c"])
    with pytest.raises(cnncalc.CnncalcError, match="its whole numbers were not made of values before it"):
        cnncalc.load(saved(made, tmp_path))


@pytest.mark.parametrize("operator", ["MaxPool", "AveragePool"])
@pytest.mark.parametrize(("opset", "is_told"), [(11, True), (22, False)])
def test_a_window_behind_the_map_is_left_out_as_runtimes_do(
    operator: str, opset: int, is_told: bool, tmp_path: Path
) -> None:
    """ONNX's own shape inference had it before opset 22; ONNX Runtime never did."""
    nodes = [node(f"p = {operator}(x)", kernel_shape=[1, 1], strides=[2, 2], ceil_mode=1), node("y = Relu(p)")]
    made = onnx.shape_inference.infer_shapes(model(nodes, {}, {"x": [1, 2, 32, 32]}, ["y"], opset=opset))
    x = drawn(1, 2, 32, 32)
    assert differences(made, tmp_path, x=x) == {"y": 0.0}
    network = cnncalc.load(saved(made, tmp_path))
    assert [layer.output_shape for layer in network.report().layers] == [(2, 16, 16)] * 2
    note = (
        f'{operator} "p": its output is 2 x 16 x 16; the file says 2 x 17 x 17, by ONNX\'s rule before opset 22, in'
        " which a last window may start behind the map: ONNX Runtime and PyTorch leave it out"
    )
    assert list(network.notes) == [note] * is_told
