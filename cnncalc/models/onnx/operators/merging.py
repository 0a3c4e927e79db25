"""Arithmetic of several tensors, or of one and a constant; concatenation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnncalc.models.onnx.constants import Constant, decimal
from cnncalc.models.onnx.flows import BATCH, Flow

if TYPE_CHECKING:
    from cnncalc.models.onnx.reading import Reading

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
    if len(operands) == 1:
        return node.any_flow()
    constants = [each for each in operands if isinstance(each, Constant)]
    flows = [each for each in operands if isinstance(each, Flow)]
    if not constants:
        return node.layer(kind, {}, aligned(node, flows))
    if len(operands) != 2:
        raise node.refuse("it has constants beside several tensors")
    (x,), (constant,) = flows, constants
    if node.opset < 7 and node.has("broadcast"):
        constant = _at_axis(node, x, constant)
    if constant.uniform == _NEUTRAL.get(node.op) and isinstance(operands[1], Constant) and _keeps(x, constant):
        return x
    options: dict[str, Any] = {"value": value_beside(node, x, constant)}
    if node.op in ("Sub", "Div") and isinstance(operands[0], Constant):
        options["reverse"] = True
    return node.layer(kind, options, [x])


def _keeps(x: Flow, constant: Constant) -> bool:
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


def value_beside(node: Reading, x: Flow, constant: Constant) -> Any:
    """A constant as our arithmetic takes it beside a tensor: a number, or numbers nested in the order of our axes."""
    if not _keeps(x, constant):
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
    flows = [node.any_flow(at) for at in range(len(node.node.inputs))]
    if len(flows) == 1:
        return flows[0]
    flows = aligned(node, flows)
    axis = flows[0].axes[node.integer("axis", 1) % len(flows[0].axes)]
    if axis == BATCH:
        raise node.refuse("it is along the batch")
    return node.layer("concat", {"dim": axis} if axis else {}, flows)
