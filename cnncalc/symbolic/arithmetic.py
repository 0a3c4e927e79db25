"""Arithmetic on sizes beyond Python's operators, for integers and for those that remember how they were made.

A layer computes its shapes and counts with operators and with these functions only. So `tracing` can have it compute
with numbers that keep their formula, and what explains a figure is the computation itself.
"""

from __future__ import annotations

from math import floor, gcd
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnncalc.symbolic.traced import Traced


def named(value: int, name: str) -> int:
    """The value, which a formula may call by a name, if it has not one already."""
    return value if type(value) is int else _tracer(value).called(value, name)


def renamed(value: int, name: str) -> int:
    """The value, which a formula calls by a name, whatever it was called before."""
    return value if type(value) is int else _tracer(value)(value, "named", (value,), name)


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
    """The largest of some."""
    value = max(values)
    return value if all(type(one) is int for one in values) else _tracer(*values)(value, "max", values)


def smaller(a: int, b: int) -> int:
    """The smaller of two."""
    value = min(a, b)
    return value if type(a) is int is type(b) else _tracer(a, b)(value, "min", (a, b))


def broadcast(sizes: tuple[int, ...]) -> int:
    """The size of an axis on which inputs meet, each of which has that size or 1: the largest.

    >>> broadcast((1, 56))
    56
    """
    value = max(sizes)
    if len(sizes) == 1 or all(type(size) is int for size in sizes):
        return value
    return _tracer(*sizes)(value, "broadcast", sizes)


def share(value: int, parts: int) -> int:
    """One of equal parts of a value, which is a multiple of their number."""
    quotient = int(value) // int(parts)
    if type(value) is int is type(parts):
        return quotient
    return value if type(parts) is int and parts == 1 else _tracer(value, parts)(quotient, "/", (value, parts))


def common(a: int, b: int) -> int:
    """The greatest common divisor."""
    value = gcd(a, b)
    return value if type(a) is int is type(b) else _tracer(a, b)(value, "gcd", (a, b))


def scaled(size: int, factor: float) -> int:
    """A size times a factor, rounded down, in floating point as PyTorch does.

    >>> scaled(13, 1.5)
    19
    """
    value = floor(int(size) * factor)
    return value if type(size) is int else _tracer(size)(value, "scaled", (size, factor))


def _tracer(*values: int) -> type[Traced]:
    """The class of the numbers that remember; there is one among the values."""
    return next(type(value) for value in values if type(value) is not int)  # type: ignore[return-value]
