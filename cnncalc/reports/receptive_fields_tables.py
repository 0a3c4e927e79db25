"""The receptive fields of all layers as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.reports import number_text
from cnncalc.reports.field_record import field_record
from cnncalc.reports.field_rows import field_rows, more
from cnncalc.reports.summary_legend import notes
from cnncalc.reports.table import Document, Record, Table, shape_figures

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.receptive_field.results import FieldReport
    from cnncalc.reports.style import Style

HEADINGS: Final = ("layer", "type", "output", "of", "size", "stride", "padding")
"""The headings; the last of them has the marks of the field behind its figure."""


KEYS: Final = ("name", "type", "input")


def tables(report: FieldReport, style: Style) -> Document:
    """One row a layer, or a scope of a large network, and input."""
    rows = [
        (row, name, number_text.steps(field), field)
        for row in field_rows(report, style.view)
        for name, field in row.layer.receptive_field.items()
    ]
    marks = [number_text.marks(field) if field.size else "" for *_, field in rows]
    cells = [
        (
            row.name,
            row.layer.type,
            number_text.tight(row.layer.output_shape),
            name,
            number_text.per_axis(field.size) if field.size else "",
            stride,
            f"{padding}{mark}",
        )
        for (row, name, (stride, padding), field), mark in zip(rows, marks, strict=True)
    ]
    strides = [stride for *_, (stride, _), _ in rows]
    table = Table(
        HEADINGS,
        cells,
        right=("output", "size", "stride", "padding"),
        notes=[*notes(strides + marks), *more(report, style.view)],
    )
    return Document(number_text.name(report), [table])


def records(report: FieldReport, style: Style) -> Iterator[Record]:
    """A record for each layer and input."""
    del style
    for layer in report.layers:
        for name, field in layer.receptive_field.items():
            output = shape_figures("output", layer.output_shape, report.data_format)
            yield {"name": layer.name, "type": layer.type, **output, "input": name, **field_record(field)}
