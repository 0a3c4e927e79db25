"""What a check found, for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.checking.verdict import verdict
from cnncalc.reports.style import PLAIN, Style
from cnncalc.reports.wrapping import wrapped
from cnncalc.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.checking.results import Checked, CheckReport, Fault


_INDENT: Final = " " * 6


def render(report: CheckReport, style: Style = PLAIN) -> str:
    """A line for each network, and one for each thing that is wrong with it, unless its error is seen already."""
    repeated = not style.errors_are_seen
    lines = (printable(line) for network in report.networks for line in _lines(network, repeated))
    if style.width is None:
        return "".join(f"{line}\n" for line in lines)
    return "".join(f"{part}\n" for line in lines for part in wrapped(line, style.width, _INDENT))


def _lines(result: Checked, repeated: bool) -> Iterator[str]:
    """A network's verdict and, below it, what is wrong and how much of budgets is left.

    Why a spec is bad is told only if that is to be `repeated`.
    """
    if result.ok:
        count = len(result.figures)
        figures = "1 figure holds" if count == 1 else f"{count} figures hold"
        yield f"✓ {result.spec}  {figures if count else 'valid; there is nothing to hold it against'}"
    else:
        yield f"✗ {result.spec}"
    for fault in result.faults:
        if not fault.is_bad:
            yield f"    {fault.message}"
        elif repeated:
            yield f"    {_where(fault)}{fault.message}"
    for figure in result.figures:
        if figure.ok and figure.most is not None:
            yield f"    {verdict(figure)}"


def _where(fault: Fault) -> str:
    return "" if fault.path is None else f"{fault.path}:{fault.line}:{fault.column}: "
