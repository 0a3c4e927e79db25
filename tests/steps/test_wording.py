"""Numbers as texts: whatever they are, each line holds as it is written, and stands on the lines before it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc.steps.abridging import abridged
from cnncalc.steps.expressions import Expression, Number, call, multiplied, numbers_of, text_of, total, value_of
from cnncalc.steps.results import Equation
from cnncalc.steps.wording import number_text, worded
from tests.steps.lines import agree
from tests.steps.lines import value_of as evaluated

FLOATS = st.one_of(
    st.floats(-1e9, 1e9),
    st.integers(-9, 9).map(float),
    st.floats(-1, 1),
    st.floats(-1e100, 1e100),
    st.sampled_from([0.1, -0.0, 1e-300, 1e100, 5e-324, 0.5, 1 / 3]),
)
PAIRS = st.lists(st.tuples(FLOATS, FLOATS), min_size=1, max_size=6)


def lines_of(rows: list[list[tuple[float, float]]]) -> list[Equation]:
    """A line of products for each row, and one that sums them up."""
    found = []
    for number, row in enumerate(rows):
        expression = total([multiplied(Number(x), Number(k)) for x, k in row])
        found.append(Equation(f"channel {number}", expression, value_of(expression)))
    whole: Expression = total([*(Number(line.result, at) for at, line in enumerate(found)), Number(0.25)])
    return [*found, Equation("Y[0]", whole, value_of(whole))]


def written(equations: list[Equation]) -> list[tuple[str, str, bool]]:
    """The right side and the result of each line, as texts, and whether it is exact."""
    found = []
    for line, text in zip(equations, worded(equations), strict=True):
        assert line.expression is not None
        numbers = iter(text.numbers)
        found.append((text_of(line.expression, lambda _, n=numbers: next(n)), text.result, text.is_exact))  # type: ignore[misc]
    return found


@given(rows=st.lists(PAIRS, min_size=1, max_size=5))
def test_every_line_holds(rows: list[list[tuple[float, float]]]) -> None:
    """But for what is left of terms that cancel each other: float64 has no more of it."""
    equations = lines_of(rows)
    largest = [max(abs(x * k) for x, k in row) for row in rows]
    largest.append(max(0.25, *(abs(line.result) for line in equations)))
    for (right, result, is_exact), size in zip(written(equations), largest, strict=True):
        value = evaluated(right)
        assert agree(value, result, exact=is_exact) or abs(value - float(result)) <= 1e-11 * size


@given(rows=st.lists(PAIRS, min_size=1, max_size=5))
def test_a_result_is_written_alike_wherever_it_stands(rows: list[list[tuple[float, float]]]) -> None:
    equations = lines_of(rows)
    *lines, last = worded(equations)
    expression = equations[-1].expression
    assert expression is not None
    for number, text in zip(numbers_of(expression), last.numbers, strict=True):
        if number.equation is not None:
            assert float(text) == pytest.approx(float(lines[number.equation].result), rel=1e-9, nan_ok=True)


@given(rows=st.lists(st.lists(st.tuples(FLOATS, FLOATS), min_size=1, max_size=2), min_size=12, max_size=30))
def test_what_is_left_out_is_in_one_number(rows: list[list[tuple[float, float]]]) -> None:
    equations = lines_of(rows)
    short = abridged(equations)
    assert len(short) < len(equations)
    assert short[-1].result == equations[-1].result
    whole = short[-1].expression
    assert whole is not None
    found = value_of(whole)
    size = max(abs(n.value) for n in numbers_of(whole))
    assert found == pytest.approx(equations[-1].result, rel=1e-9, abs=1e-9 * size, nan_ok=True)
    assert sum(line.expression is None for line in short) == 1


@given(value=FLOATS, digits=st.integers(1, 16))
def test_a_number_keeps_its_digits(value: float, digits: int) -> None:
    text = number_text(value, digits)
    assert float(text) == pytest.approx(value, rel=10.0 ** (1 - digits), abs=0)
    assert float(number_text(float(round(value)) if abs(value) < 1e14 else 1.0)) == (
        float(round(value)) if abs(value) < 1e14 else 1.0
    )


def test_signs_and_brackets() -> None:
    """As Python reads them, too."""
    x, y = Number(-3.0), Number(2.0)
    for expression in (
        call("-", x, x),
        call("-", call("+", y, x)),
        call("/", call("-", y, x), call("/", y, x)),
        call("^", x, y),
        call("^", call("-", x, y), y),
        multiplied(x, call("-", x)),
        multiplied(call("/", x, y), call("/", x, y)),
        total([x, call("-", y, x), multiplied(x, x), call("max", x, y)]),
        call("-", y, total([x, x])),
        call("sqrt", call("abs", x)),
        call("/", multiplied(x, y), multiplied(x, x)),
    ):
        text = text_of(expression, lambda number: number_text(number.value))
        assert evaluated(text) == pytest.approx(value_of(expression)), text
