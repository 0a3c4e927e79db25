"""What each channel reads where channels are cut into groups, or interleaved."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from cnncalc.geometry.access import SAME, Access, Whole
from cnncalc.geometry.axis_map import AxisMap

if TYPE_CHECKING:
    from cnncalc.geometry.index_set import IndexSet

MOST_CHANNELS: Final = 2**20
"""A group of more is not followed channel by channel."""


def grouped(before: int, after: int, groups: int) -> Access:
    """How each of `after` channels reads those of its group of `before`, both cut into as many groups.

    >>> grouped(6, 4, 2).hull()
    AxisMap(firsts=(0, 0), lasts=(2, 2), step=3, gap=1)
    """
    return Whole(before) if groups == 1 else Grouped(before, after, groups)


class Grouped(Access):
    """Each of `after` channels reads all of its group of `before`.

    >>> from cnncalc.geometry.index_set import IndexSet
    >>> list(Grouped(6, 4, 2).read_by(IndexSet.span(3, 3)).each())
    [3, 4, 5]
    """

    __slots__ = ("groups", "inputs", "outputs")

    def __init__(self, before: int, after: int, groups: int) -> None:
        self.groups = groups
        self.inputs = before // groups
        self.outputs = after // groups

    def hull(self) -> AxisMap | None:
        """The first and last channel of the group; None for groups that are too large to be told apart."""
        if self.outputs > MOST_CHANNELS:
            return None
        return AxisMap((0,) * self.outputs, (self.inputs - 1,) * self.outputs, self.inputs)

    def read_by(self, units: IndexSet) -> IndexSet:
        """All channels of the groups."""
        chosen = units.dilated_by_taps(self.outputs).shifted(1 - self.outputs).subsampled(self.outputs)
        return chosen.scaled(self.inputs).dilated_by_taps(self.inputs)


def shared_by_heads(before: int, after: int, groups: int) -> Access:
    """How `after` channels read those of the same number in their heads, of `groups` heads, each read by equally many.

    >>> shared_by_heads(4, 8, 2).hull()
    AxisMap(firsts=(0, 1, 0, 1), lasts=(0, 1, 0, 1), step=2, gap=1)
    """
    return SAME if before == after else SharedByHeads(before, after, groups)


class SharedByHeads(Access):
    """Of `after` channels, cut into `groups`, each reads one of the same part of `before`, where heads repeat it.

    >>> from cnncalc.geometry.index_set import IndexSet
    >>> list(SharedByHeads(4, 8, 2).read_by(IndexSet.span(3, 4)).each())
    [1, 2]
    """

    __slots__ = ("after", "each", "groups", "size")

    def __init__(self, before: int, after: int, groups: int) -> None:
        self.size = before
        self.after = after
        self.each = before // groups
        self.groups = groups

    def hull(self) -> AxisMap | None:
        """One channel; None where there are too many to be told apart."""
        period = self.after // self.groups
        if period > MOST_CHANNELS:
            return None
        starts = tuple(range(self.each)) * (period // self.each)
        return AxisMap(starts, starts, self.each)

    def read_by(self, units: IndexSet) -> IndexSet:
        """The channel of each unit."""
        from cnncalc.geometry.index_set import whole

        hull = self.hull()
        return whole(self.size) if hull is None or units == whole(self.after) else units.read(hull)


class Interleaved(Access):
    """Channel ``c groups + g`` is channel ``g size / groups + c`` of `size`, unchanged.

    >>> from cnncalc.geometry.index_set import IndexSet
    >>> list(Interleaved(6, 2).read_by(IndexSet.span(0, 1)).each())
    [0, 3]
    """

    __slots__ = ("groups", "size")

    copies: ClassVar[bool] = True

    def __init__(self, size: int, groups: int) -> None:
        self.size = size
        self.groups = groups

    def hull(self) -> AxisMap:
        """One channel of each group in turn."""
        starts = tuple(range(0, self.size, self.size // self.groups))
        return AxisMap(starts, starts, 1)

    def read_by(self, units: IndexSet) -> IndexSet:
        """Of the channels each in its group."""
        from cnncalc.geometry.boxes import row_of, split
        from cnncalc.geometry.index_set import union_of, whole

        if units == whole(self.size):
            return units
        sizes = (self.size // self.groups, self.groups)
        return union_of(row_of(part[::-1], sizes[::-1]) for part in split(units, sizes))
