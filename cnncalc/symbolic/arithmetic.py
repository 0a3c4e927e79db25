"""Arithmetic on sizes beyond Python's operators, for integers and for those that remember how they were made.

A layer computes its shapes and counts with operators and with these functions only. So it can be given `Traced`
numbers, which keep the operations that they come from, and what explains a figure is the computation itself.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnncalc.symbolic.traced import Traced


def name_if_unnamed(value: int, name: str) -> int:
    """The value with a name for formulas to use, unless it is a single symbol, such as an option, and keeps its own."""
    return value if type(value) is int or not getattr(value, "operator", "") else rename(value, name)


def rename(value: int, name: str) -> int:
    """The value with a name for formulas to use, also where it is a symbol with another name."""
    return value if type(value) is int else _tracer(value)(value, "named", (value,), name)


def named_instead(value: int, name: str) -> int:
    """The value by this name in formulas, and no more by the one that it has."""
    if type(value) is int or getattr(value, "operator", "") != "named":
        return rename(value, name)
    (inner,) = value.parts  # type: ignore[attr-defined]
    return rename(inner, name)


def ceiling(a: int, b: int) -> int:
    """The quotient, rounded up.

    >>> ceiling(7, 2), ceiling(-7, 2)
    (4, -3)
    """
    value = -(-int(a) // int(b))
    if type(a) is int is type(b):
        return value
    return a if type(b) is int and b == 1 else _tracer(a, b)(value, "ceil", (a, b))


def larger(*values: int) -> int:
    """The largest of the values."""
    value = max(values)
    return value if all(type(one) is int for one in values) else _tracer(*values)(value, "max", values)


def smaller(a: int, b: int) -> int:
    """The smaller of two values."""
    value = min(a, b)
    return value if type(a) is int is type(b) else _tracer(a, b)(value, "min", (a, b))


def broadcast(sizes: tuple[int, ...]) -> int:
    """The size of an axis after broadcasting: the largest, where each input has that size or 1.

    >>> broadcast((1, 56))
    56
    """
    value = max(sizes)
    if len(sizes) == 1 or all(type(size) is int for size in sizes):
        return value
    return _tracer(*sizes)(value, "broadcast", sizes)


def exact_div(value: int, parts: int) -> int:
    """The quotient of a value that is a multiple of `parts`, such as the channels of each of some groups."""
    quotient = int(value) // int(parts)
    if type(value) is int is type(parts):
        return quotient
    return value if type(parts) is int and parts == 1 else _tracer(value, parts)(quotient, "/", (value, parts))


def gcd(a: int, b: int) -> int:
    """The greatest common divisor."""
    value = math.gcd(a, b)
    return value if type(a) is int is type(b) else _tracer(a, b)(value, "gcd", (a, b))


def scaled(size: int, factor: float) -> int:
    """A size times a factor, rounded down, in floating point as PyTorch does.

    >>> scaled(13, 1.5)
    19
    """
    value = math.floor(int(size) * factor)
    return value if type(size) is int else _tracer(size)(value, "scaled", (size, factor))


def _tracer(*values: int) -> type[Traced]:
    """The class `Traced`, taken from a value of it, as there is one: importing it would cost every `summary` time."""
    return next(type(value) for value in values if type(value) is not int)  # type: ignore[return-value]
