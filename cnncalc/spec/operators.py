"""The operators and functions of expressions. What they give is bounded in size, so that nothing can grow large."""

from __future__ import annotations

import ast
import operator
from math import ceil, floor, isfinite
from typing import TYPE_CHECKING, Any, Final

from cnncalc.errors import value_text

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_BITS: Final = 256
MOST_ITEMS: Final = 10_000
MOST_LEVELS: Final = 100
"""The deepest nesting of an expression, and of a list that it makes."""


class ExpressionError(ValueError):
    """What is wrong with an expression, without its place; the hint may be made when it is asked for."""

    def __init__(self, fact: str, hint: str | Callable[[], str | None] | None = None) -> None:
        super().__init__(fact)
        self.lazy_hint = hint
        """The hint, or a function that makes it: most of these errors are caught, and their hints never read."""

    @property
    def hint(self) -> str | None:
        """What to do, if that is known."""
        return self.lazy_hint() if callable(self.lazy_hint) else self.lazy_hint


def bounded(value: Any) -> Any:
    """The value, if it is not too large; raises `ExpressionError`."""
    if isinstance(value, int):
        if value.bit_length() > MOST_BITS:
            raise ExpressionError(f"a number of more than {MOST_BITS} bits")
    elif isinstance(value, float):
        if not isfinite(value):
            raise ExpressionError("a number that is not finite")
    elif isinstance(value, (list, str)):
        check_size(value)
    return value


_SIZED: Final = frozenset((list, str, dict))


def check_size(value: Any, most: int = MOST_ITEMS) -> int:
    """How many items a list or text has, nested ones included; raises `ExpressionError` for too many or too deep."""
    if isinstance(value, list) and len(value) <= most and _SIZED.isdisjoint(map(type, value)):
        return len(value)
    level = [value]
    room = most
    for _ in range(MOST_LEVELS):
        sizes = [len(item) if isinstance(item, (list, str, dict)) else 1 for item in level]
        if sum(sizes) > room:
            raise ExpressionError(f"a list or text of more than {most:,} items")
        inner = [item.values() if isinstance(item, dict) else item for item in level if isinstance(item, (list, dict))]
        if not inner:
            return most - room + sum(sizes)
        room -= sum(size for size, item in zip(sizes, level, strict=True) if not isinstance(item, (list, dict)))
        level = [item for items in inner for item in items]
    raise ExpressionError(f"a list of more than {MOST_LEVELS} levels")


def word_of(value: Any) -> str:
    """A value as it stands in a text for an `{expression}`: 2.0 reads as 2."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value if isinstance(value, str) else value_text(value)


def index_of(index: Any) -> Any:
    """An index, which may come as 2.0."""
    return int(index) if isinstance(index, float) and index.is_integer() else index


def _multiplied(left: Any, right: Any) -> Any:
    """A product, whose size is bounded before it is made, as `[0] * 10**9` would fill memory."""
    for items, count in ((left, right), (right, left)):
        if isinstance(items, (list, str)) and isinstance(count, int) and len(items) * max(count, 0) > MOST_ITEMS:
            raise ExpressionError(f"a list or text of more than {MOST_ITEMS:,} items")
    return left * right


def _power(left: Any, right: Any) -> Any:
    """A power, whose size is bounded before it is computed."""
    if isinstance(left, int) and isinstance(right, int) and abs(right) * left.bit_length() > MOST_BITS:
        raise ExpressionError(f"a number of more than {MOST_BITS} bits")
    result = left**right
    if isinstance(result, complex):
        raise ExpressionError("the root of a negative number")
    return result


def _remainder(left: Any, right: Any) -> Any:
    """The remainder of numbers; Python's formatting of texts by `%` is not in the language."""
    if isinstance(left, str):
        raise ExpressionError("`%` takes numbers")
    return left % right


OPERATORS: Final[dict[type[ast.AST], Callable[..., Any]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: _multiplied,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: _remainder,
    ast.Pow: _power,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Not: operator.not_,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda item, items: item in items,
    ast.NotIn: lambda item, items: item not in items,
}


SIGNS: Final = {
    "BitAnd": "&",
    "BitOr": "|",
    "BitXor": "^",
    "LShift": "<<",
    "RShift": ">>",
    "MatMult": "@",
    "Invert": "~",
    "Is": "is",
    "IsNot": "is not",
}


def make_divisible(value: float, divisor: int) -> int:
    """The multiple of `divisor` nearest to the value, but not below 90% of it, as torchvision rounds channels.

    >>> make_divisible(24 * 0.35, 8), make_divisible(32 * 1.4, 8)
    (8, 48)
    """
    rounded = max(divisor, int(value + divisor / 2) // divisor * divisor)
    return int(rounded + divisor if rounded < 0.9 * value else rounded)


def _range(*bounds: Any) -> list[int]:
    """The numbers of a range, as a list."""
    numbers = range(*map(index_of, bounds))
    if numbers[MOST_ITEMS:]:
        raise ExpressionError(f"a list or text of more than {MOST_ITEMS:,} items")
    return list(numbers)


def _round(value: Any, digits: Any = None) -> Any:
    """A number rounded to digits; so many that rounding would build a huge power of ten are refused."""
    if digits is not None and abs(index_of(digits)) > MOST_BITS:
        raise ExpressionError(f"`round` keeps at most {MOST_BITS} digits")
    return round(value, index_of(digits))


def _int(value: Any) -> int:
    """A number cut to an integer; a text is none."""
    if isinstance(value, str):
        raise TypeError
    return int(value)


def _sum(items: Any, start: Any = 0) -> Any:
    """The sum of numbers, or with a list as start of lists, which `sum` would copy again for each."""
    if not isinstance(start, list):
        return sum(items, start)
    total = list(start)
    for item in items:
        if not isinstance(item, list):
            raise TypeError
        total += item
    return total


FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    "min": min,
    "max": max,
    "abs": abs,
    "sum": _sum,
    "len": len,
    "range": _range,
    "round": _round,
    "ceil": ceil,
    "floor": floor,
    "int": _int,
    "make_divisible": make_divisible,
}
