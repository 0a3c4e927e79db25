"""Checked specs as tables: one of what was held, and one of what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.errors import shape_text
from cnncalc.reports.table import Document, Record, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.checking.results import CheckReport, Figure
    from cnncalc.reports.style import Style
    from cnncalc.shapes import Shape

HEADINGS: Final = ("spec", "figure", "of", "found", "expected", "at most", "holds")
FAULT_HEADINGS: Final = ("place", "code", "fault")
KEYS: Final = (
    *("spec", "variant", "figure", "layer", "output", "dtype", "found", "expected", "most", "ok"),
    *("code", "message", "path", "line", "column", "hint"),
)


def tables(report: CheckReport, style: Style) -> Document:
    """One row a figure, and then one row a fault."""
    del style
    rows = [
        (
            network.spec,
            f"{figure.name} ({figure.dtype})" if figure.dtype else figure.name,
            figure.layer or figure.output or "",
            *map(_text, (figure.found, figure.expected, figure.most)),
            "yes" if figure.ok else "no",
        )
        for network in report.networks
        for figure in network.figures
    ]
    faults = [
        (
            network.spec if fault.line is None else f"{fault.path}:{fault.line}:{fault.column}",
            fault.code,
            fault.message,
        )
        for network in report.networks
        for fault in network.faults
    ]
    title = "All holds" if report.ok else "Not all holds"
    figures = Table(HEADINGS, rows, right=("found", "expected", "at most"))
    found = [table for table in (figures, Table(FAULT_HEADINGS, faults)) if table.rows] or [figures]
    return Document(title, [*found[:-1], found[-1]._replace(notes=report.notes)])


def records(report: CheckReport, style: Style) -> Iterator[Record]:
    """A record for each figure, and for each mistake of a spec that is bad; one for a spec that has neither."""
    del style
    for network in report.networks:
        head: Record = {"spec": network.spec, "variant": network.variant}
        for figure in network.figures:
            yield {**head, **_figure(figure)}
        mistakes = [fault for fault in network.faults if fault.is_bad]
        for fault in mistakes:
            yield {**head, "ok": False, **fault._asdict()}
        if not network.figures and not mistakes:
            yield {**head, "ok": True}


def _figure(figure: Figure) -> Record:
    """A figure; a shape as a spec writes it."""
    return {
        "figure": figure.name,
        "layer": figure.layer,
        "output": figure.output,
        "dtype": figure.dtype,
        "found": _exact(figure.found),
        "expected": _exact(figure.expected),
        "most": figure.most,
        "ok": figure.ok,
    }


def _exact(value: int | Shape | None) -> int | str | None:
    return value if value is None or isinstance(value, int) else "x".join(map(str, value))


def _text(value: int | Shape | None) -> str:
    return "" if value is None else f"{value:,}" if isinstance(value, int) else shape_text(value)
