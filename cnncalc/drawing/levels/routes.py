"""Where arrows run: straight along a row, over the bars that stand between, or up and down from row to row."""
# No postponed annotations here: named tuples compile each one that is a string.

from collections.abc import Iterable
from typing import Final, NamedTuple

from cnncalc.drawing.levels.bars import SYMBOL, Look
from cnncalc.drawing.levels.maps import Arrival, Map, Maps
from cnncalc.drawing.levels.placing import Layout
from cnncalc.drawing.scene import Point

LANE: Final = 5.0
"""From one lane to the next."""

OVER: Final = 9.0
"""From the words above a row to the first lane over it: room for a head."""

CHANNEL: Final = 22.0
"""The least distance between the rows."""

NEAR: Final = 1.3
"""From an arrow to its bar."""

SNAP: Final = 4.0
"""Arrows from row to row that are to move aside by no more are straight."""


class Route(NamedTuple):
    """The way of an arrow."""

    arrival: Arrival
    place: int
    points: tuple[Point, ...]


class Rows(NamedTuple):
    """The heights: of the middle of each row, of its top above all words, and of its bottom."""

    middles: tuple[float, ...]
    tops: tuple[float, ...]
    bottoms: tuple[float, ...]
    end: float


class Lanes:
    """Horizontal lines beside each other, in as few lanes as they need; those from one source share a lane."""

    def __init__(self, spans: Iterable[tuple[int, float, float]]) -> None:
        """`spans` are sources and from where to where a line runs."""
        merged: dict[int, tuple[float, float]] = {}
        for source, one, other in spans:
            low, high = merged.get(source, (one, one))
            merged[source] = (min(low, one, other), max(high, one, other))
        ends: list[float] = []
        self.numbers: dict[int, int] = {}
        for source, (low, high) in sorted(merged.items(), key=lambda item: (item[1][0], -item[1][1], item[0])):
            lane = next((number for number, end in enumerate(ends) if end + 2 * LANE <= low), len(ends))
            ends[lane : lane + 1] = [high]
            self.numbers[source] = lane
        self.count = len(ends)


class Routes:
    """The routes of a layout, and the heights of its rows."""

    def __init__(self, found: Maps, looks: dict[int, Look], layout: Layout, top: float = 0.0) -> None:
        self.found = found
        self.looks = looks
        self.layout = layout
        self.levels = max(each.row for each in found.values()) + 1
        self.over = [Lanes(self._spans_over(row)) for row in range(self.levels)]
        self.between = [Lanes(self._spans_between(row)) for row in range(self.levels - 1)]
        self.rows = self._rows(top)

    def all(self) -> list[Route]:
        """Every route, in the order of the maps that it leads to."""
        return [
            Route(arrival, place, self._points(arrival, each))
            for place, each in self.found.items()
            for arrival in each.arrivals
        ]

    def attach(self, place: int, *, at_top: bool) -> float:
        """The height at which arrows meet a bar and what is written at it, from above or from below."""
        look = self.looks[place]
        middle = self.rows.middles[self.found[place].row]
        if at_top:
            return middle - look.height / 2 - look.above - 0.6
        return middle + look.height / 2 + look.below + NEAR

    def _x(self, place: int, source: int, *, at_top: bool) -> float:
        return self.layout.middles[place] + self.layout.ports[place].offset(source, at_top=at_top)

    def _ends(self, source: int, each: Map) -> tuple[float, float]:
        """Where an arrow leaves its source and where it arrives, from left to right."""
        row = self.found[source].row
        leaves = self._x(source, source, at_top=row >= each.row)
        return leaves, self._x(each.place, source, at_top=row <= each.row)

    def _spans_over(self, row: int) -> list[tuple[int, float, float]]:
        """The lines that run over the bars of a row."""
        return [
            (source, *self._ends(source, each))
            for place, each in self.found.items()
            for source in each.sources
            if each.row == row == self.found[source].row and not self.layout.is_beside(source, place)
        ]

    def _spans_between(self, row: int) -> list[tuple[int, float, float]]:
        """The lines that run between a row and the next: beside the row that they come from."""
        found = []
        for each in self.found.values():
            for source in each.sources:
                from_row = self.found[source].row
                if (from_row == row and each.row > row) or (from_row == row + 1 and each.row <= row):
                    leaves, arrives = self._ends(source, each)
                    if abs(leaves - arrives) > SNAP:
                        found.append((source, leaves, arrives))
        return found

    def _rows(self, y: float) -> Rows:
        """The heights of the rows, from the top of the page."""
        middles, tops, bottoms = [], [], []
        for row in range(self.levels):
            looks = [self.looks[place] for place, each in self.found.items() if each.row == row]
            above = max(look.height / 2 + look.above for look in looks)
            below = max(look.height / 2 + look.below for look in looks)
            lanes = self.over[row].count
            y += lanes * LANE + (OVER if lanes else 0.0)
            tops.append(y)
            middles.append(y + above)
            y += above + below
            bottoms.append(y)
            if row + 1 < self.levels:
                y += max(CHANNEL, 14.0 + self.between[row].count * LANE + 4.0)
        return Rows(tuple(middles), tuple(tops), tuple(bottoms), y)

    def _points(self, arrival: Arrival, each: Map) -> tuple[Point, ...]:
        """The corners of the way of an arrow."""
        source, place = arrival.source, each.place
        row = self.found[source].row
        if row == each.row and self.layout.is_beside(source, place):
            return self._beside(source, place)
        leaves, arrives = self._ends(source, each)
        if row != each.row and abs(leaves - arrives) <= SNAP:
            leaves = arrives
        start = (leaves, self.attach(source, at_top=row >= each.row))
        end = (arrives, self.attach(place, at_top=row <= each.row))
        if row != each.row and leaves == arrives:
            return start, end
        if row == each.row:
            y = self.rows.tops[row] - OVER - self.over[row].numbers[source] * LANE
        elif row < each.row:
            y = self.rows.bottoms[row] + 6.0 + self.between[row].numbers[source] * LANE
        else:
            y = self.rows.bottoms[row - 1] + 14.0 + self.between[row - 1].numbers[source] * LANE
        return start, (leaves, y), (arrives, y), end

    def _beside(self, source: int, place: int) -> tuple[Point, Point]:
        """A straight way from a bar to the next on its row."""
        one, other = self.looks[source], self.looks[place]
        y = self.rows.middles[self.found[place].row]
        start = self.layout.middles[source] + one.width / 2 + NEAR
        end = self.layout.middles[place] - other.width / 2 - NEAR - (2 * SYMBOL + 0.5 if other.symbol else 0.0)
        return (start, y), (end, y)
