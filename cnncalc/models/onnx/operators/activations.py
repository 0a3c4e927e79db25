"""Activations, and whatever else is an operator of one input."""

from __future__ import annotations

import struct
from math import inf, isnan, sqrt
from typing import TYPE_CHECKING, Any, Final

from cnncalc.models.onnx.flows import BATCH, Flow
from cnncalc.models.onnx.operators.rows import BY_OPERATOR, BY_TYPE

if TYPE_CHECKING:
    from cnncalc.models.onnx.reading import Reading
    from cnncalc.models.onnx.writing import LayerWriting


_LARGEST: Final = 3.4e38
"""From here on, a bound stands for none."""


def read_row(node: Reading) -> Flow:
    """The layer that the operator's row says."""
    row = BY_OPERATOR[node.op]
    options: dict[str, Any] = {}
    for option, (attribute, default) in row.options.items():
        value = node.real(attribute, default)
        ours = _default(row.type, option)
        # The file has single precision: 0.16666667 is the 1/6 that was written.
        if value != ours and struct.pack("f", value) != struct.pack("f", ours):
            options[option] = value
    return node.layer(row.type, options, [node.any_flow()])


def _default(type_: str, option: str) -> Any:
    """What an option of ours is where it is left out."""
    from cnncalc.layers import LAYERS

    return LAYERS[type_].options[option].default


def write_row(w: LayerWriting) -> str:
    """The operator that the row of the layer's type says."""
    row = BY_TYPE[w.layer.type_name]
    values: dict[str, Any] = {
        attribute: float(getattr(w.layer, option)) for option, (attribute, _) in row.options.items()
    }
    return w.node(row.operator, w.x, **values)


def read_selu(node: Reading) -> Flow:
    """`Selu`, whose two constants may be written, and are ours or no layer of ours."""
    if abs(node.real("alpha", 1.67326) - 1.67326) > 1e-4 or abs(node.real("gamma", 1.0507) - 1.0507) > 1e-4:
        raise node.refuse("its constants are not those of SELU")
    return node.layer("selu", {}, [node.any_flow()])


def read_gelu(node: Reading) -> Flow:
    """`Gelu`, exact or by a hyperbolic tangent."""
    options = {"approximate": "tanh"} if node.word("approximate", "none") == "tanh" else {}
    return node.layer("gelu", options, [node.any_flow()])


def read_thresholded_relu(node: Reading) -> Flow:
    """`ThresholdedRelu`: what is at most alpha becomes 0."""
    return node.layer("threshold", {"threshold": node.real("alpha", 1.0), "value": 0}, [node.any_flow()])


def read_swish(node: Reading) -> Flow:
    """`Swish`, which is ours where its factor is 1."""
    if node.real("alpha", 1.0) != 1:
        raise node.refuse("its `alpha` is not 1")
    return node.layer("silu", {}, [node.any_flow()])


def read_clip(node: Reading) -> Flow:
    """`Clip`, whose bounds are attributes before opset 11 and inputs since."""
    x = node.any_flow()
    low, high = _bound(node, "min", 1, -inf), _bound(node, "max", 2, inf)
    if (low, high) == (-inf, inf):
        return x
    if (low, high) == (0, 6):
        return node.layer("relu6", {}, [x])
    if (low, high) == (0, inf):
        return node.layer("relu", {}, [x])
    if -inf in (low, high) or inf in (low, high) or low >= high:
        options = {name: bound for name, bound in (("min", low), ("max", high)) if bound not in (-inf, inf)}
        return node.layer("clamp", options, [x])
    defaults = {"min_val": -1.0, "max_val": 1.0}
    given = {"min_val": low, "max_val": high}
    return node.layer("hardtanh", {name: value for name, value in given.items() if value != defaults[name]}, [x])


def _bound(node: Reading, name: str, at: int, default: float) -> float:
    """A bound, of which the largest number of single precision stands for none."""
    value = node.real(name, default) if node.has(name) else node.number(at, default)
    assert value is not None
    if isnan(value):
        raise node.refuse(f"its `{name}` is not a number")
    if abs(value) >= _LARGEST:
        return inf if value > 0 else -inf
    return int(value) if value == int(value) else value


def read_prelu(node: Reading) -> Flow:
    """`PRelu`, with one slope or one a channel."""
    x, slope = node.any_flow(), node.constant(1)
    shape = slope.shape if len(slope.shape) <= len(x.axes) else ()
    padded = (1,) * (len(x.axes) - len(shape)) + shape
    if node.opset < 7 and len(slope.shape) == 1:  # one a channel, which is the second axis
        padded = tuple(slope.shape[0] if at == 1 else 1 for at in range(len(x.axes)))
    places = [x.axes[at] for at, size in enumerate(padded) if size > 1]
    if slope.size == 1:
        return node.layer("prelu", {}, [x], {"weight": slope.reshaped((1,))})
    if places != [0] or slope.size != x.shape[0]:
        return _slopes(node, x, padded)
    return node.layer("prelu", {"num_parameters": slope.size}, [x], {"weight": slope.reshaped((slope.size,))})


def _slopes(node: Reading, x: Flow, padded: tuple[int, ...]) -> Flow:
    """`PRelu` with a slope at each position of the map, some axes excepted."""
    sizes = dict(zip(x.axes, padded, strict=True))
    if sizes.pop(BATCH, 1) != 1:
        raise node.refuse("its slopes are others for each sample")
    if any(size not in (1, x.shape[axis]) for axis, size in sizes.items()):
        raise node.refuse(f"its slopes have the shape {list(padded)}, and {list(x.dims)} arrives")
    shared = [axis for axis in range(len(x.shape)) if sizes[axis] == 1]
    own = range(len(x.shape))
    order = [*(at for at, axis in enumerate(x.axes) if axis == BATCH), *map(x.axes.index, own)]
    slope = node.constant(1).reshaped(padded).transposed(order).reshaped(tuple(sizes[axis] for axis in own))
    return node.layer("prelu", {"shared_axes": shared}, [x], {"weight": slope})


def read_softmax(node: Reading) -> Flow:
    """`Softmax` and `LogSoftmax`, which take all axes from one on together before opset 13."""
    x = node.any_flow()
    kind = "softmax" if node.op == "Softmax" else "log_softmax"
    if node.opset >= 13:
        axis = node.integer("axis", -1) % len(x.axes)
    else:
        axis = node.integer("axis", 1) % len(x.axes)
        wide = [at for at in range(axis, len(x.axes)) if x.dims[at] > 1]
        if len(wide) > 1:
            raise node.refuse("it is over several axes together")
        axis = wide[0] if wide else axis
    dim = x.axes[axis]
    if dim == BATCH:
        raise node.refuse("it is over the batch")
    return node.layer(kind, {"dim": dim} if dim else {}, [x])


def clipped(w: LayerWriting, x: str, least: float | None, most: float | None) -> str:
    """Values held between two bounds, of which one may be missing."""
    bounds = ["" if bound is None else w.number(bound) for bound in (least, most)]
    return w.node("Clip", [x, *bounds] if most is not None else [x, bounds[0]])


def write_relu6(w: LayerWriting) -> str:
    """Clip from 0 to 6."""
    return clipped(w, w.x, 0.0, 6.0)


def write_hardtanh(w: LayerWriting) -> str:
    """Clip between the bounds."""
    return clipped(w, w.x, w.layer.min_val, w.layer.max_val)


def write_prelu(w: LayerWriting) -> str:
    """PRelu, whose slope broadcasts from the last axis on: one a channel has an axis of size 1 for each other."""
    shape = w.weight_shape("weight")
    assert shape is not None
    dims = shape if w.layer.shared_axes is not None else (*shape, *(1,) * (len(w.shape) - 1))
    return w.node("PRelu", [w.x, w.weight("weight", dims)])


def write_hardswish(w: LayerWriting) -> str:
    """HardSwish, which is there from opset 14 on."""
    if w.opset >= 14:
        return w.node("HardSwish", w.x)
    return w.node("Mul", [w.x, w.node("HardSigmoid", w.x, alpha=1 / 6, beta=0.5)])


def write_threshold(w: LayerWriting) -> str:
    """ThresholdedRelu where other values become 0, else a choice."""
    if w.layer.value == 0:
        return w.node("ThresholdedRelu", w.x, alpha=float(w.layer.threshold))
    above = w.node("Greater", [w.x, w.number(w.layer.threshold)], element_type="bool")
    return w.node("Where", [above, w.x, w.number(w.layer.value)])


def write_gelu(w: LayerWriting) -> str:
    """Gelu from opset 20 on, before that written out."""
    if w.opset >= 20:
        return w.node("Gelu", w.x, approximate=w.layer.approximate)
    if w.layer.approximate == "tanh":
        cubed = w.scalar("Mul", w.node("Mul", [w.node("Mul", [w.x, w.x]), w.x]), 0.044715)
        share = w.node("Tanh", w.scalar("Mul", w.node("Add", [w.x, cubed]), sqrt(2 / 3.141592653589793)))
    else:
        share = w.node("Erf", w.scalar("Div", w.x, sqrt(2.0)))
    return w.scalar("Mul", w.node("Mul", [w.x, w.scalar("Add", share, 1.0)]), 0.5)


def write_silu(w: LayerWriting) -> str:
    """The product with the sigmoid, as every exporter writes it."""
    return w.node("Mul", [w.x, w.node("Sigmoid", w.x)])


def write_mish(w: LayerWriting) -> str:
    """Mish from opset 18 on, before that written out."""
    if w.opset >= 18:
        return w.node("Mish", w.x)
    return w.node("Mul", [w.x, w.node("Tanh", w.node("Softplus", w.x))])


def write_log_sigmoid(w: LayerWriting) -> str:
    """``-softplus(-x)``."""
    return w.node("Neg", w.node("Softplus", w.node("Neg", w.x)))


def write_softplus(w: LayerWriting) -> str:
    """Softplus of ``beta x``, divided by beta; beyond the threshold, where it is low enough to be seen, x itself."""
    beta, threshold = w.layer.beta, w.layer.threshold
    scaled = w.x if beta == 1 else w.scalar("Mul", w.x, beta)
    soft = w.node("Softplus", scaled)
    soft = soft if beta == 1 else w.scalar("Div", soft, beta)
    if threshold >= 20:  # log(1 + exp(20)) is 20 in single precision
        return soft
    above = w.node("Greater", [scaled, w.number(threshold)], element_type="bool")
    return w.node("Where", [above, w.x, soft])


def _axis(layer: Any, shape: tuple[int, ...]) -> int:
    """The axis along which a layer works, the batch counted."""
    return 1 + (0 if layer.dim is None else int(layer.dim_axis("dim", layer.dim, shape)))


def write_softmax(w: LayerWriting) -> str:
    """Softmax along the axis."""
    return w.node("Softmax", w.x, axis=_axis(w.layer, w.shape))


def write_log_softmax(w: LayerWriting) -> str:
    """LogSoftmax along the axis."""
    return w.node("LogSoftmax", w.x, axis=_axis(w.layer, w.shape))


def write_glu(w: LayerWriting) -> str:
    """The first half times the sigmoid of the second."""
    axis = _axis(w.layer, w.shape)
    half = w.output_shape[axis - 1]
    dims = [(w.batch, *w.output_shape)] * 2
    first, second = w.several("Split", [w.x, w.integers([half, half])], dims, axis=axis)
    return w.node("Mul", [first, w.node("Sigmoid", second)])


def write_selu(w: LayerWriting) -> str:
    """Selu, whose constants are those of the paper."""
    return w.node("Selu", w.x)
