"""Nested floors against their text and against each step by itself."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cnncalc.symbolic.floor_forms import Form, Step
from cnncalc.symbolic.traced import given as traced
from cnncalc.symbolic.traced import written
from tests.formula_text import evaluate


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(-5, 5), st.integers(1, 4)), min_size=1, max_size=4))
def test_forms_are_their_text_and_have_an_inverse(numbers: list[tuple[int, int, int]]) -> None:
    form = Form(("input", 1))
    for step in numbers:
        after = form.then(Step(*step))
        assert after is not None
        form = after
    text = written(form.at(traced(7, "n")))
    period, growth = form.period
    for size in range(-20, 60):
        one_by_one = size
        for step in numbers:
            one_by_one = Step(*step).at(one_by_one)
        assert form.at(size) == one_by_one == evaluate(text, n=size)
        assert form.at(size + period) == one_by_one + growth
        first, last = form.inverse(one_by_one, one_by_one)
        assert first <= size <= last
        assert form.at(first) == form.at(last) == one_by_one
        assert form.at(first - 1) < one_by_one < form.at(last + 1)
