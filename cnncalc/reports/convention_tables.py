"""A network as another tool counts it as tables, one for each number that the tool prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.reports import number_text
from cnncalc.reports.convention_rows import by_tool, cells, headings, parameters, remarks
from cnncalc.reports.table import Document, Record, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.conventions.results import ConventionReport
    from cnncalc.reports.style import Style

KEYS: Final = ("quantity", "kind", "layers", "ours", "theirs", "difference", "rule", "known")


def tables(report: ConventionReport, style: Style) -> Document:
    """The kinds and their total, and below them what the number means; the parameters below the last."""
    del style
    found = []
    for quantity in report.quantities:
        last = [parameters(report.parameters)] if quantity is report.quantities[-1] else []
        names = headings(report, quantity)
        found.append(Table(names, cells(quantity), right=names[1:5], notes=[*remarks(quantity), *last]))
    title = f"{number_text.name(report)}, {number_text.inputs(report.inputs)}, {by_tool(report)}"
    return Document(title, found)


def records(report: ConventionReport, style: Style) -> Iterator[Record]:
    """A record for each kind of operation and number; a spreadsheet adds up the rest."""
    del style
    for quantity in report.quantities:
        for kind in quantity.kinds:
            yield {
                "quantity": quantity.name,
                "kind": kind.kind,
                "layers": kind.layers,
                "ours": kind.ours,
                "theirs": kind.theirs,
                "difference": kind.difference,
                "rule": kind.rule,
                "known": kind.known,
            }
