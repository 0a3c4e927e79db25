"""The activation arena as a table for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.reports import number_text
from cnncalc.reports.canvas import Canvas
from cnncalc.reports.memory_rows import FIGURES, HEADINGS, note, rows, sums
from cnncalc.reports.style import PLAIN, Style
from cnncalc.reports.table_layout import TableForm, fitted, form_of, left_out

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.memory.results import Arena


def render(arena: Arena, style: Style = PLAIN) -> str:
    """A row a tensor, and what all take together."""
    canvas = Canvas(style)
    canvas.title(number_text.name(arena), number_text.inputs(arena.inputs))
    cells = list(rows(arena))
    if cells:
        whole = form_of(HEADINGS, cells)
        form = fitted(_forms(whole), style)
        canvas.form(form, right=FIGURES)
        for text in left_out(form, HEADINGS):
            canvas.note(text)
    canvas.line()
    canvas.table(("", "exact", ""), list(sums(arena)), right=("exact",), bare=True)
    canvas.note(note(arena))
    return canvas.text()


def _forms(whole: TableForm) -> Iterator[TableForm]:
    """From the widest to the narrowest: less between columns, names cut, and at last columns left out."""
    yield whole
    yield whole._replace(gap=1, least={"tensor": 16, "until": 12})
    for missing in (["alive"], ["alive", "shape"], ["alive", "shape", "until"]):
        yield whole.without(*missing)._replace(gap=1, least={"tensor": 10, "until": 8})
