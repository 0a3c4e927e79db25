"""Numbers and titles as a person reads them."""

from __future__ import annotations

from typing import Any

import pytest

import cnncalc
from cnncalc.reports import number_text
from cnncalc.reports.registry import REPORTS, render
from cnncalc.reports.style import Style
from tests.rows import every_row

SPEC = """name: net
input: 3x8x8
parameters: {width: 4, mode: relu, kernels: [3]}
variants: {a: {}, b: {}}
layers:
  - conv2d: {name: c, out_channels: =width, kernel_size: '=kernels[0]'}
"""
TITLES: list[tuple[dict[str, Any], str]] = [
    ({}, "net (a)"),
    ({"width": 8}, "net (a, width=8)"),
    ({"width": 8.0, "kernels": [1]}, "net (a, width=8.0, kernels=[1])"),
    ({"mode": "silu"}, "net (a, mode=silu)"),
    ({"mode": None}, "net (a, mode=null)"),
    ({"mode": "a" * 99}, f"net (a, mode={'a' * 58}…)"),
    ({"mode": "\x1b[2J"}, r"net (a, mode=\x1b[2J)"),
]


@pytest.mark.parametrize(("settings", "title"), TITLES)
def test_a_title_says_what_was_set(settings: dict[str, Any], title: str) -> None:
    assert number_text.name(cnncalc.load(SPEC, set=settings)) == title


def test_it_says_so_without_a_variant_too() -> None:
    network = cnncalc.load(SPEC.replace("variants: {a: {}, b: {}}\n", ""), set={"width": 8})
    assert number_text.name(network) == "net (width=8)"


NETWORK = cnncalc.load(SPEC, set={"width": 8})
TABLES = {
    "summary": NETWORK.report(),
    "convention": NETWORK.count_as("torch"),
    "explanation": NETWORK.explain(),
    "receptive_fields": NETWORK.receptive_fields(),
    "receptive_field": NETWORK.receptive_field("c", (0, 0)),
    "solution": NETWORK.solve(),
    "run": NETWORK.run().report,
}


@every_row(
    ("subject", "format_"),
    [(subject, format_) for subject in TABLES for format_ in REPORTS[subject] if format_ not in ("json", "csv")],
)
def test_every_table_has_that_title(subject: str, format_: str) -> None:
    text = render(subject, format_, TABLES[subject], Style())
    assert "net (a, width=8)" in "\n".join(text.splitlines()[:4])
