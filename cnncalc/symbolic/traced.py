"""Integers that remember how they were computed, so that a figure can be explained by its own computation.

A `Traced` number is an integer that is the root of an expression tree: operators, and the functions of `arithmetic`,
give traced numbers again. A layer that is asked with traced sizes, and whose options are traced, answers with traced
results, without knowing of it: the formula is never written a second time, and a new layer type explains itself.
"""

from __future__ import annotations

from typing import Any, Self

InputSize = tuple[int, int]
"""Which size of a layer's inputs a symbol is: the number of the input, and the axis, channels being 0."""


class Traced(int):
    """An integer with the operator that it comes from and the operator's parts; or with a name, if it is a symbol.

    - A symbol is a number that the layer is given, a size or an option. Its operator is "" and it has a `name`;
      `input_size` says which size of which input it is.
    - The operator "named" gives its one part a name: where it is used, formulas show the name, such as `extent`.
    - Parts that are not traced are constants. What changes nothing, such as adding a constant 0, leaves no trace, and a
      number that is added to itself is doubled.

    It counts and compares as the integer that it is; trees are compared by `trees.structure`.

    >>> size, stride, padding = as_symbol(227, "H_in"), as_symbol(4, "stride"), as_symbol(0, "padding")
    >>> positions = (size + 0 + (padding + padding) - 11) // stride + 1
    >>> positions, positions.operator, positions.parts
    (55, '+', (54, 1))
    """

    operator: str
    parts: tuple[Any, ...]
    name: str
    input_size: InputSize | None

    def __new__(
        cls,
        value: int,
        operator: str = "",
        parts: tuple[Any, ...] = (),
        name: str = "",
        input_size: InputSize | None = None,
    ) -> Self:
        """A traced number of that value."""
        traced = super().__new__(cls, value)
        traced.operator, traced.parts, traced.name, traced.input_size = operator, parts, name, input_size
        return traced

    def __add__(self, other: int) -> int:
        return _sum(self, other)

    def __radd__(self, other: int) -> int:
        return _sum(other, self)

    def __sub__(self, other: int) -> int:
        return _difference(self, other)

    def __rsub__(self, other: int) -> int:
        return _difference(other, self)

    def __mul__(self, other: int) -> int:
        return _product(self, other)

    def __rmul__(self, other: int) -> int:
        return _product(other, self)

    def __floordiv__(self, other: int) -> int:
        return self if _is(other, 1) else Traced(int(self) // int(other), "//", (self, other))

    def __rfloordiv__(self, other: int) -> int:
        return Traced(int(other) // int(self), "//", (other, self))

    def __mod__(self, other: int) -> int:
        return Traced(int(self) % int(other), "%", (self, other))

    def __pow__(self, power: int) -> int:  # type: ignore[override]
        return self if _is(power, 1) else Traced(int(self) ** int(power), "**", (self, power))

    def __neg__(self) -> int:
        return Traced(-int(self), "-", (0, self))


def _is(value: int, constant: int) -> bool:
    """Whether a number is that constant, and not a traced one with the same value."""
    return type(value) is int and value == constant


def _sum(a: int, b: int) -> int:
    """The sum as a tree: zeros left out, equal terms doubled, constants of a difference joined."""
    if _is(a, 0) or _is(b, 0):
        return b if _is(a, 0) else a
    if a is b:
        return _product(2, a)
    if type(b) is int and b < 0:
        return _difference(a, -b)
    if type(b) is int and isinstance(a, Traced) and a.operator == "-" and type(a.parts[1]) is int:
        return _sum(a.parts[0], b - a.parts[1])
    parts = a.parts if isinstance(a, Traced) and a.operator == "+" else (a,)
    return Traced(int(a) + int(b), "+", (*parts, b))


def _difference(a: int, b: int) -> int:
    """The difference as a tree; a negative constant is added."""
    if type(b) is int and b <= 0:
        return _sum(a, -b)
    return Traced(int(a) - int(b), "-", (a, b))


def _product(a: int, b: int) -> int:
    """The product as a tree; 0 times anything is 0, and a factor of 1 is left out."""
    if _is(a, 0) or _is(b, 0):
        return 0
    if _is(a, 1) or _is(b, 1):
        return b if _is(a, 1) else a
    return Traced(int(a) * int(b), "x", (a, b))


def as_symbol(value: int, name: str, input_size: InputSize | None = None) -> Traced:
    """A number as the symbol of that name in formulas; for a size of a layer's input, `input_size` says which it is.

    >>> (as_symbol(5, "kernel_size") - 1).operator
    '-'
    """
    return Traced(value, name=name, input_size=input_size)
