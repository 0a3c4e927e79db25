"""Names and numbers in trees, and which trees are the same formula."""

from __future__ import annotations

import pytest

from cnncalc.geometry.window import Window
from cnncalc.symbolic.arithmetic import broadcast, name_if_unnamed, scaled
from cnncalc.symbolic.rendering import PLAIN_TEXT
from cnncalc.symbolic.traced import Traced, as_symbol
from cnncalc.symbolic.trees import definitions, is_symbol, replace_name, structure, unnamed, with_numbers
from tests.rows import every_row

PADDING = as_symbol(0, "padding")


def positions(size: str, value: int = 20, kernel_size: int = 3, padding: int = 1) -> int:
    pads = (as_symbol(padding, "padding"),) * 2
    return Window(as_symbol(kernel_size, "kernel_size"), as_symbol(2, "stride"), padding=pads).positions(
        as_symbol(value, size)
    )


def test_definitions_come_before_what_is_made_of_them() -> None:
    window = Window(as_symbol(3, "kernel_size"), as_symbol(2, "stride"), as_symbol(2, "dilation"), padding="same")
    before, after = window.pads(as_symbol(9, "H_in"))
    names = [part.name for part in (*definitions(before), *definitions(after))]
    each = ["positions", "extent", "pad_total"]
    assert names == [*each, "pad_before", *each, "pad_after"]


def test_a_name_is_of_what_it_stands_for() -> None:
    named = name_if_unnamed(as_symbol(5, "n") + 1, "extent")
    assert is_symbol(named)
    assert is_symbol(as_symbol(5, "n"))
    assert not is_symbol(unnamed(named))
    assert not is_symbol(6)
    assert unnamed(6) == 6


def test_another_name_stands_in_the_same_tree() -> None:
    tree = (positions("H_in") - 1) * as_symbol(2, "stride")
    renamed = replace_name(tree, "positions", "H_out")
    assert PLAIN_TEXT.symbols(renamed) == "(H_out - 1) x stride"
    assert PLAIN_TEXT.symbols(tree) == "(positions - 1) x stride"
    assert renamed == tree
    assert replace_name(tree, "extent", "H_out") is tree


@every_row(
    ("tree", "numbers"),
    [
        (as_symbol(9, "n") + PADDING, "9"),
        (as_symbol(9, "n") + 2 * PADDING - 3, "9 - 3"),
        (as_symbol(9, "n") - PADDING, "9"),
        (PADDING + PADDING * 3, "0"),
        (as_symbol(9, "n") + (as_symbol(3, "k") - as_symbol(3, "k")), "9 + 3 - 3"),
        (broadcast((as_symbol(5, "H_1"), as_symbol(5, "H_2"))), "5"),
        (broadcast((as_symbol(5, "H_1"), as_symbol(1, "H_2"))), "max(5, 1)"),
        (scaled(as_symbol(5, "n"), 1.5), "floor(5 x 1.5)"),
        (name_if_unnamed(as_symbol(5, "n") + 1, "extent") * 2, "6 x 2"),
        (12, "12"),
    ],
)
def test_numbers_in_place_of_symbols(tree: int, numbers: str) -> None:
    """A given 0 is left out, but not what comes to 0 by its own sizes."""
    assert PLAIN_TEXT.symbols(with_numbers(tree)) == PLAIN_TEXT.numbers(tree) == numbers
    assert with_numbers(tree) == tree


def test_equal_formulas_are_those_of_equal_trees() -> None:
    height, width = unnamed(positions("H_in")), unnamed(positions("W_in", 24))
    assert structure(height, "H") == structure(width, "W")
    assert structure(height) != structure(width)
    assert structure(with_numbers(height)) != structure(with_numbers(width))
    assert structure(height, "H") != structure(width, "H")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (as_symbol(4, "a") + 1, as_symbol(4, "a") + 2),
        (as_symbol(4, "a") + 1, as_symbol(4, "a") - 1),
        (as_symbol(4, "a") - (as_symbol(2, "b") - 1), as_symbol(4, "a") - as_symbol(2, "b") - 1),
        (scaled(as_symbol(30, "a"), 1.3333334), scaled(as_symbol(30, "a"), 1.3333333)),
        (as_symbol(4, "kernel_size"), as_symbol(4, "stride")),
        (as_symbol(4, "a"), 4),
    ],
)
def test_other_formulas_have_other_trees(one: int, other: int) -> None:
    assert structure(one) != structure(other)


def test_a_letter_is_of_sizes_only() -> None:
    """A symbol that merely starts with the letter of an axis keeps its name."""
    assert structure(as_symbol(1, "Height"), "H") == "Height"
    assert structure(Traced(1, name="H"), "H") == "H"
