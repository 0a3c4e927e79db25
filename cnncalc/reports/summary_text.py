"""The summary as a table for a person, as wide as there is room."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from cnncalc.reports import number_text
from cnncalc.reports.canvas import Canvas
from cnncalc.reports.style import PLAIN, Style
from cnncalc.reports.summary_columns import Wording
from cnncalc.reports.summary_legend import legend, more
from cnncalc.reports.summary_totals import peak, totals
from cnncalc.reports.summary_view import shown
from cnncalc.reports.table_layout import UNCUT, TableForm, fitted, left_out

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cnncalc.reports.summary_columns import Column
    from cnncalc.reports.summary_view import Shown
    from cnncalc.summary.results import Report


class _Room(NamedTuple):
    """How much room a table takes: how its texts are worded, the blanks between columns, and what suffers.

    With `sources_below` what rows read stands on lines of its own. `dropped` are the columns left out, `least` how
    short the texts of others may be.
    """

    wording: Wording
    gap: int = 2
    sources_below: bool = False
    dropped: tuple[str, ...] = ()
    least: Mapping[str, int] = UNCUT


def _rooms(style: Style, *, has_few_windows: bool) -> Iterator[_Room]:
    """From the widest to the narrowest; the first that fits is taken. Units that are wished for are kept."""
    units = style.view.units
    exact, short = (number_text.exact, number_text.short)
    if units != "auto":
        exact = short = partial(number_text.in_units, units=units)
    widest = Wording(parameters=exact, macs=exact, encoding=style.encoding)
    short_macs = widest._replace(macs=short)
    tight = short_macs._replace(shape=number_text.tight)
    all_short = tight._replace(parameters=short)
    joined = all_short._replace(joint="+")
    brief = joined._replace(brief=True, bar=4)
    for below in (False, True):
        yield from (_Room(widest, 2, below), _Room(short_macs, 2, below), _Room(tight, 2, below))
        yield from (_Room(tight, 1, below), _Room(all_short, 2, below), _Room(all_short, 1, below))
        yield from (_Room(joined, 1, below), _Room(brief, 1, below))
    yield from _narrow_rooms(brief._replace(indent=1), has_few_windows=has_few_windows)


def _narrow_rooms(wording: Wording, *, has_few_windows: bool) -> Iterator[_Room]:
    """Those in which something is cut or left out: windows first, where hardly any row has one."""
    without = ("k/s/p",) if has_few_windows else ()
    shares = [wording._replace(bar=bar) for bar in (4, 3, 2)]
    yield from (_Room(share, 1, True, gone) for gone in dict.fromkeys([(), without]) for share in shares)
    cut = {"from": 12, "type": 14}
    yield _Room(shares[-1], 1, True, without, cut)
    plain = wording._replace(bar=0)
    yield from (_Room(plain, 1, True), _Room(plain, 1, True, without), _Room(plain, 1, True, without, cut))
    cut = {"from": 12, "type": 12, "layer": 24}
    for gone in (without, (*without, "share"), (*without, "share", "field/s/p"), ("k/s/p", "share", "field/s/p")):
        yield _Room(plain, 1, True, gone, cut)
    yield _Room(plain, 1, True, ("k/s/p", "share", "field/s/p"), {"from": 8, "type": 10, "layer": 16})
    yield _Room(plain, 1, True, ("k/s/p", "share", "field/s/p", "type"), {"from": 6, "layer": 8})


_SUM_COLUMNS: Final = ("", "exact", "short", " ")


def render(report: Report, style: Style = PLAIN) -> str:
    """The table and the totals, or the plot, in the style's view and to its width.

    Figures are shortened, columns left out and names cut only where the width demands it.
    """
    view = style.view
    if view.plot is not None:
        from cnncalc.reports.summary_plot import plot

        return plot(report, style)
    seen = shown(report, view)
    form = _form(seen, style)
    canvas = Canvas(style)
    last = " (channels last)" if report.data_format == "channels_last" else ""
    canvas.title(number_text.name(report), f"{number_text.inputs(report.inputs)}{last}")
    bold = {number for number, row in enumerate(seen.rows) if row.is_open}
    canvas.form(form, right=[column.heading for column in seen.columns if column.right], bold=bold)
    headings = [column.heading for column in seen.columns if column.heading != "from" or not form.below]
    for note in (*legend(form.columns, seen), *left_out(form, headings), *more(report, seen, view)):
        canvas.note(note)
    canvas.line()
    sums = _narrowed(totals(report, view.units), style.width)
    canvas.table(_SUM_COLUMNS[: len(sums[0])], sums, right=("exact", "short"), bare=True)
    canvas.pieces(peak(report, style))
    return canvas.text()


def _form(seen: Shown, style: Style) -> TableForm:
    """The table in the room that there is."""
    known: dict[object, list[str]] = {}

    def texts(column: Column, wording: Wording) -> list[str]:
        key = (column.heading, *(getattr(wording, name) for name in column.depends))
        if key not in known:
            known[key] = [column.text(row, wording, seen.facts) for row in seen.rows]
        return known[key]

    def form(room: _Room) -> TableForm:
        dropped = () if style.view.columns else room.dropped
        below: list[str] = []
        if room.sources_below and not style.view.columns:
            below, dropped = _sources(seen, room.wording), (*dropped, "from")
        there = [column for column in seen.columns if column.heading not in dropped]
        columns = {column.heading: texts(column, room.wording) for column in there}
        return TableForm(columns, room.gap, room.least, below)

    has_few_windows = 4 * sum(row.window is not None for row in seen.rows) < len(seen.rows)
    return fitted(map(form, _rooms(style, has_few_windows=has_few_windows)), style)


def _sources(seen: Shown, wording: Wording) -> list[str]:
    """The lines below rows that read something else than the row above, if the table tells that at all."""
    if not any(column.heading == "from" for column in seen.columns):
        return []
    return [
        "" if row.is_below else " " * (wording.indent * row.level + 2) + f"from {', '.join(row.sources)}"
        for row in seen.rows
    ]


def _narrowed(sums: list[tuple[str, str, str, str]], width: int | None) -> list[tuple[str, ...]]:
    """The totals with remarks, and then short figures, left out where there is no room; the title has the input."""
    for columns in (4, 3, 2):
        lines = [total[:columns] for total in sums]
        needed = sum(max(map(len, column)) for column in zip(*lines, strict=True)) + 2 * (columns - 1)
        if width is None or needed <= width:
            break
    return lines
