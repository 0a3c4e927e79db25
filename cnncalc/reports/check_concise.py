"""What is wrong with checked specs, a line each, as linters print it: `path:line:column: code message`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.reports.check_faults import distinct_faults
from cnncalc.reports.style import PLAIN, Style
from cnncalc.text import printable

if TYPE_CHECKING:
    from cnncalc.checking.results import CheckReport


def render(report: CheckReport, style: Style = PLAIN) -> str:
    """A line for each fault, and nothing where there is none."""
    del style
    lines = []
    for path, fault in distinct_faults(report):
        place = path if fault.line is None else f"{path}:{fault.line}:{fault.column}"
        lines.append(printable(f"{place}: {fault.code} {fault.message}"))
    return "".join(f"{line}\n" for line in lines)
