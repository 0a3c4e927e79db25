"""Boxes of positions: parts of a tensor that are the product of a set for each axis, and unions of such.

A unit that two paths reach sees a union of boxes, which need not be a box; and a path is dead as soon as it reads only
padding along any axis, whatever it reads along the others. So sets are followed box by box, and never axis by axis.
"""

from __future__ import annotations

from itertools import product
from math import prod

from cnncalc.positions import Positions, union_of, whole

Box = tuple[Positions, ...]
"""A product of sets, one for each axis of a tensor, channels first."""


def added(boxes: list[Box], box: Box) -> None:
    """Add a box to a union of boxes: nothing if another covers it, merged where it differs from one along one axis.

    >>> boxes: list[Box] = []
    >>> for first, last in ((0, 1), (2, 3), (1, 2)):
    ...     added(boxes, (whole(3), Positions.span(first, last)))
    >>> boxes == [(whole(3), whole(4))]
    True
    """
    index = 0
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


def relaid(box: Box, sizes: tuple[int, ...], others: tuple[int, ...]) -> list[Box]:
    """The places of a box of one shape in another shape of as many values; both are rows of values, last axis fastest.

    Axes are taken together only as far as they are cut anew: 4 x 6 x 5 to 4 x 30 keeps the first apart.

    >>> [[list(axis.each()) for axis in box] for box in relaid((whole(1), Positions.span(3, 4)), (1, 12), (3, 4))]
    [[[0], [3]], [[1], [0]]]
    """
    parts: list[list[Box]] = []
    start, from_start = 0, 0
    while start < len(sizes) or from_start < len(others):
        end, to_end = _together(sizes, start, others, from_start)
        parts.append(_cut_anew(box[start:end], sizes[start:end], others[from_start:to_end]))
        start, from_start = end, to_end
    return [tuple(axis for part in chosen for axis in part) for chosen in product(*parts)]


def _together(sizes: tuple[int, ...], start: int, others: tuple[int, ...], from_start: int) -> tuple[int, int]:
    """Where the shortest runs of axes end that hold as many values in both shapes."""
    end, to_end = min(start + 1, len(sizes)), min(from_start + 1, len(others))
    while prod(sizes[start:end]) != prod(others[from_start:to_end]):
        if prod(sizes[start:end]) < prod(others[from_start:to_end]):
            end += 1
        else:
            to_end += 1
    return end, to_end


def _cut_anew(box: Box, sizes: tuple[int, ...], others: tuple[int, ...]) -> list[Box]:
    """The places of a box among the axes of another shape, through their places in the row of values."""
    if all(positions == whole(size) for positions, size in zip(box, sizes, strict=True)):
        return [tuple(map(whole, others))]
    if sizes == others:
        return [box]
    row = whole(1)
    for positions, size in zip(box, sizes, strict=True):
        spread = row.spread(size)
        row = Positions(spread.first + positions.first, spread.bits * positions.bits)  # sums are unique: no carries
    return _boxes_of(row, others)


def _boxes_of(row: Positions, sizes: tuple[int, ...]) -> list[Box]:
    """Boxes that together hold the places of a row: rows of the last axis that are alike make one."""
    if not sizes:
        return [()]
    size = sizes[-1]
    if len(sizes) == 1:
        return [(row,)]
    alike: dict[Positions, list[int]] = {}
    for line in range(row.first // size, row.last // size + 1):
        places = row.moved(-line * size).within(size)
        if places:
            alike.setdefault(places, []).append(line)
    return [
        (*box, places)
        for places, lines in alike.items()
        for box in _boxes_of(union_of(Positions.span(line, line) for line in lines), sizes[:-1])
    ]
