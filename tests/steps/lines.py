"""Printed calculations, read and evaluated: by Python's own parser, and with nothing of the code under test."""

from __future__ import annotations

import ast
import math
import operator
import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

NUMBERS: Final = r"(?:[\d.,()+\-*/^ ]|\de[-+]\d|max|min|abs|exp|log|sqrt|tanh|erf)+"
LINE: Final = re.compile(rf"^    (?P<left>\S.*?|) *= (?P<right>{NUMBERS}) (?P<sign>[=≈]) (?P<result>[^ ]+)$")
"""A line with a calculation and its result; index formulas have letters, and no result."""

OPERATORS: Final[dict[type[ast.AST], Callable[..., float]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
}
FUNCTIONS: Final[dict[str, Callable[..., float]]] = {
    "max": max,
    "min": min,
    "abs": abs,
    **{name: getattr(math, name) for name in ("exp", "log", "sqrt", "tanh", "erf")},
}


class Line(NamedTuple):
    """A line as it is printed."""

    left: str
    right: str
    is_exact: bool
    result: str

    @property
    def holds(self) -> bool:
        """Whether the right side, evaluated as it is printed, gives the printed result, or rounds to it."""
        return agree(value_of(self.right), self.result, exact=self.is_exact)


def agree(value: float, printed: str, *, exact: bool) -> bool:
    """Whether a value is what is printed but for float64's own rounding, or rounds to it."""
    result = float(printed)
    if exact or printed == "0":  # A rounded 0 has no digits that would say how near it is.
        return math.isclose(value, result, rel_tol=1e-11, abs_tol=1e-11)
    mantissa, _, exponent = printed.partition("e")
    places = len(mantissa.partition(".")[2]) - int(exponent or 0)
    return abs(value - result) <= 0.5 * 10.0**-places * (1 + 1e-6)


def printed_lines(text: str) -> list[Line]:
    """The lines of a report with a calculation, which is not to be broken: the width is that of the longest."""
    found = [LINE.match(line) for line in text.splitlines()]
    return [Line(m["left"], m["right"], m["sign"] == "=", m["result"]) for m in found if m]


def value_of(text: str) -> float:
    """The value of an expression.

    >>> value_of("2*(-3) + 2^3 / 4")
    -4.0
    """
    return _value(ast.parse(text.strip().replace("^", "**"), mode="eval").body)


def _value(node: ast.AST) -> float:
    if isinstance(node, ast.Constant):
        return float(node.value)  # type: ignore[arg-type]
    if isinstance(node, ast.BinOp):
        return float(OPERATORS[type(node.op)](_value(node.left), _value(node.right)))
    if isinstance(node, ast.UnaryOp):
        return float(OPERATORS[type(node.op)](_value(node.operand)))
    assert isinstance(node, ast.Call)
    assert isinstance(node.func, ast.Name)
    return float(FUNCTIONS[node.func.id](*map(_value, node.args)))
