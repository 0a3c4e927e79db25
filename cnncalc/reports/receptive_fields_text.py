"""The receptive fields of all layers as a table for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.reports import number_text
from cnncalc.reports.canvas import Canvas
from cnncalc.reports.field_rows import field_rows, more
from cnncalc.reports.style import PLAIN, Style
from cnncalc.reports.summary_legend import notes
from cnncalc.reports.table_layout import TableForm, fitted, left_out

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnncalc.receptive_field.results import FieldReport
    from cnncalc.reports.field_rows import FieldRow


def render(report: FieldReport, style: Style = PLAIN) -> str:
    """The table: one row a layer, or a scope of a large network, and, where there are several, input."""
    canvas = Canvas(style)
    canvas.title(number_text.name(report), number_text.inputs(report.inputs))
    columns = _columns(field_rows(report, style.view), several=len(report.inputs) > 1)
    form = fitted(_forms(columns), style)
    canvas.form(form, right=("output",))
    for note in (*notes(columns["stride"] + columns.get("", [])), *left_out(form, columns), *more(report, style.view)):
        canvas.note(note)
    for merge in dict.fromkeys(merge for layer in report.layers for merge in layer.merges.values()):
        canvas.line(f"paths with different centres merge in {merge.layer}: {merge.paths[0]} and {merge.paths[1]}")
    return canvas.text()


def _columns(table_rows: Sequence[FieldRow], *, several: bool) -> dict[str, list[str]]:
    """The texts by heading; the marks have none, and are left out where there are none."""
    rows = [(row, name, field) for row in table_rows for name, field in row.layer.receptive_field.items()]
    steps = [number_text.steps(field) if field.size else ("", "") for _, _, field in rows]
    marks = [number_text.marks(field) if field.size else "" for _, _, field in rows]
    return {
        "layer": ["  " * row.level + row.label for row, _, _ in rows],
        "output": [number_text.tight(row.layer.output_shape) for row, _, _ in rows],
        **({"of": [name for _, name, _ in rows]} if several else {}),
        "size": [number_text.per_axis(field.size) if field.size else "" for _, _, field in rows],
        "stride": [stride for stride, _ in steps],
        "padding": [padding for _, padding in steps],
        **({"": marks} if any(marks) else {}),
    }


def _forms(columns: dict[str, list[str]]) -> Iterator[TableForm]:
    """From the widest to the narrowest: less between columns, names cut, and at last no output shapes."""
    whole = TableForm(columns)
    yield whole
    yield whole._replace(gap=1, least={"layer": 24})
    rest = whole.without("output")._replace(gap=1, least={"layer": 16})
    yield rest
    yield rest._replace(least={"of": 6, "layer": 8})
