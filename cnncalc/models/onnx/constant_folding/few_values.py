"""Nodes of a few numbers, such as sizes, computed without NumPy."""

from __future__ import annotations

from math import ceil, floor, prod, sqrt
from typing import TYPE_CHECKING, Any, Final

from cnncalc.models.onnx.constants import Constant, DynamicInt, Numbers

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnncalc.models.onnx.reading import Reading


MOST_VALUES: Final = 64
"""More values than this are computed with NumPy."""


def is_small(constant: Constant) -> bool:
    """Whether it is a number or a row of a few."""
    return len(constant.shape) <= 1 and constant.size <= MOST_VALUES


def _kept(results: list[Any], *inputs: Constant) -> list[Any]:
    """Whole numbers, marked where one that they are computed of is."""
    marked = [any(isinstance(each, DynamicInt) for each in row) for row in _rows(inputs, len(results))]
    return [DynamicInt(n) if mark and isinstance(n, int) else n for n, mark in zip(results, marked, strict=True)]


def _rows(inputs: tuple[Constant, ...], length: int) -> list[tuple[Any, ...]]:
    """The values at each place, of operands of one value or of so many."""
    rows = [each.numbers() * (length if each.size == 1 else 1) for each in inputs]
    return list(zip(*rows, strict=True))


def _by_value(function: Callable[..., Any]) -> Callable[..., Constant | None]:
    """A folding of values one by one, of operands that are numbers or rows of one length."""

    def fold(node: Reading, *inputs: Constant) -> Constant | None:
        del node
        lengths = {each.size for each in inputs if each.shape} or {1}
        length = max(lengths)
        if lengths - {1, length} or 0 in lengths:
            return None
        results = [function(*row) for row in _rows(inputs, length)]
        dtype = "bool" if results and isinstance(results[0], bool) else inputs[-1].dtype
        shape = (length,) if any(each.shape for each in inputs) else ()
        return Numbers(_kept(results, *inputs), shape, dtype)

    return fold


def _divide(a: Any, b: Any) -> Any:
    """ONNX's division, which cuts whole numbers off towards 0."""
    if isinstance(a, int) and isinstance(b, int):
        whole = abs(a) // abs(b)
        return whole if (a < 0) == (b < 0) else -whole
    return a / b


def _gather(node: Reading, x: Constant, indices: Constant) -> Constant | None:
    """`Gather` from a row."""
    if len(x.shape) != 1:
        return None
    row, places = x.numbers(), indices.numbers()
    if any(not isinstance(at, int) or not -len(row) <= at < len(row) for at in places):
        raise node.refuse(f"it takes {places[:5]} of {len(row)} values")
    return Numbers([row[at] for at in places], indices.shape, x.dtype)


def _slice(node: Reading, x: Constant, *_: Constant) -> Constant | None:
    """`Slice` of a row."""
    if len(x.shape) != 1:
        return None
    starts, ends = node.integers_of("starts", 1), node.integers_of("ends", 2)
    steps = [1] if node.has("starts") else node.whole_numbers(4) or [1]
    if starts is None or ends is None or len(starts) != 1 or len(ends) != 1 or not steps[0]:
        return None
    row = x.numbers()[slice(starts[0], ends[0] if ends[0] >= -len(x.numbers()) else None, steps[0])]
    return Numbers(row, (len(row),), x.dtype)


def _concat(node: Reading, *inputs: Constant) -> Constant | None:
    """`Concat` of rows."""
    del node
    if any(len(each.shape) != 1 for each in inputs):
        return None
    row = [number for each in inputs for number in each.numbers()]
    return Numbers(row, (len(row),), inputs[0].dtype)


def _range(node: Reading, *inputs: Constant) -> Constant | None:
    """`Range` of whole numbers."""
    start, limit, step = (each.numbers()[0] for each in inputs)
    if not all(isinstance(each, int) for each in (start, limit, step)) or not step:
        return None
    numbers = range(start, limit, step)
    if len(numbers) > MOST_VALUES:
        return None
    del node
    return Numbers(list(numbers), (len(numbers),), inputs[0].dtype)


def _product(node: Reading, x: Constant, *_: Constant) -> Constant:
    """`ReduceProd` of a row."""
    results = [prod(x.numbers())]
    follows = any(isinstance(number, DynamicInt) for number in x.numbers())
    shape = (1,) if node.integer("keepdims", 1) and x.shape else ()
    return Numbers([DynamicInt(n) if follows and isinstance(n, int) else n for n in results], shape, x.dtype)


def _where(node: Reading, *inputs: Constant) -> Constant | None:
    """`Where`: the second or the third value, by the first."""
    return _by_value(lambda condition, a, b: a if condition else b)(node, *inputs)


FEW_VALUES: Final[dict[str, Callable[..., Constant | None]]] = {
    "Add": _by_value(lambda a, b: a + b),
    "Sub": _by_value(lambda a, b: a - b),
    "Mul": _by_value(lambda a, b: a * b),
    "Div": _by_value(_divide),
    "Max": _by_value(lambda *row: max(row)),
    "Min": _by_value(lambda *row: min(row)),
    "Neg": _by_value(lambda a: -a),
    "Floor": _by_value(lambda a: float(floor(a))),
    "Ceil": _by_value(lambda a: float(ceil(a))),
    "Sqrt": _by_value(sqrt),
    "Equal": _by_value(lambda a, b: bool(a == b)),
    "Greater": _by_value(lambda a, b: bool(a > b)),
    "Less": _by_value(lambda a, b: bool(a < b)),
    "Not": _by_value(lambda a: not a),
    "And": _by_value(lambda a, b: bool(a and b)),
    "Or": _by_value(lambda a, b: bool(a or b)),
    "Where": _where,
    "Gather": _gather,
    "Slice": _slice,
    "Concat": _concat,
    "Range": _range,
    "ReduceProd": _product,
}
"""Nodes of a few whole numbers."""
