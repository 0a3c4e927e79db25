"""Arithmetic value by value, joining, and tensors of the network's own."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.models.onnx.writing import LayerWriting
    from cnncalc.shapes import Shape


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
