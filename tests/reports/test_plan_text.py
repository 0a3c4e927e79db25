"""The table of a plan in the widths that terminals have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cnncalc.reports import plan_lines
from cnncalc.reports.registry import render
from cnncalc.reports.style import Style
from tests.reports.results import PLAN

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize("width", [40, 80, 120, 160])
def test_golden(width: int, golden: Callable[[str, str], None]) -> None:
    text = render("plan", "table", PLAN, Style(width))
    assert max(map(len, text.splitlines())) <= width
    golden(f"plan_{width}.txt", text)


def test_without_measurements_and_on_one_thread() -> None:
    """No column is empty, and no thread waits."""
    operations = [operation._replace(waits=False, seconds=None) for operation in PLAN.operations]
    plan = PLAN._replace(operations=tuple(operations), threads=1, blas_threads=2, idle=(), measured=None)
    lines = render("plan", "table", plan, Style()).splitlines()
    assert lines[1].split() == ["layers", "kernel", "output", "MACs", "weights", "at", "bytes"]
    assert lines[9:] == [
        *("", "operations        4  of 9 layers"),
        "weights      687 kB  as the kernels read them",
        "tensors     8.14 MB  in memory that is used again",
        "scratch     3.61 MB",
        "threads           1  2 of BLAS",
        "waits             0  of all threads for each other",
    ]


def test_faults() -> None:
    assert PLAN.measured is not None
    plan = PLAN._replace(measured=PLAN.measured._replace(faults=("fc differs by 1", "pool came out as 3")))
    assert not plan.ok
    lines = render("plan", "table", plan, Style()).splitlines()
    assert lines[-2:] == ["✗ fc differs by 1", "✗ pool came out as 3"]
    assert "fc differs by 1" in render("plan", "markdown", plan, Style())


def test_the_time_by_kernel() -> None:
    """Operations of one kernel are summed up, the longest first, unless each has a kernel of its own."""
    again = PLAN.operations[0]._replace(layers=("conv2",), seconds=0.00401)
    plan = PLAN._replace(operations=(*PLAN.operations, again))
    assert plan_lines.by_kernel(plan) == [
        ("column pairs x filters", "2", "10.00", "56.2%", "47.2"),
        ("Winograd F(4x4, 3x3)", "1", "6.22", "35.0%", "37.2"),
        ("max", "1", "1.56", "8.8%", ""),
    ]
    assert plan_lines.by_kernel(PLAN) == []
    for form in ("table", "markdown", "latex"):
        assert "56.2" in render("plan", form, plan, Style(80))
    assert max(map(len, render("plan", "table", plan, Style(40)).splitlines())) <= 40
