"""Which form of a table is taken, and what is cut."""

from __future__ import annotations

from cnncalc.reports.style import Style
from cnncalc.reports.table_layout import TableForm, fitted, left_out

WIDE = TableForm(
    {"layer": ["block1.conv", "block2.conv"], "type": ["conv2d", "conv2d"], "MACs": ["117,600", "240,000"]}
)
SHORT = TableForm({"layer": ["block1.conv", "block2.conv"], "MACs": ["118 k", "240 k"]}, gap=1, least={"layer": 4})


def test_the_first_that_fits_is_taken() -> None:
    assert fitted([WIDE, SHORT]) == WIDE
    assert fitted([WIDE, SHORT], Style(width=100)) == WIDE
    assert fitted([WIDE], Style(width=40)) == WIDE


def test_a_form_in_which_names_become_alike_is_passed_over() -> None:
    alike = TableForm({"layer": ["left.conv", "lost.conv"], "shape": ["x" * 35] * 2}, gap=1, least={"layer": 4})
    rest = alike.without("shape")
    assert fitted([alike, rest], Style(width=40)) == rest


def test_names_go_beyond_the_width_rather_than_becoming_alike() -> None:
    names = [f"{letter}{'x' * 20}{letter}" for letter in "abcdefgh"] + [
        f"{'y' * 11}{letter}{'y' * 10}" for letter in "ab"
    ]
    form = TableForm({"layer": names, "output": ["9" * 33] * 10}, gap=1, least={"layer": 6})
    found = fitted([form], Style(width=40))
    assert len(set(found.columns["layer"])) == len(names)
    assert 40 < sum(found.widths().values()) + 1 <= sum(form.widths().values()) + 1


def test_figures_go_beyond_the_width_rather_than_being_cut() -> None:
    wide = TableForm({"layer": ["conv"], "output": ["9" * 50]}, least={"layer": 5})
    assert fitted([wide], Style(width=40)) == wide


def test_only_what_may_be_cut_is_cut() -> None:
    form, fits = SHORT.cut(14)
    assert fits
    assert form.columns == {"layer": ["b…1.conv", "b…2.conv"], "MACs": ["118 k", "240 k"]}
    form, fits = SHORT.cut(8)
    assert not fits
    assert form.columns["MACs"] == ["118 k", "240 k"]
    assert form.headings == ["layer", "MACs"]


def test_the_note_names_what_is_left_out() -> None:
    assert left_out(SHORT, WIDE.headings) == ["no room for type: see a wider terminal or --json"]
    assert left_out(WIDE, WIDE.headings) == []
    assert left_out(TableForm({}), WIDE.headings)[0].startswith("no room for layer, type and MACs: ")
