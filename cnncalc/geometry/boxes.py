"""Boxes of positions: parts of a tensor that are the product of a set for each axis, and unions of such.

A unit that two paths reach sees a union of boxes, which need not be a box; and a path is dead as soon as it reads only
padding along any axis, whatever it reads along the others. So sets are followed box by box, and never axis by axis.
"""

from __future__ import annotations

from itertools import product
from math import lcm, prod
from typing import TYPE_CHECKING, Final

from cnncalc.geometry.index_set import IndexSet, union_of, whole
from cnncalc.geometry.periodic import MOST_PIECES, IrregularError, cut, single_blocks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cnncalc.geometry.periodic import Piece

Box = tuple[IndexSet, ...]
"""A product of sets, one for each axis of a tensor, channels first."""

COMPARED: Final = 32
"""The most boxes of a union that every other is compared with."""


class BoxUnion:
    """A union of boxes, to which any number are added in about linear time.

    A box is left out where another is known to cover it, and merged with one from which it differs along one axis. The
    first `COMPARED` are held against all others; among more, only boxes that are equal along all axes but one.

    >>> union = BoxUnion()
    >>> for first, last in ((0, 1), (2, 3), (1, 2)):
    ...     union.add((whole(3), IndexSet.span(first, last)))
    >>> union.boxes() == [(whole(3), whole(4))]
    True
    """

    def __init__(self) -> None:
        self._few: list[Box] = []
        self._many: dict[Box, None] = {}
        self._lines: dict[tuple[int, Box], Box] = {}

    def boxes(self) -> list[Box]:
        """The boxes, none of which is empty."""
        return [*self._few, *self._many]

    def add(self, box: Box) -> None:
        """Add a box; raises `IrregularError` where sets along an axis have no union."""
        if len(self._few) < COMPARED:
            self._add_to_few(box)
            return
        while box not in self._many and not any(_covers(other, box) for other in self._few):
            lines = [(axis, _without(box, axis)) for axis in range(len(box))]
            aligned = next((line for line in lines if line in self._lines), None)
            if aligned is None:
                self._many[box] = None
                self._lines |= dict.fromkeys(lines, box)
                return
            box = self._merged(box, aligned[0], self._lines[aligned])

    def _add_to_few(self, box: Box) -> None:
        """Leave the box out where another covers it, merge it where it differs from one along one axis, or keep it."""
        boxes, index = self._few, 0
        while index < len(boxes):
            other = boxes[index]
            differing = [axis for axis, (a, b) in enumerate(zip(box, other, strict=True)) if a != b]
            if all(other[axis].covers(box[axis]) for axis in differing):
                return
            if len(differing) == 1:
                axis = differing[0]
                box = (*box[:axis], box[axis].union(other[axis]), *box[axis + 1 :])
                del boxes[index]
                index = 0
            elif all(box[axis].covers(other[axis]) for axis in differing):
                del boxes[index]
            else:
                index += 1
        boxes.append(box)

    def _merged(self, box: Box, axis: int, other: Box) -> Box:
        """A box and one of those that are kept, which is let go, that differs from it along an axis."""
        del self._many[other]
        for number in range(len(box)):
            del self._lines[number, _without(other, number)]
        return (*box[:axis], box[axis].union(other[axis]), *box[axis + 1 :])


def united(boxes: Iterable[Box]) -> list[Box]:
    """Boxes that together hold what these do, merged as `BoxUnion` merges them."""
    union = BoxUnion()
    for box in boxes:
        union.add(box)
    return union.boxes()


def _without(box: Box, axis: int) -> Box:
    return (*box[:axis], *box[axis + 1 :])


def _covers(box: Box, other: Box) -> bool:
    return all(a.covers(b) for a, b in zip(box, other, strict=True))


def reshape_box(box: Box, sizes: tuple[int, ...], others: tuple[int, ...]) -> list[Box]:
    """The places of a box of one shape in another shape of as many values; both are rows of values, last axis fastest.

    Axes are taken together only as far as they are cut anew: 4 x 6 x 5 to 4 x 30 keeps the first apart.

    >>> [[list(axis.each()) for axis in box] for box in reshape_box((whole(1), IndexSet.span(3, 4)), (1, 12), (3, 4))]
    [[[0], [3]], [[1], [0]]]
    """
    parts = [_reshape_run(box[old], sizes[old], others[new]) for old, new in common_rows(sizes, others)]
    return [tuple(axis for part in chosen for axis in part) for chosen in product(*parts)]


def common_rows(sizes: tuple[int, ...], others: tuple[int, ...]) -> Iterator[tuple[slice, slice]]:
    """The shortest runs of axes, in order, that hold as many values in both shapes, which hold as many altogether.

    >>> [(old.stop, new.stop) for old, new in common_rows((4, 6, 5), (4, 30))]
    [(1, 1), (3, 2)]
    """
    start = from_start = 0
    while start < len(sizes) or from_start < len(others):
        end, to_end = min(start + 1, len(sizes)), min(from_start + 1, len(others))
        while prod(sizes[start:end]) != prod(others[from_start:to_end]):
            if prod(sizes[start:end]) < prod(others[from_start:to_end]):
                end += 1
            else:
                to_end += 1
        yield slice(start, end), slice(from_start, to_end)
        start, from_start = end, to_end


def _reshape_run(box: Box, sizes: tuple[int, ...], others: tuple[int, ...]) -> list[Box]:
    """The places of a box among the axes of another shape, through their places in the row of values."""
    if all(positions == whole(size) for positions, size in zip(box, sizes, strict=True)):
        return [tuple(map(whole, others))]
    if sizes == others:
        return [box]
    return split(row_of(box, sizes), others)


def row_of(box: Box, sizes: Sequence[int]) -> IndexSet:
    """The numbers of a box's places in the row of all values, of which the last axis is the fastest.

    >>> list(row_of((IndexSet.span(1, 2), IndexSet.span(0, 1)), (3, 10)).each())
    [10, 11, 20, 21]
    """
    row = whole(1)
    for positions, size in zip(box, sizes, strict=True):
        row = row.scaled(size).plus(positions)
    return row


def split(row: IndexSet, sizes: Sequence[int]) -> list[Box]:
    """Boxes that together hold the places whose numbers are given, as `row_of` counts them.

    Rows of the last axis that are alike make one; raises `IrregularError` where there are too many that are not.

    >>> [[list(axis.each()) for axis in box] for box in split(IndexSet.span(2, 9), (4, 3))]
    [[[1, 2], [0, 1, 2]], [[0], [2]], [[3], [0]]]
    """
    if not sizes:
        return [()]
    if len(sizes) == 1:
        return [(row,)]
    lines_by_places: dict[IndexSet, list[IndexSet]] = {}
    for lines, places in _lines(row, sizes[-1]):
        lines_by_places.setdefault(places, []).append(lines)
    return [(*box, places) for places, lines in lines_by_places.items() for box in split(union_of(lines), sizes[:-1])]


def _lines(row: IndexSet, size: int) -> Iterator[tuple[IndexSet, IndexSet]]:
    """Lines of so many places that hold the same of a row, and what they hold."""
    single: dict[int, list[IndexSet]] = {}
    found = 0
    for piece in row.parts():
        for first, step, count, places in _lines_of(piece, size):
            found += 1
            if found > MOST_PIECES:
                raise IrregularError
            if count == 1:
                single.setdefault(first, []).append(places)
            else:
                yield IndexSet.progression(first, step, count), places
    yield from ((IndexSet.span(line, line), union_of(places)) for line, places in single.items())


def _lines_of(piece: Piece, size: int) -> Iterator[tuple[int, int, int, IndexSet]]:
    """The lines that a piece has places on: the first, how far apart and how many hold the same, and what they hold."""
    start, end = piece.first // size + 1, piece.last // size
    cycle = lcm(piece.period, size) // size
    count = (end - start) // cycle
    if count < 2:
        yield from ((line, 1, 1, places) for line, places in _single_lines([piece], size))
        return
    past = start + count * cycle
    ends = (*cut(piece, piece.first, start * size - 1), *cut(piece, past * size, piece.last))
    yield from ((line, 1, 1, places) for line, places in _single_lines(ends, size))
    repeating = cut(piece, start * size, (start + cycle) * size - 1)
    yield from ((line, cycle, count, places) for line, places in _single_lines(repeating, size))


def _single_lines(pieces: Iterable[Piece], size: int) -> Iterator[tuple[int, IndexSet]]:
    """Line by line what pieces hold there; a line may come again."""
    for blocks in pieces:
        on_other_lines = blocks.period > size and blocks.times > 1
        for piece in single_blocks(blocks) if on_other_lines else [blocks]:
            for line in range(piece.first // size, piece.last // size + 1):
                inside = cut(piece, line * size, (line + 1) * size - 1)
                if inside:
                    yield line, IndexSet.of(*inside).shifted(-line * size)
