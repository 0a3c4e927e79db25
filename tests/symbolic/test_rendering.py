"""Formulas in plain text and in LaTeX."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc.symbolic import arithmetic, traced
from cnncalc.symbolic.arithmetic import broadcast, ceiling, exact_div, gcd, larger, scaled, smaller
from cnncalc.symbolic.latex import LATEX
from cnncalc.symbolic.rendering import PLAIN_TEXT
from tests.formula_text import evaluate
from tests.rows import every_row

A, B, C = (traced.as_symbol(value, name) for value, name in ((7, "a"), (3, "b"), (12, "c")))
KERNEL = traced.as_symbol(3, "kernel_size")

WRITTEN = [
    (A - (B + C), "a - (b + c)", r"a - \left(b + c\right)"),
    (A - (B - C), "a - (b - c)", r"a - \left(b - c\right)"),
    (A + (B - C), "a + b - c", "a + b - c"),
    ((A + B) * C, "(a + b) x c", r"\left(a + b\right) \cdot c"),
    (A * B * C, "a x b x c", r"a \cdot b \cdot c"),
    (A + B * C, "a + b x c", r"a + b \cdot c"),
    ((A + B) // 2, "floor((a + b) / 2)", r"\left\lfloor \frac{a + b}{2} \right\rfloor"),
    (A // (B * 2), "floor(a / (b x 2))", r"\left\lfloor \frac{a}{b \cdot 2} \right\rfloor"),
    (A * 2 // B, "floor(a x 2 / b)", r"\left\lfloor \frac{a \cdot 2}{b} \right\rfloor"),
    (ceiling(A - 1, B), "ceil((a - 1) / b)", r"\left\lceil \frac{a - 1}{b} \right\rceil"),
    (scaled(A + 1, 1.5), "floor((a + 1) x 1.5)", r"\left\lfloor \left(a + 1\right) \cdot 1.5 \right\rfloor"),
    (exact_div(C, B), "c / b", r"\frac{c}{b}"),
    (exact_div(C, B) * A, "(c / b) x a", r"\frac{c}{b} \cdot a"),
    (A - exact_div(C, B), "a - c / b", r"a - \frac{c}{b}"),
    (exact_div(C + B, B), "(c + b) / b", r"\frac{c + b}{b}"),
    (exact_div(C, B) ** 2, "(c / b)^2", r"\left(\frac{c}{b}\right)^{2}"),
    ((A + B) ** 2, "(a + b)^2", r"\left(a + b\right)^{2}"),
    ((A * B) ** 2, "(a x b)^2", r"\left(a \cdot b\right)^{2}"),
    (A**B * C, "a^b x c", r"a^{b} \cdot c"),
    ((A**2) ** B, "(a^2)^b", r"\left(a^{2}\right)^{b}"),
    (A ** (B + 1), "a^(b + 1)", "a^{b + 1}"),
    (A % B + C, "a % b + c", r"a \bmod b + c"),
    (A % B * C, "(a % b) x c", r"\left(a \bmod b\right) \cdot c"),
    (larger(A + 1, B), "max(a + 1, b)", r"\max\left(a + 1, b\right)"),
    (smaller(A, B) * 2, "min(a, b) x 2", r"\min\left(a, b\right) \cdot 2"),
    (gcd(A, B), "gcd(a, b)", r"\gcd\left(a, b\right)"),
    (A * -2 + B, "a x (-2) + b", r"a \cdot \left(-2\right) + b"),
    (broadcast((A, A)), "a = a", "a = a"),
    (broadcast((A, B)), "max(a, b)", r"\max\left(a, b\right)"),
    (broadcast((A,) * 4), "a = ... = a", r"a = \dots = a"),
    (broadcast((A, A)) * 2, "(a = a) x 2", r"\left(a = a\right) \cdot 2"),
    (12, "12", "12"),
    (-12, "-12", "-12"),
]


@every_row(("tree", "plain", "latex"), WRITTEN)
def test_what_is_written(tree: int, plain: str, latex: str) -> None:
    assert PLAIN_TEXT.symbols(tree) == plain
    assert LATEX.symbols(tree) == latex


TREES = st.recursive(
    st.one_of(
        st.integers(1, 9),
        st.tuples(st.integers(1, 9), st.sampled_from("abcde")).map(lambda pair: traced.as_symbol(pair[0], pair[1])),
    ),
    lambda parts: st.one_of(
        st.tuples(parts, parts).map(lambda pair: pair[0] + pair[1]),
        st.tuples(parts, parts).map(lambda pair: pair[0] - pair[1]),
        st.tuples(parts, parts).map(lambda pair: pair[0] * pair[1]),
        st.tuples(parts, st.integers(1, 4)).map(lambda pair: pair[0] // pair[1]),
        st.tuples(parts, st.integers(1, 4)).map(lambda pair: ceiling(*pair)),
        st.tuples(parts, st.integers(1, 4)).map(lambda pair: pair[0] % pair[1]),
        st.tuples(parts, st.integers(1, 4)).map(lambda pair: exact_div(pair[0] * pair[1], pair[1])),
        st.tuples(parts, st.integers(1, 2)).map(lambda pair: pair[0] ** pair[1]),
        st.tuples(parts, parts).map(lambda pair: larger(*pair)),
        st.tuples(parts, parts).map(arithmetic.broadcast),
        parts.map(lambda part: scaled(part % 1000, 1.25)),
        parts.map(lambda part: arithmetic.rename(part, "named")),
    ),
    max_leaves=8,
)


@given(TREES)
def test_the_text_with_numbers_comes_to_the_number(tree: int) -> None:
    assert evaluate(PLAIN_TEXT.numbers(tree)) == tree


@given(TREES, st.integers(0, 40))
def test_pieces_are_the_formula(tree: int, most: int) -> None:
    """Wherever it is parted; all that can be parted fits, and is not parted without need."""
    pieces = PLAIN_TEXT.pieces(tree, lambda text: len(text) <= most)
    assert " ".join(pieces) == PLAIN_TEXT.symbols(tree)
    assert len(pieces) == 1 or len(PLAIN_TEXT.symbols(tree)) > most


@pytest.mark.parametrize(
    ("tree", "most", "pieces"),
    [
        (A * B + C - A, 100, ["a x b + c - a"]),
        (A * B + C - A, 9, ["a x b + c", "- a"]),
        (A * B + C - A, 7, ["a x b", "+ c", "- a"]),
        ((A + B + C) * A, 8, ["(a", "+ b", "+ c)", "x a"]),
        (larger(A + B, C) + 1, 8, ["max(a + b,", "c)", "+ 1"]),
        ((A + B + C) // 2, 8, ["floor((a + b + c) / 2)"]),
        (A % B + C, 4, ["a", "% b", "+ c"]),
        (KERNEL, 1, ["kernel_size"]),
    ],
)
def test_a_line_begins_where_a_formula_is_loosest(tree: int, most: int, pieces: list[str]) -> None:
    assert PLAIN_TEXT.pieces(tree, lambda text: len(text) <= most) == pieces
