"""What a check found, as lines and as JSON."""

from __future__ import annotations

import json

from cnncalc.checking.results import UNEXPECTED, Checked, CheckReport, Fault, Figure
from cnncalc.reports import check_json, check_text
from cnncalc.reports.style import Style

RIGHT = Checked("a", "A", None, {}, (1, 2), (Figure("macs", 3, 3, None),), (), ())
WRONG = RIGHT._replace(
    spec="b.yaml",
    figures=(Figure("macs", 3, 4, None), Figure("flops", 6, None, 7, written=7)),
    faults=(Fault(UNEXPECTED, "macs is 3, and 4 is expected", "b.yaml", 2, 5),),
)
BAD = Checked("c.yaml", "c.yaml", None, {}, None, (), (Fault("unknown-type", "unknown\x1b", "c.yaml", 1, 2),), ())
REPORT = CheckReport((RIGHT, RIGHT._replace(figures=()), WRONG, BAD), ("a note",), ("error: unknown",))


def test_lines() -> None:
    """Where a spec is bad its place is told; what a total is found to be has none of its own."""
    assert check_text.render(REPORT).splitlines() == [
        "✓ a  1 figure holds",
        "✓ a  valid; there is nothing to hold it against",
        "✗ b.yaml",
        "    macs is 3, and 4 is expected",
        "    flops is 6, 14 % left of the 7 budgeted",
        "✗ c.yaml",
        r"    c.yaml:1:2: unknown\x1b",
    ]


def test_an_error_that_is_seen_beside_it_is_not_repeated() -> None:
    lines = check_text.render(REPORT, Style(errors_are_seen=True)).splitlines()
    assert [line for line in lines if "c.yaml" in line] == ["✗ c.yaml"]


def test_lines_end_where_the_terminal_does() -> None:
    lines = check_text.render(REPORT, Style(width=30)).splitlines()
    assert max(map(len, lines)) <= 30
    assert lines[-7:] == [
        "✗ b.yaml", "    macs is 3, and 4 is", "      expected", "    flops is 6, 14 % left of", "      the 7 budgeted",
        "✗ c.yaml", r"    c.yaml:1:2: unknown\x1b",
    ]  # fmt: skip


def test_json() -> None:
    found = json.loads(check_json.render(REPORT))
    assert (found["ok"], found["notes"]) == (False, ["a note"])
    assert [spec["ok"] for spec in found["specs"]] == [True, True, False, False]
    assert [figure["ok"] for figure in found["specs"][2]["figures"]] == [False, True]
    assert found["specs"][3]["faults"][0]["code"] == "unknown-type"


def test_a_spec_that_is_bad_is_worse_than_a_figure_that_does_not_hold() -> None:
    assert (REPORT.ok, REPORT.is_bad) == (False, True)
    failed = REPORT._replace(networks=(RIGHT, WRONG))
    assert (failed.ok, failed.is_bad) == (False, False)
