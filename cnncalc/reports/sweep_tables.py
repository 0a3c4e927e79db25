"""A sweep as a table for documents and programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from cnncalc.reports import number_text
from cnncalc.reports.json_values import finite
from cnncalc.reports.sweep_rows import cells, failures_text, figures_of, fixed_text, headings, shown_axes
from cnncalc.reports.table import Document, Record, Table, shape_figures
from cnncalc.summary.results import Totals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.reports.style import Style
    from cnncalc.sweeping.results import SweepRow
    from cnncalc.sweeping.sweep import Sweep

ALIKE: Final = True
KEYS: Final = ("variant", "input", *Totals._fields, "error")
_HEADINGS: Final = {
    "params": "parameters",
    "frozen": "frozen parameters",
    "weights": "weights, bytes",
    "peak": "peak activations, bytes",
}


def tables(sweep: Sweep, style: Style) -> Document:
    """One table, a row a point; an error stands in the last column, which is there if there is one."""
    del style
    axes, rows = shown_axes(sweep), list(sweep)
    known = figures_of(sweep)
    names = [name for name, _ in known.values()]
    figures = [_HEADINGS.get(heading, heading) for heading in known]
    failed = sum(not row.ok for row in rows)
    table = Table(
        [*headings(sweep), *figures, *(["error"] if failed else [])],
        [[*cells(row, axes), *_figures(row, names), *([row.error or ""] if failed else [])] for row in rows],
        right=figures,
        notes=[failures_text(failed, len(rows))] if failed else [],
    )
    return Document(f"{sweep.name}, {fixed_text(sweep)}", [table])


def _figures(row: SweepRow, names: list[str]) -> list[str]:
    """The figures of a row; empty texts where there is no network."""
    if row.totals is None:
        return [""] * len(names)
    totals = row.totals._asdict()
    return [number_text.exact(totals[name]) for name in names]


def records(sweep: Sweep, style: Style) -> Iterator[Record]:
    """A record a point."""
    del style
    return (record(row, sweep) for row in sweep)


def record(row: SweepRow, sweep: Sweep) -> Record:
    """A row with one figure a key; a parameter that bears the name of a total is `set_NAME`."""
    names = {axis.name: axis.name for axis in sweep.axes if axis.kind == "parameter"}
    names |= {name: f"set_{name}" for name in names if name in KEYS}
    shape = next(iter(row.inputs.values()), None)
    return {
        "variant": row.variant,
        **{names[name]: _plain(value) for name, value in row.settings.items()},
        "input": number_text.tight_inputs(row.inputs),
        **({} if shape is None or len(row.inputs) > 1 else shape_figures("input", shape, row.data_format)),
        **(dict.fromkeys(Totals._fields) if row.totals is None else row.totals._asdict()),
        "error": row.error,
    }


def _plain(value: Any) -> str | int | float | bool | None:
    """A value of a parameter in one cell: lists as JSON."""
    if value is None or isinstance(value, (str, int, float)):
        return str(value).lower() if isinstance(value, bool) else value
    return json.dumps(finite(value))
