"""Nodes that lay a constant out anew; where it is a weight, without a look at its values."""

from __future__ import annotations

from math import isfinite, prod
from typing import TYPE_CHECKING, Any, Final

from cnncalc.models.onnx.constant_folding.few_values import is_small
from cnncalc.models.onnx.constants import Constant, DynamicInt, Numbers
from cnncalc.models.onnx.tensor_records import DTYPES

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnncalc.models.onnx.reading import Reading


def _cast(node: Reading, x: Constant) -> Any:
    """`Cast`, which leaves weights as they are stored: they are read as any type."""
    dtype = DTYPES.get(node.integer("to"), "")
    if x.dtype == dtype:
        return x
    if is_small(x):
        is_float = dtype.startswith(("float", "bfloat"))
        kind: Callable[[Any], Any] = float if is_float else bool if dtype == "bool" else int
        numbers = x.numbers()
        if kind is not int or all(isfinite(number) for number in numbers):
            row = [number if isinstance(number, DynamicInt) else kind(number) for number in numbers]
            return Numbers(row, x.shape, dtype)
    if x.is_float and dtype in ("float32", "float16", "float64", "bfloat16"):
        return x
    from cnncalc.models.onnx.constant_folding.arrays import computed

    return computed(node, [x])


def _reshape(node: Reading, x: Constant) -> Any:
    """`Reshape` of a constant."""
    sizes = node.integers("shape") or node.whole_numbers(1) or []
    sizes = [x.shape[at] if size == 0 and at < len(x.shape) else size for at, size in enumerate(sizes)]
    known = prod(size for size in sizes if size != -1)
    if sizes.count(-1) == 1 and known > 0:
        sizes[sizes.index(-1)] = x.size // known
    if prod(sizes) != x.size or any(size < 0 for size in sizes):
        raise node.refuse(f"{x.size} values cannot have the shape {sizes}")
    return x.reshaped(tuple(sizes))


def _unsqueeze(node: Reading, x: Constant) -> Any:
    """`Unsqueeze` of a constant."""
    axes = node.integers_of("axes", 1) or []
    rank = len(x.shape) + len(axes)
    if rank > 32:
        raise node.refuse(f"it would have {rank} axes")
    new = {axis % rank for axis in axes}
    old = iter(x.shape)
    return x.reshaped(tuple(1 if at in new else next(old, 1) for at in range(rank)))


def _squeeze(node: Reading, x: Constant) -> Any:
    """`Squeeze` of a constant."""
    axes = node.integers_of("axes", 1)
    gone = {axis % len(x.shape) for axis in axes} if axes else {at for at, size in enumerate(x.shape) if size == 1}
    if any(x.shape[at] != 1 for at in gone):
        raise node.refuse("it leaves out an axis that is larger than 1")
    return x.reshaped(tuple(size for at, size in enumerate(x.shape) if at not in gone))


def _transpose(node: Reading, x: Constant) -> Any:
    """`Transpose` of a constant."""
    order = node.integers("perm") or list(range(len(x.shape)))[::-1]
    if sorted(order) != list(range(len(x.shape))):
        raise node.refuse(f"its `perm` is {order} for {len(x.shape)} axes")
    return x.transposed(order)


def _flatten(node: Reading, x: Constant) -> Any:
    """`Flatten` of a constant."""
    axis = node.integer("axis", 1)
    rows = prod(x.shape[:axis])
    return x.reshaped((rows, x.size // rows if rows else 0))


VIEWS: Final[dict[str, Callable[[Reading, Constant], Any]]] = {
    "Identity": lambda _, x: x,
    "Cast": _cast,
    "CastLike": lambda _, x: x,
    "Reshape": _reshape,
    "Unsqueeze": _unsqueeze,
    "Squeeze": _squeeze,
    "Transpose": _transpose,
    "Flatten": _flatten,
    "Dropout": lambda _, x: x,
}
"""Nodes that lay a constant out anew."""
