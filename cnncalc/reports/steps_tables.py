"""The calculation of output values of a layer as tables: a line of it a row."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from cnncalc.reports import number_text
from cnncalc.reports.steps_json import whole
from cnncalc.reports.table import Document, Record, Table
from cnncalc.steps.abridging import abridged
from cnncalc.steps.expressions import text_of
from cnncalc.steps.wording import worded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.reports.style import Style
    from cnncalc.steps.expressions import Number
    from cnncalc.steps.results import Steps, UnitSteps

KEYS: Final = ("unit", "kernel", "left", "expression", "result")


def tables(found: Steps, style: Style) -> Document:
    """A table a unit; of many lines the first."""
    del style
    parts = [_table(each) for step in found.steps for each in _both(step)]
    return Document(f"{number_text.name(found)}, {found.layer}", parts)


def _both(step: UnitSteps) -> list[UnitSteps]:
    """The unit, and the same with the kernel turned."""
    return [step, *([] if step.turned is None else [step.turned])]


def _table(step: UnitSteps) -> Table:
    lines = abridged(step.equations)
    rows = []
    for line, text in zip(lines, worded(lines), strict=True):
        written = iter(text.numbers)
        sign = "" if text.is_exact else "≈ "
        said = line.note if line.expression is None else text_of(line.expression, partial(_next, written))
        rows.append((line.left, said, f"{sign}{text.result}"))
    formula = [f"{step.formula.left} = {step.formula.symbols}", f"= {step.formula.numbers}"]
    return Table(("value", "calculation", "result"), rows, right=("result",), notes=[*formula, *step.notes])


def _next(written: Iterator[str], number: Number) -> str:
    """The text of the number that comes next."""
    del number
    return next(written)


def records(found: Steps, style: Style) -> Iterator[Record]:
    """A record a line, its numbers with all of their digits."""
    del style
    for step in found.steps:
        for each in _both(step):
            for line in each.equations:
                assert line.expression is not None
                yield {
                    "unit": ",".join(map(str, step.unit)),
                    "kernel": "as it is" if each is step else "turned",
                    "left": line.left,
                    "expression": text_of(line.expression, lambda number: whole(number.value)),
                    "result": line.result,
                }
