"""A sweep as a table for a person, a line a point as soon as it is computed: its widths are known before its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from cnncalc.reports import number_text
from cnncalc.reports.canvas import Canvas
from cnncalc.reports.style import PLAIN, Style
from cnncalc.reports.sweep_rows import FIGURES, cells, failures_text, figures_of, fixed_text, headings, shown_axes
from cnncalc.reports.table_layout import NARROWEST
from cnncalc.reports.wrapping import wrapped
from cnncalc.text import columns, fitting, printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.sweeping.grid import Axis
    from cnncalc.sweeping.results import SweepRow
    from cnncalc.sweeping.sweep import Sweep

_EXACT: Final = len("999,999,999,999")
_SHORT: Final = len("1.00 MB")
_WIDEST: Final = 24
"""The columns that the text of a setting has in a terminal; a longer one is cut."""
_DROPPED: Final = ("FLOPs", "weights", "peak", "frozen", "MACs")
"""The figures that are left out where there is no room, the first to suffer first."""
_LEAST_ERROR: Final = 30
"""An error has so many columns beside the settings, or else stands below them."""
_GAP: Final = 2


class _Layout(NamedTuple):
    """The headings and widths of the columns, those of the settings and the input first."""

    settings: dict[str, int]
    figures: dict[str, int]
    exact: bool

    @property
    def headings(self) -> list[str]:
        """What stands above the figures; it has the unit of those that are written without."""
        return [f"{heading}, B" if self.exact and FIGURES[heading][1] else heading for heading in self.figures]

    @property
    def widths(self) -> list[int]:
        """The width of each column."""
        return [*self.settings.values(), *self.figures.values()]

    @property
    def rights(self) -> list[bool]:
        """Whether each column is set to the right, as all but those of settings are."""
        return [False] * len(self.settings) + [True] * len(self.figures)

    @property
    def width(self) -> int:
        """The columns of a row."""
        return sum(self.widths) + _GAP * (len(self.widths) - 1)


def pieces(sweep: Sweep, style: Style = PLAIN) -> Iterator[str]:
    """The title and the headings, a piece a row, and how many have failed."""
    canvas, layout, axes = Canvas(style), _layout(sweep, style), shown_axes(sweep)
    canvas.title(sweep.name, fixed_text(sweep))
    canvas.row([*layout.settings, *layout.headings], layout.widths, layout.rights, heading=True)
    yield canvas.taken()
    failed = 0
    for row in sweep:
        failed += not row.ok
        _draw(canvas, row, layout, axes)
        yield canvas.taken()
    missing = [heading for heading in figures_of(sweep) if heading not in layout.figures]
    if missing:
        canvas.note(f"no room for {', '.join(missing)}: see a wider terminal or --json")
    if failed:
        canvas.line(failures_text(failed, len(sweep)))
    yield canvas.taken()


def _layout(sweep: Sweep, style: Style) -> _Layout:
    """The widest layout that fits: exact figures, short ones, fewer of them."""
    axes = shown_axes(sweep)
    room = None if style.width is None else max(style.width, NARROWEST)
    settings = dict(zip(headings(sweep), (*map(_width, axes), _input_width(sweep)), strict=True))
    if room is not None:
        settings = {heading: min(width, _WIDEST) for heading, width in settings.items()}
    exact = _Layout(settings, dict.fromkeys(figures_of(sweep), _EXACT), exact=True)
    if room is None or exact.width <= room:
        return exact
    figures = dict.fromkeys(figures_of(sweep), _SHORT)
    for dropped in (None, *_DROPPED):
        figures.pop(dropped or "", None)
        short = _Layout(settings, figures, exact=False)
        if short.width <= room:
            break
    return short


def _width(axis: Axis) -> int:
    """The columns that the longest value of an axis takes."""
    return max(columns(axis.title), *(columns(printable(number_text.setting(value))) for value in axis.values))


def _input_width(sweep: Sweep) -> int:
    """The columns that the longest of the shapes takes that are given; where none is, those of an image's."""
    shapes = [axis.values for axis in sweep.axes if axis.kind == "input"]
    given = sum(max(len(_tight(shape)) for shape in values) for values in shapes)
    names = sum(len(f" {axis.name}=") for axis in sweep.axes if axis.kind == "input" and axis.name)
    return max(len("3x224x224"), given + names)


def _tight(shape: object) -> str:
    """A shape that is given, without blanks."""
    return str(shape).replace(" ", "") if isinstance(shape, str) else number_text.tight(_sizes(shape))


def _sizes(shape: object) -> list[int]:
    return list(shape) if isinstance(shape, (list, tuple)) else [0]


def _draw(canvas: Canvas, row: SweepRow, layout: _Layout, axes: list[Axis]) -> None:
    """The line of a row; an error that has no room beside the settings goes on in lines of its own."""
    mark = printable("…", canvas.encoding)
    texts = zip(cells(row, axes), layout.settings.values(), strict=True)
    known = [_cut(printable(text, canvas.encoding), width, mark) for text, width in texts]
    if row.totals is not None:
        totals = row.totals._asdict()
        figures = (FIGURES[heading] for heading in layout.figures)
        known += [_figure(totals[name], unit, layout) for name, unit in figures]
        canvas.row(known, layout.widths, layout.rights)
        return
    indent = sum(layout.settings.values()) + _GAP * len(layout.settings)
    message = f"error: {printable(str(row.error), canvas.encoding)}"
    beside = canvas.width - indent >= _LEAST_ERROR
    blanks = " " * (indent if beside else 4)
    lines = wrapped(blanks + message, canvas.width, blanks)
    if not beside:
        canvas.row(known, layout.widths[: len(known)], layout.rights[: len(known)])
    else:
        known.append(lines.pop(0).strip())
        canvas.row(known, [*layout.widths[: len(known) - 1], 0], [False] * len(known))
    canvas.lines(lines)


def _figure(count: int, unit: str, layout: _Layout) -> str:
    return number_text.exact(count) if layout.exact else number_text.short(count, unit)


def _cut(text: str, width: int, mark: str) -> str:
    """A text in at most so many columns."""
    return text if columns(text) <= width else text[: fitting(text, width - columns(mark))] + mark
