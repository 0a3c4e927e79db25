"""Any table as comma-separated values: a heading, and a line a row with one exact figure a column."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING, Any

from cnncalc.reports.table import all_keys

if TYPE_CHECKING:
    from cnncalc.reports.style import Style
    from cnncalc.reports.table import TableSource


def render_table(source: TableSource, result: Any, style: Style) -> str:
    """The records of a result as lines; a cell is empty where there is no such figure."""
    records = list(source.records(result, style))
    keys = all_keys(records, () if style.view.columns else source.KEYS)
    file = StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(keys)
    writer.writerows([_cell(record.get(key)) for key in keys] for record in records)
    return file.getvalue()


def _cell(value: object) -> object:
    """A value as spreadsheets and data frames read it."""
    return str(value).lower() if isinstance(value, bool) else value
