"""The fully connected layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnncalc.kernels import Array
    from cnncalc.models.onnx.writing import LayerWriting


def _made(layer: Any) -> Any:
    """What makes the weight that the forward pass takes; None where it is the array itself."""
    return None if layer.normalization is None else layer.used_weight


def write_linear(w: LayerWriting) -> str:
    """Gemm of a vector; along the channels of a map a convolution with kernel 1, else MatMul along the last axis."""
    layer, rank = w.layer, len(w.shape) - 1
    out, features = layer.kernel_shape(w.shape)
    axis = 0 if layer.dim is None else layer.dim_axis("dim", layer.dim, w.shape)
    if not rank:
        inputs = [w.x, w.weight("weight", (out, features), _made(layer)), *w.optional_weight("bias")]
        return w.node("Gemm", inputs, transB=1)
    if axis == 0:
        weight = w.weight("weight", (out, features, *(1,) * rank), _made(layer))
        return w.node("Conv", [w.x, weight, *w.optional_weight("bias")], kernel_shape=[1] * rank)
    return _along_last(w, axis, out, features)


def _along_last(w: LayerWriting, axis: int, out: int, features: int) -> str:
    """MatMul along an axis that is brought to the end and back, and the bias."""
    made = _made(w.layer) or (lambda arrays: arrays["weight"])

    def transposed(arrays: Mapping[str, Array]) -> Array:
        weight: Array = made(arrays)
        return weight.T

    rank = len(w.shape) - 1
    order = [*(a for a in range(rank + 1) if a != axis), axis]
    shape = tuple(w.shape[a] for a in order)
    x = w.permuted(w.x, order, w.shape)
    weight = w.weight("weight", (features, out), transposed, variant=".transposed")
    product = w.node("MatMul", [x, weight], (*shape[:-1], out))
    for bias in w.optional_weight("bias"):
        product = w.node("Add", [product, bias], (*shape[:-1], out))
    return w.permuted(product, [order.index(a) for a in range(rank + 1)], (*shape[:-1], out))
