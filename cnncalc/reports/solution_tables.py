"""The way back from an output size as a table, a row an axis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.reports import number_text
from cnncalc.reports.table import Document, Mathematics, Record, Table
from cnncalc.solve.intervals import intervals_text
from cnncalc.symbolic.latex import LATEX
from cnncalc.symbolic.rendering import PLAIN_TEXT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.reports.style import Style
    from cnncalc.solve.results import AxisSolution, Solution

HEADINGS: Final = ("axis", "output", "closed form", "wanted", "inputs")


KEYS: Final = (
    "layer",
    "axis",
    "symbol",
    "size",
    "closed_form",
    "output",
    "first_input",
    "last_input",
    "modulus",
    "residues",
)


def tables(found: Solution, style: Style) -> Document:
    """The axes with their closed forms and the inputs that give the wanted size, and the smallest input below."""
    del style
    rows = [
        (
            axis.axis,
            str(axis.size),
            _closed_form(axis),
            "" if axis.output is None else str(axis.output),
            "" if axis.inputs is None else intervals_text(axis.inputs),
        )
        for axis in found.axes
    ]
    smallest = "not found" if found.smallest is None else number_text.inputs(found.smallest, "").removeprefix("input ")
    notes = [f"the smallest input: {smallest.strip()}"]
    title = f"{number_text.name(found)}: {found.layer}"
    return Document(title, [Table(HEADINGS, rows, right=("output", "wanted"), notes=notes)])


def records(found: Solution, style: Style) -> Iterator[Record]:
    """A record for each axis and interval of inputs; one without where no size was asked for or none gives it."""
    del style
    for axis in found.axes:
        form = None if axis.formula is None else PLAIN_TEXT.symbols(axis.formula)
        for first, last in axis.inputs or [(None, None)]:
            yield {
                "layer": found.layer,
                "axis": axis.axis,
                "symbol": axis.symbol,
                "size": axis.size,
                "closed_form": form,
                "output": axis.output,
                "first_input": first,
                "last_input": last,
                "modulus": axis.modulus,
                "residues": " ".join(map(str, axis.residues)),
            }


def _closed_form(axis: AxisSolution) -> str | Mathematics:
    return (
        "none" if axis.formula is None else Mathematics(PLAIN_TEXT.symbols(axis.formula), LATEX.symbols(axis.formula))
    )
