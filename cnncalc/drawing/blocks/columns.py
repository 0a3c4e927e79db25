"""Breaks of a trunk into columns, which fit a page side by side and are as short as may be."""
# No postponed annotations here: named tuples compile each one that is a string.

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from cnncalc.drawing.blocks.geometry import GAP, TURN, Extent
from cnncalc.drawing.blocks.placing import Placing
from cnncalc.drawing.blocks.plan import Frame, Leaf, Series
from cnncalc.drawing.blocks.stages import TrunkGroup

STAGE_GAP: Final = 16.0
"""Between stages."""

EDGE: Final = 4.5
"""How far a stage's tint reaches beyond the boxes at its ends."""

TORN: Final = 25.0
"""What a break within a stage counts for: a column may be so much longer without one."""

MOST: Final = 40
"""The columns of a figure."""


class Columns(NamedTuple):
    """Where the columns begin, by the numbers of groups, and how long the longest is."""

    starts: tuple[int, ...]
    longest: float


class Trunk:
    """A trunk, group by group: `starts` is where each begins if all of them are one column."""

    def __init__(self, placing: Placing, groups: Sequence[TrunkGroup]) -> None:
        self.groups = groups
        self.series = [Series(group.parts) for group in groups]
        self.extents = [placing.extent(series) for series in self.series]
        self.starts = [0.0]
        for extent, (before, behind) in zip(self.extents, pairwise(groups), strict=False):
            gap = STAGE_GAP if before.stage != behind.stage else GAP
            self.starts.append(self.starts[-1] + extent.along + gap)

    def length(self, first: int, stop: int) -> float:
        """How long a column of some of the groups is."""
        return self.starts[stop - 1] + self.extents[stop - 1].along - self.starts[first]

    def width(self, first: int, stop: int) -> Extent:
        """How far a column reaches before and behind its axis."""
        extents = self.extents[first:stop]
        before, after = max(each.before for each in extents), max(each.after for each in extents)
        return Extent(before, after, self.length(first, stop))

    def branches_at_once(self, number: int) -> bool:
        """Whether a group begins with branches, so that ways turn before it."""
        return not isinstance(self.groups[number].parts[0], (Leaf, Frame))

    def lead(self, number: int) -> float:
        """How far before a group the tint of its stage begins."""
        return TURN + 3 if self.branches_at_once(number) else EDGE

    def is_torn(self, number: int) -> bool:
        """Whether a break before a group is one within a stage."""
        if number in (0, len(self.groups)):
            return False
        stage = self.groups[number].stage
        return stage is not None and stage == self.groups[number - 1].stage

    def columns(self) -> list[Columns]:
        """The best breaks for one column, two, and so on: a dynamic programme over the groups."""
        count = len(self.groups)
        best = [self.length(0, stop) if stop else 0.0 for stop in range(count + 1)]
        froms: list[list[int]] = []
        found = [Columns((0,), best[count])]
        least = max(extent.along for extent in self.extents)
        for columns in range(2, min(MOST, count) + 1):
            longer: list[float] = [float("inf")] * (count + 1)
            origin = [0] * (count + 1)
            for stop in range(columns, count + 1):
                for first in range(stop - 1, columns - 2, -1):
                    own = self.length(first, stop)
                    if own >= longer[stop]:
                        break
                    length = max(best[first], own) + (TORN if self.is_torn(first) else 0.0)
                    if length < longer[stop]:
                        longer[stop], origin[stop] = length, first
            froms.append(origin)
            best = longer
            starts, stop = [], count
            for origins in reversed(froms):
                stop = origins[stop]
                starts.append(stop)
            found.append(Columns((0, *reversed(starts)), best[count]))
            if best[count] <= least:
                break
        return found
