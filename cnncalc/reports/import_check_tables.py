"""The check of an imported model as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.reports import differences
from cnncalc.reports.import_check_text import verdict
from cnncalc.reports.table import Document, Record, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.engines.results import ImportCheck
    from cnncalc.reports.style import Style

HEADINGS: Final = ("layer", "type", "tensor in the file", "difference")

KEYS: Final = ("name", "type", "tensor", "difference")


def tables(report: ImportCheck, style: Style) -> Document:
    """One row a layer."""
    del style
    rows = [
        (layer.name, layer.type, layer.tensor or "", differences.difference(layer.difference))
        for layer in report.layers
    ]
    return Document(report.name, [Table(HEADINGS, rows, right=("difference",), notes=[verdict(report)])])


def records(report: ImportCheck, style: Style) -> Iterator[Record]:
    """A record a layer."""
    del style
    for layer in report.layers:
        yield layer._asdict()
