"""Figures of a summary's rows as bars in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from cnncalc.reports import number_text
from cnncalc.reports.abbreviation import abbreviated
from cnncalc.reports.bars import bar
from cnncalc.reports.canvas import Canvas
from cnncalc.reports.style import DEFAULT_WIDTH
from cnncalc.reports.summary_columns import COLUMNS, Wording
from cnncalc.reports.summary_legend import copies_note, more
from cnncalc.reports.summary_totals import peak, units_in
from cnncalc.reports.summary_view import shown
from cnncalc.reports.table_layout import NARROWEST
from cnncalc.text import columns, printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnncalc.reports.style import Style
    from cnncalc.reports.summary_rows import Row
    from cnncalc.reports.summary_view import Shown
    from cnncalc.reports.view import View
    from cnncalc.summary.results import Report

_MARK: Final = "|"
"""Where the input ends, in bars of receptive fields."""

_TITLES: Final = {
    "parameters": "parameters",
    "macs": "MACs",
    "memory": "bytes of the tensors alive at once",
    "field": "receptive field, in pixels",
}


class _Bar(NamedTuple):
    """A line of the plot: what stands before and behind the bar, and how long that is; None where there is none."""

    label: str
    value: int | None
    figure: str


def plot(report: Report, style: Style) -> str:
    """A bar a row, the longest as long as there is room; scopes whose parts follow have their figure alone."""
    view = style.view
    seen = shown(report, view)
    bars = list(_bars(seen, style))
    canvas = Canvas(style)
    canvas.title(number_text.name(report), number_text.inputs(report.inputs))
    canvas.note(_TITLES[view.plot or ""])
    canvas.lines(_drawn(bars, _input_size(report) if view.plot == "field" else 0, style))
    for note in (*_notes(report, seen, view), *more(report, seen, view)):
        canvas.note(note)
    if view.plot == "memory":
        canvas.pieces(peak(report, style))
    return canvas.text()


def _bars(seen: Shown, style: Style) -> Iterator[_Bar]:
    """What is drawn for each row."""
    at_peak = max((row for row in seen.all_rows if not row.is_open), key=lambda row: row.live_bytes)
    for row in seen.rows:
        label = COLUMNS["layer"].text(row, Wording(), seen.facts)
        value = _value(row, style.view)
        figure = _figure(row, value, style)
        if style.view.plot == "memory" and row is at_peak:
            figure += " peak"
        yield _Bar(label, None if row.is_open else value, figure)


def _value(row: Row, view: View) -> int:
    """How long the bar of a row is."""
    if view.plot == "field":
        return row.field_size
    return int(getattr(row, {"memory": "live_bytes"}.get(view.plot or "", view.plot or "")))


def _figure(row: Row, value: int, style: Style) -> str:
    """The figure of a row as its reader wants it: all digits where lines may be as long as they need."""
    if style.view.plot == "field":
        return ", ".join(number_text.per_axis(field.size) for field in row.field.values() if field.size)
    return number_text.in_units(value, units_in(style), "B" if style.view.plot == "memory" else "")


def _input_size(report: Report) -> int:
    """The larger axis of the larger input."""
    last = report.data_format == "channels_last"
    return max((size for shape in report.inputs.values() for size in (shape[:-1] if last else shape[1:])), default=0)


def _drawn(bars: Sequence[_Bar], mark: int, style: Style) -> Iterator[str]:
    """The lines: labels, bars of which the longest fills the room, and figures; `mark` is a value to be marked."""
    width = max(style.width or DEFAULT_WIDTH, NARROWEST)
    labels = [printable(each.label, style.encoding) for each in bars]
    figures = max(columns(each.figure) for each in bars)
    room = width - figures - 3
    if style.width is not None:
        known, _ = abbreviated(labels, max(room - 12, room // 2), printable("…", style.encoding))
        labels = [known[label] for label in labels]
    longest = max(map(columns, labels))
    room = max(room - longest, 12)
    largest = max([mark, *(each.value or 0 for each in bars)])
    for label, each in zip(labels, bars, strict=True):
        drawn = "" if each.value is None else bar(each.value, largest, room, style.encoding)
        place = max(number_text.rounded(mark * room, largest), 1) if mark else 0
        if each.value is not None and columns(drawn) < place:
            drawn += " " * (place - columns(drawn) - 1) + _MARK
        yield f"{label}{' ' * (longest - columns(label))}  {drawn}{' ' * bool(drawn)}{each.figure}"


def _notes(report: Report, seen: Shown, view: View) -> Iterator[str]:
    """What the marks mean."""
    if view.plot == "field":
        yield f"{_MARK} the input, {_input_size(report)}"
    if view.plot in ("parameters", "macs"):
        yield from copies_note(seen.rows, "(x N)")
