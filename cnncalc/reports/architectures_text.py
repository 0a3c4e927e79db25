"""The bundled architectures as a table for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.reports import number_text
from cnncalc.reports.canvas import Canvas
from cnncalc.reports.style import PLAIN, Style
from cnncalc.reports.table_layout import TableForm, fitted, left_out

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnncalc.spec.listing import Architecture


def render(found: Sequence[Architecture], style: Style = PLAIN) -> str:
    """One line a variant, under the name of its file."""
    form = fitted(_forms(found), style)
    canvas = Canvas(style)
    canvas.form(form, right=("input", "parameters", "params", "MACs"))
    for note in left_out(form, ("file", "input")):
        canvas.note(note)
    return canvas.text()


def _forms(found: Sequence[Architecture]) -> Iterator[TableForm]:
    """From the widest to the narrowest; a SPEC is cut last, since it is what a person types."""
    before = [None, *(row.spec for row in found)]
    columns = {
        "file": [row.spec if row.spec != last else "" for row, last in zip(found, before, strict=False)],
        "SPEC": [row.address for row in found],
        "input": [number_text.tight(row.input_shape) for row in found],
    }
    macs = {"MACs": [number_text.short(row.macs) for row in found]}
    exact = TableForm(columns | {"parameters": [number_text.exact(row.parameters) for row in found]} | macs)
    yield exact
    yield exact._replace(gap=1)
    short = TableForm(columns | {"params": [number_text.short(row.parameters) for row in found]} | macs)
    yield short
    yield short._replace(gap=1, least={"file": 12})
    yield short.without("file")
    yield short.without("file")._replace(gap=1)
    yield short.without("file", "input")._replace(gap=1, least={"SPEC": 12})
