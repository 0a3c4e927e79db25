"""The summary as a table for a person, as wide as there is room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from cnncalc.errors import shape_text
from cnncalc.reports import number_text
from cnncalc.reports.canvas import DEFAULT_WIDTH, Canvas
from cnncalc.reports.style import PLAIN, Style
from cnncalc.reports.summary_rows import Row, notes, rows, totals
from cnncalc.reports.table_layout import UNCUT, TableForm, fitted, left_out

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from cnncalc.shapes import Shape
    from cnncalc.summary.results import Report


class _Widths(NamedTuple):
    """How wide figures are written, the blanks between columns, the columns left out, and how short texts may be.

    `joint` stands between a layer's type and its activation.
    """

    shape: Callable[[Shape], str]
    parameters: Callable[[int], str]
    macs: Callable[[int], str]
    gap: int = 2
    dropped: tuple[str, ...] = ()
    least: Mapping[str, int] = UNCUT
    joint: str = " + "


_TRIMMED: Final = {"type": 12, "layer": 24}
_SHORT: Final = _Widths(number_text.tight, number_text.short, number_text.short, gap=1)
_TIGHT: Final = _SHORT._replace(joint="+")

_WIDTHS: Final = (
    _Widths(shape_text, number_text.exact, number_text.exact),
    _Widths(shape_text, number_text.exact, number_text.short),
    _Widths(number_text.tight, number_text.exact, number_text.short),
    _Widths(number_text.tight, number_text.exact, number_text.short, gap=1),
    _Widths(number_text.tight, number_text.short, number_text.short),
    _SHORT,
    _TIGHT,
    _TIGHT._replace(least=_TRIMMED),
    _TIGHT._replace(least=_TRIMMED, dropped=("field/s/p",)),
    _TIGHT._replace(least=_TRIMMED, dropped=("k/s/p", "field/s/p")),
    _TIGHT._replace(least={"type": 10, "layer": 16}, dropped=("k/s/p", "field/s/p")),
    _TIGHT._replace(least={"layer": 8}, dropped=("type", "k/s/p", "field/s/p")),
)
"""From the widest to the narrowest; the first that fits is taken."""

_WHOLE: Final = 6
"""The first that cut nothing and leave nothing out, which are enough where lines may be as long as they need."""

_HEADINGS: Final = ("layer", "type", "output", "k/s/p", "params", "MACs", "field/s/p")
_RIGHT: Final = ("output", "params", "MACs")
_SUM_COLUMNS: Final = ("", "exact", "short", " ")
_LEGEND: Final = {
    "k/s/p": "k/s/p: kernel/stride/padding",
    "field/s/p": "field/s/p: receptive field, its stride and padding",
}


def render(report: Report, style: Style = PLAIN) -> str:
    """The table and the totals, to the style's width and depth.

    Figures are shortened, columns left out and names cut only where the width demands it.
    """
    table_rows = rows(report, style.depth)
    widths = _WIDTHS if style.width is not None else _WIDTHS[:_WHOLE]
    forms = (_form(table_rows, known) for known in widths)
    form = fitted(forms, style._replace(width=style.width or DEFAULT_WIDTH))
    last = " (channels last)" if report.data_format == "channels_last" else ""
    canvas = Canvas(style)
    canvas.title(number_text.name(report), f"{number_text.inputs(report.inputs)}{last}")
    canvas.form(form, right=_RIGHT)
    for note in _notes(form):
        canvas.note(note)
    canvas.line()
    sums = _narrowed(totals(report), style.width)
    canvas.table(_SUM_COLUMNS[: len(sums[0])], sums, right=("exact", "short"), bare=True)
    return canvas.text()


def _form(table_rows: list[Row], widths: _Widths) -> TableForm:
    """The table with its figures written in these widths."""
    columns = {
        "layer": [row.name for row in table_rows],
        "type": [row.type.replace(" + ", widths.joint) for row in table_rows],
        "output": [widths.shape(row.output_shape) for row in table_rows],
        "k/s/p": [row.window for row in table_rows],
        "params": [widths.parameters(row.parameters) for row in table_rows],
        "MACs": [widths.macs(row.macs) for row in table_rows],
        "field/s/p": [row.field for row in table_rows],
    }
    return TableForm(columns, widths.gap, widths.least).without(*widths.dropped)


def _notes(form: TableForm) -> Iterator[str]:
    """What the columns and the marks in them mean, and which columns are not there."""
    legend = [text for heading, text in _LEGEND.items() if heading in form.columns]
    if legend:
        yield "; ".join(legend)
    yield from notes(form.columns.get("field/s/p", []))
    yield from left_out(form, _HEADINGS)


def _narrowed(sums: list[tuple[str, str, str, str]], width: int | None) -> list[tuple[str, ...]]:
    """The totals with remarks, and then short figures, left out where there is no room; the title has the input."""
    for columns in (4, 3, 2):
        rows = [total[:columns] for total in sums]
        needed = sum(max(map(len, column)) for column in zip(*rows, strict=True)) + 2 * (columns - 1)
        if width is None or needed <= width:
            break
    return rows
