"""Tensors of whole numbers that stand for values: by which scale, and whether all that reads them knows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnncalc.models.onnx.constants import Computed, Constant
from cnncalc.models.onnx.scales import RunningScale, Scale

if TYPE_CHECKING:
    from cnncalc.kernels import Array
    from cnncalc.models.onnx.building import Building
    from cnncalc.models.onnx.flows import Flow
    from cnncalc.models.onnx.reading import Reading
    from cnncalc.models.onnx.records import Node

NOTE: Final = "the file rounds values between layers to whole numbers (it is quantised), and this network does not"

LEAST: Final = {"uint8": 0, "int8": -(2**7), "uint16": 0, "int16": -(2**15)}
"""The least number of each type that values are rounded to."""

_BITS: Final = {"uint8": 8, "int8": 8, "uint16": 16, "int16": 16}

PASSING: Final = frozenset(
    {"MaxPool", "Reshape", "Flatten", "Transpose", "Squeeze", "Unsqueeze", "Slice", "Gather", "Split", "Identity"}
    | {"Resize", "Upsample", "DepthToSpace", "SpaceToDepth", "Expand", "Tile"}
)
"""Operators whose output 0 has numbers of their input 0, or numbers between these."""

_TAKEN_AT: Final = {
    **dict.fromkeys(("DequantizeLinear", "QLinearConv", "ConvInteger", "MatMulInteger"), (0,)),
    **dict.fromkeys(("QLinearSigmoid", "QLinearLeakyRelu", "QLinearSoftmax"), (0,)),
    **dict.fromkeys(("QLinearGlobalAveragePool", "QLinearAveragePool", "QGemm"), (0,)),
    **dict.fromkeys(("QLinearMatMul", "QLinearAdd", "QLinearMul"), (0, 3)),
    "QLinearConcat": tuple(range(2, 3 * 1024, 3)),
}
"""The inputs of operators that are whole numbers, whose scales stand behind them."""

_NOT_NEGATIVE: Final = frozenset(
    {"relu", "relu6", "sigmoid", "hardsigmoid", "softmax", "exp", "abs", "sqrt", "square", "softplus"}
)
_KEEPS_SIGN: Final = frozenset(
    {"max_pool", "avg_pool", "global_avg_pool", "global_max_pool", "upsample", "slice", "concat", "add", "maximum"}
    | {"multiply", "flatten", "reshape", "permute", "squeeze", "unsqueeze", "dropout", "expand", "tile", "identity"}
    | {"pixel_shuffle", "pixel_unshuffle", "depth_to_space", "space_to_depth", "channel_shuffle"}
)
"""Types that give no negative value where none arrives."""


def scale_of(node: Reading, scale_at: int, zero_at: int) -> Scale | RunningScale:
    """The scale at two inputs of a node."""
    found = node.input(scale_at)
    if isinstance(found, RunningScale):
        return found
    scale = node.constant(scale_at)
    return Scale(scale, node.optional_constant(zero_at), node.integer("axis", 1) if scale.size > 1 else None)


def claim(node: Reading, name: str, scale: Scale | RunningScale) -> None:
    """Keep what whole numbers count in, and that the network does not round.

    Raises `UntranslatableError` unless all that reads them, be it laid out anew, takes them for values.
    """
    network = node.network
    if not node.readers(name):
        raise node.refuse("its whole numbers are read as such")
    pending = [name]
    while pending:
        tensor = pending.pop()
        if tensor in network.outputs:
            raise node.refuse("its whole numbers are read as such")
        network.whole_numbers[tensor] = scale
        for each in node.readers(tensor):
            at = [place for place, read in enumerate(each.inputs) if read == tensor]
            if each.op in PASSING and at == [0]:
                pending += each.outputs if each.op == "Split" else each.outputs[:1]
            elif not set(at) <= set(_TAKEN_AT.get(each.op, ())):
                raise node.refuse("its whole numbers are read as such")
    if NOTE not in network.notes:
        network.notes.append(NOTE)


def check_scale(node: Reading, at: int, scale: Scale | RunningScale) -> None:
    """Raise `UntranslatableError` unless an input's numbers were made of values, by this very scale."""
    made = node.network.whole_numbers.get(node.node.inputs[at])
    if made is None:
        raise node.refuse("its whole numbers were not made of values before it")
    if isinstance(made, RunningScale) or isinstance(scale, RunningScale):
        same = isinstance(made, RunningScale) and isinstance(scale, RunningScale) and made.equals(scale)
    else:
        same = made.equals(scale)
    if not same:
        raise node.refuse("it takes its whole numbers by another scale than they were made with")


def least_is_zero(scale: Scale, dtype: str) -> bool:
    """Whether the least number stands for zero, so that negative values become zero."""
    zeros = [0] if scale.zero is None else scale.zero.numbers()
    return dtype in LEAST and all(zero == LEAST[dtype] for zero in zeros)


def saturated(node: Reading, x: Flow, scale: Scale, dtype: str, tensor: str) -> Flow:
    """The tensor as its whole numbers have it, of which the least may stand for zero: then they are a relu of it.

    Quantisers leave out the activation there; one whose largest number stands for 6 was a relu6.
    """
    if not least_is_zero(scale, dtype) or not _may_be_negative(node.network, x.source):
        return x
    top = scale.scale.numbers()[0] * (2 ** _BITS[dtype] - 1)
    return node.layer("relu6" if abs(top - 6) < 1e-5 else "relu", {}, [x], tensor=tensor)


def _may_be_negative(network: Building, source: str) -> bool:
    """Whether a layer may give a negative value, as far as types tell; what an input of the network has does not."""
    seen: set[str] = set()
    pending = [source]
    while pending:
        key = pending.pop()
        if key in seen or key in network.not_negative or not key.startswith("\0"):
            continue
        seen.add(key)
        layer = network.layers[int(key[1:])]
        kind = layer.type[:-2] if layer.type[-2:] in ("1d", "2d", "3d") else layer.type
        if kind in _KEEPS_SIGN and layer.inputs and not layer.arrays and "value" not in layer.options:
            pending += layer.inputs
        elif kind not in _NOT_NEGATIVE:
            return True
    network.not_negative |= seen
    return False


def valued(numbers: Constant, scale: Constant | None, zero: Constant | None, axis: int, block: int = 0) -> Constant:
    """A constant of whole numbers as what they stand for, computed when it is needed.

    Scales are one for all, one for each place along the axis, or one for each `block` of places there.
    """

    def spread(constant: Constant) -> Array:
        array = constant.array().astype("float32")
        if block:
            import numpy as np

            return np.repeat(array, block, axis).take(range(numbers.shape[axis]), axis)
        sizes = [-1 if each == axis else 1 for each in range(len(numbers.shape))]
        return array.reshape(sizes if array.size > 1 else ())

    def values() -> Array:
        centred = numbers.array().astype("float32") - (0 if zero is None else spread(zero))
        return (centred * (1 if scale is None else spread(scale))).astype("float32")

    keys = tuple(None if each is None else each.key for each in (scale, zero))
    return Computed(values, numbers.shape, "float32", (numbers.key, *keys, axis, block))


def dequantized(node: Reading, at: int, scale_at: int, zero_at: int, *, axis: int) -> Constant:
    """A constant of whole numbers at an input of a node as the values that they stand for."""
    numbers, scale, zero = node.constant(at), node.constant(scale_at), node.optional_constant(zero_at)
    rank, block = len(numbers.shape), node.integer("block_size")
    along = axis % rank if rank else 0
    if block:
        blocks = tuple(-(-size // block) if each == along else size for each, size in enumerate(numbers.shape))
        fits = scale.shape == blocks
    else:
        fits = scale.size == 1 or (len(scale.shape) == 1 and rank > 0 and scale.size == numbers.shape[along])
    if not fits or (zero is not None and zero.size not in (1, scale.size)):
        raise node.refuse(f"its scales have the shape {list(scale.shape)}")
    return valued(numbers, scale, zero, along, block)


def as_float(node: Node, operator: str, inputs: list[str], outputs: list[str]) -> Node:
    """A node of floats in the place of one of whole numbers, with its name and attributes."""
    plain = node.replaced(inputs, outputs, node.name, dict(node.attributes))
    plain.op, plain.domain = operator, ""
    return plain


def float_tensor(node: Reading) -> str:
    """The file's tensor that has the output of a node as floats; empty where there is none."""
    follower = node.sole_reader()
    return follower.outputs[0] if follower is not None and follower.op == "DequantizeLinear" else ""


def kept(node: Reading, name: str, value: Any) -> str:
    """Keep a value under a name of its own, much like that of the numbers that it is of."""
    plain = name.removesuffix("_quantized")
    if plain == name or plain in node.network.values or plain in node.network.graph.tensors:
        plain = f"\0{name}"
    node.network.values[plain] = value
    return plain
