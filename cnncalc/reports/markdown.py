"""The summary as a Markdown table, for a README or a paper's appendix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.reports import figures
from cnncalc.reports.rows import Row, notes, rows, totals

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnncalc.report import Report


def render(report: Report, *, depth: int | None = None) -> str:
    """A table of layers and one of totals."""
    return "\n".join(_lines(report, depth)) + "\n"


def _lines(report: Report, depth: int | None) -> Iterator[str]:
    shown = rows(report, depth)
    yield from (f"### {report.name}", "")
    headings = ("layer", "type", "output", "kernel/stride/padding", "parameters", "MACs", "receptive field")
    yield _line(headings)
    yield _line(("---", "---", "---:", "---", "---:", "---:", "---"))
    for row in shown:
        yield _line(_cells(row))
    for note in notes(row.field for row in shown):
        yield from ("", note.replace("*", "\\*"))
    yield from ("", _line(("total", "exact", "", "")), _line(("---", "---:", "---:", "---")))
    for total in totals(report):
        yield _line(total)


def _cells(row: Row) -> tuple[str, ...]:
    counts = map(figures.exact, (row.parameters, row.macs))
    return (
        row.name,
        row.type,
        figures.spaced(row.output_shape),
        row.window,
        *counts,
        row.field.replace("*", "\\*"),
    )


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
