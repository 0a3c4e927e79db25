"""The largest value of a parameter that fits, for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.reports import number_text
from cnncalc.reports.canvas import Canvas
from cnncalc.reports.fitting_rows import answer, cells, headings, notes
from cnncalc.reports.style import PLAIN, Style
from cnncalc.reports.table_layout import TableForm, fitted, form_of, left_out

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.solve.fitting_results import Fitting


def render(found: Fitting, style: Style = PLAIN) -> str:
    """The value, and below it each total with its budget and with what it would be at the next value."""
    canvas = Canvas(style)
    others = {name: value for name, value in found.settings.items() if name != found.parameter}
    canvas.title(number_text.name(found._replace(settings=others)), number_text.inputs(found.inputs))
    canvas.line()
    canvas.line(answer(found))
    canvas.line()
    form = fitted(_forms(found), style)
    canvas.form(form, right=form.headings[1:])
    for note in (*left_out(form, headings(found)), *notes(found)):
        canvas.note(note)
    return canvas.text()


def _forms(found: Fitting) -> Iterator[TableForm]:
    """From the widest to the narrowest."""
    whole = form_of(headings(found), cells(found))
    yield whole
    yield whole._replace(gap=1)
    yield whole.without("used")._replace(gap=1)
    yield whole.without("used", *headings(found)[4:])._replace(gap=1, least={"total": 12})
