"""Small graphs, made with the `onnx` package and run by ONNX Runtime: what the reader is held against."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

import cnncalc

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from cnncalc.kernels import Array


def drawn(*shape: int, seed: int = 0, low: float = -1.0) -> Array:
    """Numbers of single precision from `low` to 1."""
    return np.random.default_rng([seed, *shape]).uniform(low, 1, shape).astype("float32")


def model(
    nodes: Sequence[Any],
    tensors: Mapping[str, Any],
    inputs: Mapping[str, Sequence[Any]],
    outputs: Sequence[str],
    opset: int = 17,
) -> Any:
    """A model of nodes as `node` makes them; `tensors` are its weights."""
    graph = helper.make_graph(
        list(nodes),
        "graph",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in inputs.items()],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in tensors.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)


def node(text: str, **attributes: Any) -> Any:
    """A node, written as ``y = Conv(x, w)``.

    >>> node("y = Relu(x)").op_type
    'Relu'
    """
    outputs, _, call = text.partition("=")
    operator, _, inputs = call.strip().rstrip(")").partition("(")
    name = attributes.pop("name", "")
    return helper.make_node(
        operator,
        [each.strip() for each in inputs.split(",")],
        [o.strip() for o in outputs.split(",")],
        name,
        **attributes,
    )


def saved(made: Any, folder: Path, name: str = "net.onnx") -> str:
    """The path of a model, which is written into a folder."""
    path = folder / name
    onnx.save(made, path)
    return str(path)


def types(made: Any, folder: Path) -> list[str]:
    """The types of the layers."""
    return [layer.type for layer in cnncalc.load(saved(made, folder)).report().layers]


def session(made: Any) -> Any:
    """ONNX Runtime's of a model."""
    return onnxruntime.InferenceSession(made.SerializeToString(), providers=["CPUExecutionProvider"])


def differences(made: Any, folder: Path, **data: Array) -> dict[str, float]:
    """The largest difference of each output from ONNX Runtime's, relative to its largest value."""
    network = cnncalc.load(saved(made, folder))
    ours = network.forward(data if len(data) > 1 else next(iter(data.values())))
    arrays = list(ours.values()) if isinstance(ours, dict) else [ours]
    theirs = session(made).run(None, data)
    names = [output.name for output in made.graph.output]
    return {
        name: float(np.abs(a - b).max() / (np.abs(b).max() or 1))
        for name, a, b in zip(names, arrays, theirs, strict=True)
    }
