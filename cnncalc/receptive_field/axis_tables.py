"""What every position along an axis of a tensor sees along one axis of an input, all positions at once.

The walk back from a unit (`dependency`) tells what this one sees. A table tells it of each, found forward through the
layers from the tables before: an interval a position or, where that has holes, a set of bits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cnncalc.geometry.index_set import IndexSet
from cnncalc.geometry.periodic import IrregularError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cnncalc.geometry.access import Access

    Integers = NDArray[np.int64]

MOST_TAPS: Final = 2**23
"""The most positions that the units along an axis may read, each counted once for every unit that reads it."""

MOST_BITS: Final = 2**28
"""The most bits that the sets with holes along one axis may have."""

NONE: Final = -1
"""The last pixel of a position that sees nothing; its first one is 0."""


class AxisTable:
    """The first and the last pixel that each position sees, and where they have holes the sets as integers of bits.

    >>> table = AxisTable.identity(3)
    >>> table.first.tolist(), table.last.tolist(), table.pixels().tolist()
    ([0, 1, 2], [0, 1, 2], [1, 1, 1])
    """

    __slots__ = ("bits", "first", "last")

    def __init__(self, first: Integers, last: Integers, bits: NDArray[Any] | None = None) -> None:
        self.first = first
        self.last = last
        self.bits = bits

    @classmethod
    def identity(cls, size: int) -> AxisTable:
        """Each position sees the pixel of its own number."""
        return cls(np.arange(size), np.arange(size))

    @property
    def content(self) -> object:
        """The same for tables that say the same."""
        return self.first.tobytes(), self.last.tobytes(), None if self.bits is None else tuple(self.bits)

    @property
    def alive(self) -> NDArray[np.bool_]:
        """Which positions see anything."""
        return self.last > NONE

    def pixels(self) -> Integers:
        """How many pixels each position sees."""
        if self.bits is None:
            return self.last - self.first + 1
        return np.array([bits.bit_count() for bits in self.bits], np.int64)

    def at(self, positions: Integers) -> AxisTable:
        """The table of other positions, each what one of this table sees; nothing where its number is negative."""
        seen, missing = np.maximum(positions, 0), positions < 0
        bits = self.bits
        if bits is not None:
            bits = bits[seen]
            bits[missing] = 0
        found = AxisTable(np.where(missing, 0, self.first[seen]), np.where(missing, NONE, self.last[seen]), bits)
        return found if bits is None else _of_bits(bits)

    def together(self) -> AxisTable:
        """A table of one position, which sees what all of these do."""
        return united([self.at(np.array([place])) for place in _distinct(self)])

    def read(self, taps: Integers) -> AxisTable:
        """What units see that read the positions of a column each of ``(taps, units)``; negative ones are none."""
        return united([self.at(row) for row in taps])


def united(tables: Sequence[AxisTable]) -> AxisTable:
    """What each position sees by any of the tables, which have equally many.

    >>> united([AxisTable.identity(4).at(np.array([0])), AxisTable.identity(4).at(np.array([2]))]).pixels().tolist()
    [2]
    """
    if len(tables) == 1:
        return tables[0]
    if all(table.bits is None for table in tables):
        first, last = (np.stack([getattr(table, end) for table in tables]) for end in ("first", "last"))
        first[last == NONE] = np.iinfo(np.int64).max
        if (first[1:] < first[:-1]).any():
            order = np.argsort(first, axis=0, kind="stable")
            first, last = np.take_along_axis(first, order, 0), np.take_along_axis(last, order, 0)
        reached = np.maximum.accumulate(last, axis=0)
        follows = (first[1:] <= reached[:-1] + 1) | (last[1:] == NONE) | (reached[:-1] == NONE)
        if follows.all():
            return AxisTable(np.where(reached[-1] == NONE, 0, first[0]), reached[-1])
    return _of_bits(np.bitwise_or.reduce([_bits_of(table) for table in tables]))


def _distinct(table: AxisTable) -> list[int]:
    """Positions that together see what all do: one of those that see the same interval."""
    if table.bits is not None:
        return list(range(len(table.first)))
    ends = np.stack([table.first, table.last])
    found: list[int] = np.sort(np.unique(ends, axis=1, return_index=True)[1]).tolist()
    return found


def _bits_of(table: AxisTable) -> NDArray[Any]:
    """The sets as integers of bits; raises `IrregularError` where that would be too much."""
    if table.bits is not None:
        return table.bits
    if len(table.first) * (int(table.last.max(initial=0)) + 1) > MOST_BITS:
        raise IrregularError
    found = np.empty(len(table.first), object)
    ends = zip(table.first.tolist(), table.last.tolist(), strict=True)
    found[:] = [(1 << last + 1) - (1 << first) if last >= 0 else 0 for first, last in ends]
    return found


def _of_bits(bits: NDArray[Any]) -> AxisTable:
    """The table of these sets, without them where no set has holes."""
    first = np.array([(one & -one).bit_length() - 1 if one else 0 for one in bits], np.int64)
    last = np.array([one.bit_length() - 1 for one in bits], np.int64)
    whole = all(one.bit_count() == length for one, length in zip(bits, (last - first + 1).tolist(), strict=True))
    return AxisTable(first, last, None if whole else bits)


def taps_of(access: Access, units: int, size: int) -> Integers:
    """The positions of an axis of `size` that each of `units` reads, ``(taps, units)``; -1 where there are fewer.

    Raises `IrregularError` where they are too many.

    >>> from cnncalc.geometry.window import Window
    >>> from cnncalc.geometry.window_access import Sliding
    >>> taps_of(Sliding(Window(kernel_size=3, padding=(1, 1)), 4), 4, 4).T.tolist()
    [[-1, 0, 1], [0, 1, 2], [1, 2, 3], [2, 3, -1]]
    """
    from cnncalc.geometry.access import Extended, Part, Shift
    from cnncalc.geometry.group_access import Grouped, Interleaved, SharedByHeads
    from cnncalc.geometry.window_access import Sliding

    hull = (
        access.hull() if type(access) in (Sliding, Shift, Extended, Part, Grouped, Interleaved, SharedByHeads) else None
    )
    if hull is not None:
        _check(-(-hull.size // hull.gap) * units)
        cycles, phases = np.divmod(np.arange(units), hull.period)
        found = np.arange(0, hull.size, hull.gap)[:, np.newaxis] + np.array(hull.firsts)[phases] + cycles * hull.step
        inside = (found >= 0) & (found < size) & (found <= np.array(hull.lasts)[phases] + cycles * hull.step)
        return np.where(inside, found, -1)
    _check(units)
    rows = []
    left = MOST_TAPS
    for unit in range(units):
        read = access.read_by(IndexSet.span(unit, unit))
        left -= read.total
        _check(MOST_TAPS - left)
        rows.append(list(read.each()))
    longest = max(map(len, rows), default=0) or 1
    _check(longest * units)
    return np.array([row + [-1] * (longest - len(row)) for row in rows], np.int64).T


def _check(taps: int) -> None:
    if taps > MOST_TAPS:
        raise IrregularError
