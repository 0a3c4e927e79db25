"""Reductions along axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnncalc.models.onnx.flows import BATCH, plain_axes

if TYPE_CHECKING:
    from cnncalc.models.onnx.flows import Flow
    from cnncalc.models.onnx.reading import Reading

_GLOBAL: Final = {"ReduceMean": "global_avg_pool", "ReduceMax": "global_max_pool"}
_TYPES: Final = {
    "ReduceMean": "reduce_mean",
    "ReduceMax": "reduce_max",
    "ReduceSum": "reduce_sum",
    "ReduceMin": "reduce_min",
}


def read_reduce(node: Reading) -> Flow:
    """`ReduceMean` and the like: a global pool where all axes of a map and no other are reduced."""
    x = node.any_flow()
    written = node.integers_of("axes", 1)
    if not written:
        if node.integer("noop_with_empty_axes"):
            return x
        written = list(range(len(x.axes)))
        if x.batch == 1:  # the mean over one sample is that of the sample
            written = [at for at in written if x.axes[at] != BATCH]
    axes = {x.axes[at] for at in (axis % len(x.axes) for axis in written)}
    if BATCH in axes:
        raise node.refuse("it reduces the batch")
    keep = bool(node.integer("keepdims", 1))
    kept = x.axes if keep else _without(x, axes)
    spatial = set(range(1, len(x.shape)))
    if node.op in _GLOBAL and axes == spatial and spatial:
        options: dict[str, Any] = {} if keep else {"keepdim": False}
        return node.layer(f"{_GLOBAL[node.op]}{len(spatial)}d", options, [x], axes=kept)
    dims = sorted(axes)
    options = {"dim": dims[0] if len(dims) == 1 else dims, **({} if keep else {"keepdim": False})}
    if not keep and len(dims) == len(x.shape):
        kept = (BATCH,)  # one value stays, whose one axis the file does not have
    return node.layer(_TYPES[node.op], options, [x], axes=kept)


def _without(x: Flow, gone: set[int]) -> tuple[int, ...]:
    """The axes of a tensor without some, counted anew."""
    left = [axis for axis in range(len(x.shape)) if axis not in gone]
    places = dict(zip(left, plain_axes(len(left))[1:], strict=True))
    return tuple(BATCH if axis == BATCH else places[axis] for axis in x.axes if axis not in gone)
