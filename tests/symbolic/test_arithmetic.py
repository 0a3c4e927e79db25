"""The functions of sizes, of plain and of traced integers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc.symbolic import arithmetic, traced
from cnncalc.symbolic.rendering import PLAIN_TEXT
from cnncalc.symbolic.traced import Traced

if TYPE_CHECKING:
    from collections.abc import Callable

SIZES = st.integers(1, 60)
FUNCTIONS: list[tuple[Callable[..., int], Callable[..., int]]] = [
    (arithmetic.ceiling, lambda a, b: math.ceil(a / b)),
    (arithmetic.larger, max),
    (arithmetic.smaller, min),
    (arithmetic.gcd, math.gcd),
]


@pytest.mark.parametrize(("ours", "expected"), FUNCTIONS)
@given(a=SIZES, b=SIZES)
def test_traced_and_plain_numbers_give_the_same(ours: Callable[..., int], expected: Any, a: int, b: int) -> None:
    plain = ours(a, b)
    assert type(plain) is int
    assert plain == expected(a, b)
    for first, second in ((traced.as_symbol(a, "a"), b), (a, traced.as_symbol(b, "b"))):
        assert int(ours(first, second)) == plain


@given(SIZES, SIZES)
def test_an_exact_quotient_undoes_a_product(quotient: int, parts: int) -> None:
    assert arithmetic.exact_div(quotient * parts, parts) == quotient
    assert arithmetic.exact_div(traced.as_symbol(quotient * parts, "n"), parts) == quotient


@pytest.mark.parametrize("function", [arithmetic.ceiling, arithmetic.exact_div])
def test_division_by_a_constant_1_leaves_no_trace(function: Callable[..., int]) -> None:
    size = traced.as_symbol(7, "n")
    assert function(size, 1) is size
    assert isinstance(function(size, traced.as_symbol(1, "stride")), Traced)


def test_broadcasting_takes_the_largest() -> None:
    assert arithmetic.broadcast((1, 56, 1)) == 56
    size = traced.as_symbol(56, "H_1")
    assert arithmetic.broadcast((size,)) is size
    both = arithmetic.broadcast((size, traced.as_symbol(1, "H_2")))
    assert (both, PLAIN_TEXT.symbols(both)) == (56, "max(H_1, H_2)")


def test_a_name_is_given_to_results_and_a_new_one_to_symbols_too() -> None:
    size = traced.as_symbol(7, "n")
    assert arithmetic.name_if_unnamed(size, "positions") is size
    assert PLAIN_TEXT.symbols(arithmetic.name_if_unnamed(size + 1, "positions")) == "positions"
    assert PLAIN_TEXT.symbols(arithmetic.rename(size, "stride")) == "stride"
    assert type(arithmetic.name_if_unnamed(7, "positions")) is type(arithmetic.rename(7, "stride")) is int


def test_a_scaled_size_is_rounded_down_in_floating_point() -> None:
    assert arithmetic.scaled(13, 1.5) == arithmetic.scaled(traced.as_symbol(13, "n"), 1.5) == 19
