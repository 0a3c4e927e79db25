"""ONNX Runtime as an oracle: what it makes of an exported network, tensor by tensor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import onnxruntime

from cnncalc.exporting.onnx import OnnxExport

if TYPE_CHECKING:
    from cnncalc import Network
    from cnncalc.kernels import Array

Model = Any


def exported(network: Network, **options: Any) -> Model:
    """The exported model, which passes ONNX's checker with all that it checks."""
    model = onnx.load_from_string(OnnxExport(network, **options).to_bytes())
    onnx.checker.check_model(model, full_check=True)
    return model


def disagreeing_shapes(model: Model) -> list[tuple[str, list[Any], list[Any]]]:
    """Tensors of which ONNX's own inference gives another shape than the file says; it must know nearly all."""
    said = {info.name: sizes(info) for info in [*model.graph.value_info, *model.graph.output]}
    bare = onnx.ModelProto()
    bare.CopyFrom(model)
    del bare.graph.value_info[:]
    for output in bare.graph.output:
        output.type.tensor_type.ClearField("shape")
    inferred = onnx.shape_inference.infer_shapes(bare, check_type=True, strict_mode=True, data_prop=True)
    found = {info.name: sizes(info) for info in [*inferred.graph.value_info, *inferred.graph.output]}
    assert found
    return [(name, shape, found[name]) for name, shape in said.items() if name in found and found[name] != shape]


def sizes(info: Any) -> list[Any]:
    """The sizes of a tensor, words where they are free."""
    return [size.dim_param or size.dim_value for size in info.type.tensor_type.shape.dim]


def computed(model: Model, feeds: dict[str, Array]) -> dict[str, Array]:
    """Every tensor of float values, as ONNX Runtime computes it without rewriting the graph."""
    known = {output.name for output in model.graph.output}
    model.graph.output.extend(info for info in model.graph.value_info if info.name not in known)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, ["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, feeds), strict=True))


def differences(network: Network, *, samples: int = 1, seed: int = 0, **options: Any) -> dict[str, float]:
    """The largest difference of each layer's output, by its largest value, between our engine and ONNX Runtime."""
    from cnncalc.execution.executor import run
    from cnncalc.execution.tensors import random_inputs

    data = random_inputs(network, seed, samples, "float32")
    feeds = {name: np.array(values) for name, values in data.items()}
    kept = {tensor.name: tensor.number for tensor in network.tensors if tensor.producer}
    report, ours = run(network, data, seed=seed, kept=kept)
    assert report.ok
    theirs = computed(exported(network, seed=seed, **{"batch": samples, **options}), feeds)
    return {name: difference(theirs[name], ours[name]) for name in kept}


def difference(theirs: Array, ours: Array) -> float:
    """The largest difference of two arrays, which must have one shape, by the largest value."""
    assert theirs.shape == ours.shape, (theirs.shape, ours.shape)
    largest = float(np.abs(ours).max()) or 1.0
    return float(np.abs(theirs.astype(np.float64) - ours).max()) / largest
