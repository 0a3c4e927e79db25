"""The summary as tables: the layers and the totals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.reports import number_text
from cnncalc.reports.field_record import field_record
from cnncalc.reports.summary_rows import HEADINGS, TOTAL_HEADINGS, cells, notes, rows, totals
from cnncalc.reports.table import Document, Record, Table, axis_figures, shape_figures

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.graph.window_figures import WindowFigures
    from cnncalc.reports.style import Style
    from cnncalc.summary.results import LayerFigures, Report


KEYS: Final = ("name", "type", "activation", "inputs", "parameters", "buffers", "macs", "flops", "output_bytes")


def tables(report: Report, style: Style) -> Document:
    """A table of layers, or of scopes at the style's depth, and one of totals."""
    table_rows = rows(report, style.depth)
    layers = Table(
        HEADINGS,
        [cells(row) for row in table_rows],
        right=("output", "parameters", "MACs"),
        notes=notes(row.field for row in table_rows),
    )
    return Document(number_text.name(report), [layers, Table(TOTAL_HEADINGS, totals(report), right=("exact", "short"))])


def records(report: Report, style: Style) -> Iterator[Record]:
    """A record a layer, with the JSON's names and one figure an axis; a spreadsheet adds up the rest."""
    del style
    return (_record(layer, report) for layer in report.layers)


def _record(layer: LayerFigures, report: Report) -> Record:
    """All figures of a layer."""
    fields = layer.receptive_field
    prefixes = {name: f"field_{name}" if len(fields) > 1 else "field" for name in fields}
    return {
        "name": layer.name,
        "type": layer.type,
        "activation": layer.activation,
        "inputs": " ".join(layer.inputs),
        **shape_figures("output", layer.output_shape, report.data_format),
        **_window(layer.window),
        "parameters": layer.parameters,
        "buffers": layer.buffers,
        "macs": layer.macs,
        "flops": layer.flops,
        "output_bytes": layer.output_bytes,
        **{key: value for name, field in fields.items() for key, value in field_record(field, prefixes[name]).items()},
    }


def _window(window: WindowFigures | None) -> Record:
    """The figures of a window along each axis; none where there is no window."""
    if window is None:
        return {}
    return {
        **axis_figures("kernel", window.kernel_size),
        **axis_figures("stride", window.stride),
        **axis_figures("padding_before", [before for before, _ in window.padding]),
        **axis_figures("padding_after", [after for _, after in window.padding]),
        **axis_figures("dilation", window.dilation),
        "groups": window.groups,
    }
