"""A network as another tool counts it, beside our figures, for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.reports import number_text
from cnncalc.reports.canvas import Canvas
from cnncalc.reports.convention_rows import UNITS, by_tool, cells, headings, parameters, remarks, rules
from cnncalc.reports.style import PLAIN, Style
from cnncalc.reports.table_layout import TableForm, fitted, form_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.conventions.results import ConventionReport, QuantityCount

OURS: Final = "ours"
THEIRS: Final = "theirs"
"""The headings where there is no room for what they are."""


def render(report: ConventionReport, style: Style = PLAIN) -> str:
    """A table for each number that the tool prints, what the number means, and the parameters."""
    canvas = Canvas(style)
    canvas.title(number_text.name(report), f"{number_text.inputs(report.inputs)}, {by_tool(report)}")
    for quantity in report.quantities:
        form = fitted(_forms(report, quantity), style)
        canvas.form(form, right=(*headings(report, quantity)[1:5], OURS, THEIRS))
        if THEIRS in form.columns:
            canvas.note(f"{OURS}: {UNITS[quantity.compared_with]}; {THEIRS}: {quantity.name}")
        for rule in () if "rule" in form.columns else rules(quantity):
            canvas.note(rule)
        for remark in remarks(quantity):
            canvas.note(remark)
        canvas.line()
    canvas.line(parameters(report.parameters))
    return canvas.text()


def _forms(report: ConventionReport, quantity: QuantityCount) -> Iterator[TableForm]:
    """From the widest to the narrowest: the rules below instead of beside, headings and numbers short, kinds cut."""
    names = headings(report, quantity)
    whole = form_of(names, cells(quantity))
    yield whole
    yield whole.without("rule")
    yield whole.without("rule")._replace(gap=1)
    names = (*names[:2], OURS, THEIRS, *names[4:])
    yield form_of(names, cells(quantity), gap=1).without("rule")
    short = form_of(names, cells(quantity, number_text.short), gap=1).without("rule")
    yield short
    yield short.without("layers")._replace(least={"kind": 8})
