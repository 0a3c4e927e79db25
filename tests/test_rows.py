"""Rows of a table in one test: every one is checked, and every one that fails is told."""

from __future__ import annotations

import inspect

import pytest

from tests.rows import every_row


def test_every_row_that_fails_is_told() -> None:
    seen = []

    @every_row(("number", "square"), [(1, 1), (2, 5), (3, 9), (4, 15)])
    def test_squares(number: int, square: int) -> None:
        """What it says of itself stays."""
        seen.append(number)
        assert number * number == square

    with pytest.raises(BaseExceptionGroup, match="2 of 4 rows of test_squares") as caught:
        test_squares()
    assert seen == [1, 2, 3, 4]
    notes = [failure.__notes__ for failure in caught.value.exceptions]
    assert notes == [["row 1: {'number': 2, 'square': 5}"], ["row 3: {'number': 4, 'square': 15}"]]
    assert test_squares.__doc__ == "What it says of itself stays."


def test_whatever_goes_wrong_in_a_row_is_its_failure() -> None:
    @every_row("name", ["an error", "no error where one is due"], ids=["first", "second"])
    def test_faults(name: str) -> None:
        if name == "an error":
            raise KeyError(name)
        with pytest.raises(ValueError, match="any"):
            pass

    with pytest.raises(BaseExceptionGroup) as caught:
        test_faults()
    assert [type(failure) for failure in caught.value.exceptions] == [KeyError, pytest.fail.Exception]
    assert [failure.__notes__ for failure in caught.value.exceptions] == [["row 0: first"], ["row 1: second"]]


def test_several_tables_are_taken_with_each_other() -> None:
    seen = []

    @every_row("left", "ab")
    @every_row("right", [1, 2])
    def test_pairs(left: str, right: int) -> None:
        seen.append((left, right))

    test_pairs()
    assert seen == [("a", 1), ("a", 2), ("b", 1), ("b", 2)]


def test_pytest_asks_for_no_fixture() -> None:
    @every_row("value", [1])
    def test_value(value: int) -> None:
        assert value

    kinds = {parameter.kind for parameter in inspect.signature(test_value).parameters.values()}
    assert kinds == {inspect.Parameter.VAR_KEYWORD}


def test_rows_may_have_names_but_no_marks() -> None:
    @every_row("value, least", [pytest.param(1, 2, id="too small"), (3, 2)])
    def test_least(value: int, least: int) -> None:
        assert value >= least

    with pytest.raises(BaseExceptionGroup) as caught:
        test_least()
    assert [failure.__notes__ for failure in caught.value.exceptions] == [["row 0: too small"]]
    with pytest.raises(AssertionError):
        every_row("value", [pytest.param(1, marks=pytest.mark.slow)])


def test_a_table_has_rows_and_a_name_for_each() -> None:
    with pytest.raises(AssertionError):
        every_row("value", [])
    with pytest.raises(AssertionError):
        every_row("value, other", [(1, 2), (1, 2, 3)])
    with pytest.raises(AssertionError):
        every_row("value", [1, 2], ids=["one"])
