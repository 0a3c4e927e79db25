"""ONNX Runtime as an independent oracle: one operator, in process."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import onnxruntime
from onnx import TensorProto, helper

_TYPES = {
    np.dtype("float32"): TensorProto.FLOAT,
    np.dtype("int64"): TensorProto.INT64,
    np.dtype("float64"): TensorProto.DOUBLE,
}


def run_operator(
    operator: str,
    *inputs: np.ndarray[Any, Any] | None,
    opset: int = 18,
    output: int = 0,
    outputs: int = 1,
    **attributes: Any,
) -> Any:
    """One output of an ONNX operator, the first of `outputs`; None stands for an input that is left out."""
    types = tuple(None if value is None else value.dtype for value in inputs)
    values = {f"x{number}": value for number, value in enumerate(inputs) if value is not None}
    hashable = tuple((name, tuple(value) if isinstance(value, list) else value) for name, value in attributes.items())
    return _session(operator, types, opset, max(output + 1, outputs), hashable).run(None, values)[output]


@lru_cache(maxsize=64)
def _session(
    operator: str,
    types: tuple[np.dtype[Any] | None, ...],
    opset: int,
    outputs: int,
    attributes: tuple[tuple[str, Any], ...],
) -> Any:
    """A model of one operator for inputs of any shapes; making it takes far longer than running it."""
    names = ["" if dtype is None else f"x{number}" for number, dtype in enumerate(types)]
    results = [f"y{number}" for number in range(outputs)]
    node = helper.make_node(operator, names, results, **dict(attributes))
    declared = [
        helper.make_tensor_value_info(name, _TYPES[dtype], None)
        for name, dtype in zip(names, types, strict=True)
        if dtype is not None
    ]
    graph = helper.make_graph([node], "one", declared, [helper.make_empty_tensor_value_info(name) for name in results])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=9)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
