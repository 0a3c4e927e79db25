"""Maps in a terminal, with colours and without."""

from __future__ import annotations

import re

from cnncalc.execution.results import Grid
from cnncalc.reports.maps_text import render
from cnncalc.reports.style import Style

MAPS = Grid("c1", ((0, 255, None, 255), (255, 255, None, 255), (128, 0, None, 0)), 2, 3, -1.0, 0.5)
COLOURED = Style(width=60, colours=True)


def test_without_colours_characters_are_as_dense_as_values_are_bright() -> None:
    for style in (Style(), Style(width=60), Style(colours=True, encoding="ascii"), Style(encoding="ascii")):
        lines = re.sub(r"\x1b\[[\d;]*m", "", render(MAPS, style)).splitlines()
        assert lines == ["", "=@ @", "+", "c1: 2 of 3 channels, blank is -1, @ is 0.5"]


def test_with_colours_each_half_of_a_character_is_a_value() -> None:
    """Of 24 greys; what is beside the maps has the colour of the terminal."""
    lines = render(MAPS, COLOURED).splitlines()
    assert lines[1] == ("\x1b[0;38;5;232;48;5;255m▀\x1b[0;38;5;255;48;5;255m▀\x1b[0m \x1b[0;38;5;255;48;5;255m▀\x1b[0m")
    assert lines[2] == "\x1b[0;38;5;244;49m▀\x1b[0;38;5;232;49m▀\x1b[0m \x1b[0;38;5;232;49m▀\x1b[0m"
    assert "black is -1, white is 0.5" in lines[3]


def test_equal_neighbours_are_written_at_once() -> None:
    line = render(Grid("c", ((9,) * 30, (9,) * 30), 1, 1, 0.0, 1.0), COLOURED).splitlines()[1]
    assert line == f"\x1b[0;38;5;233;48;5;233m{'▀' * 30}\x1b[0m"
