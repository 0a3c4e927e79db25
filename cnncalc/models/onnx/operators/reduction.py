"""Reductions over axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnncalc.models.onnx.flows import BATCH, without

if TYPE_CHECKING:
    from cnncalc.models.onnx.flows import Flow
    from cnncalc.models.onnx.reading import Reading
    from cnncalc.models.onnx.writing import LayerWriting


_GLOBAL: Final = {"ReduceMean": "global_avg_pool", "ReduceMax": "global_max_pool"}
OPERATORS: Final = {
    "reduce_mean": "ReduceMean",
    "reduce_sum": "ReduceSum",
    "reduce_max": "ReduceMax",
    "reduce_min": "ReduceMin",
    "reduce_prod": "ReduceProd",
    "reduce_l1": "ReduceL1",
    "reduce_l2": "ReduceL2",
    "reduce_logsumexp": "ReduceLogSumExp",
}
"""The layer types that are an operator."""
_TYPES: Final = {
    **{operator: type_ for type_, operator in OPERATORS.items()},
    "ReduceSumSquare": "reduce_sum",
    "ReduceLogSum": "reduce_sum",
}
_BEFORE: Final = {"ReduceSumSquare": "square"}
_BEHIND: Final = {"ReduceLogSum": "log"}
"""What a reduction of ours needs before or behind it, to be one that we do not have."""


def read_reduce(node: Reading) -> Flow:
    """`ReduceMean` and the like: a global pool where all axes of a map and no other are reduced."""
    x, keep = node.any_flow(), bool(node.integer("keepdims", 1))
    written, none_is_all = node.integers_of("axes", 1), not node.integer("noop_with_empty_axes")
    if not written:
        if not none_is_all:
            return x
        written = list(range(len(x.axes)))
        if x.batch == 1:  # the mean over one sample is that of the sample
            written = [at for at in written if x.axes[at] != BATCH]
    axes = {x.axes[at] for at in (axis % len(x.axes) for axis in written)}
    if BATCH in axes:
        raise node.refuse("it reduces the batch")
    kept = x.axes if keep else without(x, axes)
    spatial = set(range(1, len(x.shape)))
    if node.op in _GLOBAL and axes == spatial and spatial:
        options: dict[str, Any] = {} if keep else {"keepdim": False}
        return node.layer(f"{_GLOBAL[node.op]}{len(spatial)}d", options, [x], axes=kept)
    dims = sorted(axes)
    options = {"dim": dims[0] if len(dims) == 1 else dims, **({} if keep else {"keepdim": False})}
    if not keep and len(dims) == len(x.shape):
        kept = (BATCH,)  # one value stays, whose one axis the file does not have
    if node.op in _BEFORE:
        x = node.layer(_BEFORE[node.op], {}, [x], tensor="")
    found = node.layer(_TYPES[node.op], options, [x], axes=kept, tensor="" if node.op in _BEHIND else None)
    return node.layer(_BEHIND[node.op], {}, [found], axes=kept) if node.op in _BEHIND else found


def left_over(w: LayerWriting, reduced: str, axes: tuple[int, ...]) -> str:
    """What was reduced with its axes kept, laid out as the layer has it: without them, unless it keeps them."""
    if w.layer.keepdim:
        return reduced
    left = tuple(1 if axis in axes else size for axis, size in enumerate(w.shape))
    order = w.layer.kept_axes(w.shape)
    turned = w.permuted(reduced, [*order, *axes], left) if list(order) != sorted(order) else reduced
    return w.reshaped(turned, w.output_shape)


def write_reduce(w: LayerWriting) -> str:
    """The reduction that is the operator of the layer's type."""
    operator = OPERATORS[w.layer.type_name]
    axes = w.layer.reduced_axes(w.shape)
    order = w.layer.kept_axes(w.shape)
    drops = not w.layer.keepdim and order and list(order) == sorted(order)
    if drops:
        return w.reduced(operator, w.x, axes, w.shape, keepdims=False)
    return left_over(w, w.reduced(operator, w.x, axes, w.shape), axes)


def write_reduce_var(w: LayerWriting) -> str:
    """The mean of the squared differences, or their sum by the divisor that the layer has."""
    axes = w.layer.reduced_axes(w.shape)
    left = tuple(1 if axis in axes else size for axis, size in enumerate(w.shape))
    difference = w.node("Sub", [w.x, w.reduced("ReduceMean", w.x, axes, w.shape)], w.shape)
    squares = w.node("Mul", [difference, difference], w.shape)
    if not w.layer.correction:
        return left_over(w, w.reduced("ReduceMean", squares, axes, w.shape), axes)
    divisor = float(w.layer.count(w.shape) - w.layer.correction)
    return left_over(w, w.scalar("Div", w.reduced("ReduceSum", squares, axes, w.shape), divisor, left), axes)


def write_reduce_std(w: LayerWriting) -> str:
    """The root of the variance."""
    return w.node("Sqrt", write_reduce_var(w))
