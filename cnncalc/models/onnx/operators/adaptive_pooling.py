"""Pools to given sizes: their windows are of unequal lengths unless these divide the input's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnncalc.models.onnx.writing import LayerWriting
    from cnncalc.shapes import Shape

MOST_PARTS: Final = 256
"""The most windows of an adaptive max pool that are written, each with nodes of its own."""


def _even(w: LayerWriting, sizes: Shape, operator: str) -> str | None:
    """A pool to sizes that divide those of the input; None where they do not."""
    before = w.shape[1:]
    if any(size % wanted for size, wanted in zip(before, sizes, strict=True)):
        return None
    if set(sizes) == {1}:
        return w.node(f"Global{operator}", w.x, (w.shape[0], *sizes))
    taps = [size // wanted for size, wanted in zip(before, sizes, strict=True)]
    return w.node(operator, w.x, (w.shape[0], *sizes), kernel_shape=taps, strides=taps)


def write_adaptive_avg_pool(w: LayerWriting) -> str:
    """AveragePool where the sizes divide those of the input, else as `averaged_to`."""
    return averaged_to(w, w.output_shape[1:])


def averaged_to(w: LayerWriting, sizes: Shape) -> str:
    """Means over the windows of an adaptive pool: products with a matrix along one axis after the other."""
    found = _even(w, sizes, "AveragePool")
    return _axis_by_axis(w, sizes, _averaged_along) if found is None else found


def _axis_by_axis(w: LayerWriting, sizes: Shape, along: Callable[[LayerWriting, str, int, int, Shape], str]) -> str:
    """The input with each axis brought to its size by what `along` writes of one."""
    x, shape = w.x, w.shape
    for axis, size in enumerate(sizes, 1):
        if shape[axis] != size:
            x = along(w, x, axis, size, shape)
            shape = (*shape[:axis], size, *shape[axis + 1 :])
    return x


def _averaged_along(w: LayerWriting, x: str, axis: int, size: int, shape: Shape) -> str:
    """The means along one axis, which is brought to the end and back."""
    import numpy as np

    matrix = np.zeros((shape[axis], size))
    for place in range(size):
        first, end = _window(place, shape[axis], size)
        matrix[first:end, place] = 1 / (end - first)
    order = [*(a for a in range(len(shape)) if a != axis), axis]
    turned = (*(shape[a] for a in order[:-1]), size)
    product_ = w.node("MatMul", [w.permuted(x, order, shape), w.numbers(matrix)], turned)
    return w.permuted(product_, [order.index(a) for a in range(len(shape))], turned)


def _window(place: int, before: int, after: int) -> tuple[int, int]:
    """The first position of a window of an adaptive pool, and the one behind its last."""
    return place * before // after, -(-(place + 1) * before // after)


def write_adaptive_max_pool(w: LayerWriting) -> str:
    """MaxPool where the sizes divide those of the input, else a Slice and a ReduceMax for each window."""
    wanted = w.output_shape[1:]
    found = _even(w, wanted, "MaxPool")
    if found is not None:
        return found
    if sum(wanted) > MOST_PARTS:
        fact = f"{w.layer.output_size} windows do not share the input evenly, and would take a node each"
        raise w.refusal(fact, "an `output_size` that divides the input's has an operator")
    return _axis_by_axis(w, wanted, _largest_along)


def _largest_along(w: LayerWriting, x: str, axis: int, size: int, shape: Shape) -> str:
    """The maxima along one axis, window by window, joined."""
    parts = []
    for place in range(size):
        first, end = _window(place, shape[axis], size)
        cut = (*shape[:axis], end - first, *shape[axis + 1 :])
        part = w.node("Slice", [x, w.integers([first]), w.integers([end]), w.integers([1 + axis])], cut)
        parts.append(w.reduced("ReduceMax", part, [axis], cut))
    return w.node("Concat", parts, (*shape[:axis], size, *shape[axis + 1 :]), axis=1 + axis)
