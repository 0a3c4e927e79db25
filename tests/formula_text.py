"""Working out a formula's text, by nothing but the rules that the text itself states."""

from __future__ import annotations

import ast
import operator
from fractions import Fraction
from math import ceil, floor, gcd
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "ceil": ceil,
    "floor": floor,
    "max": max,
    "min": min,
    "gcd": lambda a, b: gcd(int(a), int(b)),
}


def evaluate(text: str, **names: int) -> Fraction:
    """The value of a text such as ``floor((227 - 11) / 4) + 1``, in fractions."""
    return Fraction(_value(ast.parse(text.replace(" x ", " * ").replace("^", "**"), mode="eval").body, names))


def _value(node: ast.expr, names: dict[str, int]) -> Any:
    match node:
        case ast.Constant(int() | float() as number):
            return Fraction(str(number))
        case ast.Name(name):
            return Fraction(names[name])
        case ast.BinOp(left, operation, right):
            return _OPERATORS[type(operation)](_value(left, names), _value(right, names))
        case ast.UnaryOp(ast.USub(), operand):
            return -_value(operand, names)
        case ast.Call(ast.Name(name), arguments):
            return _FUNCTIONS[name](*(_value(argument, names) for argument in arguments))
    raise AssertionError(ast.dump(node))
