"""Numbers that keep the operations they come from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc.symbolic import traced
from cnncalc.symbolic.rendering import PLAIN_TEXT
from cnncalc.symbolic.traced import Traced
from tests.rows import every_row

A, B = traced.as_symbol(7, "a"), traced.as_symbol(3, "b")


@given(st.integers(-50, 50), st.integers(1, 50))
def test_they_count_as_the_numbers_that_they_are(a: int, b: int) -> None:
    first, second = traced.as_symbol(a, "a"), traced.as_symbol(b, "b")
    for x, y in ((first, second), (first, b), (a, second)):
        assert [int(value) for value in (x + y, x - y, x * y, x // y, x % y)] == [a + b, a - b, a * b, a // b, a % b]
    assert int(-first) == -a
    assert int(second**2) == b**2


@pytest.mark.parametrize("unchanged", [A + 0, 0 + A, A - 0, A * 1, 1 * A, A // 1, A**1])
def test_constants_that_change_nothing_leave_no_trace(unchanged: int) -> None:
    assert unchanged is A


@every_row(
    ("value", "text"),
    [
        (A + B, "a + b"),
        (A + traced.as_symbol(0, "padding"), "a + padding"),
        (A + A, "2 x a"),
        (A + -3, "a - 3"),
        (A - -3, "a + 3"),
        (A - 5 + 1, "a - 4"),
        (A - 1 + 1, "a"),
        (A * 0, "0"),
        (2 - A, "2 - a"),
        (-A, "0 - a"),
        (9 // A, "floor(9 / a)"),
        (sum([A, B, A]), "a + b + a"),
    ],
)
def test_what_they_remember(value: int, text: str) -> None:
    assert PLAIN_TEXT.symbols(value) == text


def test_a_constant_0_is_a_plain_number() -> None:
    assert type(A * 0) is int


def test_symbols_know_their_size_of_the_input() -> None:
    size = traced.as_symbol(227, "H_in", (0, 1))
    half = size // 2
    assert isinstance(half, Traced)
    assert (half.operator, half.parts, half.input_size, half.parts[0].input_size) == ("//", (size, 2), None, (0, 1))
