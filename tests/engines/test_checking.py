"""ONNX files executed as they are, against the networks that they become."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

import cnncalc
from cnncalc.engines.checking import HALF_TOLERANCE, QUANTISED_TOLERANCE
from cnncalc.execution.differences import TOLERANCE, difference

if TYPE_CHECKING:
    from pathlib import Path

    from cnncalc.kernels import Array


def saved(path: Path, nodes: list[Any], arrays: dict[str, Array], shape: list[Any], **options: Any) -> str:
    """A model of one input `x` and one output `y`, as the onnx package writes it."""
    kind = options.pop("kind", TensorProto.FLOAT)
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", kind, shape)],
        [helper.make_tensor_value_info("y", kind, None)],
        [numpy_helper.from_array(array, name) for name, array in arrays.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, str(path), **options)
    return str(path)


def weight(*shape: int) -> Array:
    return np.random.default_rng(7).standard_normal(shape).astype(np.float32)


CONV = helper.make_node("Conv", ["x", "w", "b"], ["h"], name="conv", pads=[1, 1, 1, 1])
RELU = helper.make_node("Relu", ["h"], ["y"], name="relu")
ARRAYS = {"w": weight(4, 3, 3, 3), "b": weight(4)}


@pytest.mark.parametrize(("batch", "samples"), [("N", 1), (2, 2)])
def test_a_file_is_as_its_network(tmp_path: Path, batch: Any, samples: int) -> None:
    path = saved(tmp_path / "m.onnx", [CONV, RELU], ARRAYS, [batch, 3, 6, 5])
    found = cnncalc.load(path).check_import(seed=3)
    assert found.ok
    assert [(layer.type, layer.tensor) for layer in found.layers] == [("conv2d", "h"), ("relu", "y")]
    assert all(layer.difference is not None and layer.difference < 1e-5 for layer in found.layers)
    assert (found.batch_size, found.tolerance, found.path) == (samples, TOLERANCE, path)
    verdict = f"✓ 2 layers are as in ONNX Runtime {onnxruntime.__version__}: "
    assert verdict in found.to_text()
    assert found.to_dict()["layers"][1]["tensor"] == "y"
    assert [row["name"] for row in found.to_rows()] == [layer.name for layer in found.layers]


def test_channels_last_and_other_files(tmp_path: Path) -> None:
    """A map that the file has with its channels last, weights that are in a file beside it."""
    nodes = [
        helper.make_node("Transpose", ["x"], ["t"], perm=[0, 3, 1, 2]),
        helper.make_node("Conv", ["t", "w", "b"], ["h"], pads=[1, 1, 1, 1]),
        helper.make_node("Transpose", ["h"], ["u"], perm=[0, 2, 3, 1]),
        helper.make_node("Sigmoid", ["u"], ["y"]),
    ]
    beside = {"save_as_external_data": True, "location": "weights.bin", "size_threshold": 0}
    path = saved(tmp_path / "m.onnx", nodes, ARRAYS, [1, 6, 5, 3], **beside)
    found = cnncalc.load(path).check_import()
    assert found.ok
    assert [layer.type for layer in found.compared] == ["conv2d", "sigmoid"]


FLATTENED = [
    CONV,
    helper.make_node("Relu", ["h"], ["r"], name="relu"),
    helper.make_node("Reshape", ["r", "flat"], ["y"], name="flat"),
]
FLAT = {**ARRAYS, "flat": np.array([1, -1])}


@pytest.mark.parametrize(
    ("nodes", "arrays", "shape"),
    [
        ([CONV, RELU], ARRAYS, ["N", 3, "height", "width"]),
        ([CONV, RELU], ARRAYS, [1, 3, 4, 4]),
        (FLATTENED, FLAT, ["N", 3, "height", "width"]),
    ],
    ids=["free", "others", "reshaped"],
)
def test_a_file_at_sizes_that_are_given(
    tmp_path: Path, nodes: list[Any], arrays: dict[str, Array], shape: list[Any]
) -> None:
    """Its layers have the file's weights, whatever its sizes: when it is run, checked and exported."""
    path = saved(tmp_path / "m.onnx", nodes, arrays, shape)
    network = cnncalc.load(path, input="3x6x5")
    x = weight(1, 3, 6, 5)
    ours: Any = network.forward(x)
    if not isinstance(shape[2], int):
        assert network.check_import().ok
        [theirs] = onnxruntime.InferenceSession(path).run(None, {"x": x})
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-5)
    assert network.at("3x8x7").blueprint.weights is not None
    exported = tmp_path / "exported.onnx"
    network.export(str(exported))
    [again] = onnxruntime.InferenceSession(str(exported)).run(None, {"x": x})
    np.testing.assert_allclose(ours, again, rtol=1e-5, atol=1e-5)
    kernel = onnx.load(str(exported)).graph.initializer[0]
    np.testing.assert_array_equal(numpy_helper.to_array(kernel), arrays["w"])


def test_a_network_that_is_not_the_file(tmp_path: Path) -> None:
    """Other weights than those of the file, behind the back of the check: all layers behind them differ."""
    path = saved(tmp_path / "m.onnx", [CONV, RELU], ARRAYS, [1, 3, 6, 5])
    name = cnncalc.load(path).nodes[0].name
    wrong = {f"{name}.weight": ARRAYS["w"] * 1.01, f"{name}.bias": ARRAYS["b"]}
    found = cnncalc.load(path, weights=wrong).check_import()
    assert not found.ok
    assert [layer.name for layer in found.faults][:1] == [name]
    assert all((layer.difference or 0) > TOLERANCE for layer in found.faults)
    text = f"✗ {len(found.faults)} of 2 layers differ from ONNX Runtime {onnxruntime.__version__} by more than 0.001"
    assert text in found.to_text()


@pytest.mark.parametrize(("shift", "is_alike"), [(-25.0, True), (-13.0, True), (0.0, False)])
def test_what_shares_of_one_cannot_tell_apart_is_nothing(tmp_path: Path, shift: float, is_alike: bool) -> None:
    """The logistic of -25 is 1e-11, of which ONNX Runtime makes others, and that of -13 is a few per cent off."""
    nodes = [helper.make_node("Add", ["x", "shift"], ["h"]), helper.make_node("Sigmoid", ["h"], ["y"])]
    path = saved(tmp_path / "m.onnx", nodes, {"shift": np.array([shift], "float32")}, [1, 3, 6, 5])
    network = cnncalc.load(path)
    values = {"x": weight(1, 3, 6, 5)}
    [theirs] = onnxruntime.InferenceSession(path).run(None, values)
    ours: Any = network.forward(values["x"])
    assert (difference(ours, theirs) > TOLERANCE) == is_alike
    assert network.check_import().ok
    assert (difference(ours * 1.01, theirs, "sigmoid") < TOLERANCE) == is_alike


def test_half_precision_is_allowed_more(tmp_path: Path) -> None:
    halves = {name: array.astype(np.float16) for name, array in ARRAYS.items()}
    path = saved(tmp_path / "m.onnx", [CONV, RELU], halves, [1, 3, 6, 5], kind=TensorProto.FLOAT16)
    found = cnncalc.load(path).check_import()
    assert found.tolerance == HALF_TOLERANCE
    assert found.ok
    assert max(layer.difference or 0 for layer in found.layers) > 1e-6


def test_quantised_files_are_allowed_more(tmp_path: Path) -> None:
    """Their values are rounded between layers to whole numbers of 8 bits, and those of the network are not."""
    scale: dict[str, np.ndarray] = {"scale": np.array(0.05, np.float32), "zero": np.array(0, np.int8)}
    nodes = [
        helper.make_node("QuantizeLinear", ["x", "scale", "zero"], ["q"]),
        helper.make_node("DequantizeLinear", ["q", "scale", "zero"], ["rounded"]),
        helper.make_node("Relu", ["rounded"], ["y"]),
    ]
    found = cnncalc.load(saved(tmp_path / "m.onnx", nodes, scale, [1, 3, 6, 5])).check_import()
    assert found.tolerance == QUANTISED_TOLERANCE
    assert found.ok
    assert max(layer.difference or 0 for layer in found.layers) > TOLERANCE


def test_only_onnx_files() -> None:
    with pytest.raises(cnncalc.CnncalcError) as raised:
        cnncalc.load("lenet").check_import()
    assert str(raised.value) == (
        "error: LeNet-5 was not read from an ONNX file, and ONNX Runtime executes no other\n"
        "hint: `run --engine onnxruntime` executes any network as it is exported"
    )


def test_a_file_that_trains_is_no_oracle(tmp_path: Path) -> None:
    arrays = {name: np.full(3, 0.5, np.float32) for name in ("s", "b", "m", "v")}
    outputs = ["y", "m2", "v2"]
    node = helper.make_node("BatchNormalization", ["x", *arrays], outputs, training_mode=1)
    path = saved(tmp_path / "m.onnx", [node], arrays, [1, 3, 6, 5])
    with pytest.raises(cnncalc.CnncalcError) as raised:
        cnncalc.load(path).check_import()
    assert str(raised.value) == (
        f"error: {path} trains: its batch norms take the statistics of the batch, and ours the running ones\n"
        "hint: `model.eval()` before it is exported, or in torch.onnx.export `training=TrainingMode.PRESERVE`"
    )


def test_what_the_runtime_refuses(tmp_path: Path) -> None:
    """A version of an operator that ONNX Runtime does not have any more."""
    graph = helper.make_graph(
        [helper.make_node("AveragePool", ["x"], ["y"], kernel_shape=[2, 2])],
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, 6, 5])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 3, 5, 4])],
    )
    path = str(tmp_path / "old.onnx")
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 6)], ir_version=3), path)
    with pytest.raises(cnncalc.CnncalcError) as raised:
        cnncalc.load(path).check_import()
    assert str(raised.value).startswith(f"error: ONNX Runtime does not take {path}: ")
