"""Arithmetic value by value, joining, and tensors of the network's own."""

from __future__ import annotations

from functools import reduce
from math import inf
from typing import TYPE_CHECKING, Any, Final

from cnncalc.models.onnx.constant_folding.masks import Mask, dropped
from cnncalc.models.onnx.constants import Constant, decimal
from cnncalc.models.onnx.flows import BATCH, Flow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.models.onnx.reading import Reading
    from cnncalc.models.onnx.writing import LayerWriting
    from cnncalc.shapes import Shape


LEAST: Final = -3.4028234e38
"""The least number of single precision: added to any other of a usual size, it stays what it is."""

_TYPES: Final = {
    "Add": "add",
    "Sum": "add",
    "Sub": "subtract",
    "Mul": "multiply",
    "Div": "divide",
    "Max": "maximum",
    "Min": "minimum",
    "Mean": "average",
}

_NEUTRAL: Final = {"Add": 0, "Sub": 0, "Mul": 1, "Div": 1}
"""The constant at the right that changes nothing."""


def read_arithmetic(node: Reading) -> Flow:
    """`Add` and its like."""
    operands = [each for each in node.inputs if each is not None]
    kind = _TYPES[node.op]
    if not operands:
        raise node.refuse("it has no inputs")
    if node.op == "Div" and _divides_whole_numbers(node):
        raise node.refuse("it divides whole numbers, and leaves out the rest")
    if len(operands) == 1:
        return node.any_flow()
    constants = [each for each in operands if isinstance(each, Constant)]
    flows = [each for each in operands if isinstance(each, Flow)]
    if not constants:
        _check_old_broadcast(node, flows)
        return node.layer(kind, {}, aligned(node, flows))
    if not flows:
        raise node.refuse("it cannot be computed of its constants")
    if len(operands) != 2:
        raise node.refuse("it has constants beside several tensors")
    (x,), (constant,) = flows, constants
    if isinstance(constant, Mask) and node.op == "Mul":
        return dropped(node, x, constant)
    if node.opset < 7 and node.has("broadcast"):
        constant = _at_axis(node, x, constant)
    is_neutral = node.op in _NEUTRAL and constant.uniform == _NEUTRAL[node.op]
    if is_neutral and isinstance(operands[1], Constant) and keeps(x, constant):
        return x
    if node.op == "Add":
        return node.layer(kind, {"value": added_value(node, x, constant)}, [x])
    options: dict[str, Any] = {"value": value_beside(node, x, constant)}
    if node.op in ("Sub", "Div") and isinstance(operands[0], Constant):
        options["reverse"] = True
    return node.layer(kind, options, [x])


def added_value(node: Reading, x: Flow, constant: Constant) -> Any:
    """What is added to a tensor: for minus infinity, of which masks of attention are, the least number there is."""
    return _held(value_beside(node, x, constant))


def _held(value: Any) -> Any:
    if isinstance(value, list):
        return [_held(each) for each in value]
    return LEAST if value == -inf else value


def _divides_whole_numbers(node: Reading) -> bool:
    """Whether the file says that its operands, of which all have one type, are whole numbers."""
    types = [node.network.types.get(name, "") for name in (*node.node.inputs, *node.node.outputs)]
    types += [each.dtype for each in node.inputs if isinstance(each, Constant)]
    return any(type_.startswith(("int", "uint")) for type_ in types)


def keeps(x: Flow, constant: Constant) -> bool:
    """Whether a constant broadcasts to a tensor, whose shape then stays."""
    rank = len(x.axes)
    shape = (1,) * (rank - len(constant.shape)) + constant.shape
    return len(shape) == rank and all(own in (1, size) for own, size in zip(shape, x.dims, strict=True))


def _at_axis(node: Reading, x: Flow, constant: Constant) -> Constant:
    """The operand of an old version of the operator, whose axes begin at a given one of the tensor's."""
    rank = len(x.axes)
    first = node.integer("axis", rank - len(constant.shape)) % rank
    behind = rank - first - len(constant.shape)
    if behind < 0:
        raise node.refuse("its constant has more axes than the tensor")
    return constant.reshaped((*constant.shape, *(1,) * behind))


def _check_old_broadcast(node: Reading, flows: list[Flow]) -> None:
    """Refuse what an old version of the operator broadcasts otherwise than the newer ones do.

    Its second operand stands at `axis` of the first, or at its end: the same where both have equally many axes.
    """
    if node.opset < 7 and node.has("broadcast") and node.integer("axis", 0) % len(flows[0].axes):
        raise node.refuse(f"its second operand stands at axis {node.integer('axis')} of the first")


def value_beside(node: Reading, x: Flow, constant: Constant) -> Any:
    """A constant as our arithmetic takes it beside a tensor: a number, or numbers nested in the order of our axes."""
    if not keeps(x, constant):
        raise node.refuse(f"a constant of {constant.shape} beside a tensor of {x.dims}")
    uniform = constant.uniform
    if uniform is not None:
        return _number(uniform)
    padded = constant.reshaped((1,) * (len(x.axes) - len(constant.shape)) + constant.shape)
    if any(axis == BATCH and size > 1 for axis, size in zip(x.axes, padded.shape, strict=True)):
        raise node.refuse("its constant is another for each sample")
    own = sorted((at for at, axis in enumerate(x.axes) if axis != BATCH), key=lambda at: x.axes[at])
    batch = [at for at, axis in enumerate(x.axes) if axis == BATCH]
    moved = padded.transposed([*batch, *own])
    shape = moved.shape[len(batch) :]
    row = [_number(number) for number in moved.numbers()]
    if len(set(row)) == 1:
        return row[0]
    while shape[0] == 1 and len(shape) > 1:
        shape = shape[1:]
    return _nested(row, shape)


def _number(value: Any) -> float:
    """A number in the fewest digits."""
    if isinstance(value, (bool, int)):
        return int(value)
    short = decimal(value)
    return int(short) if short.is_integer() and abs(short) < 1e9 else short


def _nested(row: list[Any], shape: tuple[int, ...]) -> Any:
    """A row as nested lists."""
    for size in reversed(shape[1:]):
        row = [row[at : at + size] for at in range(0, len(row), size)]
    return row


def aligned(node: Reading, flows: list[Flow]) -> list[Flow]:
    """The tensors with equally many axes of ours, each at the place where the first has it in the file."""
    rank = max(len(flow.axes) for flow in flows)
    if any(len(flow.axes) != rank for flow in flows):
        raise node.refuse("its tensors have different numbers of axes")
    first = flows[0]
    found = [first]
    for flow in flows[1:]:
        moved = flow
        if flow.axes != first.axes:
            if (flow.axes.index(BATCH) if flow.has_batch else None) != (
                first.axes.index(BATCH) if first.has_batch else None
            ):
                raise node.refuse("the batch is at another place in each of its tensors")
            # Axis i of ours is to be the one that the file has where the first tensor has its axis i.
            order = [flow.axes[first.axes.index(axis)] for axis in range(len(first.shape))]
            moved = node.layer("permute", {"dims": order}, [flow], axes=first.axes, tensor="")
        found.append(moved)
    return found


def read_concat(node: Reading) -> Flow:
    """`Concat` of tensors along any axis but the batch."""
    flows, written = [node.any_flow(at) for at in range(len(node.node.inputs))], node.integer("axis", 1)
    if not flows:
        raise node.refuse("it has no inputs")
    if len(flows) == 1:
        return flows[0]
    flows = aligned(node, flows)
    axis = flows[0].axes[written % len(flows[0].axes)]
    if axis == BATCH:
        raise node.refuse("it is along the batch")
    return node.layer("concat", {"dim": axis} if axis else {}, flows)


def _operands(w: LayerWriting) -> list[str]:
    """The tensors that are computed with, the constant among them."""
    constant = w.layer.value
    if constant is None:
        return w.inputs
    values = constant.array()
    if not values.ndim:
        number = w.number(float(values))
    else:
        from numpy import moveaxis

        aligned = values.reshape((1,) * (len(w.shape) - values.ndim) + values.shape)
        number = w.numbers(moveaxis(aligned, -1, 0) if w.layer.layout.channels_last else aligned)
    return [number, *w.inputs] if getattr(w.layer, "reverse", False) else [*w.inputs, number]


def _broadcast(shapes: Sequence[Shape]) -> Shape:
    """The shape that several have together."""
    return tuple(max(sizes) for sizes in zip(*shapes, strict=True))


def _in_turn(w: LayerWriting, operator: str) -> str:
    """The operator of the first two operands, then of that and the third, and so on."""
    operands = _operands(w)
    shapes = iter([*w.input_shapes[1:], w.output_shape])
    so_far = w.shape

    def joined(one: str, other: str) -> str:
        nonlocal so_far
        so_far = _broadcast([so_far, next(shapes)]) if w.layer.value is None else w.output_shape
        return w.node(operator, [one, other], so_far)

    return reduce(joined, operands)


def _of_all(w: LayerWriting, operator: str) -> str:
    """An operator that takes any number of operands."""
    return w.node(operator, _operands(w))


def write_add(w: LayerWriting) -> str:
    """Add of two, Sum of more."""
    return _in_turn(w, "Add") if len(w.inputs) < 3 else _of_all(w, "Sum")


def write_subtract(w: LayerWriting) -> str:
    """Sub, one after the other."""
    return _in_turn(w, "Sub")


def write_multiply(w: LayerWriting) -> str:
    """Mul, one after the other."""
    return _in_turn(w, "Mul")


def write_divide(w: LayerWriting) -> str:
    """Div, one after the other."""
    return _in_turn(w, "Div")


def write_maximum(w: LayerWriting) -> str:
    """Max."""
    return _of_all(w, "Max")


def write_minimum(w: LayerWriting) -> str:
    """Min."""
    return _of_all(w, "Min")


def write_average(w: LayerWriting) -> str:
    """Mean."""
    return w.node("Mean", w.inputs)


def write_concat(w: LayerWriting) -> str:
    """Concat along the axis."""
    dim = w.layer.dim
    axis = 0 if dim is None else w.layer.dim_axis("dim", dim, w.shape)
    return w.node("Concat", w.inputs, axis=1 + axis)


def write_scale(w: LayerWriting) -> str:
    """Mul with a number, or with a weight a channel and then Add of the bias."""
    if w.layer.factor is not None:
        return w.scalar("Mul", w.x, w.layer.factor)
    per_channel = (w.shape[0], *(1,) * (len(w.shape) - 1))
    scaled = w.node("Mul", [w.x, w.weight("weight", per_channel)])
    return scaled if w.layer.bias is False else w.node("Add", [scaled, w.weight("bias", per_channel)])


def write_parameter(w: LayerWriting) -> str:
    """An initialiser that is there once for all samples."""
    return w.node("Identity", w.weight("weight", (1, *w.output_shape)))


def write_constant(w: LayerWriting) -> str:
    """The given numbers, once for all samples."""
    from numpy import moveaxis

    values = w.layer.value.array()
    values = values.reshape(values.shape or (1,))
    laid_out = moveaxis(values, -1, 0) if w.layer.layout.channels_last else values
    return w.node("Identity", w.numbers(laid_out[None]))
