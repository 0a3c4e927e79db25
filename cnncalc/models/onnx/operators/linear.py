"""Linear layers: products with matrices of weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.models.onnx.constants import Filled
from cnncalc.models.onnx.flows import BATCH, Flow
from cnncalc.models.onnx.operators.convolution import added_bias

if TYPE_CHECKING:
    from cnncalc.models.onnx.constants import Constant
    from cnncalc.models.onnx.reading import Reading


def read_gemm(node: Reading) -> Flow:
    """`Gemm` with a constant matrix: a linear layer of vectors."""
    x, weight = node.flow(), node.constant(1)
    if node.integer("transA") or len(x.shape) != 1:
        raise node.refuse("its first operand is no vector for each sample")
    matrix = weight if node.integer("transB") else weight.transposed((1, 0))
    matrix = matrix.scaled(node.real("alpha", 1.0))
    beta = node.real("beta", 1.0)
    bias = None if beta == 0 else node.input(2)
    outputs = matrix.shape[0]
    if matrix.shape[1] != x.shape[0]:
        raise node.refuse(f"its matrix takes {matrix.shape[1]} values, and {x.shape[0]} arrive")
    if isinstance(bias, Flow):
        raise node.refuse("what it adds is computed")
    if bias is None:
        added = added_bias(node, outputs, 1, 2)
        return _linear(node, x, matrix, added, None)
    return _linear(node, x, matrix, _bias(node, bias, outputs).scaled(beta), None)


def _bias(node: Reading, bias: Constant, outputs: int) -> Constant:
    """What is added, one number an output."""
    if bias.size == outputs and bias.shape in ((outputs,), (1, outputs), (1,), ()):
        return bias.reshaped((outputs,))
    if bias.size == 1:
        return Filled(float(bias.numbers()[0]), (outputs,), bias.dtype, (bias.key, outputs))
    raise node.refuse(f"what it adds has the shape {bias.shape}")


def read_matmul(node: Reading) -> Flow:
    """`MatMul` with a constant matrix on the right: a linear layer along the last axis in the file."""
    x, weight = node.any_flow(), node.constant(1)
    if len(weight.shape) != 2 or not x.axes:
        raise node.refuse(f"its second operand has the shape {weight.shape}")
    axis = x.axes[-1]
    if axis == BATCH:
        raise node.refuse("it sums over the batch")
    outputs = weight.shape[1]
    bias = added_bias(node, outputs, len(x.axes) - 1, len(x.axes))
    return _linear(node, x, weight.transposed((1, 0)), bias, axis if len(x.shape) > 1 else None)


def _linear(node: Reading, x: Flow, weight: Constant, bias: Constant | None, dim: int | None) -> Flow:
    """The layer."""
    options: dict[str, Any] = {"out_features": weight.shape[0]}
    if dim is not None:
        options["dim"] = dim
    if bias is None:
        return node.layer("linear", {**options, "bias": False}, [x], {"weight": weight})
    return node.layer("linear", options, [x], {"weight": weight, "bias": bias})
