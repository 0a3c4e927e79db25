"""Models of other programs: small files of ONNX, Keras and darknet, whole and damaged in what they say."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import onnx
from onnx import TensorProto

import cnncalc
from cnncalc.exporting.onnx import OnnxExport
from tests.fuzz import corpus
from tests.fuzz.oddities import ODD_WORDS, odd
from tests.fuzz.text_mutations import mutated_bytes, mutated_tokens
from tests.fuzz.tree_mutations import places
from tests.models.darknet import configurations as darknet
from tests.models.keras import keras_models
from tests.models.onnx import graphs
from tests.models.onnx.graphs import node

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from random import Random

EXPORTED: Final = ("basics.yaml", "branches.yaml", "encoder.yaml", "norms.yaml", "reshaping.yaml", "vector.yaml")
"""The seeds of specs that are written as ONNX."""

_INTEGERS: Final = (-1, 0, 1, 2, 3, 7, -3, 2**31 - 1, 2**31, 2**40, 2**62, 2**63 - 1, -(2**63))
_DIMS: Final = (0, 1, 2, 3, 8, -1, 2**31 - 1, 2**31, 2**40, 2**63 - 1)
_KERAS: Final = ("keras", "h5", "json")
_WORDS: Final = ("x", "y", "w", "", "a b", "a/b", "a.b", "é", "\x1b[31m", "N", "name" * 100, "class", "1.0", "input")
_OPERATORS: Final = (
    *("Conv", "Relu", "Reshape", "Concat", "Add", "Gemm", "MatMul", "Transpose", "Slice", "Split", "Gather", "Pad"),
    *("Resize", "Upsample", "MaxPool", "AveragePool", "BatchNormalization", "Clip", "ReduceMean", "Squeeze", "If"),
    *("Unsqueeze", "Expand", "Tile", "Softmax", "LSTM", "GRU", "Loop", "Shape", "Cast", "Constant", "Where", "Foo"),
    *("LayerNormalization", "GroupNormalization", "InstanceNormalization", "PRelu", "ConvTranspose", "DepthToSpace"),
    *("Flatten", "Einsum", "TopK", "Range", "ConstantOfShape", "QuantizeLinear", "DequantizeLinear", "Identity"),
)


def model_file(rng: Random) -> tuple[bytes, str]:
    """A model's file, and the words of a spec that say what names and sizes it has."""
    files = rng.choice((onnx_files, onnx_files, keras_files, darknet_files))()
    name = rng.choice(list(files))
    data, words = files[name]
    if rng.randrange(6) == 0:
        return data, words
    if rng.randrange(5) == 0:
        return mutated_bytes(rng, data), words
    return _changed(rng, data), words


def _changed(rng: Random, data: bytes) -> bytes:
    """A model that says something else than it did, in the form that it was in."""
    if data[:1] == b"\x08":
        return mutated_onnx(rng, data)
    if data[:2] == b"PK":
        return _rezipped(rng, data)
    if data[:1] == b"{":
        return _other_json(rng, data)
    if data[:1] == b"[":
        return mutated_tokens(rng, data.decode()).encode()
    return mutated_bytes(rng, data)


@cache
def onnx_files() -> Mapping[str, tuple[bytes, str]]:
    """Files that are written here, and some graphs as exporters make them."""
    found = {seed.name: _exported(seed) for seed in corpus.seeds() if seed.name in EXPORTED}
    for name, made in _graphs().items():
        found[name] = made.SerializeToString(deterministic=True), _words(made)
    return found


def _exported(seed: corpus.Seed) -> tuple[bytes, str]:
    return OnnxExport(cnncalc.load(seed.text)).to_bytes(), seed.text


def _graphs() -> dict[str, Any]:
    """Graphs with free sizes, computed shapes, channels last, several inputs, constants and subgraphs."""
    w, b = graphs.drawn(4, 3, 3, 3), graphs.drawn(4)
    convolution = node("a = Conv(x, w, b)", pads=[1, 1, 1, 1], name="/stem/Conv")
    then = onnx.helper.make_graph(
        [node("t = Relu(a)")], "then", [], [onnx.helper.make_tensor_value_info("t", TensorProto.FLOAT, None)]
    )
    shaped = [
        *(convolution, node("s = Shape(a)"), node("n = Gather(s, zero)", axis=0), node("u = Unsqueeze(n, axes)")),
        *(node("t = Concat(u, rest)", axis=0), node("y = Reshape(a, t)")),
    ]
    last = [
        *(node("p = Transpose(x)", perm=[0, 3, 1, 2]), node("a = Conv(p, w, b)", strides=[2, 2])),
        *(node("q = Transpose(a)", perm=[0, 2, 3, 1]), node("m = ReduceMean(q)", axes=[1, 2], keepdims=0)),
        *(node("l = MatMul(m, k)"), node("y = Add(l, b)")),
    ]
    several = [convolution, node("y = Concat(a, z)", axis=1), node("v = Mul(a, half)")]
    return {
        "free": graphs.model([convolution, node("y = GlobalAveragePool(a)")], {"w": w, "b": b}, _x(3, "h", "w"), ["y"]),
        "shaped": graphs.model(
            shaped, {"w": w, "b": b, "zero": 0, "axes": [0], "rest": [-1]}, _x(3, 8, 8), ["y"], opset=13
        ),
        "last": graphs.model(last, {"w": w, "b": b, "k": graphs.drawn(4, 4)}, _x(9, 9, 3), ["y"]),
        "several": graphs.model(
            several, {"w": w, "b": b, "half": np.float32(0.5)}, {**_x(3, 8, 8), "z": ["N", 2, 8, 8]}, ["y", "v"]
        ),
        "branches": graphs.model(
            [convolution, node("y = If(c)", then_branch=then, else_branch=then)],
            {"w": w, "b": b, "c": np.bool_(True)},
            _x(3, 8, 8),
            ["y"],
        ),
    }


def _x(*sizes: int | str) -> dict[str, list[int | str]]:
    return {"x": ["N", *sizes]}


def _words(made: Any) -> str:
    """What a model's nodes, inputs and sizes are called, as a spec would write it."""
    [first, *_] = made.graph.input
    sizes = [dim.dim_value or 8 for dim in first.type.tensor_type.shape.dim][1:]
    named = "\n".join(f"name: {each.output[0]}" for each in made.graph.node)
    return f"input: {'x'.join(map(str, sizes))}\n{named}"


@cache
def keras_files() -> Mapping[str, tuple[bytes, str]]:
    """The small models that Keras has written: configurations, and files with weights."""
    found = {}
    for archive in (keras_models.ARCHIVE, keras_models.VALUES):
        with tarfile.open(archive) as files:
            for member in files:
                name, _, ending = member.name.rpartition(".")
                file = files.extractfile(member)
                if file is not None and ending in _KERAS and name not in keras_models.APPLICATIONS:
                    found[member.name] = file.read(), "input: 3x20x24\nname: conv"
    return found


@cache
def darknet_files() -> Mapping[str, tuple[bytes, str]]:
    """Small networks, and a detector with routes and groups."""
    text = darknet.net(32) + darknet.conv(4) + darknet.conv(4, 1) + darknet.section("route", layers="-1,-2")
    small = darknet.net(32) + darknet.conv(4) + darknet.conv(4) + darknet.section("shortcut", **{"from": -2})
    texts = {"yolo": darknet.yolo_v4_tiny().replace("=416", "=64"), "route": text, "shortcut": small + "[avgpool]\n"}
    return {name: (each.encode(), "input: 3x32x32\nname: conv_0") for name, each in texts.items()}


def mutated_onnx(rng: Random, data: bytes) -> bytes:
    """A model with nodes, sizes, names and attributes that are others, are missing or are there twice."""
    model = onnx.ModelProto.FromString(data)
    for _ in range(rng.choice((1, 1, 2, 5))):
        rng.choice(_CHANGES)(rng, model)
    return bytes(model.SerializeToString(deterministic=True))


def _of_a_node(rng: Random, model: Any) -> None:
    nodes = model.graph.node
    if not nodes:
        return
    one, other = rng.choice(nodes), rng.choice(nodes)
    kind = rng.randrange(7)
    if kind == 0:
        one.op_type = rng.choice((*_OPERATORS, "", "\x1b[2J"))
    elif kind == 1:
        nodes.remove(one)
    elif kind == 2:
        nodes.add().CopyFrom(one)
    elif kind == 3:
        one.name, other.name = rng.choice((other.name, *_WORDS)), one.name
    elif kind == 4 and one.input:
        one.input[rng.randrange(len(one.input))] = rng.choice((*other.output, *other.input, *_WORDS[:4]))
    elif kind == 5 and one.output:
        one.output[rng.randrange(len(one.output))] = rng.choice((*other.output, *other.input, *_WORDS))
    elif rng.randrange(2):
        one.input.append(rng.choice((*other.output, *other.input, "")))
    elif one.input:
        one.input.pop()


def _of_an_attribute(rng: Random, model: Any) -> None:
    nodes = [each for each in model.graph.node if each.attribute]
    if not nodes:
        return
    one = rng.choice(nodes)
    attribute = rng.choice(one.attribute)
    kind = rng.randrange(6)
    if kind == 0:
        one.attribute.remove(attribute)
    elif kind == 1:
        attribute.type = rng.randrange(15)
    elif kind == 2:
        attribute.name = rng.choice(("axis", "perm", "pads", "strides", "group", "mode", "axes", "alpha", "to", ""))
    elif attribute.ints and kind < 5:
        attribute.ints[rng.randrange(len(attribute.ints))] = rng.choice(_INTEGERS)
    elif attribute.ints:
        del attribute.ints[rng.randrange(len(attribute.ints))]
    else:
        attribute.i = rng.choice(_INTEGERS)
        attribute.f = rng.choice((0.0, -1.0, 1e30, float("nan"), float("inf")))
        attribute.s = rng.choice((b"", b"nearest", b"SAME_UPPER", b"\xff\xfe", b"x" * 1000))


def _of_a_tensor(rng: Random, model: Any) -> None:
    tensors = model.graph.initializer
    if not tensors:
        return
    one = rng.choice(tensors)
    kind = rng.randrange(6)
    if kind == 0:
        tensors.remove(one)
    elif kind == 1 and one.dims:
        one.dims[rng.randrange(len(one.dims))] = rng.choice(_DIMS)
    elif kind == 2:
        one.dims.append(rng.choice(_DIMS))
    elif kind == 3:
        one.data_type = rng.randrange(25)
    elif kind == 4:
        one.name = rng.choice(_WORDS)
    else:
        one.raw_data = one.raw_data[: rng.randrange(1 + len(one.raw_data))]


def _of_a_size(rng: Random, model: Any) -> None:
    named = rng.choice((model.graph.input, model.graph.output, model.graph.value_info))
    if not named:
        return
    one = rng.choice(named)
    kind, dims = rng.randrange(6), one.type.tensor_type.shape.dim
    if kind == 0:
        one.type.tensor_type.elem_type = rng.randrange(25)
    elif kind == 1:
        one.name = rng.choice(_WORDS)
    elif kind == 2:
        named.remove(one)
    elif kind == 3 and dims:
        dims.pop(rng.randrange(len(dims)))
    elif dims and rng.randrange(3):
        rng.choice(dims).dim_value = rng.choice(_DIMS)
    else:
        dims.add().dim_param = rng.choice(_WORDS)


def _of_the_file(rng: Random, model: Any) -> None:
    kind = rng.randrange(3)
    if kind == 0 and model.opset_import:
        model.opset_import[0].version = rng.choice((0, 1, 6, 9, 10, 11, 12, 13, 18, 26, 99, 2**62, -1))
    elif kind == 1:
        model.graph.output.add().name = rng.choice([each.output[0] for each in model.graph.node if each.output] or "y")
    else:
        model.graph.name = rng.choice(ODD_WORDS)


_CHANGES: Final[tuple[Callable[[Random, Any], None], ...]] = (
    *(_of_a_node, _of_a_node, _of_an_attribute, _of_an_attribute, _of_a_tensor, _of_a_size, _of_the_file),
)


def _other_json(rng: Random, data: bytes) -> bytes:
    """A configuration with some values that are odd, missing, or stand elsewhere too."""
    tree = json.loads(data)
    for _ in range(rng.choice((1, 1, 2, 5))):
        found = places(tree)
        place, other = rng.choice(found), rng.choice(found)
        kind = rng.randrange(4)
        if kind == 0:
            place.put(odd(rng))
        elif kind == 1:
            del place.holder[place.key]
        elif kind == 2:
            place.put(json.loads(json.dumps(other.value)))
        elif isinstance(place.value, int):
            place.put(rng.choice(_INTEGERS))
        else:
            place.put([place.value])
    return json.dumps(tree).encode()


def _rezipped(rng: Random, data: bytes) -> bytes:
    """The files of a zip, one of them damaged or left out."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w") as new:
        names = old.namelist()
        chosen = rng.choice(names)
        for name in names:
            inner = old.read(name)
            if name == chosen and rng.randrange(5) == 0:
                continue
            if name == chosen:
                inner = _other_json(rng, inner) if name == "config.json" else mutated_bytes(rng, inner)
            new.writestr(zipfile.ZipInfo(name), inner)
    return file.getvalue()
