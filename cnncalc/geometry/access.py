"""How the positions along one axis of a layer's output read an axis of its input: one class a way of reading.

Each answers the same questions, on which receptive fields and exact sets of pixels stand:

- `hull`: the first and last position that each unit reads, as a map that composes;
- `read_by`: exactly the positions that a set of units reads, with the holes of dilation and clipped at the borders;
- whether the hull tells of all that units at the borders read (`mirrors`), and whether units are values of the input
  unchanged (`copies`).

Windows are in `window_access`, groups of channels in `group_access`, windows that follow from two sizes and resampling
in `quotient_access`; `reading` puts the axes of a tensor together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from cnncalc.geometry.axis_map import IDENTITY, LONGEST_PERIOD, AxisMap

if TYPE_CHECKING:
    from cnncalc.geometry.index_set import IndexSet


class Access:
    """A way in which the units along an axis of the output read an axis of the input."""

    __slots__ = ()

    mirrors: ClassVar[bool] = False
    """Whether units at the borders read positions beside those of `hull`, as mirrored padding makes them."""
    is_partial: ClassVar[bool] = False
    """Whether units read different parts of the axis although `hull` counts them as reading the whole."""
    copies: ClassVar[bool] = False
    """Whether each unit is the value at one position of the input, unchanged, or reads nothing at all."""

    def hull(self) -> AxisMap | None:
        """The first and last position that each unit reads, not clipped at the borders.

        None where every unit reads the whole axis, or the pattern is too irregular to be told; then it counts so.
        """
        raise NotImplementedError

    def read_by(self, units: IndexSet) -> IndexSet:
        """The positions of the input that these units read together, exactly; none where all of it is padding."""
        raise NotImplementedError


class Same(Access):
    """Each unit reads the position of its own number, along axes of one size.

    >>> SAME.hull()
    AxisMap(firsts=(0,), lasts=(0,), step=1, gap=1)
    """

    __slots__ = ()

    def hull(self) -> AxisMap:
        """The identity."""
        return IDENTITY

    def read_by(self, units: IndexSet) -> IndexSet:
        """The same positions."""
        return units


SAME = Same()


class Whole(Access):
    """Each unit reads the whole axis, of `size` positions; of an axis that broadcasts that is one.

    >>> from cnncalc.geometry.index_set import IndexSet
    >>> list(Whole(3).read_by(IndexSet.span(7, 7)).each())
    [0, 1, 2]
    """

    __slots__ = ("size",)

    def __init__(self, size: int) -> None:
        self.size = size

    def hull(self) -> None:
        """None: the whole axis."""

    def read_by(self, units: IndexSet) -> IndexSet:
        """All positions, unless there are no units."""
        from cnncalc.geometry.index_set import whole

        return whole(self.size) if units else units


class UpToWhole(Whole):
    """The whole axis where that is a bound: units may read less of it, which the reading itself tells exactly."""

    __slots__ = ()


class Preceding(Access):
    """Each unit reads its own position and all before it, as a recurrence does that goes along the axis.

    How many these are depends on the unit, so that no hull tells it: the receptive field is global.

    >>> from cnncalc.geometry.index_set import IndexSet
    >>> list(Preceding().read_by(IndexSet.span(1, 3)).each())
    [0, 1, 2, 3]
    """

    __slots__ = ()

    is_partial: ClassVar[bool] = True

    def hull(self) -> None:
        """None: as much as there is."""

    def read_by(self, units: IndexSet) -> IndexSet:
        """From the first position to the last unit."""
        from cnncalc.geometry.index_set import whole

        return whole(units.last + 1) if units else units


class Following(Access):
    """Each unit reads its own position and all behind it on an axis of `size`: a recurrence from the end.

    >>> from cnncalc.geometry.index_set import IndexSet
    >>> list(Following(5).read_by(IndexSet.span(2, 3)).each())
    [2, 3, 4]
    """

    __slots__ = ("size",)

    is_partial: ClassVar[bool] = True

    def __init__(self, size: int) -> None:
        self.size = size

    def hull(self) -> None:
        """None: as much as there is."""

    def read_by(self, units: IndexSet) -> IndexSet:
        """From the first unit to the last position."""
        from cnncalc.geometry.index_set import IndexSet

        return IndexSet.span(units.first, self.size - 1) if units else units


class Shift(Access):
    """Unit u is the value at ``start + u step`` of an axis of `size`, or lies outside of it and reads nothing.

    >>> from cnncalc.geometry.index_set import IndexSet
    >>> list(Shift(-2, size=9).read_by(IndexSet.span(0, 3)).each())
    [0, 1]
    >>> list(Shift(8, size=9, step=-2).read_by(IndexSet.span(1, 2)).each())
    [4, 6]
    """

    __slots__ = ("size", "start", "step")

    copies: ClassVar[bool] = True

    def __init__(self, start: int, size: int, step: int = 1) -> None:
        self.start = start
        self.size = size
        self.step = step

    def hull(self) -> AxisMap:
        """One position a unit."""
        return AxisMap((self.start,), (self.start,), self.step)

    def read_by(self, units: IndexSet) -> IndexSet:
        """Those that lie inside."""
        if self.step > 0:
            return units.read(self.hull()).within(self.size)
        return units.mirrored().scaled(-self.step).shifted(self.start).within(self.size)


class Extended(Shift):
    """The units of a `Shift` of which those outside have a value of their own: they are no copies."""

    __slots__ = ()

    copies: ClassVar[bool] = False


class Cyclic(Access):
    """Unit u is the value at ``(start + u) % size``: an axis that is rolled, or several times in a row.

    >>> from cnncalc.geometry.index_set import IndexSet
    >>> list(Cyclic(7, size=9, units=18).read_by(IndexSet.span(1, 3)).each())
    [0, 1, 8]
    """

    __slots__ = ("size", "start", "units")

    copies: ClassVar[bool] = True

    def __init__(self, start: int, size: int, units: int) -> None:
        self.start = start % size
        self.size = size
        self.units = units

    def hull(self) -> AxisMap | None:
        """One position a unit; None for an axis that is too long for a pattern."""
        if self.size > LONGEST_PERIOD:
            return None
        places = (*range(self.start, self.size), *range(self.start))
        return AxisMap(places, places, 0)

    def read_by(self, units: IndexSet) -> IndexSet:
        """The units, counted anew from the beginning of each round."""
        from cnncalc.geometry.boxes import split
        from cnncalc.geometry.index_set import union_of

        rounds = (self.start + self.units - 1) // self.size + 1
        return union_of(places for _, places in split(units.shifted(self.start), (rounds, self.size)))


class Part(Shift):
    """The input, of `size` positions, is a part of the output's axis, `before` positions from its beginning.

    >>> from cnncalc.geometry.index_set import IndexSet
    >>> list(Part(before=5, size=3).read_by(IndexSet.span(0, 6)).each())
    [0, 1]
    """

    __slots__ = ("before",)

    def __init__(self, before: int, size: int) -> None:
        super().__init__(-before, size)
        self.before = before

    def hull(self) -> AxisMap:
        """The positions in the part, not clipped to it; of the first part the identity."""
        return super().hull() if self.before else IDENTITY

    def read_by(self, units: IndexSet) -> IndexSet:
        """The units that lie in the part, counted from its beginning."""
        return units.between(self.before, self.before + self.size - 1).shifted(-self.before)


class Mirrored(Shift):
    """An axis of `size` with `before` positions and others behind it that are filled from the axis itself.

    `mode` is `reflect` (mirrored, without repeating the edge), `replicate` (the edge) or `circular` (the other end).

    >>> from cnncalc.geometry.index_set import IndexSet
    >>> border = IndexSet.span(0, 1)
    >>> [list(Mirrored(2, 9, mode).read_by(border).each()) for mode in ("reflect", "replicate", "circular")]
    [[1, 2], [0], [7, 8]]
    """

    __slots__ = ("mode",)

    mirrors: ClassVar[bool] = True

    def __init__(self, before: int, size: int, mode: str) -> None:
        super().__init__(-before, size)
        self.mode = mode

    def read_by(self, units: IndexSet) -> IndexSet:
        """The positions themselves, and those that `mode` puts into the border."""
        from cnncalc.geometry.index_set import union_of

        moved = units.shifted(self.start)
        outside = (moved.between(moved.first, -1), moved.between(self.size, moved.last))
        return union_of([moved.within(self.size), *(self._filled_from(part) for part in outside if part)])

    def _filled_from(self, outside: IndexSet) -> IndexSet:
        """The positions that fill places before the axis, or behind it; those reach no further than the axis."""
        before = outside.last < 0
        if self.mode == "reflect":
            return outside.mirrored().shifted(0 if before else 2 * (self.size - 1))
        if self.mode == "circular":
            return outside.shifted(self.size if before else -self.size)
        return outside.clamped(self.size)


class Statistic(Access):
    """Each unit reads its own position and a statistic, such as a mean, of what it reads by the access `over`.

    Along several axes the statistic is of the product of what is read along each. The receptive field is global, and
    its figures are those of the own position.

    >>> Statistic(Whole(9)).hull() is IDENTITY
    True
    """

    __slots__ = ("over",)

    def __init__(self, over: Access) -> None:
        self.over = over

    def hull(self) -> AxisMap:
        """That of the own position."""
        return IDENTITY

    def read_by(self, units: IndexSet) -> IndexSet:
        """What the statistic is of, which holds the own position."""
        return self.over.read_by(units)
