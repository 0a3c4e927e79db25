"""An executed network as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.errors import shape_text
from cnncalc.reports import differences, number_text
from cnncalc.reports.table import Document, Record, Table, shape_figures

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.execution.results import RunReport
    from cnncalc.reports.style import Style

HEADINGS: Final = ("layer", "type", "expected", "output", "as computed", "ms", "mean", "deviation")


DIFFERENCE: Final = "difference"
"""The heading of the column that is there where two engines are compared."""

KEYS: Final = ("name", "type", "ok", "seconds", "mean", "std", "finite")


def tables(report: RunReport, style: Style) -> Document:
    """One row a layer; what is wrong stands below."""
    del style
    compared = report.tolerance is not None
    rows = [
        (
            layer.name,
            layer.type,
            number_text.tight(layer.expected_shape),
            "" if layer.actual_shape is None else number_text.tight(layer.actual_shape),
            "yes" if layer.ok else "no",
            f"{layer.seconds * 1000:.2f}",
            "" if layer.mean is None else f"{layer.mean:.4g}",
            "" if layer.std is None else f"{layer.std:.4g}",
            *([differences.difference(layer.difference)] if compared else []),
        )
        for layer in report.layers
    ]
    faults = [
        f"{layer.name} {fault}; expected {shape_text(layer.expected_shape)}"
        for layer in report.layers
        for fault in layer.faults
    ]
    right = ("expected", "output", "ms", "mean", "deviation", DIFFERENCE)
    headings = (*HEADINGS, DIFFERENCE) if compared else HEADINGS
    return Document(number_text.name(report), [Table(headings, rows, right=right, notes=faults)])


def records(report: RunReport, style: Style) -> Iterator[Record]:
    """A record a layer."""
    del style
    for layer in report.layers:
        yield {
            "name": layer.name,
            "type": layer.type,
            "ok": layer.ok,
            **shape_figures("expected", layer.expected_shape, report.data_format),
            **({} if layer.actual_shape is None else shape_figures("actual", layer.actual_shape, report.data_format)),
            "seconds": layer.seconds,
            "mean": layer.mean,
            "std": layer.std,
            "finite": layer.finite,
            **({} if report.tolerance is None else {"difference": layer.difference}),
        }
