"""Tables of what positions see that are there once each, as many parts and many layers have the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.geometry.periodic import IrregularError
from cnncalc.receptive_field.axis_tables import taps_of, united

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.geometry.access import Access
    from cnncalc.receptive_field.axis_tables import AxisTable, Integers

MOST_PLACES: Final = 2**23
"""The most places that all tables of a network have together."""

MOST_KEPT_TAPS: Final = 2**20
"""Longer rows of taps are not kept."""


class Tables:
    """Tables that are there once each, and those that follow from them."""

    def __init__(self) -> None:
        self._kept: dict[object, AxisTable] = {}
        self._results: dict[object, AxisTable] = {}
        self._taps: dict[object, Integers] = {}
        self._places = 0

    def kept(self, table: AxisTable) -> AxisTable:
        """The table, or an equal one that is known; raises `IrregularError` where there are too many."""
        content = table.content
        if content not in self._kept:
            self._places += len(table.first)
            if self._places > MOST_PLACES:
                raise IrregularError
            self._kept[content] = table
        return self._kept[content]

    def at(self, table: AxisTable, places: Integers) -> AxisTable:
        """The table of other places."""
        key = (id(table), "at", places.tobytes())
        if key not in self._results:
            self._results[key] = self.kept(table.at(places))
        return self._results[key]

    def together(self, table: AxisTable) -> AxisTable:
        """A table of one place, which sees what all do."""
        key = (id(table), "together")
        if key not in self._results:
            self._results[key] = self.kept(table.together())
        return self._results[key]

    def united(self, several: Sequence[AxisTable]) -> AxisTable:
        """What each place sees by any of several tables."""
        several = list({id(table): table for table in several}.values())
        key = ("united", *map(id, several))
        if key not in self._results:
            self._results[key] = self.kept(united(several))
        return self._results[key]

    def read(self, table: AxisTable, taps: Integers) -> AxisTable:
        """What units see that read the places of a column each of the taps."""
        if taps.size > MOST_KEPT_TAPS:
            return self.kept(table.read(taps))
        key = (id(table), id(taps))
        if key not in self._results:
            self._results[key] = self.kept(table.read(taps))
        return self._results[key]

    def taps_of(self, access: Access, units: int, size: int) -> Integers:
        """The places of an axis that each unit reads, as in `axis_tables`."""
        found = taps_of(access, units, size)
        if found.size > MOST_KEPT_TAPS:
            return found
        return self._taps.setdefault((found.shape, found.tobytes()), found)
