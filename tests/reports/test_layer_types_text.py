"""The layer types: all in a list, and one with its options."""

from __future__ import annotations

from cnncalc.layers.description import layer_types
from cnncalc.reports import layer_type_text, layer_types_text
from cnncalc.reports.style import Style


def test_families_have_a_title_and_their_types_a_line() -> None:
    every = layer_types()
    lines = layer_types_text.render(every).splitlines()
    assert [line.split()[0] for line in lines if line.startswith("  ")] == [known.type for known in every]
    titles = [line for line in lines[:-2] if line and not line.startswith("  ")]
    assert titles == list(dict.fromkeys(known.family for known in every))


def test_a_summary_without_room_is_cut() -> None:
    for known in layer_types():
        assert max(map(len, layer_types_text.render([known], Style(width=50)).splitlines())) <= 50


def test_names_of_options_are_bold_and_defaults_dim() -> None:
    [known] = layer_types("softplus")
    assert "  \x1b[1mbeta\x1b[0m  \x1b[2mdefault 1.0\x1b[0m\n" in layer_type_text.render(known, Style(colours=True))
    assert "\n  beta  default 1.0\n" in layer_type_text.render(known)
