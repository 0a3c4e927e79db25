"""Nested floors, against their steps applied one by one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc.symbolic.floor_forms import DEEPEST, LARGEST_FACTOR, Constraint, FloorForm, FloorStep, constant
from cnncalc.symbolic.rendering import PLAIN_TEXT
from tests.formula_text import evaluate

SIZE = FloorForm(("input", 1))


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(-5, 5), st.integers(1, 4)), min_size=1, max_size=4))
def test_forms_are_their_text_and_have_an_inverse(numbers: list[tuple[int, int, int]]) -> None:
    form = FloorForm(("input", 1))
    for step in numbers:
        after = form.then(FloorStep(*step))
        assert after is not None
        form = after
    text = PLAIN_TEXT.symbols(form.formula("n"))
    period, growth = form.period
    for size in range(-20, 60):
        one_by_one = size
        for step in numbers:
            one_by_one = FloorStep(*step).at(one_by_one)
        assert form.at(size) == one_by_one == evaluate(text, n=size)
        assert form.at(size + period) == one_by_one + growth
        first, last = form.inverse(one_by_one, one_by_one)
        assert first <= size <= last
        assert form.at(first) == form.at(last) == one_by_one
        assert form.at(first - 1) < one_by_one < form.at(last + 1)


def test_what_divides_both_factors_leaves_the_floor() -> None:
    step = FloorStep(6, 5, 4)
    assert step.reduced() == FloorStep(3, 2, 2)
    assert all(step.at(size) == step.reduced().at(size) for size in range(-20, 20))


def test_windows_collapse_and_upsampling_stays_outside() -> None:
    halved = SIZE.then(FloorStep(1, -7, 4))
    assert halved is not None
    quartered = halved.then(FloorStep(1, -1, 2))
    assert quartered == FloorForm(("input", 1), (FloorStep(1, -11, 8),))
    doubled = quartered.then(FloorStep(2, 0, 1))
    assert doubled is not None
    assert len(doubled.steps) == 2
    assert PLAIN_TEXT.symbols(doubled.formula("H")) == "2 x floor((H - 11) / 8)"


def test_a_step_that_changes_nothing_is_none() -> None:
    assert SIZE.then(FloorStep(3, 0, 3)) == SIZE
    assert PLAIN_TEXT.symbols(SIZE.formula("H")) == "H"


def test_a_constant_stays_one() -> None:
    form = constant(9).then(FloorStep(1, 1, 2))
    assert form == constant(5)
    assert (form.constant, form.formula("H"), SIZE.constant) == (5, 5, None)


def test_forms_that_nobody_can_read_are_none() -> None:
    assert SIZE.then(FloorStep(LARGEST_FACTOR + 1, 0, 1)) is None
    form: FloorForm | None = SIZE
    for number in range(DEEPEST):
        assert form is not None, number
        form = form.then(FloorStep(3, 0, 2))
    assert form is not None
    assert form.then(FloorStep(3, 0, 2)) is None


@pytest.mark.parametrize(("size", "holds"), [(7, False), (8, True)])
def test_constraints(size: int, holds: bool) -> None:
    back_and_forth = FloorForm(("input", 1), (FloorStep(1, 0, 2), FloorStep(2, 0, 1)))
    assert Constraint((SIZE,), multiple=2).holds(size) == holds
    assert Constraint((SIZE, back_and_forth)).holds(size) == holds
