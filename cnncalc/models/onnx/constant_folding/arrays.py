"""Constants that nodes compute of arrays, with NumPy."""

from __future__ import annotations

import warnings
from math import prod
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cnncalc.models.onnx.constants import MOST_COMPUTED, NOT_COMPUTED, Computed, Constant
from cnncalc.models.onnx.tensor_records import DTYPES
from cnncalc.models.onnx.wire import DamagedError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cnncalc.kernels import Array
    from cnncalc.models.onnx.reading import Reading
    from cnncalc.shapes import Shape


ALWAYS_COMPUTED: Final = 2**25
"""The bytes of constants that are computed whatever the size of the file."""
TIMES_STORED: Final = 16
"""How many times the bytes of the file may be computed: the weights, in several steps."""
_VALUE: Final = 4
"""The bytes of most values."""
_VIEWED: Final = ("Expand", "Slice", "Split")
"""Operators that give views of what is there."""


def computed(node: Reading, inputs: list[Constant | None]) -> Any:
    """What a node gives of constants; None where it is not known how."""
    compute = _FOLDERS.get(node.op)
    if compute is None or not node.node.outputs:
        return None
    if any(each is not None and each.size > MOST_COMPUTED for each in inputs):
        return None
    try:
        _check_memory(node, [each.shape for each in inputs if each is not None])
        arrays = [None if each is None else each.array() for each in inputs]
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # such as that the mean of nothing is no number
            found = compute(node, *arrays)
    except NOT_COMPUTED:
        raise node.refuse("it cannot be computed of its constants") from None
    if isinstance(found, list):
        return [_kept(each, (name, "")) for each, name in zip(found, node.node.outputs, strict=False)]
    return _kept(found, node.node.outputs[0])


def _check_memory(node: Reading, shapes: Sequence[Shape]) -> None:
    """Refuse what would take much more memory than the file has bytes, together with what was computed before.

    A file of a kilobyte may double a constant forty times.
    """
    network = node.network
    if node.op not in _VIEWED:
        network.computed_bytes += _VALUE * _most_values(node, shapes)
    limit = ALWAYS_COMPUTED + TIMES_STORED * network.stored_bytes
    if network.computed_bytes > limit:
        raise node.refuse(
            f"constants of {network.computed_bytes:,} bytes would be computed, and {limit:,} are the most"
        )


def _most_values(node: Reading, shapes: Sequence[Shape]) -> int:
    """At most so many values come of constants of these shapes."""
    sizes = list(map(prod, shapes))
    if node.op == "Gather" and len(shapes) == 2:
        axis = node.integer("axis", 0)
        return sizes[0] // max(shapes[0][axis], 1) * sizes[1]
    if node.op in _ALIKE:
        return prod(np.broadcast_shapes(*shapes))
    return sum(sizes)


def _kept(array: Array, key: object) -> Constant:
    array = np.asarray(array)
    return Computed(lambda: array, array.shape, str(array.dtype), key)


def _check_size(node: Reading, size: float) -> None:
    """Refuse a constant of more values than are computed."""
    if size > MOST_COMPUTED:
        raise node.refuse(f"it would have {size:,.0f} values, and at most {MOST_COMPUTED:,} are computed")


def _like(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function value by value, of operands that broadcast; refused for a result that is too large."""

    def fold(node: Reading, *arrays: Array) -> Any:
        _check_size(node, prod(np.broadcast_shapes(*(a.shape for a in arrays))))
        return function(*arrays)

    return fold


def _divide(a: Array, b: Array) -> Any:
    if a.dtype.kind in "iu":
        return (np.sign(a) * np.sign(b) * (np.abs(a) // np.abs(b))).astype(a.dtype)
    return a / b


def _reduced(function: Callable[..., Array]) -> Callable[..., Array]:
    """A reduction along axes, which are an attribute or an input."""

    def fold(node: Reading, x: Array, *_: Array) -> Array:
        axes = node.integers_of("axes", 1)
        if not axes and node.integer("noop_with_empty_axes"):
            return x
        return np.asarray(function(x, axis=tuple(axes) if axes else None, keepdims=bool(node.integer("keepdims", 1))))

    return fold


def _slice(node: Reading, x: Array, *_: Array) -> Any:
    starts, ends = node.integers_of("starts", 1), node.integers_of("ends", 2)
    if starts is None or ends is None:
        raise DamagedError(f"it has no `{'starts' if starts is None else 'ends'}`")
    attributes = node.has("starts")
    axes = (node.integers("axes") if attributes else node.whole_numbers(3)) or list(range(len(starts)))
    steps = (None if attributes else node.whole_numbers(4)) or [1] * len(starts)
    places: list[Any] = [slice(None)] * x.ndim
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        size = x.shape[axis]
        places[axis] = slice(start, None if step < 0 and end < -size else end, step)
    return x[tuple(places)]


def _split(node: Reading, x: Array, *_: Array) -> Any:
    axis = node.integer("axis", 0)
    sizes = node.integers_of("split", 1)
    count = len(node.node.outputs)
    if sizes is None:
        each = -(-x.shape[axis] // count)
        sizes = [each] * (count - 1) + [x.shape[axis] - each * (count - 1)]
    return np.split(x, np.cumsum(sizes)[:-1], axis)


def _expand(node: Reading, x: Array, *_: Array) -> Array:
    sizes = tuple(node.whole_numbers(1) or ())
    shape = np.broadcast_shapes(x.shape, sizes)
    _check_size(node, prod(shape))
    return np.broadcast_to(x, shape)


def _tile(node: Reading, x: Array, *_: Array) -> Array:
    repeats = node.whole_numbers(1) or []
    _check_size(node, x.size * prod(repeats))
    return np.tile(x, repeats)


def _range(node: Reading, start: Any, limit: Any, step: Any) -> Array:
    _check_size(node, abs((limit - start) / step))
    return np.arange(start, limit, step).astype(start.dtype)


def _triangle(node: Reading, x: Array, diagonal: Array | None = None) -> Array:
    return (np.triu if node.integer("upper", 1) else np.tril)(x, 0 if diagonal is None else int(diagonal))


def _cast(node: Reading, x: Array) -> Array:
    dtype = DTYPES.get(node.integer("to"), "")
    return x.astype({"bfloat16": "float32"}.get(dtype, dtype))


def _clip(node: Reading, x: Array, low: Array | None = None, high: Array | None = None) -> Array:
    lower = node.real("min") if node.has("min") else low
    upper = node.real("max") if node.has("max") else high
    return x if lower is None and upper is None else np.clip(x, lower, upper)


_FOLDERS: Final[dict[str, Callable[..., Any]]] = {
    "Add": _like(np.add),
    "Sub": _like(np.subtract),
    "Mul": _like(np.multiply),
    "Div": _like(_divide),
    "Mod": lambda node, a, b: _like(np.fmod if node.integer("fmod", 0) else np.mod)(node, a, b),
    "Pow": _like(np.power),
    "Max": _like(lambda *a: np.maximum.reduce(np.broadcast_arrays(*a))),
    "Min": _like(lambda *a: np.minimum.reduce(np.broadcast_arrays(*a))),
    "Sum": _like(lambda *a: sum(a[1:], a[0])),
    "Mean": _like(lambda *a: sum(a[1:], a[0]) / len(a)),
    "Equal": _like(np.equal),
    "Greater": _like(np.greater),
    "Less": _like(np.less),
    "And": _like(np.logical_and),
    "Or": _like(np.logical_or),
    "Where": _like(np.where),
    "Neg": _like(np.negative),
    "Abs": _like(np.abs),
    "Floor": _like(np.floor),
    "Ceil": _like(np.ceil),
    "Sqrt": _like(np.sqrt),
    "Reciprocal": _like(np.reciprocal),
    "Exp": _like(np.exp),
    "Log": _like(np.log),
    "Not": _like(np.logical_not),
    "Cast": _cast,
    "Clip": _clip,
    "ReduceProd": _reduced(np.prod),
    "ReduceMean": _reduced(np.mean),
    "ReduceSum": _reduced(np.sum),
    "ReduceMax": _reduced(np.max),
    "ReduceMin": _reduced(np.min),
    "Gather": lambda node, x, indices: np.take(x, indices, node.integer("axis", 0)),
    "Slice": _slice,
    "Split": _split,
    "Concat": lambda node, *arrays: np.concatenate(arrays, node.integer("axis", 1)),
    "Expand": _expand,
    "Tile": _tile,
    "Range": _range,
    "Trilu": _triangle,
}
"""What each operator computes."""

_ALIKE: Final = frozenset({"Add", "Sub", "Mul", "Div", "Mod", "Pow", "Max", "Min", "Sum", "Mean", "Where", "And", "Or"})
"""Operators of several operands that compute value by value."""
