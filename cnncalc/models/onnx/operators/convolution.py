"""Convolutions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.models.onnx.constants import Constant
from cnncalc.models.onnx.operators.windows import sizes, window

if TYPE_CHECKING:
    from cnncalc.models.onnx.flows import Flow
    from cnncalc.models.onnx.reading import Reading


def read_conv(node: Reading) -> Flow:
    """`Conv`: a convolution, whose bias may be added by the node after it."""
    x, weight = node.flow(), node.constant(1)
    options = {"out_channels": weight.shape[0], **_window(node, x, weight)}
    groups = node.integer("group", 1)
    if len(weight.shape) > 1 and weight.shape[1] * groups != x.shape[0]:
        raise node.refuse(f"its weight takes {weight.shape[1] * groups} channels, and {x.shape[0]} arrive")
    if groups != 1:
        options["groups"] = groups
    return _biased(node, f"conv{len(x.shape) - 1}d", options, x, weight)


def read_conv_transpose(node: Reading) -> Flow:
    """`ConvTranspose`: a transposed convolution."""
    x, weight = node.flow(), node.constant(1)
    groups, axes = node.integer("group", 1), len(x.shape) - 1
    if node.has("output_shape") or node.word("auto_pad", "NOTSET") not in ("NOTSET", "VALID"):
        raise node.refuse("its padding follows from its `output_shape`")
    options = {"out_channels": weight.shape[1] * groups, **_window(node, x, weight)}
    extra = sizes(node, "output_padding", axes, 0)
    if any(extra):
        options["output_padding"] = extra
    if groups != 1:
        options["groups"] = groups
    return _biased(node, f"conv_transpose{axes}d", options, x, weight)


def _window(node: Reading, x: Flow, weight: Constant) -> dict[str, Any]:
    """The window of a convolution, whose kernel the weight knows."""
    kernel = list(weight.shape[2:])
    if len(kernel) != len(x.shape) - 1 or not kernel:
        raise node.refuse(f"its weight is {weight.shape} for an input of {len(x.shape) - 1} spatial axes")
    if node.integers("kernel_shape") not in (None, kernel):
        raise node.refuse(f"its `kernel_shape` is {node.integers('kernel_shape')}, and its weight {kernel}")
    return window(node, kernel)


def _biased(node: Reading, type_: str, options: dict[str, Any], x: Flow, weight: Constant) -> Flow:
    """The layer with its bias, if it has one."""
    bias = node.optional_constant(2)
    if bias is None:
        bias = added_bias(node, options["out_channels"], 1, len(x.axes))
    if bias is None:
        return node.layer(type_, {**options, "bias": False}, [x], {"weight": weight})
    return node.layer(type_, options, [x], {"weight": weight, "bias": bias})


def added_bias(node: Reading, size: int, axis: int, rank: int) -> Constant | None:
    """What the only reader of the node's output adds, if it is one number for each place along an axis.

    That reader is then part of what is made of the node.
    """
    follower = node.sole_reader()
    if follower is None or follower.op != "Add" or follower.attributes:
        return None
    other = node.other(follower, node.node.outputs[0])
    if not isinstance(other, Constant) or not other.is_float or len(other.shape) > rank:
        return None
    if (1,) * (rank - len(other.shape)) + other.shape != tuple(size if at == axis else 1 for at in range(rank)):
        return None
    if size == 1 and len(other.shape) == 0:
        return None
    node.consume([follower])
    return other.reshaped((size,))
