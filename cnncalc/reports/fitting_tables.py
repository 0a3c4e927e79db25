"""The largest value of a parameter that fits, as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.reports import number_text
from cnncalc.reports.fitting_rows import answer, cells, headings, notes
from cnncalc.reports.table import Document, Record, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.reports.style import Style
    from cnncalc.solve.fitting_results import Fitting

KEYS: Final = ("parameter", "value", "total", "found", "budget", "next_value", "next_found")


def tables(found: Fitting, style: Style) -> Document:
    """A row for each budget."""
    del style
    named = headings(found)
    table = Table(named, cells(found), right=named[1:], notes=[f"{answer(found)}", *notes(found)])
    return Document(number_text.name(found), [table])


def records(found: Fitting, style: Style) -> Iterator[Record]:
    """A record for each budget."""
    del style
    following = found.next
    for name, most in found.budgets.items():
        yield {
            "parameter": found.parameter,
            "value": found.value,
            "total": name,
            "found": getattr(found.totals, name),
            "budget": most,
            "next_value": None if following is None else following.value,
            "next_found": None if following is None or following.totals is None else getattr(following.totals, name),
        }
