"""Quantised files: the layers of floats that their whole numbers stand for, held against ONNX Runtime."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import onnx.reference
import pytest

import cnncalc
from tests.models.onnx.graphs import differences, drawn, model, node, saved, types

if TYPE_CHECKING:
    from pathlib import Path

NOTE = "the file rounds values between layers to whole numbers (it is quantised), and this network does not"
TYPES = ["conv2d", "relu", "max_pool2d", "conv2d", "relu", "add", "global_avg_pool2d", "flatten", "linear", "linear"]
HALF_A_STEP = 0.51 / 127


def floats() -> Any:
    """A small network with a residual connection, 2 convolutions, and 2 products of which one adds."""
    tensors = {
        "c1.weight": drawn(8, 3, 3, 3),
        "c1.bias": drawn(8),
        "c2.weight": drawn(8, 4, 3, 3, seed=1),
        "fc.weight": drawn(8, 10),
        "fc.bias": drawn(10),
        "last": drawn(10, 5),
    }
    nodes = [
        node("a = Conv(x, c1.weight, c1.bias)", pads=[1, 1, 1, 1]),
        node("b = Relu(a)"),
        node("p = MaxPool(b)", kernel_shape=[2, 2], strides=[2, 2]),
        node("c = Conv(p, c2.weight)", pads=[1, 1, 1, 1], group=2),
        node("d = Relu(c)"),
        node("e = Add(p, d)"),
        node("g = GlobalAveragePool(e)"),
        node("h = Flatten(g)"),
        node("i = Gemm(h, fc.weight, fc.bias)"),
        node("y = MatMul(i, last)"),
    ]
    return model(nodes, tensors, {"x": [1, 3, 12, 12]}, ["y"])


def quantised(folder: Path, way: str) -> Any:
    """The network as ONNX Runtime's quantiser writes it; 7 bits, as its products of 8 overflow on some machines."""
    quantization = pytest.importorskip("onnxruntime.quantization")
    source, target = saved(floats(), folder, "floats.onnx"), folder / "quantised.onnx"
    signed, unsigned = quantization.QuantType.QInt8, quantization.QuantType.QUInt8
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if way == "dynamic":
            quantization.quantize_dynamic(source, target, weight_type=signed, reduce_range=True)
        else:
            rows = iter([{"x": drawn(1, 3, 12, 12, seed=seed)} for seed in range(6)])
            data = type("Rows", (quantization.CalibrationDataReader,), {"get_next": lambda _: next(rows, None)})()
            form, _, per = way.partition(" ")
            quantization.quantize_static(
                source,
                target,
                data,
                quant_format=quantization.QuantFormat[form],
                activation_type=unsigned,
                weight_type=signed,
                per_channel=bool(per),
                reduce_range=True,
            )
    return onnx.load(target)


@pytest.mark.slow
@pytest.mark.parametrize("way", ["dynamic", "QDQ", "QDQ by channel", "QOperator", "QOperator by channel"])
def test_what_the_quantiser_writes_is_the_network_that_it_was_made_of(way: str, tmp_path: Path) -> None:
    made = quantised(tmp_path, way)
    network, original = cnncalc.load(saved(made, tmp_path)), cnncalc.load(saved(floats(), tmp_path, "floats.onnx"))
    assert [layer.type for layer in network.report().layers] == TYPES
    assert (network.parameters, network.macs) == (original.parameters, original.macs)
    assert NOTE in network.notes
    assert differences(made, tmp_path, x=drawn(1, 3, 12, 12, seed=1))["y"] < 0.03
    spec: Any = network.blueprint.spec
    first = spec.imported.layers[0].arrays
    weight = first["weight"].values("float32")
    assert 0 < np.abs(weight - drawn(8, 3, 3, 3)).max() < 2 * HALF_A_STEP  # of 7 bits
    assert np.abs(first["bias"].values("float32") - drawn(8)).max() < HALF_A_STEP


def numbers(*shape: int, seed: int = 0) -> Any:
    """Whole numbers of 8 bits."""
    return np.random.default_rng(seed).integers(-90, 90, shape).astype("int8")


SCALES = {
    "s": np.float32(0.02),
    "ws": np.float32(0.01),
    "t": np.float32(0.05),
    "z": np.int8(3),
    "lo": np.int8(-128),
    "six": np.float32(6 / 255),
}
WEIGHTS = {"w": numbers(4, 3, 3, 3), "m": numbers(6, 5), "wz": np.int8(2), "b": np.array([900, -500, 0, 77], "int32")}


def of_floats(*nodes: str, inputs: Any = None, **tensors: Any) -> Any:
    """A model of nodes as text, with the scales and weights that they read."""
    made = [node(text) for text in nodes]
    known = {**SCALES, **WEIGHTS, **tensors}
    read = {name: known[name] for each in made for name in each.input if name in known}
    return model(made, read, inputs or {"x": [1, 3, 6, 6]}, [made[-1].output[0]], opset=21)


EQUAL: dict[str, Any] = {
    "a product that whole numbers scale": (
        of_floats(
            "q, qs, qz = DynamicQuantizeLinear(x)",
            "us = Mul(ws, qs)",
            "p = MatMulInteger(q, m, qz, wz)",
            "f = Cast(p)",
            "y = Mul(f, us)",
            inputs={"x": [1, 6]},
        ),
        ["linear"],
        {"x": (1, 6)},
    ),
    "a scale for each column": (
        of_floats(
            "q, qs, qz = DynamicQuantizeLinear(x)",
            "us = Mul(qs, cs)",
            "p = MatMulInteger(q, m, qz)",
            "f = Cast(p)",
            "y = Mul(us, f)",
            inputs={"x": [1, 6]},
            cs=drawn(5, low=0.1),
        ),
        ["linear"],
        {"x": (1, 6)},
    ),
    "a map laid out anew": (
        of_floats("q = QuantizeLinear(x, s, z)", "f = Flatten(q)", "y = DequantizeLinear(f, s, z)"),
        ["flatten"],
        {"x": (1, 3, 6, 6)},
    ),
    "a relu that the least number is": (
        of_floats(
            *("n = Neg(x)", "q = QuantizeLinear(n, s, lo)", "y = DequantizeLinear(q, s, lo)"),
        ),
        ["neg", "relu"],
        {"x": (1, 3, 6, 6)},
    ),
    "a relu6": (
        of_floats(
            *("n = Mul(x, k)", "q = QuantizeLinear(n, six, lo)", "y = DequantizeLinear(q, six, lo)"),
            k=np.float32(9),
        ),
        ["multiply", "relu6"],
        {"x": (1, 3, 6, 6)},
    ),
    "a relu that was one before": (
        of_floats(
            *("n = Relu(x)", "p = GlobalMaxPool(n)", "q = QuantizeLinear(p, s, lo)", "y = DequantizeLinear(q, s, lo)"),
        ),
        ["relu", "global_max_pool2d"],
        {"x": (1, 3, 6, 6)},
    ),
    "weights that are rounded in the graph": (
        of_floats(
            *("q = QuantizeLinear(v, vs, vz)", "d = DequantizeLinear(q, vs, vz)", "y = Conv(x, d)"),
            v=drawn(4, 3, 3, 3),
            vs=drawn(3, low=0.5) / 100,
            vz=np.zeros(3, "int8"),
        ),
        ["conv2d"],
        {"x": (1, 3, 6, 6)},
    ),
    "a product whose output is whole numbers": (
        of_floats(
            "q = QuantizeLinear(x, s, z)",
            "p = QLinearMatMul(q, s, z, m, ws, wz, t, z)",
            "y = DequantizeLinear(p, t, z)",
            inputs={"x": [1, 6]},
        ),
        ["linear"],
        {"x": (1, 6)},
    ),
}


@pytest.mark.parametrize("what", EQUAL)
def test_values_are_within_a_step_of_the_engines(what: str, tmp_path: Path) -> None:
    made, kinds, shapes = EQUAL[what]
    for each in made.graph.node:
        if each.op_type == "Cast":
            each.attribute.append(onnx.helper.make_attribute("to", onnx.TensorProto.FLOAT))
    assert types(made, tmp_path) == kinds
    assert differences(made, tmp_path, **{name: drawn(*shape) for name, shape in shapes.items()})["y"] < 0.02


@pytest.mark.parametrize("operator", ["ConvInteger", "MatMulInteger"])
def test_whole_numbers_that_arrive_are_multiplied_as_they_are(operator: str, tmp_path: Path) -> None:
    is_conv = operator == "ConvInteger"
    shape = (1, 3, 6, 6) if is_conv else (1, 6)
    made = of_floats(f"y = {operator}(x, {'w' if is_conv else 'm'}, nought, wz)", nought=np.uint8(7))
    x = np.random.default_rng(0).integers(0, 255, shape).astype("uint8")
    [info] = made.graph.input
    info.CopyFrom(onnx.helper.make_tensor_value_info("x", onnx.TensorProto.UINT8, shape))
    made.graph.output[0].type.tensor_type.elem_type = onnx.TensorProto.INT32
    network = cnncalc.load(saved(made, tmp_path))
    assert [layer.type for layer in network.report().layers] == ["subtract", "conv2d" if is_conv else "linear"]
    assert network.parameters == (108 if is_conv else 30)
    [wanted] = onnx.reference.ReferenceEvaluator(made).run(None, {"x": x})
    assert np.array_equal(np.asarray(network.forward(x.astype("float32"))), np.asarray(wanted))


REFUSED = {
    "another scale": (
        ("q = QuantizeLinear(x, s, z)", "y = DequantizeLinear(q, t, z)"),
        'DequantizeLinear "y" (it takes its whole numbers by another scale than they were made with)',
    ),
    "another zero": (
        ("q = QuantizeLinear(x, s, z)", "y = DequantizeLinear(q, s, lo)"),
        'DequantizeLinear "y" (it takes its whole numbers by another scale than they were made with)',
    ),
    "whole numbers by themselves": (
        ("q = QuantizeLinear(x, s, z)", "r = Flatten(q)", "y = Neg(r)"),
        'QuantizeLinear "q" (its whole numbers are read as such)',
    ),
    "a product without a scale": (
        ("q, qs, qz = DynamicQuantizeLinear(x)", "y = ConvInteger(q, w, qz)"),
        'ConvInteger "y" (no scale is multiplied with its whole numbers)',
    ),
    "a scale by itself": (
        ("q, qs, qz = DynamicQuantizeLinear(x)", "d = DequantizeLinear(q, qs, qz)", "y = Mul(d, qs)"),
        'Mul "y" (its input 1 is a scale that its values have while they run)',
    ),
    "nothing that arrives": (
        ("q = QuantizeLinear(x, s, z)", "y = QLinearConv(, s, z, w, ws, wz, t, z)"),
        'QLinearConv "y" (its input 0 is left out); QuantizeLinear "q" (its whole numbers are read as such)',
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_whole_numbers_that_stand_for_no_values_are_refused(what: str, tmp_path: Path) -> None:
    nodes, message = REFUSED[what]
    with pytest.raises(cnncalc.CnncalcError) as caught:
        cnncalc.load(saved(of_floats(*nodes), tmp_path))
    assert caught.value.message.partition("no layer here: ")[2] == message
