"""Sets of positions along one axis: what a unit sees, exactly, with holes and clipped at borders.

A set without holes is its first and last position. One with holes is a row of periodic patterns besides (`pieces`), so
that a set costs memory for its pattern and not for the axis that it lies on; where there is no such pattern,
`IrregularError` is raised and not more memory taken. Small sets are computed bit by bit, as integers.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, NamedTuple

from cnncalc.geometry.bits import ones, runs
from cnncalc.geometry.periodic import MOST_PIECES, SHORT, IrregularError, Piece, block, cut, joined, rendered, united
from cnncalc.geometry.progressions import dilated_directly, evened, run, scaled_piece, subsampled_piece

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cnncalc.geometry.axis_map import AxisMap


class IndexSet(NamedTuple):
    """A set of positions, from `first` to `last`: all between, or those of the `pieces` if there are any.

    The empty set has a last position before the first.

    >>> list(IndexSet.span(3, 5).each())
    [3, 4, 5]
    """

    first: int
    last: int
    pieces: tuple[Piece, ...] = ()

    @staticmethod
    def span(first: int, last: int) -> IndexSet:
        """All from `first` to `last`; none where the last is before the first."""
        return IndexSet(first, last) if first <= last else EMPTY

    @staticmethod
    def progression(first: int, step: int, count: int) -> IndexSet:
        """`count` positions from `first` on, `step` apart.

        >>> list(IndexSet.progression(3, 5, 4).each())
        [3, 8, 13, 18]
        """
        return IndexSet.of(run(first, step, count)) if count > 0 else EMPTY

    @staticmethod
    def of(*pieces: Piece) -> IndexSet:
        """Those of pieces in order that do not overlap; a set without holes keeps none of them."""
        if not pieces:
            return EMPTY
        first, last = pieces[0].first, pieces[-1].last
        whole = sum(piece.total for piece in pieces) == last - first + 1
        return IndexSet(first, last) if whole else IndexSet(first, last, pieces)

    def __bool__(self) -> bool:
        return self.first <= self.last

    def __eq__(self, other: object) -> bool:
        if tuple.__eq__(self, other) is True:
            return True
        if not isinstance(other, IndexSet) or self[:2] != other[:2] or self.total != other.total:
            return False
        return bool(self.pieces and other.pieces) and self.covers(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash((self.first, self.last, self.total))

    @property
    def total(self) -> int:
        """How many there are.

        >>> IndexSet.span(0, 2).scaled(2).total
        3
        """
        return sum(piece.total for piece in self.pieces) if self.pieces else self.last - self.first + 1

    def each(self) -> Iterator[int]:
        """The positions in order."""
        for piece in self.parts():
            places = list(ones(piece.bits))
            for number in range(piece.times):
                start = piece.first + number * piece.period
                yield from (start + place for place in places)

    def parts(self) -> Sequence[Piece]:
        """The pieces; a set without holes has one too."""
        return self.pieces or ((Piece(self.first, 1, self.last - self.first + 1, 1),) if self else ())

    def progressions(self) -> Iterator[range]:
        """Evenly spaced positions that together are the set; raises `IrregularError` where there are too many.

        >>> list(IndexSet.span(0, 1).scaled(2).dilated_by_taps(2, 7).progressions())
        [range(0, 1), range(2, 3), range(7, 8), range(9, 10)]
        """
        count_so_far = 0
        for first, period, count, bits in (part for piece in self.parts() for part in evened(piece)):
            for one, length in runs(bits) if count == 1 else ((one, 1) for one in ones(bits)):
                count_so_far += 1
                if count_so_far > MOST_PIECES:
                    raise IrregularError
                start, step = first + one, period if count > 1 else 1
                yield range(start, start + (max(count, length) - 1) * step + 1, step)

    def shifted(self, by: int) -> IndexSet:
        """Each position so much further."""
        if not by or not self:
            return self
        if not self.pieces:
            return IndexSet(self.first + by, self.last + by)
        return IndexSet(self.first + by, self.last + by, tuple(_at(piece, piece.first + by) for piece in self.pieces))

    def mirrored(self) -> IndexSet:
        """The negative of each position.

        >>> list(IndexSet.span(1, 3).mirrored().each())
        [-3, -2, -1]
        """
        if not self.pieces:
            return IndexSet.span(-self.last, -self.first)
        turned = (Piece(-p.last, p.period, p.times, int(f"{p.bits:b}"[::-1], 2)) for p in reversed(self.pieces))
        return IndexSet.of(*turned)

    def scaled(self, step: int) -> IndexSet:
        """Each position times `step`, which is at least 1.

        >>> list(IndexSet.span(1, 3).scaled(4).each())
        [4, 8, 12]
        """
        if step == 1 or not self:
            return self
        if not self.pieces:
            return IndexSet.progression(self.first * step, step, self.last - self.first + 1)
        return IndexSet.of(*joined(part for piece in self.pieces for part in scaled_piece(piece, step)))

    def subsampled(self, step: int, phase: int = 0) -> IndexSet:
        """Of the positions ``q step + phase`` the numbers q: the opposite of `scaled`.

        >>> list(IndexSet.span(1, 7).subsampled(3, 1).each())
        [0, 1, 2]
        """
        if step == 1 or not self:
            return self.shifted(-phase)
        if not self.pieces:
            return IndexSet.span(-((phase - self.first) // step), (self.last - phase) // step)
        return IndexSet.of(*joined(part for piece in self.pieces for part in subsampled_piece(piece, step, phase)))

    def dilated_by_taps(self, taps: int, dilation: int = 1) -> IndexSet:
        """Each position and the `taps` - 1 behind it, `dilation` apart.

        >>> list(IndexSet.span(0, 0).dilated_by_taps(3, 2).each())
        [0, 2, 4]
        """
        if taps == 1 or not self:
            return self
        reach = (taps - 1) * dilation
        if not self.pieces and (dilation == 1 or dilation <= self.last - self.first + 1):
            return IndexSet(self.first, self.last + reach)
        direct = dilated_directly(self.parts(), taps, dilation)
        if direct is not None:
            return IndexSet.of(*direct)
        found, done, pieces_walked = self, 1, 0
        while done < taps:
            more = min(done, taps - done)
            found = found.union(found.shifted(more * dilation))
            done += more
            pieces_walked = _pieces_walked(pieces_walked, found)
        return found

    def plus(self, other: IndexSet) -> IndexSet:
        """The sums of each position with each of the others.

        >>> list(IndexSet.span(0, 1).scaled(10).plus(IndexSet.span(3, 4)).each())
        [3, 4, 13, 14]
        """
        if len(self.pieces) < len(other.pieces):
            return other.plus(self)
        return union_of(self.shifted(row.start).dilated_by_taps(len(row), row.step) for row in other.progressions())

    def within(self, size: int) -> IndexSet:
        """Those from 0 to `size` - 1.

        >>> list(IndexSet.span(-2, 9).within(3).each())
        [0, 1, 2]
        """
        return self if self.first >= 0 and self.last < size else self.between(0, size - 1)

    def between(self, start: int, end: int) -> IndexSet:
        """Those from `start` to `end`."""
        if not self.pieces:
            return IndexSet.span(max(self.first, start), min(self.last, end))
        return IndexSet.of(*(part for piece in self.pieces for part in cut(piece, start, end)))

    def clamped(self, size: int) -> IndexSet:
        """Those from 0 to `size` - 1, and of an axis of so many the end that is nearest to each of the others.

        >>> list(IndexSet.span(5, 9).clamped(3).each())
        [2]
        """
        inside = self.within(size)
        if self and self.first < 0:
            inside = inside.union(IndexSet(0, 0))
        return inside.union(IndexSet(size - 1, size - 1)) if self and self.last >= size else inside

    def union(self, other: IndexSet) -> IndexSet:
        """Those of both; raises `IrregularError`."""
        if self.first > other.first:
            self, other = other, self  # noqa: PLW0642
        if not self or not other:
            return self or other
        if not self.pieces and other.last <= self.last:
            return self
        if not self.pieces and not other.pieces and other.first <= self.last + 1:
            return IndexSet(self.first, other.last)
        length = max(self.last, other.last) - self.first + 1
        if length <= SHORT:
            return IndexSet.of(block(self.first, self.bits(self.first, length) | other.bits(self.first, length)))
        return IndexSet.of(*united(self.parts(), other.parts()))

    def bits(self, start: int, length: int) -> int:
        """An integer whose bits say which of `length` positions from `start` on are in the set."""
        found = 0
        for piece in self.parts():
            found |= rendered(piece, start, length)
        return found

    def covers(self, other: IndexSet) -> bool:
        """Whether all of the other set are in this one."""
        if not other:
            return True
        if other.first < self.first or other.last > self.last:
            return False
        if not self.pieces or tuple.__eq__(self, other) is True:
            return True
        length = other.last - other.first + 1
        if length <= SHORT:
            return not other.bits(other.first, length) & ~self.bits(other.first, length)
        return other.total <= self.total == self.union(other).total

    def read(self, reads: AxisMap) -> IndexSet:
        """What units at these positions read together by a map, not clipped; nothing for none.

        >>> from cnncalc.geometry.axis_map import AxisMap
        >>> list(IndexSet.span(1, 2).read(AxisMap((-1,), (0,), 3)).each())
        [2, 3, 5, 6]
        """
        step, period = reads.step, len(reads.firsts)
        if period == 1:
            near, far = reads.firsts[0], reads.lasts[0]
            if self and not self.pieces and reads.gap == 1 and far - near + 1 >= step:
                return IndexSet(self.first * step + near, self.last * step + far)
        ends = [*zip(reads.firsts, reads.lasts, strict=True)]
        starts = [phase for phase in range(period) if not phase or ends[phase] != ends[phase - 1]]
        found: list[IndexSet] = []
        for start, past in zip(starts, [*starts[1:], period], strict=True):
            first, last = ends[start]
            if first <= last:
                ranges = self.dilated_by_taps(past - start).shifted(start - past + 1)
                cycles = ranges.subsampled(period, start).scaled(step)
                found.append(cycles.dilated_by_taps((last - first) // reads.gap + 1, reads.gap).shifted(first))
        return union_of(found)


EMPTY = IndexSet(0, -1)


def _pieces_walked(before: int, positions: IndexSet) -> int:
    """How many pieces are walked with those of one more set; raises `IrregularError` where they are too many."""
    if before + len(positions.pieces) > 5 * MOST_PIECES:
        raise IrregularError
    return before + len(positions.pieces)


def whole(size: int) -> IndexSet:
    """All positions of an axis."""
    return IndexSet(0, size - 1) if size else EMPTY


def union_of(sets: Iterable[IndexSet]) -> IndexSet:
    """Those of all sets, united in pairs, so that many cost little more than few."""
    row = list(sets)
    reduce(_pieces_walked, row, 0)
    while len(row) > 1:
        pairs = zip(row[::2], row[1::2], strict=False)
        row = [a.union(b) for a, b in pairs] + (row[-1:] if len(row) % 2 else [])
    return row[0] if row else EMPTY


def _at(piece: Piece, first: int) -> Piece:
    return Piece(first, piece.period, piece.times, piece.bits)
