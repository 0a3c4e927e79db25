"""The lines of a check for linters and for GitHub."""

from __future__ import annotations

import re

import pytest

import cnncalc
from cnncalc.checking.results import Checked, CheckReport, Fault
from cnncalc.reports import check_concise, check_github
from cnncalc.reports.registry import rows

GOOD = Checked("a", "A", None, {}, (1, 2), (), (), ())


def report(*faults: Fault, spec: str = "b.yaml", variant: str | None = None) -> CheckReport:
    return CheckReport((GOOD, GOOD._replace(spec=spec, variant=variant, faults=faults)), (), ())


LINES = [
    (
        Fault("unexpected", "macs is 3, and 4 is expected", "b.yaml", 2, 5),
        "b.yaml:2:5: unexpected macs is 3, and 4 is expected",
        "::error file=b.yaml,line=2,col=5,title=unexpected::macs is 3, and 4 is expected",
    ),
    (
        Fault("over-budget", "50 % more", "b.yaml"),
        "b.yaml: over-budget 50 % more",
        "::error file=b.yaml,title=over-budget::50 %25 more",
    ),
    (
        Fault("not-found", "there is no file `b.yaml`", hint="did you mean\n`c.yaml`?"),
        "b.yaml: not-found there is no file `b.yaml`",
        r"::error title=not-found::b.yaml: there is no file `b.yaml`%0Ahint: did you mean\n`c.yaml`?",
    ),
    (
        Fault("name", "\x1b[2J\n::set-output x", "a,b:c%.yaml", 1, 2, "l"),
        r"a,b:c%.yaml:1:2: name \x1b[2J\n::set-output x",
        r"::error file=a%2Cb%3Ac%25.yaml,line=1,col=2,title=name::\x1b[2J\n::set-output x",
    ),
]


@pytest.mark.parametrize(("fault", "concise", "github"), LINES)
def test_a_fault_is_a_line(fault: Fault, concise: str, github: str) -> None:
    assert check_concise.render(report(fault)) == f"{concise}\n"
    assert check_github.render(report(fault)) == f"{github}\n"


def test_nothing_is_said_of_what_is_right() -> None:
    assert check_concise.render(report()) == check_github.render(report()) == ""


def test_a_mistake_of_every_variant_is_told_once_and_a_figure_says_of_which() -> None:
    bad, figure = Fault("name", "no `x`", "b.yaml", 1, 2), Fault("unexpected", "macs is 3", "b.yaml", 2, 5)
    whole = report(bad, figure, variant="s")
    whole = whole._replace(networks=(*whole.networks, whole.networks[1]._replace(variant="t")))
    assert check_concise.render(whole).splitlines() == [
        "b.yaml:1:2: name no `x`",
        "b.yaml:2:5: unexpected macs is 3 (s)",
        "b.yaml:2:5: unexpected macs is 3 (t)",
    ]


def test_rows() -> None:
    found = rows("check", cnncalc.check("lenet", "nosuch", budgets={"macs": 1}))
    keys = ("spec", "figure", "found", "expected", "most", "ok", "code")
    assert [tuple(row[key] for key in keys) for row in found] == [
        ("lenet", "parameters", 61706, 61706, None, True, None),
        ("lenet", "macs", 416520, 416520, None, True, None),
        ("lenet", "macs", 416520, None, 1, False, None),
        ("nosuch", None, None, None, None, False, "not-found"),
    ]


def test_every_line_of_a_real_check_has_the_form_of_linters() -> None:
    text = "input: 3x8x8\nlayers: [rleu, tnah: {a: 1}]\nexpect: {parms: 1}\n"
    for line in check_concise.render(cnncalc.check(text)).splitlines():
        assert re.fullmatch(r"<text>:\d+:\d+: [a-z-]+ .+", line)
