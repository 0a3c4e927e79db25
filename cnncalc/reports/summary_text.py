"""The summary as a table for a person, as wide as there is room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from cnncalc.reports import number_text
from cnncalc.reports.canvas import DEFAULT_WIDTH, Canvas
from cnncalc.reports.medium import PLAIN, Medium
from cnncalc.reports.summary_rows import Row, notes, rows, totals
from cnncalc.reports.table_layout import UNCUT, Form, fitted, left_out

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from cnncalc.shapes import Shape
    from cnncalc.summary.results import Report


class _Style(NamedTuple):
    """How wide figures are written, the blanks between columns, the columns left out, and how short texts may be."""

    shape: Callable[[Shape], str]
    parameters: Callable[[int], str]
    macs: Callable[[int], str]
    gap: int = 2
    dropped: tuple[str, ...] = ()
    least: Mapping[str, int] = UNCUT


_TRIMMED: Final = {"type": 12, "layer": 24}
_SHORT: Final = _Style(number_text.tight, number_text.short, number_text.short, gap=1)

_STYLES: Final = (
    _Style(number_text.spaced, number_text.exact, number_text.exact),
    _Style(number_text.spaced, number_text.exact, number_text.short),
    _Style(number_text.tight, number_text.exact, number_text.short),
    _Style(number_text.tight, number_text.exact, number_text.short, gap=1),
    _Style(number_text.tight, number_text.short, number_text.short),
    _SHORT,
    _SHORT._replace(least=_TRIMMED),
    _SHORT._replace(least=_TRIMMED, dropped=("field/s/p",)),
    _SHORT._replace(least=_TRIMMED, dropped=("k/s/p", "field/s/p")),
    _SHORT._replace(least={"type": 10, "layer": 16}, dropped=("k/s/p", "field/s/p")),
    _SHORT._replace(least={"layer": 8}, dropped=("type", "k/s/p", "field/s/p")),
)
"""From the widest to the narrowest; the first that fits is taken."""

_WHOLE: Final = 6
"""The styles that cut nothing and leave nothing out, which are enough where lines may be as long as they need."""

_HEADINGS: Final = ("layer", "type", "output", "k/s/p", "params", "MACs", "field/s/p")
_RIGHT: Final = ("output", "params", "MACs")
_SUM_COLUMNS: Final = ("", "exact", "short", " ")
_LEGEND: Final = {
    "k/s/p": "k/s/p: kernel/stride/padding",
    "field/s/p": "field/s/p: receptive field, its stride and padding",
}


def render(report: Report, *, width: int | None = None, styled: Medium = PLAIN, depth: int | None = None) -> str:
    """The table and the totals; `width` is that of the terminal, None where lines may be as long as they need.

    Figures are shortened, columns left out and names cut only where the width demands it.
    """
    shown = rows(report, depth)
    styles = _STYLES if width is not None else _STYLES[:_WHOLE]
    form = fitted((_form(shown, style) for style in styles), width or DEFAULT_WIDTH, styled)
    last = " (channels last)" if report.data_format == "channels_last" else ""
    canvas = Canvas(width, styled=styled)
    canvas.title(number_text.name(report), f"{number_text.inputs(report.inputs)}{last}")
    canvas.form(form, right=_RIGHT)
    for note in _notes(form):
        canvas.note(note)
    canvas.line()
    sums = _narrowed(totals(report), width)
    canvas.table(_SUM_COLUMNS[: len(sums[0])], sums, right=("exact", "short"), bare=True)
    return canvas.text()


def _form(shown: list[Row], style: _Style) -> Form:
    columns = {
        "layer": [row.name for row in shown],
        "type": [row.type for row in shown],
        "output": [style.shape(row.output_shape) for row in shown],
        "k/s/p": [row.window for row in shown],
        "params": [style.parameters(row.parameters) for row in shown],
        "MACs": [style.macs(row.macs) for row in shown],
        "field/s/p": [row.field for row in shown],
    }
    return Form(columns, style.gap, style.least).without(*style.dropped)


def _notes(form: Form) -> Iterator[str]:
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
