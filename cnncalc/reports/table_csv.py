"""Any table as comma-separated values: a heading, and a line a row with one exact figure a column."""

from __future__ import annotations

import csv
from io import StringIO
from itertools import chain
from typing import TYPE_CHECKING, Any

from cnncalc.reports.table import all_keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cnncalc.reports.style import Style
    from cnncalc.reports.table import Record, TableSource


def pieces(source: TableSource, result: Any, style: Style) -> Iterator[str]:
    """The records of a result as lines; a cell is empty where there is no such figure.

    A source that says `ALIKE` has records with the keys of the first, and is written line by line as they come.
    """
    records: Iterable[Record] = source.records(result, style)
    if getattr(source, "ALIKE", False):
        records = iter(records)
        first = next(records, None)
        keys = list(source.KEYS) if first is None else list(first)
        records = records if first is None else chain([first], records)
    else:
        records = list(records)
        keys = all_keys(records, () if style.view.columns else source.KEYS)
    lines = ([_cell(record.get(key)) for key in keys] for record in records)
    return chain([_line(keys)], map(_line, lines))


def _line(cells: Sequence[object]) -> str:
    file = StringIO()
    csv.writer(file, lineterminator="\n").writerow(cells)
    return file.getvalue()


def _cell(value: object) -> object:
    """A value as spreadsheets and data frames read it."""
    return str(value).lower() if isinstance(value, bool) else value
