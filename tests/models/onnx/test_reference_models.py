"""ONNX files that anyone can have, of every common exporter: parameters, buffers, MACs and the shape of every tensor.

What is expected was counted by a program of its own and by ONNX Runtime, and is recorded in `tests/reference`.
"""

from __future__ import annotations

import json
import tarfile
from ast import literal_eval
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import pytest

import cnncalc
from tests.marking import slow_but
from tests.models.onnx.packing import ARCHIVE, rows

if TYPE_CHECKING:
    from cnncalc.models.imported import Imported

ROWS = {row["model"]: row for row in rows()}
LIGHT = Path(onnx.__file__).parent / "backend" / "test" / "data" / "light"
QUICK = ("resnet18.ts.train.onnx", "mobilenet_v2.dynamo.eval.onnx", "onet.onnx", "light_squeezenet.onnx")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the archive."""
    found = tmp_path_factory.mktemp("models")
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(found, filter="data")
    with open(found / "weights.bin", "wb") as file:  # a scale or a shift by channel becomes numbers of a layer
        file.write(np.random.default_rng(0).uniform(0.5, 1.5, 2**16).astype("float32").tobytes())
        file.truncate(2**30)  # which takes no room on the disk
    return found


def loaded(name: str, folder: Path) -> cnncalc.Network:
    """The network of a row, at the sizes that it says."""
    path = LIGHT / name if name.startswith("light_") else folder / name
    graph = onnx.load(path, load_external_data=False).graph
    assert len(graph.node) == int(ROWS[name]["nodes"])
    return cnncalc.load(str(path), input=_given(name, graph))


def _given(name: str, graph: Any) -> Any:
    """The sizes for a model whose own are free: channels first, as the network has them."""
    if not any(_words(each) for each in graph.input):
        return None
    [(_, *sizes)] = literal_eval(ROWS[name]["input"]).values()
    return "x".join(map(str, (sizes[-1], *sizes[:-1]) if sizes[-1] == 3 else sizes))


def _words(info: Any) -> list[str]:
    """The free sizes of an input, but for the batch."""
    dims = info.type.tensor_type.shape.dim
    return [dim.dim_param or "?" for dim in dims[1:] if dim.HasField("dim_param") or not dim.dim_value]


@pytest.mark.parametrize("name", slow_but(QUICK, ROWS))
def test_a_reference_model(name: str, folder: Path) -> None:
    network = loaded(name, folder)
    row, totals = ROWS[name], network.report().totals
    batch = next(iter(literal_eval(row["input"]).values()))[0]
    # What an exporter computes of a learnt scale or shift is told apart by nothing but its shape.
    others = totals.parameters - int(row["parameters"])
    assert 0 <= others <= int(row["other_float_constants"])
    assert (totals.buffers, totals.macs) == (int(row["buffers"]), int(row["macs"]) // batch)
    assert totals.opaque == 0
    if not name.startswith("light_"):
        hold_shapes(network, json.loads((folder / f"{name}.json").read_text()), batch)


def hold_shapes(network: cnncalc.Network, known: dict[str, list[int]], batch: int) -> None:
    """Hold the shape of every layer that is a tensor of the file against the engine's."""
    spec: Any = network.blueprint.spec
    imported: Imported = spec.at(network.inputs).imported
    shapes = {node.name: node.output_shape for node in network.nodes}
    held = 0
    for layer in imported.layers:
        if layer.tensor is None:
            continue
        theirs = known[layer.tensor.name]
        ours = (batch, *shapes[layer.name])
        axes = layer.tensor.axes or tuple(range(len(theirs)))
        assert [theirs[axis] for axis in axes] == list(ours), layer.name
        held += 1
    assert held > len(network.nodes) // 2
