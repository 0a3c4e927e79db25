"""Names and numbers in trees, and which trees are the same formula."""

from __future__ import annotations

import pytest

from cnncalc.geometry.window import Window
from cnncalc.symbolic.arithmetic import broadcast, name_if_unnamed, scaled
from cnncalc.symbolic.rendering import PLAIN_TEXT
from cnncalc.symbolic.traced import Traced, given
from cnncalc.symbolic.trees import definitions, is_symbol, made_of, structure, with_name, with_numbers

PADDING = given(0, "padding")


def positions(size: str, value: int = 20, kernel_size: int = 3, padding: int = 1) -> int:
    pads = (given(padding, "padding"),) * 2
    return Window(given(kernel_size, "kernel_size"), given(2, "stride"), padding=pads).positions(given(value, size))


def test_definitions_come_before_what_is_made_of_them() -> None:
    window = Window(given(3, "kernel_size"), given(2, "stride"), given(2, "dilation"), padding="same")
    before, after = window.pads(given(9, "H_in"))
    names = [part.name for part in (*definitions(before), *definitions(after))]
    each = ["positions", "extent", "pad_total"]
    assert names == [*each, "pad_before", *each, "pad_after"]


def test_a_name_is_of_what_it_stands_for() -> None:
    named = name_if_unnamed(given(5, "n") + 1, "extent")
    assert is_symbol(named)
    assert is_symbol(given(5, "n"))
    assert not is_symbol(made_of(named))
    assert not is_symbol(6)
    assert made_of(6) == 6


def test_another_name_stands_in_the_same_tree() -> None:
    tree = (positions("H_in") - 1) * given(2, "stride")
    renamed = with_name(tree, "positions", "H_out")
    assert PLAIN_TEXT.symbols(renamed) == "(H_out - 1) x stride"
    assert PLAIN_TEXT.symbols(tree) == "(positions - 1) x stride"
    assert renamed == tree
    assert with_name(tree, "extent", "H_out") is tree


@pytest.mark.parametrize(
    ("tree", "numbers"),
    [
        (given(9, "n") + PADDING, "9"),
        (given(9, "n") + 2 * PADDING - 3, "9 - 3"),
        (given(9, "n") - PADDING, "9"),
        (PADDING + PADDING * 3, "0"),
        (given(9, "n") + (given(3, "k") - given(3, "k")), "9 + 3 - 3"),
        (broadcast((given(5, "H_1"), given(5, "H_2"))), "5"),
        (broadcast((given(5, "H_1"), given(1, "H_2"))), "max(5, 1)"),
        (scaled(given(5, "n"), 1.5), "floor(5 x 1.5)"),
        (name_if_unnamed(given(5, "n") + 1, "extent") * 2, "6 x 2"),
        (12, "12"),
    ],
)
def test_numbers_in_place_of_symbols(tree: int, numbers: str) -> None:
    """A given 0 is left out, but not what comes to 0 by its own sizes."""
    assert PLAIN_TEXT.symbols(with_numbers(tree)) == PLAIN_TEXT.numbers(tree) == numbers
    assert with_numbers(tree) == tree


def test_equal_formulas_are_those_of_equal_trees() -> None:
    height, width = made_of(positions("H_in")), made_of(positions("W_in", 24))
    assert structure(height, "H") == structure(width, "W")
    assert structure(height) != structure(width)
    assert structure(with_numbers(height)) != structure(with_numbers(width))
    assert structure(height, "H") != structure(width, "H")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (given(4, "a") + 1, given(4, "a") + 2),
        (given(4, "a") + 1, given(4, "a") - 1),
        (given(4, "a") - (given(2, "b") - 1), given(4, "a") - given(2, "b") - 1),
        (scaled(given(30, "a"), 1.3333334), scaled(given(30, "a"), 1.3333333)),
        (given(4, "kernel_size"), given(4, "stride")),
        (given(4, "a"), 4),
    ],
)
def test_other_formulas_have_other_trees(one: int, other: int) -> None:
    assert structure(one) != structure(other)


def test_a_letter_is_of_sizes_only() -> None:
    """A symbol that merely starts with the letter of an axis keeps its name."""
    assert structure(given(1, "Height"), "H") == "Height"
    assert structure(Traced(1, name="H"), "H") == "H"
