"""Normalisation."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

from cnncalc.models.onnx.constants import Computed
from cnncalc.models.onnx.flows import BATCH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.models.onnx.constants import Constant
    from cnncalc.models.onnx.flows import Flow
    from cnncalc.models.onnx.reading import Reading
    from cnncalc.models.onnx.writing import LayerWriting


def read_batch_norm(node: Reading) -> Flow:
    """`BatchNormalization`, in its form for training too, of which only the first output is meant."""
    x = node.flow()
    arrays = {"weight": 1, "bias": 2, "running_mean": 3, "running_var": 4}
    constants = {name: node.constant(at) for name, at in arrays.items()}
    for name, constant in constants.items():
        if constant.shape != x.shape[:1]:
            raise node.refuse(f"its {name} has the shape {constant.shape} for {x.shape[0]} channels")
    eps = node.real("epsilon", 1e-5)
    return node.layer("batch_norm", {} if eps == 1e-5 else {"eps": eps}, [x], constants)


def read_layer_norm(node: Reading) -> Flow:
    """`LayerNormalization` over the last axes in the file."""
    x = node.any_flow()
    first = node.integer("axis", -1) % len(x.axes)
    dims = list(x.axes[first:])
    if BATCH in dims:
        raise node.refuse("it normalises over the batch")
    options: dict[str, Any] = {} if dims == [0] and len(x.shape) == 1 else {"dims": dims}
    eps = node.real("epsilon", 1e-5)
    if eps != 1e-5:
        options["eps"] = eps
    weight, bias = node.constant(1), node.optional_constant(2)
    arrays = {"weight": weight}
    if bias is None:
        options["bias"] = False
    else:
        arrays["bias"] = bias
    return node.layer("layer_norm", options, [x], arrays)


def read_lrn(node: Reading) -> Flow:
    """`LRN`, across channels."""
    options: dict[str, Any] = {"size": node.integer("size")}
    for ours, theirs, default in (("alpha", "alpha", 1e-4), ("beta", "beta", 0.75), ("k", "bias", 1.0)):
        value = node.real(theirs, default)
        if value != default:
            options[ours] = value
    return node.layer("local_response_norm", options, [node.flow()])


def read_instance_norm(node: Reading) -> Flow:
    """`InstanceNormalization`, with a scale and a shift a channel."""
    x = node.flow()
    arrays = {"weight": node.constant(1), "bias": node.constant(2)}
    if len(x.shape) < 2 or any(constant.shape != x.shape[:1] for constant in arrays.values()):
        raise node.refuse(f"its scale is not one for each of {x.shape[0]} channels of a map")
    options: dict[str, Any] = {"affine": True, **_eps(node)}
    return node.layer("instance_norm", options, [x], arrays)


def read_group_norm(node: Reading) -> Flow:
    """`GroupNormalization`, with a scale and a shift a channel or, before opset 21, a group."""
    x, groups = node.flow(), node.integer("num_groups")
    arrays = {"weight": node.constant(1), "bias": node.constant(2)}
    channels = x.shape[0]
    if groups < 1 or channels % groups:
        raise node.refuse(f"it has {groups} groups of {channels} channels")
    if node.opset < 21 and all(constant.shape == (groups,) for constant in arrays.values()):
        arrays = {name: _repeated(constant, channels // groups) for name, constant in arrays.items()}
    if any(constant.shape != (channels,) for constant in arrays.values()):
        raise node.refuse(f"its scale is not one for each of {channels} channels")
    return node.layer("group_norm", {"num_groups": groups, **_eps(node)}, [x], arrays)


def _repeated(constant: Constant, times: int) -> Constant:
    """Each value several times."""
    return Computed(
        lambda: constant.array().repeat(times), (constant.size * times,), constant.dtype, (constant.key, times)
    )


def _eps(node: Reading) -> dict[str, Any]:
    eps = node.real("epsilon", 1e-5)
    return {} if eps == 1e-5 else {"eps": eps}


def read_mean_variance(node: Reading) -> Flow:
    """`MeanVarianceNormalization` over axes that are not the batch, or of one sample."""
    x = node.any_flow()
    written = node.integers("axes") or [0, 2, 3]
    if any(not -len(x.axes) <= axis < len(x.axes) for axis in written):
        raise node.refuse(f"its axes are {written} for {len(x.axes)} axes")
    dims = {x.axes[axis] for axis in written}
    if BATCH in dims and x.batch != 1:
        raise node.refuse("it normalises over the batch")
    # What is added to the deviation is 1e-9.
    return node.layer("layer_norm", {"dims": sorted(dims - {BATCH}), "affine": False, "eps": 1e-18}, [x])


def per_channel(w: LayerWriting) -> tuple[int, ...]:
    """The shape of an array with one number a channel that is to broadcast."""
    return (w.shape[0], *(1,) * (len(w.shape) - 1))


def scale_and_shift(w: LayerWriting, x: str, dims: tuple[int, ...]) -> str:
    """A tensor times the weight and plus the bias, where the layer has them, both of `dims`."""
    if w.weight_shape("weight") is not None:
        x = w.node("Mul", [x, w.weight("weight", dims)])
    if w.weight_shape("bias") is not None:
        x = w.node("Add", [x, w.weight("bias", dims)])
    return x


def _or_filled(w: LayerWriting, name: str, value: float) -> str:
    """An array of one number a channel, or one that is filled where the layer has none."""
    return w.filled(value, w.shape[:1]) if w.weight_shape(name) is None else w.weight(name)


def write_batch_norm(w: LayerWriting) -> str:
    """BatchNormalization with the running statistics, or those of the batch written out."""
    if not w.layer.track_running_stats:
        return _by_batch(w)
    arrays = [
        _or_filled(w, "weight", 1.0),
        _or_filled(w, "bias", 0.0),
        w.weight("running_mean"),
        w.weight("running_var"),
    ]
    return w.node("BatchNormalization", [w.x, *arrays], epsilon=float(w.layer.eps))


def _by_batch(w: LayerWriting) -> str:
    """The statistics of each channel over batch and map."""
    axes = [0, *range(2, len(w.shape) + 1)]
    dims = (1, *per_channel(w))

    def mean(x: str) -> str:
        if w.opset >= 18:
            return w.node("ReduceMean", [x, w.integers(axes)], dims=dims, keepdims=1)
        return w.node("ReduceMean", x, dims=dims, axes=axes, keepdims=1)

    centred = w.node("Sub", [w.x, mean(w.x)])
    variance = mean(w.node("Mul", [centred, centred]))
    raised = w.node("Add", [variance, w.number(w.layer.eps)], dims=dims)
    normal = w.node("Div", [centred, w.node("Sqrt", raised, dims=dims)])
    return scale_and_shift(w, normal, per_channel(w))


def normalised(w: LayerWriting, x: str, axes: Sequence[int], eps: float, shape: tuple[int, ...]) -> str:
    """A tensor of this shape, less the mean and by the deviation over axes."""
    left = tuple(1 if axis in axes else size for axis, size in enumerate(shape))
    centred = w.node("Sub", [x, w.reduced("ReduceMean", x, axes, shape)], shape)
    variance = w.reduced("ReduceMean", w.node("Mul", [centred, centred], shape), axes, shape)
    deviation = w.node("Sqrt", w.scalar("Add", variance, eps, left), left)
    return w.node("Div", [centred, deviation], shape)


def write_layer_norm(w: LayerWriting) -> str:
    """LayerNormalization over the last axes, to which the axes are brought; before opset 17 written out."""
    axes = list(w.layer.normalized_axes(w.shape))
    sizes = tuple(w.shape[axis] for axis in axes)
    if w.opset < 17:
        dims = tuple(size if axis in axes else 1 for axis, size in enumerate(w.shape))
        return scale_and_shift(w, normalised(w, w.x, axes, w.layer.eps, w.shape), dims)
    order = [*(axis for axis in range(len(w.shape)) if axis not in axes), *axes]
    shape = tuple(w.shape[axis] for axis in order)
    weight = w.filled(1.0, sizes) if w.weight_shape("weight") is None else w.weight("weight")
    inputs = [w.permuted(w.x, order, w.shape), weight, *w.optional_weight("bias")]
    normal = w.node("LayerNormalization", inputs, shape, axis=-len(axes), epsilon=float(w.layer.eps))
    return w.permuted(normal, [order.index(axis) for axis in range(len(order))], shape)


def write_local_response_norm(w: LayerWriting) -> str:
    """LRN of an image; of other tensors laid out as one, and for an even size, of which ONNX has none, written out."""
    layer, shape = w.layer, w.shape
    if layer.size % 2 == 0:
        return _even_response_norm(w)
    attributes = {"size": layer.size, "alpha": float(layer.alpha), "beta": float(layer.beta), "bias": float(layer.k)}
    if len(shape) == 3:
        return w.node("LRN", w.x, **attributes)
    image = _as_image(shape)
    return w.reshaped(w.node("LRN", w.reshaped(w.x, image), image, **attributes), shape)


def _as_image(shape: tuple[int, ...]) -> tuple[int, int, int]:
    """The channels, and all else along one of two axes."""
    values = 1
    for size in shape[1:]:
        values *= size
    return (shape[0], values, 1)


def _even_response_norm(w: LayerWriting) -> str:
    """The mean of squares by AveragePool along the channels, of which the larger half lies before."""
    layer, shape = w.layer, w.shape
    image = (1, *_as_image(shape)[:2])
    squares = w.reshaped(w.node("Mul", [w.x, w.x]), image)
    pads = [layer.size // 2, 0, (layer.size - 1) // 2, 0]
    means = w.node("AveragePool", squares, image, kernel_shape=[layer.size, 1], pads=pads, count_include_pad=1)
    scaled = w.scalar("Mul", w.reshaped(means, shape), layer.alpha)
    return w.node("Div", [w.x, w.scalar("Pow", w.scalar("Add", scaled, layer.k), layer.beta)])


def write_normalize(w: LayerWriting) -> str:
    """The difference to the mean, by the root of the variance that is held to 1e-7."""
    dims = per_channel(w)
    given = w.layer.statistics()
    if given is not None:
        from numpy import broadcast_to, maximum, sqrt

        mean, variance = (broadcast_to(each.numbers, dims[:1]) for each in given)
        held = w.numbers(maximum(sqrt(variance), 1e-7), dims)
        return w.node("Div", [w.node("Sub", [w.x, w.numbers(mean, dims)]), held])
    deviation = w.node("Sqrt", w.weight("variance", dims), dims=dims)
    least = w.node("Max", [deviation, w.number(1e-7)], dims=dims)
    return w.node("Div", [w.node("Sub", [w.x, w.weight("mean", dims)]), least])


def write_instance_norm(w: LayerWriting) -> str:
    """InstanceNormalization, which always has a weight and a bias; with running statistics it is a batch norm."""
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
