"""Lists and ranges as they are written."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc import CnncalcError
from cnncalc.sweeping.values import listed_names, listed_shapes, listed_values
from tests.rows import every_row

LISTS: list[tuple[str, tuple[Any, ...]]] = [
    ("1", (1,)),
    ("1,2", (1, 2)),
    (" 1 , 2 ", (1, 2)),
    ("1.0,2", (1.0, 2)),
    ("true,no,~", (True, "no", None)),
    ("a,'b,c',\"d,e\"", ("a", "b,c", "d,e")),
    ("it's,b", ("it's", "b")),
    ("[1, 2],[3, 4]", ([1, 2], [3, 4])),
    ("[[1, 2], [3]],{a: 1, b: 2}", ([[1, 2], [3]], {"a": 1, "b": 2})),
    ("1:4", (1, 2, 3, 4)),
    ("8:32:8", (8, 16, 24, 32)),
    ("1:10:4", (1, 5, 9)),
    ("4:1:-1", (4, 3, 2, 1)),
    ("-1:1", (-1, 0, 1)),
    ("0.25:1.0:0.25", (0.25, 0.5, 0.75, 1.0)),
    ("0.1:0.5:.1", (0.1, 0.2, 0.3, 0.4, 0.5)),
    ("1:2:0.5", (1.0, 1.5, 2.0)),
    ("2,4:8:2,x", (2, 4, 6, 8, "x")),
    ("'1:2'", ("1:2",)),
    ("5:5", (5,)),
]


@every_row(("text", "values"), LISTS)
def test_values(text: str, values: tuple[Any, ...]) -> None:
    found = listed_values("n", text)
    assert found == values
    assert list(map(type, found)) == list(map(type, values))


@given(st.integers(-999, 999), st.integers(1, 99), st.integers(0, 50), st.integers(0, 3))
def test_ranges_are_counted_in_decimals(first: int, step: int, count: int, places: int) -> None:
    """Each value is what Python reads from its digits, and the end is among them."""
    numbers = [Decimal(first + step * number).scaleb(-places) for number in range(count + 1)]
    text = f"{numbers[0]:f}:{numbers[-1]:f}:{Decimal(step).scaleb(-places):f}"
    assert listed_values("n", text) == tuple(map(float, map(str, numbers)))


NO_LIST = "hint: give a list such as 8,16,32 or a range such as 0.25:1:0.25, FIRST:LAST:STEP"
REFUSED = [
    ("", f"error: the values of `n`: there is none before a comma or at the end\n{NO_LIST}"),
    ("1,", f"error: the values of `n`: there is none before a comma or at the end\n{NO_LIST}"),
    (",1", f"error: the values of `n`: there is none before a comma or at the end\n{NO_LIST}"),
    ("[1, 2", "error: the values of `n`: a bracket or a quote is open in [1, 2"),
    ("'a", "error: the values of `n`: a bracket or a quote is open in 'a"),
    ("1:5:-1", "error: the values of `n`: the range 1:5:-1 has none\nhint: a range is FIRST:LAST:STEP"),
    ("1:5:0", "error: the values of `n`: the range 1:5:0 has none\nhint: a range is FIRST:LAST:STEP"),
    ("5:1", "error: the values of `n`: the range 5:1 has none\nhint: a range is FIRST:LAST:STEP"),
    ("0:1000000", "error: the values of `n` are 1,000,001, and 1,000,000 is the most"),
    ("1:9:1e-9", None),
    ("0:1:0.0000000001", "error: the values of `n` are 10,000,000,001, and 1,000,000 is the most"),
    ("0:99999999999999999999", "error: the values of `n` are 100,000,000,000,000,000,000, and 1,000,000 is the most"),
]


@every_row(("text", "message"), REFUSED)
def test_what_is_no_list(text: str, message: str | None) -> None:
    if message is None:
        assert listed_values("n", text) == (text,), "a text like any other"
        return
    with pytest.raises(CnncalcError) as raised:
        listed_values("n", text)
    assert str(raised.value) == message


SHAPES = [
    ("3x32x32", ("3x32x32",)),
    ("3x32x32,3 x 64 x 64", ("3x32x32", "3 x 64 x 64")),
    ("784", ("784",)),
    ("3x16:32:8x16:32:8", ("3x16x16", "3x24x24", "3x32x32")),
    ("3x16:24:8x20,1x5", ("3x16x20", "3x24x20", "1x5")),
    ("1:2", ("1", "2")),
]


@pytest.mark.parametrize(("text", "shapes"), SHAPES)
def test_shapes(text: str, shapes: tuple[str, ...]) -> None:
    assert listed_shapes("input", text) == shapes


WALKED = "hint: those of one shape are walked together: 3x64:128:32x64:128:32"
NO_SHAPES = [
    ("3xx9", "error: the shape of `input` must be a shape such as 3x224x224, not '3xx9'"),
    ("3x0", "error: the shape of `input` must have sizes from 1 to 2147483647, not 0"),
    (
        "3x8:10x9:9",
        f"error: the shapes of `input`: its ranges have different lengths: 3x8:10x9:9\n{WALKED}",
    ),
    ("a:b", f"error: the shapes of `input`: a:b is no shape\n{WALKED}"),
    ("1x1:2000000", "error: the shapes of `input` are 2,000,000, and 1,000,000 is the most"),
    ("1x1.5:2:0.5", "error: the shape of `input` must be a shape such as 3x224x224, not '1x1.5'"),
]


@pytest.mark.parametrize(("text", "message"), NO_SHAPES)
def test_what_is_no_shape(text: str, message: str) -> None:
    with pytest.raises(CnncalcError) as raised:
        listed_shapes("input", text)
    assert str(raised.value) == message


def test_names() -> None:
    assert listed_names("a, b[") == ("a", "b[")
    with pytest.raises(CnncalcError, match="the names of variants: there is none before a comma or at the end"):
        listed_names("a,")
