"""What a view shows of a report: the rows in their order, the columns, and what their texts need to know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from cnncalc.reports.parts import is_folded
from cnncalc.reports.summary_columns import COLUMNS, Column, Facts, named, sortable
from cnncalc.reports.summary_rows import Row, is_sorted, selected

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.reports.view import View
    from cnncalc.summary.results import Report

_SUMS: Final = frozenset({"parameters", "frozen", "buffers", "macs", "flops", "output_bytes"})
"""The figures of which the totals have the sums, so that rows can have shares."""

_FIRST: Final = ("layer", "type", "output", "k/s/p", "params", "MACs")
"""The columns with which every table begins, unless its reader names others."""


class Shown(NamedTuple):
    """The rows and the columns that are shown.

    `all_rows` are those before the first few were taken, `deeper` is the least depth at which there are more.
    """

    rows: list[Row]
    columns: list[Column]
    facts: Facts
    all_rows: list[Row]
    deeper: int | None


def shown(report: Report, view: View, *, sums: bool = True) -> Shown:
    """What a view shows of a report, with or without rows that are the `sums` of others.

    Raises `CnncalcError` for a column that there is not.

    >>> import cnncalc
    >>> from cnncalc.reports.view import View
    >>> [row.name for row in shown(cnncalc.load("alexnet").report(), View(sort="params", top=2)).rows]
    ['fc6', 'fc7']
    """
    rows, deeper = selected(report, view, sums=sums)
    facts = _facts(report, view, rows)
    return Shown(_ordered(rows, view, facts), _columns(report, view, rows), facts, rows, deeper)


def check(view: View) -> None:
    """Raise `CnncalcError` for a column that there is not, before anything is computed."""
    for word in view.columns:
        named(word, "--columns")
    if view.sort is not None:
        sortable(view.sort)


def _facts(report: Report, view: View, rows: Sequence[Row]) -> Facts:
    """What texts need to know of the network: shares are of what rows are sorted by or bars show, or else of MACs."""
    word = view.sort or view.plot
    wanted = sortable(word).counts if word else None
    shared = wanted if wanted in _SUMS else "macs"
    if shared == "macs" and not report.totals.macs:
        shared = "parameters"
    largest = max(getattr(row, shared) for row in rows if not row.is_open)
    return Facts(shared, getattr(report.totals, shared), largest, report.outputs != (report.layers[-1].name,))


def _ordered(rows: list[Row], view: View, facts: Facts) -> list[Row]:
    """The rows as the view wants them: the largest, or the first in the alphabet, in front, and so many of them.

    What was above a row is somewhere else then, and each tells what it reads.
    """
    if not is_sorted(view):
        return rows
    column = sortable(view.sort or view.plot or facts.shared)
    assert column.order is not None
    order = column.order
    found = sorted(rows, key=lambda row: order(row, facts), reverse=column.is_largest_first)
    return [row._replace(is_below=False) for row in found[: view.top]]


def _columns(report: Report, view: View, rows: Sequence[Row]) -> list[Column]:
    """The columns that the view names or, without, those that a table of such rows has."""
    if view.columns:
        return list({column.heading: column for column in (named(word, "--columns") for word in view.columns)}.values())
    shares = ("share",) if is_folded(len(report.layers), view) or is_sorted(view) else ()
    sources = () if is_sorted(view) or all(row.is_below for row in rows) else ("from",)
    frozen = ("frozen",) if report.totals.frozen else ()
    sizes = {sortable(view.sort).heading} - {"field/s/p", "share", *frozen, *_FIRST} if view.sort else ()
    return [COLUMNS[heading] for heading in (*_FIRST[:5], *frozen, *_FIRST[5:], *sizes, *shares, "field/s/p", *sources)]
