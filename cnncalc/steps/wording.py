"""Numbers of a calculation as texts: as few digits as make every line true as it stands.

Whole numbers and short decimals are written in full. Others are rounded, and a line then says that its result is: its
operands have as many digits as it takes for the line, evaluated as it is written, to round to the result that is
written. The result of one line that is an operand of another is written alike in both.
"""

from __future__ import annotations

import math
from itertools import product
from typing import TYPE_CHECKING, Final, NamedTuple

from cnncalc.steps.expressions import Number, numbers_of, size_of, value_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.steps.results import Equation

DIGITS: Final = 4
"""The significant digits that a rounded result has at least."""

MOST_DIGITS: Final = 17
"""The significant digits that a rounded operand has at most."""

SHORT: Final = 8
"""Characters up to which a number is written in full."""

NOISE: Final = 1e-12
"""What rounding may leave of a sum, as a share of its largest term."""

SMOOTHED: Final = 12
"""The significant digits up to which a number that is short with so many of them is written short."""


class Worded(NamedTuple):
    """The texts of a line: those of its numbers, from left to right, and that of its result."""

    numbers: tuple[str, ...]
    result: str
    is_exact: bool


def number_text(value: float, digits: int = DIGITS, *, short: int = SHORT) -> str:
    """A number in full where that is `short`, and else rounded to significant digits.

    >>> [number_text(value) for value in (3.0, -0.25, 1 / 3, 123456789.0, 1e-9 / 3, 0.1 + 0.2, float("nan"))]
    ['3', '-0.25', '0.3333', '123456789', '3.333e-10', '0.3', 'nan']
    """
    if not math.isfinite(value):
        return str(value)
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    whole = repr(float(f"{value:.{max(SMOOTHED, digits)}g}")).removesuffix(".0")
    return whole if len(whole) <= short else f"{value:.{digits}g}"


def worded(equations: Sequence[Equation], digits: int = DIGITS) -> list[Worded]:
    """The texts of each line."""
    finer: dict[int, int] = {}
    zeros = {number for number, equation in enumerate(equations) if equation.result and _is_noise(equation)}
    while True:
        known = dict(finer)
        lines = [_line(equations, number, finer, zeros, digits) for number in reversed(range(len(equations)))]
        if finer == known:
            return lines[::-1]


def _line(equations: Sequence[Equation], number: int, finer: dict[int, int], zeros: set[int], digits: int) -> Worded:
    """The texts of one line; `finer` are the digits of results that other lines stand on, which may grow.

    A result that is written as 0 is 0 in the line that stands on it as well, unless the line is not true then.
    """
    equation = equations[number]
    result, places = _result(equation, finer.get(number, digits))
    if equation.expression is None:
        return Worded((), result, is_exact=True)
    given = list(numbers_of(equation.expression))
    cleared = [Number(0.0, n.equation) if n.equation in zeros else n for n in given]
    for numbers, wanted in product([cleared, given], range(digits, MOST_DIGITS + 1)):
        texts = [number_text(n.value, max(wanted, finer.get(_source(n), 0))) for n in numbers]
        found = _evaluated(equation, texts)
        if _agree(found, float(result), places):
            break
    for operand in numbers:
        if operand.equation is not None:
            finer[operand.equation] = max(wanted, finer.get(operand.equation, 0))
    exact = _is_equal(found, float(result)) and all(map(_is_equal, (n.value for n in numbers), map(float, texts)))
    return Worded(tuple(texts), result, is_exact=exact)


def _source(number: Number) -> int:
    return -1 if number.equation is None else number.equation


def _evaluated(equation: Equation, texts: Sequence[str]) -> float:
    """The value of a line as it is written."""
    assert equation.expression is not None
    written = iter(texts)
    return value_of(equation.expression, lambda _: float(next(written)))


def _result(equation: Equation, digits: int) -> tuple[str, int]:
    """The result as it is written, and the decimal places that this has."""
    value = equation.result
    if not math.isfinite(value):
        return number_text(value), 0
    if _is_noise(equation):
        assert equation.expression is not None
        return "0", max(int(11 - math.log10(size_of(equation.expression))), 0)
    text = number_text(value, digits)
    exponent = math.floor(math.log10(abs(value))) if value else 0
    shown = digits if float(text) != value else 13
    return text, shown - 1 - exponent


def _is_noise(equation: Equation) -> bool:
    """Whether a result is no more than what rounding may leave of a sum that comes to nothing."""
    size = 0.0 if equation.expression is None else size_of(equation.expression)
    return abs(equation.result) < NOISE * size < math.inf


def _agree(found: float, result: float, places: int) -> bool:
    """Whether a value rounds to what is written."""
    if not (math.isfinite(found) and math.isfinite(result)):
        return found == result or (math.isnan(found) and math.isnan(result))
    return abs(found - result) <= 0.5 * 10.0**-places * (1 + 1e-9)


def _is_equal(left: float, right: float) -> bool:
    """Whether two numbers are the same but for what rounding in float64 leaves."""
    return left == right or math.isclose(left, right, rel_tol=NOISE) or (math.isnan(left) and math.isnan(right))
