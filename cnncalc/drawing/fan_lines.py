"""The lines of a fan: from each unit to those that it reads."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from cnncalc.drawing.scene import Line, Polygon
from cnncalc.drawing.themes import mixed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.drawing.fan_plan import Plan
    from cnncalc.drawing.scene import Shape
    from cnncalc.drawing.themes import Theme
    from cnncalc.receptive_field.fan_results import Fan, FanRow, FanUnit, Reads

DASH: Final = (1.4, 1.1)
"""How lines and circles of padding are dashed."""

MOST_LINES: Final = 400
"""Between two rows with more lines, the area that they fill is drawn instead."""

MOST_TAPS: Final = 24
"""Of a unit that reads more, the area is drawn."""

MOST_MEETING: Final = 3
"""So is the area between rows of which more units than this all read the whole cone."""


def lines_between(fan: Fan, plan: Plan, theme: Theme, *, in_cone: bool) -> Iterator[Shape]:
    """The lines of the units that are in the cone, or of the others."""
    for place, row in enumerate(fan.rows):
        for source in row.sources:
            yield from _Lines(fan, plan, theme, place, source, in_cone=in_cone).shapes()


def cone_fill(theme: Theme) -> str:
    """The colour of units that are in the cone."""
    return mixed(theme.accent, theme.bars["activation"], 0.6)


def _nearest(row: FanRow) -> int:
    """How far the units of a row's cone are from each other at least."""
    numbers = [unit.number for unit in row.units if unit.in_cone]
    return min((later - earlier for earlier, later in pairwise(numbers)), default=10**6)


class _Lines:
    """The lines from one row to another that it reads."""

    def __init__(self, fan: Fan, plan: Plan, theme: Theme, place: int, source: int, *, in_cone: bool) -> None:
        self.fan, self.plan = fan, plan
        self.place, self.source = place, source
        self.row, self.read = fan.rows[place], fan.rows[source]
        self.in_cone = in_cone
        paper = theme.paper
        self.colour = mixed(theme.accent, cone_fill(theme), 0.6) if in_cone else mixed(theme.wire, paper, 0.72)
        self.area = mixed(theme.accent, paper, 0.8)
        nearest = min(abs(float(row.stride)) * plan.scale * _nearest(row) for row in (self.row, self.read))
        self.line = max(min(0.9, nearest * 0.16), 0.25) if in_cone else 0.5

    def shapes(self) -> Iterator[Shape]:
        """The lines or, where they are too many, the area that they fill."""
        is_skip = abs(self.place - self.source) > 1
        drawn = self.row.is_complete and self.plan.radius_of(self.row)
        units = [unit for unit in self.row.units if unit.in_cone is self.in_cone] if drawn or self.in_cone else []
        if is_skip and not self.in_cone:
            return
        found = [(unit, reads) for unit in units for reads in unit.reads if reads.row == self.source]
        taps = sum(min(len(part), MOST_TAPS) for _, reads in found for part in reads.taps)
        is_dense = len(found) > MOST_MEETING and taps == len(found) * self.read.cone[2] > taps // self.read.cone[2]
        if self.in_cone and (is_dense or taps > MOST_LINES or not units):
            yield from self._whole_area()
        elif taps <= MOST_LINES:
            for unit, reads in found:
                yield from self._of_unit(unit, reads, is_skip=is_skip)

    def _of_unit(self, unit: FanUnit, reads: Reads, *, is_skip: bool) -> Iterator[Shape]:
        """The lines of one unit."""
        start = self.plan.x(self.row, unit.number), self.plan.y(self.place)
        low = self.plan.y(self.source)
        seen = self.read.between(self.fan.low, self.fan.high)
        for part in reads.taps:
            inside = [number for number in part if number in seen] if len(part) <= MOST_TAPS else []
            for number in inside:
                yield self._line(start, (self.plan.x(self.read, number), low), is_skip=is_skip)
            if len(part) > MOST_TAPS and seen and self.in_cone:
                ends = max(part[0], seen[0]), min(part[-1], seen[-1])
                left, right = ((self.plan.x(self.read, end), low) for end in ends)
                yield Polygon((start, left, right), self.area)
                yield Line((start, left), self.colour, self.line)
                yield Line((start, right), self.colour, self.line)
        for number in reads.padding:
            if self.fan.low <= self.read.centre(number) <= self.fan.high:
                yield Line((start, (self.plan.x(self.read, number), low)), self.colour, self.line * 0.75, dash=DASH)

    def _line(self, start: tuple[float, float], end: tuple[float, float], *, is_skip: bool) -> Line:
        """A line, which goes past the units of the rows between."""
        if not is_skip:
            return Line((start, end), self.colour, self.line)
        between = self.fan.rows[self.source + 1 : self.place]
        aside = min(self._ways(start[0], between), key=lambda x: (abs(x - start[0]), x))
        turn = self.plan.gap * 0.5 * (1 if end[1] > start[1] else -1)
        points = (start, (aside, start[1] + turn), (aside, end[1] - turn), end)
        return Line(points, self.colour, self.line * 0.65, 6.0)

    def _ways(self, x: float, rows: tuple[FanRow, ...]) -> list[float]:
        """Where a line can go down between units of all rows that lie between, or else as it is."""
        finest = min((abs(float(row.stride)) * self.plan.scale for row in rows), default=0.0)
        found = [x + share * finest / 4 for share in range(-8, 9)]
        clear = [way for way in found if all(self._is_clear(way, row) for row in rows)]
        return clear or [x + finest / 2]

    def _is_clear(self, x: float, row: FanRow) -> bool:
        """Whether no unit of a row lies at a place."""
        pitch = abs(float(row.stride)) * self.plan.scale
        if pitch < 2.6 * self.plan.radius:
            return True
        nearest = round((x - self.plan.x(row, 0)) / (float(row.stride) * self.plan.scale))
        return not 0 <= nearest < row.size or abs(x - self.plan.x(row, nearest)) > self.plan.radius + 0.8

    def _whole_area(self) -> Iterator[Shape]:
        """What the cone reads from first to last."""
        if not self.row.cone[2] or not self.read.cone[2]:
            return
        high, low = self.plan.y(self.place), self.plan.y(self.source)
        above, below = (self._ends(row) for row in (self.row, self.read))
        if above and below:
            corners = ((above[0], high), (above[1], high), (below[1], low), (below[0], low))
            yield Polygon(corners, self.area)
            yield Line((corners[0], corners[3]), self.colour, self.line)
            yield Line((corners[1], corners[2]), self.colour, self.line)

    def _ends(self, row: FanRow) -> tuple[float, float] | None:
        """The first and the last place of a row's cone that are in sight."""
        seen = row.between(self.fan.low, self.fan.high)
        first, last = max(row.cone[0], seen.start), min(row.cone[1], seen.stop - 1)
        if first > last:
            return None
        near, far = sorted((self.plan.x(row, first), self.plan.x(row, last)))
        return near, far
