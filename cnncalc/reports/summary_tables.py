"""The summary as tables: the rows that a view shows and the totals; as records the layers, whatever is folded there."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from cnncalc.reports import number_text
from cnncalc.reports.field_record import field_record
from cnncalc.reports.summary_columns import Wording, type_text, without_others
from cnncalc.reports.summary_legend import legend, more
from cnncalc.reports.summary_totals import TOTAL_HEADINGS, peak, totals, units_in
from cnncalc.reports.summary_view import shown
from cnncalc.reports.table import Document, Record, Table, axis_figures, shape_figures

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.graph.window_figures import WindowFigures
    from cnncalc.reports.style import Style
    from cnncalc.reports.summary_rows import Row
    from cnncalc.reports.summary_view import Shown
    from cnncalc.summary.results import Report


KEYS: Final = (
    "name",
    "type",
    "activation",
    "inputs",
    "parameters",
    "frozen",
    "buffers",
    "macs",
    "flops",
    "output_bytes",
)

_HEADINGS: Final = {"k/s/p": "kernel/stride/padding", "params": "parameters", "field/s/p": "receptive field"}
"""What columns are called where there is room."""


def tables(report: Report, style: Style) -> Document:
    """A table of the rows and columns that the style's view shows, under full names, and one of totals."""
    view = style.view
    seen = shown(report, view)
    written = partial(number_text.in_units, units=units_in(style._replace(width=None)))
    wording = Wording(parameters=written, macs=written, bar=0)
    rows = [row._replace(level=0, label=row.name) for row in seen.rows]
    texts = {column.heading: [column.text(row, wording, seen.facts).strip() for row in rows] for column in seen.columns}
    layers = Table(
        [_HEADINGS.get(heading, heading) for heading in texts],
        list(zip(*texts.values(), strict=True)),
        right=[_HEADINGS.get(column.heading, column.heading) for column in seen.columns if column.right],
        notes=[*legend(texts, seen, brief=False), *more(report, seen, view)],
    )
    sums = Table(
        TOTAL_HEADINGS,
        totals(report, view.units),
        right=("exact", "short"),
        notes=[" ".join(peak(report, style._replace(width=None)))],
    )
    return Document(number_text.name(report), [layers, sums])


def records(report: Report, style: Style) -> Iterator[Record]:
    """A record a layer, or a scope at the view's depth, with one figure an axis; a spreadsheet adds up the rest."""
    view = style.view
    seen = shown(report, view._replace(full=view.depth is None), sums=False)
    for row in seen.rows:
        record = _record(row, report)
        yield without_others({**record, **_share(row, seen)}, seen.columns) if view.columns else record


def _share(row: Row, seen: Shown) -> Record:
    """The share of the whole, as a fraction."""
    whole = seen.facts.whole
    return {"share": getattr(row, seen.facts.shared) / whole if whole else None}


def _record(row: Row, report: Report) -> Record:
    """All figures of a row, with the JSON's names."""
    fields = row.field
    prefixes = {name: f"field_{name}" if len(fields) > 1 else "field" for name in fields}
    return {
        "name": row.name,
        "type": type_text(row._replace(activation=None), Wording()),
        "activation": row.activation,
        "inputs": " ".join(row.sources),
        **shape_figures("output", row.output_shape, report.data_format),
        **_window(row.window),
        "parameters": row.parameters,
        "frozen": row.frozen,
        "buffers": row.buffers,
        "macs": row.macs,
        "flops": row.flops,
        "output_bytes": row.output_bytes,
        "live_bytes": row.live_bytes,
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
