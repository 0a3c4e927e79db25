"""ONNX Runtime as an independent oracle: one operator, in process."""

from __future__ import annotations

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
    operator: str, *inputs: np.ndarray[Any, Any] | None, opset: int = 18, output: int = 0, **attributes: Any
) -> Any:
    """One output of an ONNX operator, the first; None stands for an input that is left out."""
    names = ["" if value is None else f"x{index}" for index, value in enumerate(inputs)]
    present = [(name, value) for name, value in zip(names, inputs, strict=True) if value is not None]
    results = [f"y{index}" for index in range(output + 1)]
    node = helper.make_node(operator, names, results, **attributes)
    declared = [helper.make_tensor_value_info(name, _TYPES[value.dtype], value.shape) for name, value in present]
    graph = helper.make_graph([node], "one", declared, [helper.make_empty_tensor_value_info(name) for name in results])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=9)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return session.run(None, dict(present))[output]
