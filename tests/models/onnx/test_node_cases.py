"""The cases of single operators that ONNX itself is tested with: the values recorded there, or a refusal.

All inputs of a case but those that stand for tensors of a network become constants, as in an exported file. A case is
here where its operator is translated; one that cannot be a network is refused with its reason, and never a wrong value.
"""

from __future__ import annotations

import warnings
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

import cnncalc
from cnncalc.execution.executor import run
from cnncalc.models.onnx.operators.table import reader

if TYPE_CHECKING:
    from pathlib import Path

OPERATORS: Final = (
    *("Abs", "Add", "AffineGrid", "Attention", "AveragePool", "BatchNormalization", "Cast", "CastLike", "Ceil"),
    *("Celu", "Clip", "Col2Im", "Concat", "Conv", "ConvInteger", "ConvTranspose", "Cos", "DeformConv"),
    *("DepthToSpace", "DequantizeLinear", "Div", "Dropout", "DynamicQuantizeLinear", "Einsum", "Elu", "Erf", "Exp"),
    *("Expand", "Flatten", "Floor", "GRU", "Gather", "Gelu", "Gemm", "GlobalAveragePool", "GlobalMaxPool"),
    *("GridSample", "GroupNormalization", "HardSigmoid", "HardSwish", "Identity", "InstanceNormalization", "LRN"),
    *("LSTM", "LayerNormalization", "LeakyRelu", "Log", "LogSoftmax", "LpNormalization", "LpPool", "MatMul"),
    *("MatMulInteger", "Max", "MaxPool", "MaxUnpool", "Mean", "MeanVarianceNormalization", "Min", "Mish", "Mul"),
    *("Neg", "PRelu", "Pad", "Pow", "QLinearConv", "QLinearMatMul", "QuantizeLinear", "RMSNormalization", "RNN"),
    *("Reciprocal", "ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMax", "ReduceMean"),
    *("ReduceMin", "ReduceProd", "ReduceSum", "ReduceSumSquare", "Relu", "Reshape", "Resize", "Round", "Selu"),
    *("Sigmoid", "Sign", "Sin", "Slice", "Softmax", "Softplus", "Softsign", "SpaceToDepth", "Split", "Sqrt"),
    *("Squeeze", "Sub", "Sum", "Swish", "Tanh", "ThresholdedRelu", "Tile", "Transpose", "Unsqueeze", "Upsample"),
    *("Where",),
)
"""The operators that are translated and that ONNX has cases of."""

NOTHING: Final = "its output is its input, with its axes anywhere"
ALL_REFUSED: Final = {
    "Cast": (NOTHING, "no numbers of ours", "which are not all of these"),
    "CastLike": (NOTHING, "no numbers of ours", "which are not all of these"),
    "DequantizeLinear": ("has a batch axis", "and one is wanted", "no numbers of ours"),
    "DynamicQuantizeLinear": ("its whole numbers are read as such", "has a batch axis"),
    "Gather": ("samples of the batch", "not evenly apart", "no row of numbers within", "has a batch axis"),
    "Identity": (NOTHING, "is no tensor"),
    "MaxUnpool": ("its places are not those of a max pool before it",),
    "MeanVarianceNormalization": ("it normalises over the batch",),
    "Tile": ("it repeats the batch",),
    "QLinearConv": ("its whole numbers were not made of values before it",),
    "QLinearMatMul": ("its whole numbers were not made of values before it", "has a batch axis", "no numbers of ours"),
    "QuantizeLinear": ("its whole numbers are read as such", "has a batch axis", "no numbers of ours"),
    "Transpose": (NOTHING,),
    "Where": ("no numbers of ours",),
}
"""Operators all of whose cases are about samples, or no layer at all, and what is said of them."""

BY_VALUE: Final = ("Max", "Mean", "Min", "Mish", "Pow", "Round", "Sign", "Sum", "Swish")
"""Operators whose cases have one axis, before which a batch of one may stand."""

OF_SEVERAL: Final = {
    **dict.fromkeys(("Add", "Sub", "Mul", "Div", "Max", "Min", "Sum", "Mean", "MatMul", "Concat", "Einsum"), 99),
    "GridSample": 2,
    "Attention": 3,
}
"""The operators of several tensors, and of how many at most; the others have one."""
DEFORMED: Final = (0, 2, 4)
"""The inputs of `DeformConv` that are tensors: what is convolved, the offsets and the mask."""

AT_INFERENCE: Final = (
    *("test_batchnorm_example_training_mode", "test_batchnorm_epsilon_training_mode"),
    *("test_training_dropout_default", "test_training_dropout_default_mask"),
    *("test_training_dropout", "test_training_dropout_mask"),
)
"""Cases of training, which are read as at inference."""


@cache
def all_cases() -> dict[str, list[Any]]:
    """The cases of each operator: ONNX makes them where its modules are imported, for the first call alone."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        collected = import_module("onnx.backend.test.case.node").collect_testcases()
    found: dict[str, list[Any]] = {}
    for case in collected:
        if not case.name.endswith("_expanded") and "_expanded_" not in case.name:
            found.setdefault(case.model.graph.node[0].op_type, []).append(case)
    return found


def cases(operator: str) -> list[Any]:
    """The cases of an operator."""
    return all_cases()[operator]


def bound(case: Any, operator: str) -> tuple[Any, list[Any]]:
    """The model with all but the tensors of a network as constants, and the arrays of those."""
    model = onnx.ModelProto()
    model.CopyFrom(case.model)
    arrays, graph = list(map(as_array, case.data_sets[0][0])), model.graph
    kept = DEFORMED if operator == "DeformConv" else range(OF_SEVERAL.get(operator, 1))
    for at, (info, array) in enumerate(list(zip(graph.input, arrays, strict=True))):
        if at not in kept:
            graph.initializer.append(numpy_helper.from_array(array, info.name))
            graph.input.remove(info)
    del graph.output[1:]
    if operator in BY_VALUE and arrays[0].ndim == 1:
        del graph.output[0].type.tensor_type.shape.dim[:]
        graph.output[0].type.tensor_type.ClearField("shape")
        for at, info in enumerate(graph.input):
            arrays[at] = arrays[at][None]
            info.type.tensor_type.shape.dim.insert(0, onnx.TensorShapeProto.Dimension(dim_value=1))
    return model, [array for at, array in enumerate(arrays) if at in kept]


def as_array(value: Any) -> Any:
    """The values of an input or output, which is a record where its type is none of NumPy's."""
    return numpy_helper.to_array(value) if isinstance(value, onnx.TensorProto) else np.asarray(value)


def in_file_order(network: cnncalc.Network, output: Any) -> Any:
    """An output with its axes as the file has them."""
    spec: Any = network.blueprint.spec
    named = {layer.name: layer.tensor for layer in spec.imported.layers}
    tensor = named.get(spec.imported.outputs[0])  # None where the output is the input
    axes = tensor and tensor.axes
    return output.transpose(np.argsort(axes)) if axes else output


def in_our_order(network: cnncalc.Network, name: str, array: Any) -> Any:
    """An input of the file with its axes as ours has them."""
    spec: Any = network.blueprint.spec
    axes = spec.imported.input_tensors[name].axes
    return array.transpose(axes) if axes else array


def has_layer(network: cnncalc.Network) -> bool:
    """Whether the output is that of a layer."""
    spec: Any = network.blueprint.spec
    return any(layer.name == spec.imported.outputs[0] for layer in spec.imported.layers)


def outcome(case: Any, operator: str, folder: Path) -> str:
    """`equal`, or why the case is refused; fails where values are others."""
    model, arrays = bound(case, operator)
    if any(array.dtype.kind not in "fiu" for array in arrays):
        return "its values are no numbers of ours"
    path = folder / "case.onnx"
    path.write_bytes(model.SerializeToString())
    try:
        network = cnncalc.load(str(path))
    except cnncalc.CnncalcError as error:
        if "please report" in (error.hint or ""):
            raise
        return error.message.partition("here: ")[2] or error.message
    if not has_layer(network):
        return NOTHING
    if len({len(array) for array in arrays}) > 1:
        return "its tensors have different batches"
    data = {
        name: in_our_order(network, name, array.astype("float64"))
        for name, array in zip(network.inputs, arrays, strict=True)
    }
    _, outputs = run(network, data, dtype="float64", weights=_weights(network))
    wanted = as_array(case.data_sets[0][1][0]).astype("float64")
    [output] = outputs.values()
    found = in_file_order(network, output).reshape(wanted.shape)
    if case.name not in AT_INFERENCE:
        coarse = 1e-2 if arrays[0].dtype == np.float16 else 1e-4
        assert np.allclose(found, wanted, rtol=max(case.rtol, coarse), atol=coarse, equal_nan=True), case.name
    return "equal"


def _weights(network: cnncalc.Network) -> Any:
    spec: Any = network.blueprint.spec
    return spec.own_store


@pytest.mark.slow
@pytest.mark.parametrize("operator", OPERATORS)
def test_the_cases_of_an_operator(operator: str, tmp_path: Path) -> None:
    found = {case.name: outcome(case, operator, tmp_path) for case in cases(operator)}
    if operator in ALL_REFUSED:
        assert all(any(reason in text for reason in ALL_REFUSED[operator]) for text in found.values()), found
    else:
        assert "equal" in found.values(), found
    assert all(text == "equal" or len(text) > 10 for text in found.values())


@pytest.mark.slow
def test_most_cases_are_networks() -> None:
    """Each operator has cases of its own: were they those of another, this many would not differ."""
    assert len({case.name for operator in OPERATORS for case in cases(operator)}) > 600


@pytest.mark.slow
def test_every_operator_that_is_read_is_here() -> None:
    assert [operator for operator in sorted(all_cases()) if reader(operator, "")] == list(OPERATORS)
