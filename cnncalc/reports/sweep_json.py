"""A sweep as JSON Lines: an object a point, on a line of its own, as soon as it is computed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.reports.json_values import dumps, head
from cnncalc.reports.style import PLAIN, Style

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnncalc.sweeping.results import SweepRow


def pieces(rows: Iterable[SweepRow], style: Style = PLAIN) -> Iterator[str]:
    """A line a row; never indented, as each object is to end with its line."""
    del style
    return (dumps(as_object(row)) for row in rows)


def as_object(row: SweepRow) -> dict[str, Any]:
    """A row with the keys of the JSON: `totals`, or `error` where there is no network."""
    if row.totals is None:
        return {**head(row), "error": row.error}
    return {**head(row), "totals": row.totals._asdict()}
