"""The fully connected layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.models.onnx.constants import Constant, decimal
from cnncalc.models.onnx.flows import BATCH, Flow
from cnncalc.models.onnx.operators.convolution import added_bias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnncalc.kernels import Array
    from cnncalc.models.onnx.reading import Reading
    from cnncalc.models.onnx.target import Restores
    from cnncalc.models.onnx.writing import LayerWriting


def read_gemm(node: Reading) -> Flow:
    """`Gemm` with a constant matrix: a linear layer of vectors."""
    x, weight = node.any_flow(), node.constant(1)
    has_rows = not x.has_batch and len(x.axes) == len(x.shape) == 2  # those of one sample
    x = x if has_rows else node.plain(x)
    axis = x.axes[1] if has_rows else 0
    dim = axis if has_rows else None
    if node.integer("transA") or (len(x.shape) != 1 and not has_rows):
        raise node.refuse("its first operand is no vector for each sample")
    if len(weight.shape) != 2:
        raise node.refuse(f"its second operand has the shape {list(weight.shape)}")
    matrix = weight if node.integer("transB") else weight.transposed((1, 0))
    matrix = matrix.scaled(node.real("alpha", 1.0))
    beta = node.real("beta", 1.0)
    bias = node.input(2)
    if beta == 0:
        if isinstance(bias, Constant):
            node.network.unlearnt.add(bias.key)
        bias = None
    outputs = matrix.shape[0]
    if matrix.shape[1] != x.shape[axis]:
        raise node.refuse(f"its matrix takes {matrix.shape[1]} values, and {x.shape[axis]} arrive")
    if isinstance(bias, Flow):
        product = _linear(node, x, matrix, None, dim, tensor="")
        return node.layer("add", {}, [product, _scaled(node, bias, beta, product)])
    if bias is not None and not isinstance(bias, Constant):
        raise node.refuse("what it adds is no tensor of the network")
    if bias is None:
        added = added_bias(node, outputs, 1, 2)
        return _linear(node, x, matrix, added, dim)
    if bias.size == 1 and outputs > 1:  # one number, which is no bias of ours
        node.network.unlearnt.add(bias.key)
        product = _linear(node, x, matrix, None, dim, tensor="")
        return node.layer("add", {"value": decimal(beta * float(bias.numbers()[0]))}, [product])
    if bias.size != outputs or bias.shape not in ((outputs,), (1, outputs), ()):
        raise node.refuse(f"what it adds has the shape {list(bias.shape)}")
    return _linear(node, x, matrix, bias.reshaped((outputs,)).scaled(beta), dim)


def _scaled(node: Reading, added: Flow, beta: float, product: Flow) -> Flow:
    """A tensor that is added to the product, times a number."""
    if added.axes != product.axes or added.shape not in (product.shape, (1,)):
        raise node.refuse(f"it adds a tensor of {list(added.dims)} to one of {list(product.dims)}")
    return added if beta == 1 else node.layer("multiply", {"value": beta}, [added], tensor="")


def read_matmul(node: Reading) -> Flow:
    """`MatMul` with a constant matrix on the right: a linear layer along the last axis in the file."""
    if isinstance(node.input(1), Flow):
        from cnncalc.models.onnx.operators.products import product, times_from_left

        left, right = node.input(0), node.any_flow(1)
        return times_from_left(node, left, right) if isinstance(left, Constant) else product(node)
    x, weight = node.any_flow(), node.constant(1)
    if len(weight.shape) != 2 or not x.axes:
        raise node.refuse(f"its second operand has the shape {list(weight.shape)}")
    axis = x.axes[-1]
    if axis == BATCH:
        raise node.refuse("it sums over the batch")
    outputs = weight.shape[1]
    bias = added_bias(node, outputs, len(x.axes) - 1, len(x.axes))
    return _linear(node, x, weight.transposed((1, 0)), bias, axis if len(x.shape) > 1 else None)


def _linear(
    node: Reading,
    x: Flow,
    weight: Constant,
    bias: Constant | None,
    dim: int | None,
    tensor: str | None = None,
) -> Flow:
    """The layer; `tensor` is as in `Reading.layer`."""
    options: dict[str, Any] = {"out_features": weight.shape[0]}
    if dim is not None:
        options["dim"] = dim
    if bias is None:
        return node.layer("linear", {**options, "bias": False}, [x], {"weight": weight}, tensor=tensor)
    return node.layer("linear", options, [x], {"weight": weight, "bias": bias}, tensor=tensor)


def write_linear(w: LayerWriting) -> str:
    """Gemm of a vector; along the channels of a map a convolution with kernel 1, else MatMul along the last axis."""
    layer, rank = w.layer, len(w.shape) - 1
    out, features = layer.kernel_shape(w.shape)
    axis = 0 if layer.dim is None else layer.dim_axis("dim", layer.dim, w.shape)
    if not rank:
        inputs = [w.x, w.used_weight((out, features)), *w.optional_weight("bias")]
        return w.node("Gemm", inputs, transB=1)
    if axis == 0:
        weight = w.used_weight((out, features, *(1,) * rank))
        return w.node("Conv", [w.x, weight, *w.optional_weight("bias")], kernel_shape=[1] * rank)
    return _along_last(w, axis, out, features)


def _untransposed(constant: Any) -> Any:
    """The weight (out, in) of its transpose."""
    return constant.transposed((1, 0))


def _along_last(w: LayerWriting, axis: int, out: int, features: int) -> str:
    """MatMul along an axis that is brought to the end and back, and the bias."""

    def transposed(arrays: Mapping[str, Array]) -> Array:
        weight: Array = w.layer.used_weight(arrays)
        return weight.T

    rank = len(w.shape) - 1
    order = [*(a for a in range(rank + 1) if a != axis), axis]
    shape = tuple(w.shape[a] for a in order)
    x = w.permuted(w.x, order, w.shape)
    back: Restores = {"weight": _untransposed}
    weight = w.weight("weight", (features, out), transposed, variant=".transposed", restore=back)
    product = w.node("MatMul", [x, weight], (*shape[:-1], out))
    for bias in w.optional_weight("bias"):
        product = w.node("Add", [product, bias], (*shape[:-1], out))
    return w.permuted(product, [order.index(a) for a in range(rank + 1)], (*shape[:-1], out))
