"""Reductions over axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnncalc.models.onnx.writing import LayerWriting

OPERATORS: Final = {
    "reduce_mean": "ReduceMean",
    "reduce_sum": "ReduceSum",
    "reduce_max": "ReduceMax",
    "reduce_min": "ReduceMin",
    "reduce_prod": "ReduceProd",
}
"""The layer types that are an operator."""


def left_over(w: LayerWriting, reduced: str, axes: tuple[int, ...]) -> str:
    """What was reduced with its axes kept, laid out as the layer has it: without them, unless it keeps them."""
    if w.layer.keepdim:
        return reduced
    left = tuple(1 if axis in axes else size for axis, size in enumerate(w.shape))
    order = w.layer._order(w.shape)
    turned = w.permuted(reduced, [*order, *axes], left) if list(order) != sorted(order) else reduced
    return w.reshaped(turned, w.output_shape)


def _plain(type_: str) -> Callable[[LayerWriting], str]:
    """The function that writes a type that is an operator."""

    def write(w: LayerWriting) -> str:
        axes = w.layer._reduced(w.shape)
        order = w.layer._order(w.shape)
        drops = not w.layer.keepdim and order and list(order) == sorted(order)
        if drops:
            return w.reduced(OPERATORS[type_], w.x, axes, w.shape, keepdims=False)
        return left_over(w, w.reduced(OPERATORS[type_], w.x, axes, w.shape), axes)

    return write


write_reduce_mean = _plain("reduce_mean")
write_reduce_sum = _plain("reduce_sum")
write_reduce_max = _plain("reduce_max")
write_reduce_min = _plain("reduce_min")
write_reduce_prod = _plain("reduce_prod")
