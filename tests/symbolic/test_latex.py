"""Formulas in LaTeX's mathematics, and in that of Markdown."""

from __future__ import annotations

import re

import pytest
from hypothesis import given

import cnncalc
from cnncalc.symbolic import traced
from cnncalc.symbolic.latex import LATEX, MARKDOWN
from cnncalc.symbolic.rendering import PLAIN_TEXT
from tests.latex_formulas import check_balance, value
from tests.rows import every_row
from tests.symbolic.test_rendering import TREES

NAMES = [
    ("H_in", r"H_{\mathrm{in}}", r"H _{\text{in}}"),
    ("H_out", r"H_{\mathrm{out}}", r"H _{\text{out}}"),
    ("C_2", "C_{2}", "C _{2}"),
    ("padding_in", r"\mathrm{padding}_{\mathrm{in}}", r"\text{padding} _{\text{in}}"),
    ("padding", r"\mathrm{padding}", r"\text{padding}"),
    ("kernel_size", r"\mathrm{kernel\_size}", r"\text{kernel size}"),
    ("pad_before", r"\mathrm{pad\_before}", r"\text{pad before}"),
    ("left.H", r"\mathrm{left.H}", r"\text{left.H}"),
    ("100%_in", r"\mathrm{100\%}_{\mathrm{in}}", "\\text{100\N{FULLWIDTH PERCENT SIGN}} _{\\text{in}}"),
    ("a{b}", r"\mathrm{a\{b\}}", "\\text{a\N{FULLWIDTH LEFT CURLY BRACKET}b\N{FULLWIDTH RIGHT CURLY BRACKET}}"),
    ("\\^", r"\mathrm{\backslash \wedge }", "\\text{\N{FULLWIDTH REVERSE SOLIDUS}\N{FULLWIDTH CIRCUMFLEX ACCENT}}"),
    ("_in", r"\mathrm{\_in}", r"\text{ in}"),
    ("%", r"\mathrm{\%}", "\\text{\N{FULLWIDTH PERCENT SIGN}}"),
    ("grün", r"\mathrm{gr\mbox{ü}n}", r"\text{grün}"),
    ("output bytes", r"\mathrm{output\ bytes}", r"\text{output bytes}"),
    ("x" * 99, rf"\mathrm{{{'x' * 13}\ldots {'x' * 27}}}", rf"\text{{{'x' * 13}…{'x' * 27}}}"),
]


@every_row(("name", "latex", "markdown"), NAMES)
def test_names(name: str, latex: str, markdown: str) -> None:
    """One letter is a variable, a word is upright: no product of its letters; indices are upright, too."""
    assert (PLAIN_TEXT.symbol(name), LATEX.symbol(name), MARKDOWN.symbol(name)) == (name, latex, markdown)


@pytest.mark.parametrize(
    ("number", "plain", "latex", "markdown"),
    [
        (227, "227", "227", "227"),
        (10**9, "1000000000", r"1\,000\,000\,000", "1{,}000{,}000{,}000"),
        (-1200, "-1200", r"-1\,200", "-1{,}200"),
        (1.5, "1.5", "1.5", "1.5"),
        (2.0, "2", "2", "2"),
        (1.3333334, "1.3333334", "1.3333334", "1.3333334"),
        (2.5e-05, "2.5e-05", r"2.5 \cdot 10^{-5}", r"2.5 \cdot 10^{-5}"),
        (1e-05, "1e-05", "10^{-5}", "10^{-5}"),
    ],
)
def test_numbers_are_written_exactly(number: float, plain: str, latex: str, markdown: str) -> None:
    assert [notation.number(number) for notation in (PLAIN_TEXT, LATEX, MARKDOWN)] == [plain, latex, markdown]
    assert float(plain) == number == float(value(latex)) == float(value(markdown))


ALEXNET = [
    (
        ("output", "H_out"),
        r"\left\lfloor \frac{H_{\mathrm{in}} + 2 \cdot \mathrm{padding} - \mathrm{kernel\_size}}"
        r"{\mathrm{stride}} \right\rfloor + 1",
        r"\left\lfloor \frac{227 - 11}{4} \right\rfloor + 1",
    ),
    (("parameters", "bias"), r"\mathrm{out\_channels}", "96"),
    (
        ("receptive field", "size_out"),
        r"\mathrm{size}_{\mathrm{in}} + \left(\mathrm{kernel\_size} - 1\right) \cdot \mathrm{stride}_{\mathrm{in}}",
        r"1 + \left(11 - 1\right) \cdot 1",
    ),
    (
        ("closed form", "H_out"),
        r"\left\lfloor \frac{H - 7}{4} \right\rfloor",
        r"\left\lfloor \frac{227 - 7}{4} \right\rfloor",
    ),
]


def test_the_first_layer_of_alexnet() -> None:
    [layer] = cnncalc.load("alexnet").explain("conv1").layers
    lines = {(line.quantity, line.left): line.tree for line in layer.formulas}
    assert [(key, LATEX.symbols(lines[key]), LATEX.numbers(lines[key])) for key, *_ in ALEXNET] == ALEXNET


@given(TREES)
def test_the_numbers_come_to_the_number(tree: int) -> None:
    for notation in (LATEX, MARKDOWN):
        assert value(notation.numbers(tree)) == tree


@given(TREES)
def test_it_is_balanced_also_in_pieces(tree: int) -> None:
    """No bracket that grows begins in one piece and ends in another; of all together the numbers are the same."""
    for notation in (LATEX, MARKDOWN):
        check_balance(notation.symbols(tree))
        pieces = notation.pieces(tree, lambda text: len(text) < 5)
        for piece in pieces:
            check_balance(piece)
        unpaired = r"\\left\(|\\right\)|\\big[lr][()]|[()]"
        assert re.sub(unpaired, "", " ".join(pieces)) == re.sub(unpaired, "", notation.symbols(tree))


KERNEL = traced.as_symbol(3, "kernel_size")


def test_brackets_around_several_pieces_have_a_size_of_their_own() -> None:
    tree = (KERNEL + traced.as_symbol(4, "H_in") - 1) * 2
    pieces = [r"\bigl(\mathrm{kernel\_size}", r"+ H_{\mathrm{in}}", r"- 1\bigr)", r"\cdot 2"]
    assert LATEX.pieces(tree, lambda text: len(text) < 24) == pieces
