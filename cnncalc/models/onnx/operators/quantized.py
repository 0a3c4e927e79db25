"""Values of whole numbers with a scale: what flows is the value that they stand for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.models.onnx.constants import Computed, Constant
from cnncalc.models.onnx.operators.convolution import weight_window

if TYPE_CHECKING:
    from cnncalc.kernels import Array
    from cnncalc.models.onnx.flows import Flow
    from cnncalc.models.onnx.reading import Reading

_TAKE_WHOLE_NUMBERS: Final = frozenset({"DequantizeLinear", "QLinearConv"})
"""The operators whose input 0 are numbers as `QuantizeLinear` gives them."""

NOTE: Final = "the file rounds values between layers to whole numbers (it is quantised), and this network does not"


def read_quantize(node: Reading) -> Flow:
    """`QuantizeLinear`, where whatever reads it takes the numbers for what they stand for: nothing."""
    x = node.any_flow()
    _check_readers(node)
    return x


def _check_readers(node: Reading) -> None:
    """Raise unless all that reads the whole numbers of a node takes them for values; note that there are some."""
    readers = node.readers(node.node.outputs[0]) if node.node.outputs else []
    by_value = all(each.op in _TAKE_WHOLE_NUMBERS and each.inputs[0] == node.node.outputs[0] for each in readers)
    if not readers or not by_value or node.node.outputs[0] in node.network.outputs:
        raise node.refuse("its whole numbers are read as such")
    if NOTE not in node.network.notes:
        node.network.notes.append(NOTE)


def read_qlinear_conv(node: Reading) -> Flow:
    """`QLinearConv`: the convolution of the values that whole numbers stand for, with weights that do, too."""
    x = node.flow()
    if not _stands_for_values(node):
        raise node.refuse("its whole numbers were not made of values before it")
    _check_readers(node)
    weight = dequantized(node, 3, 4, 5, axis=0)
    options = {"out_channels": weight.shape[0], **weight_window(node, x, weight)}
    groups = node.integer("group", 1)
    if groups != 1:
        options["groups"] = groups
    arrays: dict[str, Constant] = {"weight": weight}
    if node.input(8) is None:
        options["bias"] = False
    else:
        arrays["bias"] = _scaled_bias(node, weight.shape[0])
    return node.layer(f"conv{len(x.shape) - 1}d", options, [x], arrays)


def _scaled_bias(node: Reading, channels: int) -> Constant:
    """The bias, whose unit is the product of the input's scale and the weight's."""
    bias, scales, scale = node.constant(8), node.constant(4), node.number(1)
    if bias.shape != (channels,) or scales.size not in (1, channels):
        raise node.refuse(f"its bias has the shape {list(bias.shape)}")

    def values() -> Array:
        unit = scales.array().astype("float32").reshape(-1) * scale
        return (bias.array() * unit).astype("float32")

    return Computed(values, bias.shape, "float32", (bias.key, scales.key, scale))


def read_dequantize(node: Reading) -> Flow | Constant:
    """`DequantizeLinear`: nothing behind `QuantizeLinear`, and ``(x - zero) scale`` of whole numbers that arrive."""
    x = node.input(0)
    if isinstance(x, Constant):
        return dequantized(node, 0, 1, 2, axis=node.integer("axis", 1))
    flow = node.any_flow()
    if _stands_for_values(node):
        return flow
    scale, zero = node.number(1), node.number(2, 0.0)
    if scale is None:
        raise node.refuse("its scale is left out")
    if zero:
        flow = node.layer("subtract", {"value": zero}, [flow], tensor="")
    return node.layer("multiply", {"value": scale}, [flow])


def _stands_for_values(node: Reading) -> bool:
    """Whether what arrives was made by an operator that is read as values here."""
    producer = node.network.producers.get(node.node.inputs[0])
    return producer is not None and producer.op in ("QuantizeLinear", "QLinearConv")


def dequantized(node: Reading, at: int, scale_at: int, zero_at: int, *, axis: int) -> Constant:
    """A constant of whole numbers as the values that they stand for, computed when they are needed."""
    numbers, scale, zero = node.constant(at), node.constant(scale_at), node.optional_constant(zero_at)
    rank = len(numbers.shape)
    along = axis % rank if rank else 0
    if scale.size != 1 and (len(scale.shape) != 1 or not rank or scale.size != numbers.shape[along]):
        raise node.refuse(f"its scales have the shape {list(scale.shape)}")

    def spread(constant: Constant) -> Array:
        shape = tuple(-1 if each == along else 1 for each in range(rank)) if constant.size > 1 else ()
        return constant.array().astype("float32").reshape(shape)

    def values() -> Array:
        centred = numbers.array().astype("float32") - (0 if zero is None else spread(zero))
        return (centred * spread(scale)).astype("float32")

    key = (numbers.key, scale.key, None if zero is None else zero.key, along)
    return Computed(values, numbers.shape, "float32", key)
