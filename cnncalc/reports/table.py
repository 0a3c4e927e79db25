"""The summary as a table for a person, as wide as there is room."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING, Final, NamedTuple

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cnncalc.reports import figures
from cnncalc.reports.rows import Row, notes, rows, totals

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cnncalc.layout import Shape
    from cnncalc.report import Report

DEFAULT_WIDTH: Final = 80
UNLIMITED: Final = 100_000
NARROWEST: Final = 40


class _Form(NamedTuple):
    """How wide figures are written, the blanks between columns, and the columns that are left out."""

    shape: Callable[[Shape], str]
    parameters: Callable[[int], str]
    macs: Callable[[int], str]
    gap: int = 2
    dropped: tuple[str, ...] = ()


_FORMS: Final = (
    _Form(figures.spaced, figures.exact, figures.exact),
    _Form(figures.spaced, figures.exact, figures.short),
    _Form(figures.tight, figures.exact, figures.short),
    _Form(figures.tight, figures.exact, figures.short, gap=1),
    _Form(figures.tight, figures.short, figures.short),
    _Form(figures.tight, figures.short, figures.short, gap=1),
    _Form(figures.tight, figures.short, figures.short, dropped=("field/s/p",)),
    _Form(figures.tight, figures.short, figures.short, gap=1, dropped=("field/s/p",)),
    _Form(figures.tight, figures.short, figures.short, gap=1, dropped=("k/s/p", "field/s/p")),
)
"""From the widest to the narrowest; the first that fits is taken."""

_WHOLE: Final = 6
"""The forms that leave nothing out, which are enough where lines may be as long as they need."""

_HEADINGS: Final = ("layer", "type", "output", "k/s/p", "params", "MACs", "field/s/p")
_RIGHT: Final = ("output", "params", "MACs")
_SUM_COLUMNS: Final = ("", "exact", "short", " ")
_LEGEND: Final = "k/s/p: kernel/stride/padding; field/s/p: receptive field, its stride and padding"


def render(report: Report, *, width: int | None = None, styled: bool = False, depth: int | None = None) -> str:
    """The table and the totals; `width` is that of the terminal, None where lines may be as long as they need.

    Figures are shortened, and at last names cut, only where the width demands it.
    """
    shown = rows(report, depth)
    headings, cells, gap = _fitting(shown, width)
    inputs = ", ".join(
        (f"{name} " if len(report.inputs) > 1 else "") + figures.spaced(s) for name, s in report.inputs.items()
    )
    name = report.name if report.variant is None else f"{report.name} ({report.variant})"
    last = " (channels last)" if report.data_format == "channels_last" else ""
    canvas = Canvas(width, styled=styled)
    canvas.title(name, f"input {inputs}{last}")
    canvas.table(headings, cells, right=_RIGHT, gap=gap)
    for note in (_LEGEND, *notes(shown)):
        canvas.note(note)
    canvas.line()
    sums = _narrowed(totals(report), width)
    canvas.table(_SUM_COLUMNS[: len(sums[0])], sums, right=("exact", "short"), bare=True)
    return canvas.text()


def _narrowed(sums: list[tuple[str, str, str, str]], width: int | None) -> list[tuple[str, ...]]:
    """The totals with remarks, and then short figures, left out where there is no room; the title has the input."""
    for columns in (4, 3, 2):
        rows = [total[:columns] for total in sums]
        needed = sum(max(map(len, column)) for column in zip(*rows, strict=True)) + 2 * (columns - 1)
        if width is None or needed <= width:
            break
    return rows


def _fitting(shown: list[Row], width: int | None) -> tuple[list[str], list[list[str]], int]:
    """Headings and cells in the first form that fits, and the blanks between columns.

    Where none fits, names and types are cut; where lines may be long, neither that nor columns left out.
    """
    for form in _FORMS if width is not None else _FORMS[:_WHOLE]:
        headings = [heading for heading in _HEADINGS if heading not in form.dropped]
        cells = [_cells(row, form) for row in shown]
        if sum(_widths(headings, cells)) + form.gap * (len(headings) - 1) <= (width or DEFAULT_WIDTH):
            return headings, cells, form.gap
    if width is not None:
        _cut(headings, cells, max(width, NARROWEST) - form.gap * (len(headings) - 1))
    return headings, cells, form.gap


def _cells(row: Row, form: _Form) -> list[str]:
    counts = (form.parameters(row.parameters), form.macs(row.macs))
    cells = (row.name, row.type, form.shape(row.output_shape), row.window, *counts, row.field)
    return [cell for heading, cell in zip(_HEADINGS, cells, strict=True) if heading not in form.dropped]


def _widths(headings: list[str], cells: list[list[str]]) -> list[int]:
    return [max(map(len, column)) for column in zip(headings, *cells, strict=True)]


def _cut(headings: list[str], cells: list[list[str]], width: int) -> None:
    """Cut types, and then names, in their middle until the columns fit, if that can be."""
    widths = _widths(headings, cells)
    for column in (1, 0):
        excess = max(sum(widths) - width, 0)
        widths[column] = max(min(8, widths[column]), widths[column] - excess)
        for row in cells:
            row[column] = middle_cut(row[column], widths[column])


def middle_cut(text: str, width: int) -> str:
    """A text cut in its middle, since the end of a dotted name tells most."""
    if len(text) <= width:
        return text
    tail = (width - 1) * 2 // 3
    return f"{text[: width - 1 - tail]}…{text[-tail:]}"


class Canvas:
    """Text made by rich, of a given width, with or without colours."""

    def __init__(self, width: int | None, *, styled: bool) -> None:
        self.file = StringIO()
        self.console = Console(
            file=self.file,
            width=UNLIMITED if width is None else max(width, NARROWEST),
            force_terminal=styled,
            color_system="standard" if styled else None,
            highlight=False,
            markup=False,
            emoji=False,
            legacy_windows=False,
        )

    def title(self, title: str, remark: str) -> None:
        """A title with a remark."""
        self.console.print(Text.assemble((title, "bold"), "  ", (remark, "dim")))

    def note(self, text: str) -> None:
        """A line of explanation."""
        self.console.print(Text(text, style="dim"))

    def line(self, text: str = "") -> None:
        """A line as it is."""
        self.console.print(Text(text))

    def table(
        self,
        headings: Sequence[str],
        cells: Sequence[Sequence[str]],
        *,
        right: Sequence[str] = (),
        gap: int = 2,
        bare: bool = False,
    ) -> None:
        """A table without frames, the columns in `right` set to the right; `bare` has no headings. A 0 is dim."""
        table = Table(
            box=None if bare else box.SIMPLE_HEAD,
            show_header=not bare,
            show_edge=False,
            pad_edge=False,
            padding=(0, gap if bare else gap - 1, 0, 0),
            header_style="bold",
        )
        for heading in headings:
            table.add_column(heading, justify="right" if heading in right else "left", no_wrap=True)
        for row in cells:
            table.add_row(*(Text(cell, style="dim" if cell == "0" else "") for cell in row))
        self.console.print(table)

    def text(self) -> str:
        """All that was drawn, without blanks at the ends of lines."""
        return "\n".join(line.rstrip() for line in self.file.getvalue().split("\n"))
