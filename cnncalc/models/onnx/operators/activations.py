"""Activations."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnncalc.models.onnx.writing import LayerWriting

SAME_NAME: Final[dict[str, tuple[str, dict[str, str]]]] = {
    "relu": ("Relu", {}),
    "leaky_relu": ("LeakyRelu", {"alpha": "negative_slope"}),
    "hardsigmoid": ("HardSigmoid", {"alpha": "alpha", "beta": "beta"}),
    "elu": ("Elu", {"alpha": "alpha"}),
    "selu": ("Selu", {}),
    "celu": ("Celu", {"alpha": "alpha"}),
    "sigmoid": ("Sigmoid", {}),
    "tanh": ("Tanh", {}),
    "softsign": ("Softsign", {}),
}
"""The layer types that are an operator, with its attributes by our names of the options."""


def _plain(type_: str) -> Callable[[LayerWriting], str]:
    """The function that writes a type that is an operator."""
    operator, attributes = SAME_NAME[type_]

    def write(w: LayerWriting) -> str:
        values: dict[str, Any] = {name: float(getattr(w.layer, ours)) for name, ours in attributes.items()}
        return w.node(operator, w.x, **values)

    return write


write_relu = _plain("relu")
write_leaky_relu = _plain("leaky_relu")
write_hardsigmoid = _plain("hardsigmoid")
write_elu = _plain("elu")
write_selu = _plain("selu")
write_celu = _plain("celu")
write_sigmoid = _plain("sigmoid")
write_tanh = _plain("tanh")
write_softsign = _plain("softsign")


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
