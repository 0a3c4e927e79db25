"""Normalisation without the mean: by the root of a mean of squares, by norms, and by those of all channels together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.models.onnx.flows import BATCH
from cnncalc.models.onnx.operators.normalization import per_channel, scale_and_shift

if TYPE_CHECKING:
    from cnncalc.models.onnx.flows import Flow
    from cnncalc.models.onnx.reading import Reading
    from cnncalc.models.onnx.writing import LayerWriting


def write_rms_norm(w: LayerWriting) -> str:
    """Written out, as most runtimes know no operator for it; the least eps is that of the type of the values."""
    axes = list(w.layer.normalized_axes(w.shape))
    left = tuple(1 if axis in axes else size for axis, size in enumerate(w.shape))
    eps = w.layer.eps
    if eps is None:
        eps = {"float16": 2.0**-10, "float64": 2.0**-52}.get(w.target.element_type, 2.0**-23)
    squares = w.reduced("ReduceMean", w.node("Mul", [w.x, w.x], w.shape), axes, w.shape)
    root = w.node("Sqrt", w.scalar("Add", squares, eps, left), left)
    dims = tuple(size if axis in axes else 1 for axis, size in enumerate(w.shape))
    return scale_and_shift(w, w.node("Div", [w.x, root]), dims)


def write_l2_norm(w: LayerWriting) -> str:
    """ReduceL2, held to eps; LpNormalization has none, and divides by 0."""
    axes = list(w.layer.normalized_axes(w.shape))
    left = tuple(1 if axis in axes else size for axis, size in enumerate(w.shape))
    norm = w.reduced("ReduceL2", w.x, axes, w.shape)
    held = w.node("Max", [norm, w.number(max(w.layer.eps, 2.0**-126))], left)
    return scale_and_shift(w, w.node("Div", [w.x, held]), per_channel(w))


def write_global_response_norm(w: LayerWriting) -> str:
    """The norm of each channel, as a share of the mean of all of them."""
    channels = (w.shape[0], *(1,) * (len(w.shape) - 1))
    one = (1,) * len(w.shape)
    norms = w.reduced("ReduceL2", w.x, list(range(1, len(w.shape))), w.shape)
    mean = w.scalar("Add", w.reduced("ReduceMean", norms, [0], channels), w.layer.eps, one)
    share = w.node("Div", [norms, mean], channels)
    scaled = w.node("Mul", [w.node("Mul", [w.x, share]), w.weight("weight", channels)])
    return w.node("Add", [w.x, w.node("Add", [scaled, w.weight("bias", channels)])])


def read_rms_norm(node: Reading) -> Flow:
    """`RMSNormalization` over the last axes in the file."""
    x = node.any_flow()
    first = node.integer("axis", -1) % len(x.axes)
    dims = list(x.axes[first:])
    if BATCH in dims:
        raise node.refuse("it normalises over the batch")
    weight, sizes = node.constant(1), tuple(x.shape[axis] for axis in dims)
    if weight.shape != sizes:
        raise node.refuse(f"its scale has the shape {list(weight.shape)}, and not {list(sizes)}")
    if dims != sorted(dims):
        weight = weight.transposed([dims.index(axis) for axis in sorted(dims)])
    options: dict[str, Any] = {"eps": node.real("epsilon", 1e-5)}
    if dims != [0] or len(x.shape) > 1:
        options["dims"] = sorted(dims)
    return node.layer("rms_norm", options, [x], {"weight": weight})


def read_lp_normalization(node: Reading) -> Flow:
    """`LpNormalization`: division by the norm of order 2, or of order 1, along an axis."""
    x, order = node.any_flow(), node.integer("p", 2)
    dim = x.axes[node.integer("axis", -1) % len(x.axes)]
    if dim == BATCH:
        raise node.refuse("it normalises over the batch")
    if order == 2:
        return node.layer("l2_norm", {"dims": dim} if dim else {}, [x])
    if order != 1:
        raise node.refuse(f"its order is {order}")
    norm = node.layer("reduce_l1", {"dim": dim}, [x], tensor="")
    return node.layer("divide", {}, [x, norm])
