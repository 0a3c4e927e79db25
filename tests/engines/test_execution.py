"""Networks executed by ONNX Runtime, and compared with NumPy."""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import onnxruntime
import pytest

import cnncalc
from cnncalc.engines import runtime
from cnncalc.engines.execution import seconds_of_layers
from cnncalc.execution import differences
from cnncalc.exporting.onnx import OnnxExport
from tests.marking import slow_but

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Outcome

    Run = Callable[..., Outcome]

SMALL = """
name: small
inputs: {x: 2x6x6, y: 2x6x6}
layers:
  - conv2d: {name: c1, out_channels: 3, kernel_size: 3, activation: relu, from: x}
  - conv2d: {name: c2, share: c1, from: y, out_channels: 3, kernel_size: 3}
  - add: {name: sum, from: [c1, c2]}
  - parameter: {name: gamma, shape: 3x1x1}
  - multiply: {name: scaled, from: [sum, gamma]}
  - flatten
  - linear: {name: out, out_features: 4}
outputs: [sum, out]
"""


def test_the_outputs_are_those_of_numpy() -> None:
    network = cnncalc.load(SMALL)
    ours, theirs = network.run(batch=3, seed=5), network.run(batch=3, seed=5, engine="onnxruntime")
    assert theirs.outputs.keys() == ours.outputs.keys() == {"sum", "out"}
    for name, array in ours.outputs.items():
        np.testing.assert_allclose(theirs.outputs[name], array, rtol=1e-4, atol=1e-6)
    assert theirs.report.engine == f"ONNX Runtime {onnxruntime.__version__}"
    assert ours.report.engine == "NumPy"
    assert [layer[:4] for layer in theirs.report.layers] == [layer[:4] for layer in ours.report.layers]
    assert theirs.report.parameters == ours.report.parameters
    assert all(layer.difference is None for layer in theirs.report.layers)
    assert theirs.report.tolerance is None


def test_every_layer_is_compared_and_timed() -> None:
    report, _ = cnncalc.load(SMALL).run(batch=2, engine="onnxruntime", compare=True)
    assert report.ok
    assert report.tolerance == differences.TOLERANCE
    assert all(layer.difference is not None and layer.difference < 1e-5 for layer in report.layers)
    timed = {layer.name for layer in report.layers if layer.seconds > 0}
    assert {"c1", "c2", "sum", "out"} <= timed
    assert report.seconds >= sum(layer.seconds for layer in report.layers) / 2


def test_data_without_a_batch_axis() -> None:
    network = cnncalc.load("lenet")
    image = np.linspace(-1, 1, 784).reshape(1, 28, 28)
    expected: Any = network.forward(image)
    found = network.run(image, engine="onnxruntime", layer="c3", values=True)
    np.testing.assert_allclose(found.outputs["softmax_1"], expected, rtol=1e-4)
    assert found.outputs["c3"].shape == (16, 10, 10)
    [values] = [layer.output for layer in found.report.layers if layer.output is not None]
    assert values.shape == (16, 10, 10)


def test_channels_last() -> None:
    network = cnncalc.load(
        {"input": "5x6x2", "data_format": "channels_last", "layers": [{"conv": {"out_channels": 3, "kernel_size": 2}}]}
    )
    found, ours = network.run(batch=2, engine="onnxruntime", compare=True), network.run(batch=2)
    assert found.report.layers[0].actual_shape == (4, 5, 3)
    np.testing.assert_allclose(found.outputs["conv_1"], ours.outputs["conv_1"], rtol=1e-4, atol=1e-6)
    assert found.report.ok


def test_weights_of_a_file(tmp_path: Any) -> None:
    path = tmp_path / "w.npz"
    arrays: dict[str, Any] = {"c.weight": np.full((1, 1, 1, 1), 3.0), "c.bias": np.ones(1)}
    np.savez(path, **arrays)
    spec = {"input": "1x2x2", "layers": [{"conv2d": {"name": "c", "out_channels": 1, "kernel_size": 1}}]}
    network = cnncalc.load(spec, weights=str(path))
    report, outputs = network.run(np.ones((1, 2, 2)), engine="onnxruntime", compare=True)
    assert outputs["c"].tolist() == [[[4.0, 4.0], [4.0, 4.0]]]
    assert report.weights == str(path)


def test_a_layer_that_differs_is_a_fault(monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    """The weight of the file is changed behind our back: that layer differs, and none behind it answers for it."""
    plain = OnnxExport.to_bytes

    def changed(export: Any) -> bytes:
        model = onnx.load_from_string(plain(export))
        [bias] = [tensor for tensor in model.graph.initializer if tensor.name == "f6.bias"]
        bias.raw_data = (onnx.numpy_helper.to_array(bias) + np.float32(0.25)).tobytes()
        return bytes(model.SerializeToString())

    monkeypatch.setattr(OnnxExport, "to_bytes", changed)
    found = run("run", "lenet", "--engine", "onnxruntime", "--compare", "--json")
    assert found.status == 1
    record = json.loads(found.out)
    assert not record["ok"]
    assert [layer["name"] for layer in record["layers"] if not layer["ok"]] == ["f6"]
    [f6] = [layer for layer in record["layers"] if layer["name"] == "f6"]
    assert f6["difference"] > 0.05
    assert f6["faults"] == [f"differs from NumPy by {f6['difference']:.2g} of its largest value, and 0.001 is the most"]


def test_a_maximum_that_rounding_moves_is_no_fault_of_an_unpooling(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Two values of a window are equal for us, and for the engine the second is larger by its last bit."""
    plain = OnnxExport.to_bytes

    def changed(export: Any) -> bytes:
        model = onnx.load_from_string(plain(export))
        [added] = [tensor for tensor in model.graph.initializer if tensor.name == "shift.weight"]
        added.raw_data = np.array([1, 1 + np.finfo(np.float32).eps], dtype=np.float32).tobytes()
        return bytes(model.SerializeToString())

    monkeypatch.setattr(OnnxExport, "to_bytes", changed)
    layers = [
        {"parameter": {"name": "shift", "shape": "1x1x2"}},
        {"add": {"name": "sum", "from": ["x", "shift"]}},
        {"max_pool": {"name": "pool", "kernel_size": [1, 2]}},
        {"max_unpool": {"name": "back", "indices": "pool"}},
    ]
    arrays: dict[str, Any] = {"shift.weight": np.ones((1, 1, 2), dtype=np.float32)}
    np.savez(tmp_path / "w.npz", **arrays)
    network = cnncalc.load({"inputs": {"x": "1x1x2"}, "layers": layers}, weights=str(tmp_path / "w.npz"))
    report, outputs = network.run(np.zeros((1, 1, 2)), engine="onnxruntime", compare=True)
    assert outputs["back"].argmax() == 1
    assert network.run(np.zeros((1, 1, 2))).outputs["back"].argmax() == 0
    assert report.ok


def test_values_that_are_not_finite_are_a_fault() -> None:
    network = cnncalc.load({"input": "3", "layers": [{"log": {"name": "l"}}, "exp"]})
    report, _ = network.run(np.array([-1.0, 1.0, 2.0]), engine="onnxruntime", compare=True)
    assert [(layer.name, layer.faults) for layer in report.layers if layer.faults] == [
        ("l", ("has values that are not finite",))
    ]
    assert [layer.difference for layer in report.layers] == pytest.approx([0, 0], abs=1e-6)


def test_without_the_package(monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    found = run("run", "lenet", "--engine", "onnxruntime")
    assert (found.status, found.out) == (2, "")
    assert found.err == "error: ONNX Runtime is not installed\nhint: pip install 'cnncalc[onnx]'\n"


@pytest.mark.parametrize(
    ("options", "error"),
    [
        (
            ["--compare"],
            "error: --compare goes with --engine onnxruntime: NumPy is what that is compared with\n"
            "hint: `cnncalc run --help` lists what it takes\n",
        ),
        (
            ["--engine", "onnxruntime", "--dtype", "float64"],
            "error: --engine onnxruntime computes in float32, not in float64\n"
            "hint: `cnncalc run --help` lists what it takes\n",
        ),
    ],
)
def test_options_that_do_not_go_together(run: Run, options: list[str], error: str) -> None:
    found = run("run", "lenet", *options)
    assert (found.status, found.out, found.err) == (2, "", error)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"engine": "onnx"}, "error: `engine` takes `numpy` or `onnxruntime`, not 'onnx'"),
        (
            {"compare": True},
            'error: NumPy is compared with another engine, and none is named\nhint: `engine="onnxruntime"`',
        ),
        (
            {"engine": "onnxruntime", "dtype": "float64"},
            "error: ONNX Runtime executes in float32 here, not in float64\nhint: leave `dtype` out",
        ),
    ],
)
def test_arguments_that_do_not_go_together(options: dict[str, Any], error: str) -> None:
    with pytest.raises(cnncalc.CnncalcError) as raised:
        cnncalc.load("lenet").run(**options)
    assert str(raised.value) == error


@pytest.mark.parametrize("form", ["csv", "markdown", "latex", "table"])
def test_the_difference_is_a_column(run: Run, form: str) -> None:
    for options, there in ([], False), (["--compare"], True):
        found = run("run", "lenet", "--engine", "onnxruntime", *options, "--format", form)
        assert found.status == 0
        assert ("difference" in found.out) is there
        if form == "table":
            engine = re.escape(f"ONNX Runtime {onnxruntime.__version__}")
            verdict = rf"executed in \d+\.\d\d s by {engine}: every shape is as computed"
            assert re.search(verdict, " ".join(found.out.split()))
            assert ("values differ by at most" in " ".join(found.out.split())) is there


def test_a_model_is_refused_with_what_the_runtime_says() -> None:
    with pytest.raises(cnncalc.CnncalcError) as raised:
        runtime.ProfiledModel(b"nothing", ["x"], "net")
    assert str(raised.value).startswith("error: ONNX Runtime does not take net: ")
    assert "onnxruntime_src" not in str(raised.value)


def test_nodes_of_a_layer_are_timed_together() -> None:
    nodes = {"a": 1.0, "a/Pad": 2.0, "a/b/Conv": 4.0, "other": 8.0, "a/b/activation/Relu": 16.0}
    assert seconds_of_layers(nodes, {"a", "a/b"}) == {"a": 3.0, "a/b": 20.0}


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        ([1.0, 2.0], [1.0, 4.0], 0.5),
        ([0.0], [0.0], 0.0),
        ([1.0], [0.0], float("inf")),
        ([float("nan"), 1.0], [float("nan"), 1.0], 0.0),
        ([float("nan")], [1.0], float("inf")),
        ([float("inf")], [float("-inf")], float("inf")),
        ([float("inf"), 1.5], [float("inf"), 1.0], 0.5),
    ],
)
def test_difference(ours: list[float], theirs: list[float], expected: float) -> None:
    assert differences.difference(np.array(ours), np.array(theirs)) == expected


NETWORKS = ("mobilenet_v2", "crnn", "unet", "densenet121", "googlenet", "yolov8n", "segnet")


@pytest.mark.parametrize("name", slow_but([], NETWORKS, NETWORKS[:2]))
def test_bundled_networks_do_not_differ(name: str) -> None:
    report, _ = cnncalc.load(name).run(engine="onnxruntime", compare=True)
    assert report.ok


def test_the_help_and_the_guide_say_what_is_held_to(run: Callable[..., Outcome]) -> None:
    for arguments in (("run", "--help"), ("help", "files")):
        assert f"above {differences.TOLERANCE:g} a fault" in " ".join(run(*arguments).out.split())
