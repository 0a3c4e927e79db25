"""Exported networks, as ONNX's checker, its shape inference, ONNX Runtime and our own reader see them."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import onnxruntime
import pytest

import cnncalc
from cnncalc.exporting import onnx_file
from cnncalc.exporting.onnx import OnnxExport
from cnncalc.exporting.onnx_graph import OPSETS
from cnncalc.layers import LAYERS
from cnncalc.layers.activation import Activation
from cnncalc.models.onnx.operators.table import REASONS, can_write
from cnncalc.spec.bundled import names
from cnncalc.structure.options import short_options
from tests.exporting.engine import computed, difference, differences, disagreeing_shapes, exported, sizes
from tests.marking import slow_after, slow_but
from tests.networks import FILES

if TYPE_CHECKING:
    from pathlib import Path

    from cnncalc import Network
    from cnncalc.graph.node import Node

OPERATORS = """
input: 4x9x9
layers:
  - conv2d: {out_channels: 8, kernel_size: 3, padding: same, stride: 2, activation: gelu}
  - batch_norm
  - depthwise_conv2d: {kernel_size: 3, padding: 1, padding_mode: reflect, activation: mish}
  - layer_norm
  - hardswish
  - max_pool2d: {kernel_size: 2, stride: 1, ceil_mode: true}
  - upsample: {size: [7, 9], mode: bilinear}
  - squeeze_excite: {squeeze_channels: 2}
  - reduce_mean: {dim: 2, keepdim: false}
  - flatten
  - linear: {out_features: 5, activation: softmax}
"""
"""What is written otherwise in one version of the operators than in another."""

SHARED = """
input: 2x6x6
layers:
  - conv2d: {name: a, out_channels: 2, kernel_size: 3, padding: 1}
  - conv2d: {name: b, share: a, out_channels: 2, kernel_size: 3, padding: 2, dilation: 2}
  - parameter: {name: grid, shape: 2x6x6}
  - add: {from: [b, grid]}
  - concat: {from: [previous, grid]}
"""


def reduced(name: str) -> Network:
    """A bundled network, at a quarter or half of its input where it can be built so."""
    network = cnncalc.load(name)
    for part in (4, 2):
        smaller = {
            each: (shape[0], *(max(size // part // 32 * 32, 32) if size >= 64 else size for size in shape[1:]))
            for each, shape in network.inputs.items()
        }
        external = {each: network.layout.external(shape) for each, shape in smaller.items()}
        try:
            return network.at(external)
        except cnncalc.CnncalcError:
            continue
    return network


@pytest.mark.parametrize("name", slow_but(["lenet", "mobilenet_v3", "text_cnn"], names(), FILES))
def test_onnx_runtime_computes_what_we_do(name: str) -> None:
    network = reduced(name)
    found = differences(network)
    assert max(found.values()) < 1e-3
    assert max(found[network.tensors[number].name] for number in network.outputs) < 1e-4


@pytest.mark.parametrize("name", slow_but(["googlenet", "crnn"], names(), FILES))
def test_onnx_infers_the_shapes_that_are_written(name: str) -> None:
    """At full size, without weights."""
    assert disagreeing_shapes(exported(cnncalc.load(name), has_weights=False)) == []


def described(node: Node) -> tuple[object, ...]:
    """All that a layer is, but for the values of its weights."""
    options = short_options(node.layer).items()
    left_out = {*node.layer.weight_options, *node.layer.references}  # `inputs` tell what a layer refers to
    kept = {name: value for name, value in options if name not in left_out or isinstance(value, bool)}
    return node.name, node.type, node.output_shape, kept, {**node.weight_shapes, **node.buffer_shapes}, node.inputs


@pytest.mark.parametrize("name", slow_but(["lenet", "ghostnet", "crnn"], names(), FILES))
def test_an_exported_file_is_the_same_network(name: str, tmp_path: Path) -> None:
    network, path = cnncalc.load(name), tmp_path / "net.onnx"
    network.export(path, weights=False)
    again = cnncalc.load(path)
    assert (again.name, again.buffers) == (network.name, network.buffers)
    assert [described(node) for node in again.nodes] == [described(node) for node in network.nodes]
    assert again.inputs == network.inputs
    assert (again.macs, again.parameters + again.frozen) == (network.macs, network.parameters + network.frozen)


def test_the_weights_of_an_exported_file_are_those_that_were_written(tmp_path: Path) -> None:
    for name, spec in {"operators": OPERATORS, "shared": SHARED}.items():
        network, path = cnncalc.load(spec), tmp_path / f"{name}.onnx"
        network.export(path, seed=3)
        again, x = cnncalc.load(path), np.random.default_rng(0).standard_normal(next(iter(network.inputs.values())))
        assert difference(np.asarray(again.forward(x)), np.asarray(network.forward(x, seed=3))) < 1e-6


def test_what_operators_take_and_layers_do_not_have_is_no_weight(tmp_path: Path) -> None:
    """A batch norm without scale or shift is written with ones and zeros, once for all layers."""
    line = "batch_norm(weight=false) | batch_norm(bias=false) | batch_norm(affine=false) | batch_norm(weight=false)"
    network, path = cnncalc.load(line, input="4x5x5"), tmp_path / "net.onnx"
    network.export(path)
    again = cnncalc.load(path)
    assert (again.parameters, again.buffers) == (network.parameters, network.buffers) == (12, 32)
    assert [described(node) for node in again.nodes] == [described(node) for node in network.nodes]


def test_nodes_go_before_what_metadata_says(tmp_path: Path) -> None:
    """A file that another program has changed is read as it is."""
    path = str(tmp_path / "net.onnx")
    cnncalc.load("conv2d(4, 3, activation=relu) | gelu()", input="3x8x8").export(path)
    model = onnx.load(path)
    assert [node.op_type for node in model.graph.node] == ["Conv", "Relu", "Gelu"]
    model.graph.node[1].op_type = "Tanh"
    del model.graph.value_info[:]
    onnx.save(model, path)
    nodes = cnncalc.load(path).nodes
    assert [(node.name, node.type) for node in nodes] == [
        ("conv2d_1", "conv2d"),
        ("conv2d_1_activation", "tanh"),
        ("gelu_1", "gelu"),
    ]
    assert nodes[0].layer.activation is None


def test_every_layer_type_is_written_or_has_a_reason() -> None:
    types = {name for name in LAYERS if not LAYERS[name].is_scope}
    assert {name for name in types if can_write(name)}.isdisjoint(REASONS)
    assert {name for name in types if not can_write(name)} == set(REASONS)


def test_other_types_are_refused_all_at_once() -> None:
    class Halve(Activation):
        """Half of it."""

        type_name = "halve"

    text = "input: 4\nlayers: [halve, relu, halve, {conv_bn: {}}]\nblocks: {conv_bn: {layers: [halve]}}"
    network = cnncalc.load(text, layers={**LAYERS, "halve": Halve})
    with pytest.raises(cnncalc.CnncalcError) as caught:
        OnnxExport(network)
    fact = "has layers that cannot be written as ONNX: halve (`halve_1`, `halve_2`, `conv_bn_1.halve_1`)"
    assert str(caught.value) == f"error: text {fact}\nhint: leave them out, or write them with other layers".replace(
        "text", network.name
    )


@pytest.mark.parametrize("opset", [opset for opset in OPSETS if opset <= onnx.defs.onnx_opset_version()])
def test_every_version_of_the_operators(opset: int) -> None:
    model = exported(cnncalc.load(OPERATORS), opset=opset)
    assert [(each.domain, each.version) for each in model.opset_import] == [("", opset)]
    assert model.ir_version == OPSETS[opset]
    assert onnx.helper.find_min_ir_version_for(model.opset_import) <= model.ir_version
    assert max(differences(cnncalc.load(OPERATORS), opset=opset).values()) < 1e-4


@pytest.mark.parametrize(("opset", "spec"), slow_after(3, [(20, OPERATORS), (20, SHARED), (13, SHARED), (20, "crnn")]))
def test_any_number_of_samples(opset: int, spec: str) -> None:
    network = cnncalc.load(spec)
    model = exported(network, dynamic_batch=True, opset=opset)
    assert [sizes(each)[0] for each in [*model.graph.input, *model.graph.output]] == ["batch", "batch"]
    for samples in (1, 3):
        assert max(differences(network, samples=samples, dynamic_batch=True, opset=opset).values()) < 1e-4


def test_a_number_of_samples() -> None:
    assert max(differences(cnncalc.load(SHARED), samples=3).values()) < 1e-5


def test_half_precision() -> None:
    network = cnncalc.load("lenet")
    model = exported(network, dtype="float16")
    x = np.random.default_rng(0).standard_normal((1, 1, 28, 28))
    [theirs] = onnxruntime.InferenceSession(model.SerializeToString()).run(None, {"input": x.astype("float16")})
    assert theirs.dtype == np.float16
    assert difference(theirs, np.asarray(network.forward(x))) < 5e-3


def test_an_array_that_is_shared_is_there_once() -> None:
    model = exported(cnncalc.load(SHARED))
    arrays = [each.name for each in model.graph.initializer if "." in each.name and "int64" not in each.name]
    assert arrays == ["a.weight", "a.bias", "grid.weight"]
    assert [list(node.input)[1] for node in model.graph.node if node.op_type == "Conv"] == ["a.weight"] * 2


def test_without_weights_a_file_is_small_and_runs() -> None:
    data = OnnxExport(cnncalc.load("vgg16"), has_weights=False).to_bytes()
    assert len(data) < 20_000
    onnx.checker.check_model(onnx.load_from_string(data), full_check=True)
    lenet = exported(cnncalc.load("lenet"), has_weights=False)
    assert computed(lenet, {"input": np.ones((1, 1, 28, 28), "f4")})["output"].tolist() == [[0.0] * 10]


def test_what_the_file_says_of_the_network() -> None:
    network = cnncalc.load("mobilenet", set={"alpha": 0.5})
    model = exported(network, has_weights=False)
    facts = {each.key: each.value for each in model.metadata_props}
    assert (model.producer_name, model.producer_version) == ("cnncalc", cnncalc.__version__)
    assert model.graph.name == network.name
    assert facts["cnncalc.settings"] == '{"alpha": 0.5}'
    assert facts["cnncalc.inputs"] == '{"input": [3, 224, 224]}'
    assert model.doc_string == network.blueprint.choice.reference


def test_large_weights_go_beside_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnx_file, "MOST_BYTES", 30_000)
    network, path = cnncalc.load("lenet"), str(tmp_path / "net.onnx")
    network.export(path)
    assert sorted(os.listdir(tmp_path)) == ["net.onnx", "net.onnx.data"]
    assert os.path.getsize(path) < 30_000
    onnx.checker.check_model(path, full_check=True)
    places = [
        {each.key: each.value for each in tensor.external_data}
        for tensor in onnx.load(path, load_external_data=False).graph.initializer
        if tensor.external_data
    ]
    spans = [(int(place["offset"]), int(place["length"])) for place in places]
    assert {place["location"] for place in places} == {"net.onnx.data"}
    assert all(start % 4096 == 0 and start + length <= after for (start, length), (after, _) in pairwise(spans))
    x = np.random.default_rng(0).standard_normal((1, 1, 28, 28)).astype("f4")
    [theirs] = onnxruntime.InferenceSession(path).run(None, {"input": x})
    assert difference(theirs, np.asarray(network.forward(x))) < 1e-5
    assert np.array_equal(np.asarray(cnncalc.load(path).forward(x)), np.asarray(network.forward(x)))
    with pytest.raises(cnncalc.CnncalcError, match="do not fit into one ONNX file, which holds 2 GiB"):
        network.export("-")


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(b"as it was")

    def failing(*_: Any) -> None:
        raise ValueError("in the middle")

    monkeypatch.setattr(onnx_file, "MOST_BYTES", 30_000)
    monkeypatch.setattr(onnx_file, "_write_array", failing)
    with pytest.raises(cnncalc.CnncalcError, match="in the middle"):
        cnncalc.load("lenet").export(path)
    assert os.listdir(tmp_path) == ["net.onnx"]
    assert path.read_bytes() == b"as it was"


def test_a_disk_without_room_is_told_before_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 100_000_000}))
    with pytest.raises(cnncalc.CnncalcError) as caught:
        cnncalc.load("vgg16").export(tmp_path / "v.onnx")
    fact = f"error: {tmp_path}/v.onnx would take 0.6 GB, and 0.1 GB are free there"
    assert str(caught.value) == f"{fact}\nhint: without weights it is small"


def test_neither_onnx_nor_a_runtime_is_imported(tmp_path: Path) -> None:
    code = (
        "import sys, cnncalc\n"
        f"cnncalc.load('lenet').export({str(tmp_path / 'n.onnx')!r})\n"
        "print([name for name in ('onnx', 'onnxruntime', 'google.protobuf') if name in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
