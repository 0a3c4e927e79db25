"""Expressions of numbers: what a line of a calculation says, as a tree that can be evaluated and written."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


class Number(NamedTuple):
    """A number of an expression; `equation` is the number of the equation whose result it is, where it is one."""

    value: float
    equation: int | None = None


class Operation(NamedTuple):
    """An operation, by its sign or the name of a function, on some operands.

    The signs are ``+``, ``-``, ``*``, ``/`` and ``^``; of these ``+`` and ``*`` take any number of operands, as the
    functions `max` and `min` do.
    """

    name: str
    operands: tuple[Expression, ...]


Expression: TypeAlias = "Number | Operation"

Write: TypeAlias = "Callable[[Number], str]"
Read: TypeAlias = "Callable[[Number], float]"


def total(operands: Sequence[Expression]) -> Expression:
    """The sum of some operands; one alone is itself."""
    return operands[0] if len(operands) == 1 else Operation("+", tuple(operands))


def multiplied(left: Expression, right: Expression) -> Operation:
    """The product of two operands."""
    return Operation("*", (left, right))


def call(name: str, *operands: Expression) -> Operation:
    """A function, or an operation, of some operands."""
    return Operation(name, operands)


def numbers_of(expression: Expression) -> Iterator[Number]:
    """The numbers of an expression, from left to right."""
    if isinstance(expression, Number):
        yield expression
        return
    for operand in expression.operands:
        yield from numbers_of(operand)


def _sum(values: Sequence[float]) -> float:
    """The sum, rounded once; as IEEE 754 has it where values are not finite."""
    try:
        return math.fsum(values)
    except (ValueError, OverflowError):
        return sum(values)


def _power(values: Sequence[float]) -> float:
    base, exponent = values
    try:
        return float(base**exponent)
    except (OverflowError, ZeroDivisionError):
        return math.inf


def _quotient(values: Sequence[float]) -> float:
    above, below = values
    if below:
        return above / below
    return math.copysign(math.inf, above) * math.copysign(1.0, below) if above else math.nan


def _exp(values: Sequence[float]) -> float:
    try:
        return math.exp(values[0])
    except OverflowError:
        return math.inf


def _log(values: Sequence[float]) -> float:
    return math.log(values[0]) if values[0] > 0 else -math.inf if values[0] == 0 else math.nan


def _sqrt(values: Sequence[float]) -> float:
    return math.sqrt(values[0]) if values[0] >= 0 else math.nan


def _extreme(choose: Callable[[Sequence[float]], float]) -> Callable[[Sequence[float]], float]:
    """The largest or the smallest value, and no number where one is none."""
    return lambda values: math.nan if any(map(math.isnan, values)) else choose(values)


_OPERATIONS: Final[dict[str, Callable[[Sequence[float]], float]]] = {
    "+": _sum,
    "-": lambda values: -values[0] if len(values) == 1 else values[0] - values[1],
    "*": math.prod,
    "/": _quotient,
    "^": _power,
    "max": _extreme(max),
    "min": _extreme(min),
    "exp": _exp,
    "log": _log,
    "sqrt": _sqrt,
    "tanh": lambda values: math.tanh(values[0]),
    "erf": lambda values: math.erf(values[0]),
    "abs": lambda values: abs(values[0]),
}

_STRENGTH: Final = {"+": 1, "-": 1, "*": 2, "/": 2, "^": 3}
"""How strongly the operations bind."""


def value_of(expression: Expression, read: Read = lambda number: number.value) -> float:
    """The value of an expression in float64; sums are rounded once.

    >>> value_of(total([multiplied(Number(2), Number(-3)), Number(0.5)]))
    -5.5
    """
    if isinstance(expression, Number):
        return read(expression)
    return _OPERATIONS[expression.name]([value_of(operand, read) for operand in expression.operands])


def size_of(expression: Expression) -> float:
    """The size of the largest term of a sum: what is lost by rounding is a share of that.

    >>> size_of(total([multiplied(Number(100.0), Number(0.0)), Number(-3.0), Number(3.0)]))
    3.0
    """
    if isinstance(expression, Number):
        return abs(expression.value)
    sizes = [size_of(operand) for operand in expression.operands]
    if expression.name in ("+", "-"):
        return max(sizes)
    if expression.name == "*":
        return math.prod(sizes)
    if expression.name == "/":
        return _quotient([sizes[0], abs(value_of(expression.operands[1]))])
    return abs(value_of(expression))


def text_of(expression: Expression, write: Write, times: str = "*") -> str:
    """An expression as a line of text; a number below 0 stands in parentheses behind a sign.

    >>> line = total([multiplied(Number(2), Number(-3)), call("exp", Number(1))])
    >>> text_of(line, lambda number: f"{number.value:g}")
    '2*(-3) + exp(1)'
    """
    return "".join(pieces_of(expression, write, times))


def pieces_of(expression: Expression, write: Write, times: str = "*") -> Iterator[str]:
    """The text of an expression in pieces, each of which may begin a new line: the operands of a sum, or of a function.

    >>> line = total([multiplied(Number(2), Number(-3)), Number(1)])
    >>> list(pieces_of(line, lambda number: f"{number.value:g}"))
    ['2*(-3)', ' + 1']
    >>> list(pieces_of(call("/", line, Number(2)), lambda number: f"{number.value:g}"))
    ['(2*(-3)', ' + 1) / 2']
    """
    if isinstance(expression, Number):
        yield write(expression)
        return
    name, operands = expression
    if name == "+" or name not in _STRENGTH:
        sign, strength = (" + ", 1) if name == "+" else (", ", 0)
        texts = [
            _text(each, write, times, strength=strength, first=bool(at == 0 or strength == 0))
            for at, each in enumerate(operands)
        ]
        before, after = ("", "") if name == "+" else (f"{name}(", ")")
        for number, text in enumerate(texts):
            yield f"{sign if number else before}{text}{after if number == len(texts) - 1 else ''}"
        return
    first, *others = operands
    if name == "/" and isinstance(first, Operation) and first.name == "+":
        *pieces, last = pieces_of(first, write, times)
        right = _text(others[0], write, times, strength=3, first=False)
        opened = [f"({piece}" if not number else piece for number, piece in enumerate((*pieces, last))]
        yield from opened[:-1]
        yield f"{opened[-1]}) / {right}"
        return
    yield _text(expression, write, times, strength=0, first=True)


def _text(expression: Expression, write: Write, times: str, *, strength: int, first: bool) -> str:
    """The text of an operand of something that binds so strongly; `first` where no sign stands before it."""
    if isinstance(expression, Number):
        text = write(expression)
        return f"({text})" if text.startswith("-") and (not first or strength > 2) else text
    name, operands = expression
    own = _STRENGTH.get(name)
    if own is None:
        inner = ", ".join(_text(operand, write, times, strength=0, first=True) for operand in operands)
        return f"{name}({inner})"
    enclosed = own < strength or (own == strength and name in "-/^")
    first = first or enclosed
    if name == "-" and len(operands) == 1:
        text = f"-{_text(operands[0], write, times, strength=2, first=False)}"
        return f"({text})" if strength or not first else text
    signs = {"+": " + ", "-": " - ", "*": times, "/": " / ", "^": "^"}
    parts = [
        _text(operand, write, times, strength=own + (number > 0 and name in "-/^"), first=first and not number)
        for number, operand in enumerate(operands)
    ]
    text = signs[name].join(parts)
    return f"({text})" if enclosed else text
