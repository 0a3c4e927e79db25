"""Normalisation without the mean: by the root of a mean of squares, by norms, and by those of all channels together."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from cnncalc.models.onnx.operators.normalization import per_channel, scale_and_shift

if TYPE_CHECKING:
    from cnncalc.models.onnx.writing import LayerWriting


def write_rms_norm(w: LayerWriting) -> str:
    """Written out, as most runtimes know no operator for it; the least eps is that of the type of the values."""
    axes = list(w.layer._axes(w.shape))
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
    axes = list(w.layer._axes(w.shape))
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


def write_instance_norm(w: LayerWriting) -> str:
    """InstanceNormalization, which always has a weight and a bias; with running statistics it is a batch norm."""
    from cnncalc.models.onnx.operators.normalization import write_batch_norm

    if w.layer.track_running_stats:
        return write_batch_norm(w)
    arrays = [
        w.filled(value, w.shape[:1]) if w.weight_shape(name) is None else w.weight(name)
        for name, value in (("weight", 1.0), ("bias", 0.0))
    ]
    return w.node("InstanceNormalization", [w.x, *arrays], epsilon=float(w.layer.eps))


def write_group_norm(w: LayerWriting) -> str:
    """The groups as channels of an InstanceNormalization, as PyTorch writes it, and then weight and bias."""
    groups = w.layer.num_groups
    cut = (groups, prod(w.shape) // groups)
    arrays = [w.filled(1.0, (groups,)), w.filled(0.0, (groups,))]
    normal = w.node("InstanceNormalization", [w.reshaped(w.x, cut), *arrays], cut, epsilon=float(w.layer.eps))
    return scale_and_shift(w, w.reshaped(normal, w.shape), per_channel(w))
