"""A line of an explanation."""

from __future__ import annotations

from cnncalc.symbolic.formula import Formula
from cnncalc.symbolic.traced import as_symbol


def test_text_is_made_of_the_tree() -> None:
    line = Formula("memory", "output bytes", as_symbol(6, "C_out") * 4)
    assert (line.symbols, line.numbers, line.result) == ("C_out x 4", "6 x 4", 24)
    assert type(line.result) is int


def test_a_constant_is_its_own_tree() -> None:
    line = Formula("FLOPs", "FLOPs", 0)
    assert (line.symbols, line.numbers, line.result) == ("0", "0", 0)
