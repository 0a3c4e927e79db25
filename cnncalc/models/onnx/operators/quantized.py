"""Values of whole numbers with a scale: what flows is the value that they stand for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cnncalc.models.onnx.constants import Computed, Constant
from cnncalc.models.onnx.operators.table import reader
from cnncalc.models.onnx.operators.whole_numbers import (
    LEAST,
    as_float,
    check_scale,
    claim,
    dequantized,
    float_tensor,
    kept,
    least_is_zero,
    saturated,
    scale_of,
    valued,
)
from cnncalc.models.onnx.reading import Reading
from cnncalc.models.onnx.scales import RunningScale, Scale
from cnncalc.models.onnx.tensor_records import DTYPES

if TYPE_CHECKING:
    from cnncalc.kernels import Array
    from cnncalc.models.onnx.flows import Flow


class _Row(NamedTuple):
    """An operator of floats with whole numbers in and out, which are each followed by scale and zero.

    `takes` are the places of its operands, `gives` that of the output's scale, and `bias` of what counts in the product
    of the scales of both operands.
    """

    operator: str
    takes: tuple[int, ...]
    gives: int
    bias: int | None = None


_ROWS: Final = {
    "QLinearConv": _Row("Conv", (0, 3), 6, 8),
    "QLinearMatMul": _Row("MatMul", (0, 3), 6),
    "QGemm": _Row("Gemm", (0, 3), 7, 6),
    "QLinearAdd": _Row("Add", (0, 3), 6),
    "QLinearMul": _Row("Mul", (0, 3), 6),
    "QLinearSigmoid": _Row("Sigmoid", (0,), 3),
    "QLinearLeakyRelu": _Row("LeakyRelu", (0,), 3),
    "QLinearSoftmax": _Row("Softmax", (0,), 3),
    "QLinearAveragePool": _Row("AveragePool", (0,), 3),
    "QLinearGlobalAveragePool": _Row("GlobalAveragePool", (0,), 3),
    "QLinearConcat": _Row("Concat", (), 0),
}


class _FloatReading(Reading):
    """The node of floats in the place of one whose output is whole numbers, which may be had as floats, too."""

    tensor = ""

    def layer(self, *args: Any, tensor: str | None = None, **options: Any) -> Flow:
        """Add a layer, as `Reading` does."""
        return super().layer(*args, tensor=self.tensor if tensor is None else tensor, **options)


def read_quantize(node: Reading) -> Flow | Constant:
    """`QuantizeLinear`: nothing, or a relu, where whatever reads it takes the numbers for what they stand for."""
    if isinstance(node.input(0), Constant):
        return _rounded(node)
    x, scale = node.any_flow(), scale_of(node, 1, 2)
    assert isinstance(scale, Scale)
    claim(node, next(iter(node.node.outputs), ""), scale)
    return saturated(node, x, scale, _type_made(node), float_tensor(node))


def _type_made(node: Reading) -> str:
    """The type of the numbers that `QuantizeLinear` gives."""
    zero, code = node.optional_constant(2), node.integer("output_dtype")
    return zero.dtype if zero is not None else DTYPES.get(code, "uint8")


def _rounded(node: Reading) -> Constant:
    """A constant as whole numbers, computed when they are needed."""
    values, scale, zero = node.constant(0), node.constant(1), node.optional_constant(2)
    dtype, axis = _type_made(node), node.integer("axis", 1)
    if dtype not in LEAST or node.integer("block_size"):
        raise node.refuse(f"it makes constants of type {dtype}")
    sizes = [-1 if each == axis % len(values.shape) else 1 for each in range(len(values.shape))]

    def numbers() -> Array:
        import numpy as np

        def spread(constant: Constant) -> Array:
            return constant.array().reshape(sizes if constant.size > 1 else ())

        counts = np.rint(values.array() / spread(scale)) + (0 if zero is None else spread(zero).astype("float32"))
        limits = np.iinfo(dtype)
        return counts.clip(limits.min, limits.max).astype(dtype)

    key = ("rounded", values.key, scale.key, None if zero is None else zero.key, axis)
    return Computed(numbers, values.shape, dtype, key)


def read_dequantize(node: Reading) -> Flow | Constant:
    """`DequantizeLinear`: nothing behind `QuantizeLinear`, and ``(x - zero) scale`` of whole numbers that arrive."""
    if isinstance(node.input(0), Constant):
        return dequantized(node, 0, 1, 2, axis=node.integer("axis", 1))
    flow = node.any_flow()
    if node.node.inputs[0] in node.network.whole_numbers:
        check_scale(node, 0, scale_of(node, 1, 2))
        return flow
    scale, zero = node.number(1), node.number(2, 0.0)
    if scale is None:
        raise node.refuse("its scale is left out")
    if zero:
        flow = node.layer("subtract", {"value": zero}, [flow], tensor="")
    return node.layer("multiply", {"value": scale}, [flow])


def read_row(node: Reading) -> Any:
    """An operator of a row: the one of floats, with the values that its operands stand for."""
    row, outputs = _ROWS[node.op], node.node.outputs
    if not outputs:
        raise node.refuse("it has no output")
    takes = row.takes or tuple(range(2, len(node.node.inputs), 3))
    inputs = [_operand(node, at) for at in takes]
    if row.bias is not None and node.input(row.bias) is not None:
        inputs.append(kept(node, node.node.inputs[row.bias], _bias(node, row.bias)))
    if node.integer("channels_last"):
        raise node.refuse("its channels are last")
    scale, zero = node.input(row.gives), node.optional_constant(row.gives + 1)
    if scale is None:  # of `QGemm`, which then gives floats
        return _as_floats(node, row.operator, inputs, outputs[0])
    if not isinstance(scale, Constant) or zero is None:
        raise node.refuse("the scale of its output is not given")
    return _rounded_after(node, row.operator, inputs, Scale(scale, zero, None))


def _operand(node: Reading, at: int) -> str:
    """The name of an operand as floats, which is that of the numbers where the network has values for them."""
    if not isinstance(node.input(at), Constant):
        node.any_flow(at)
        check_scale(node, at, scale_of(node, at + 1, at + 2))
        return node.node.inputs[at]
    is_rows = node.op == "QLinearConv" or (node.op == "QGemm" and node.integer("transB"))
    return kept(node, node.node.inputs[at], dequantized(node, at, at + 1, at + 2, axis=0 if is_rows else -1))


def _bias(node: Reading, at: int) -> Constant:
    """The bias, whose unit is the product of the input's scale and the weight's."""
    bias, scales, scale = node.constant(at), node.constant(4), node.number(1)
    if scales.size not in (1, bias.size):
        raise node.refuse(f"its bias has the shape {list(bias.shape)}")

    def values() -> Array:
        unit = scales.array().astype("float32").reshape(-1) * scale
        return (bias.array() * unit).astype("float32")

    return Computed(values, bias.shape, "float32", (bias.key, scales.key, scale))


def _rounded_after(node: Reading, operator: str, inputs: list[str], scale: Scale) -> Flow:
    """What an operator of floats gives, as its whole numbers have it."""
    name, tensor = node.node.outputs[0], float_tensor(node)
    claim(node, name, scale)
    dtype = scale.zero.dtype if scale.zero is not None else ""
    found = _as_floats(node, operator, inputs, name, "" if least_is_zero(scale, dtype) else tensor)
    return saturated(node, found, scale, dtype, tensor)


def _as_floats(node: Reading, operator: str, inputs: list[str], output: str, tensor: str | None = None) -> Any:
    """What an operator of floats gives in the place of a node; `tensor` is as in `Reading.layer`."""
    plain = as_float(node.node, operator, inputs, [output])
    if tensor is None:
        reading = Reading(node.network, plain)
    else:
        reading = _FloatReading(node.network, plain)
        reading.tensor = tensor
    read = reader(operator, "")
    assert read is not None
    found = read(reading)
    node.asked |= reading.asked
    if reading.last is not plain:
        node.last = reading.last
    return found


def read_dynamic_quantize(node: Reading) -> list[Flow | RunningScale]:
    """`DynamicQuantizeLinear`: nothing, and a scale that is known when the network runs."""
    x, outputs = node.any_flow(), node.node.outputs
    if len(outputs) < 3 or set(outputs) & node.network.outputs:
        raise node.refuse("its whole numbers are read as such")
    scale = RunningScale(x)
    claim(node, outputs[0], scale)
    for each in node.readers(outputs[1]):
        times = node.other(each, outputs[1])
        if each.op == "Mul" and isinstance(times, Constant) and each.outputs[0] not in node.network.outputs:
            node.network.values[each.outputs[0]] = RunningScale(x, times)
            node.network.consumed[id(each)] = None
    return [x, scale, scale]


_INTEGER: Final = {"ConvInteger": "Conv", "MatMulInteger": "MatMul"}


def read_integer_product(node: Reading) -> Any:
    """`ConvInteger`, `MatMulInteger`: a product of values, or of the whole numbers themselves, less what is zero."""
    numbers, zero, operator = node.constant(1), node.optional_constant(3), _INTEGER[node.op]
    axis = 0 if operator == "Conv" else len(numbers.shape) - 1
    if zero is not None and zero.size not in (1, numbers.shape[axis]):
        raise node.refuse(f"the zeros of its weight have the shape {list(zero.shape)}")
    name = node.node.inputs[0]
    if name in node.network.whole_numbers:
        return _scaled_product(node, operator, numbers, zero, axis)
    x, nought = node.any_flow(), node.number(2, 0.0)
    if nought:
        less = node.layer("subtract", {"value": nought}, [x], tensor="")
        name = kept(node, name, less)
    weight = kept(node, node.node.inputs[1], valued(numbers, None, zero, axis))
    return _as_floats(node, operator, [name, weight], next(iter(node.node.outputs), ""))


def _scaled_product(node: Reading, operator: str, numbers: Constant, zero: Constant | None, axis: int) -> Any:
    """The product of values, of which the nodes behind it say the scale: a cast and a factor."""
    x, centre = node.any_flow(), node.input(2)
    cast = node.sole_reader()
    factor = node.sole_reader(cast) if cast is not None and cast.op == "Cast" else None
    if cast is None or factor is None or factor.op != "Mul" or not isinstance(centre, RunningScale):
        raise node.refuse("no scale is multiplied with its whole numbers")
    scale = node.other(factor, cast.outputs[0])
    if not isinstance(scale, RunningScale) or scale.x.source != x.source or centre.x.source != x.source:
        raise node.refuse("its whole numbers are multiplied with another scale than theirs")
    times = scale.times
    behind = (1,) * (len(numbers.shape) - 2) if operator == "Conv" else ()
    if times is not None and times.size > 1:
        sizes = (numbers.shape[axis], *behind)
        if times.shape[-len(sizes) :] != sizes or times.size != sizes[0]:
            raise node.refuse(f"the scales of its weight have the shape {list(times.shape)}")
        times = times.reshaped(sizes[:1])
    weight = kept(node, node.node.inputs[1], valued(numbers, times, zero, axis))
    node.consume([cast, factor])
    return _as_floats(node, operator, [node.node.inputs[0], weight], factor.outputs[0])
