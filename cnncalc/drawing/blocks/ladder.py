"""A column of rows in the order of execution: ways to the next row are straight, all others have lanes beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from cnncalc.drawing.blocks.geometry import GAP, TURN, Extent, Way
from cnncalc.drawing.blocks.plan import Leaf

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.drawing.blocks.geometry import Placer
    from cnncalc.drawing.blocks.plan import Ladder

PITCHES: Final = ((8, 7.0), (16, 5.0), (0, 3.6))
"""Up to so many lanes are so far from each other; without a number, any."""

DEPARTURE: Final = 4.5
"""How far behind a row ways turn to their lanes."""


class Lane(NamedTuple):
    """The lane of what a row gives, -1 for what is before the ladder: the number of rows is what is behind it."""

    source: int
    targets: tuple[int, ...]
    number: int


def lanes(ladder: Ladder) -> list[Lane]:
    """The lanes, those of short ways near the rows; lanes that are one on the other never run beside each other."""
    wanted: dict[int, set[int]] = {}
    for number, row in enumerate(ladder.rows):
        for source in row.reads:
            if source != number - 1 or row.reads.count(source) > 1:
                wanted.setdefault(source, set()).add(number)
        if row.leaves and number != len(ladder.rows) - 1:
            wanted.setdefault(number, set()).add(len(ladder.rows))
    taken: list[list[tuple[int, int]]] = []
    found = []
    for source, targets in sorted(wanted.items(), key=lambda pair: (max(pair[1]) - pair[0], pair[0])):
        last = max(targets)
        number = 0
        while number < len(taken) and any(source < end and begin < last for begin, end in taken[number]):
            number += 1
        if number == len(taken):
            taken.append([])
        taken[number].append((source, last))
        found.append(Lane(source, tuple(sorted(targets)), number))
    return found


def extent(placing: Placer, ladder: Ladder) -> Extent:
    """How much room a ladder takes."""
    rows = [placing.extent(row.plan) for row in ladder.rows]
    count = max((lane.number + 1 for lane in lanes(ladder)), default=0)
    along = sum(row.along for row in rows) + sum(_gaps(ladder)[1:])
    after = max(row.after for row in rows)
    before = max(row.before for row in rows)
    return Extent(before, after + (4 + count * _pitch(count) if count else 0), along)


def _gaps(ladder: Ladder) -> list[float]:
    """The gap before each row: more where a way comes to the start of a row from a lane."""
    found = []
    for row in ladder.rows:
        is_wide = not isinstance(row.plan, Leaf)
        found.append(GAP + (DEPARTURE + 2 if is_wide else 0))
    return found


def _pitch(count: int) -> float:
    return next(pitch for most, pitch in PITCHES if count <= most or not most)


def place(placing: Placer, ladder: Ladder, axis: float, start: float, ways: Sequence[Way]) -> list[Way]:
    """Put a ladder on an axis."""
    found = lanes(ladder)
    count = max((lane.number + 1 for lane in found), default=0)
    side = axis + max(placing.extent(row.plan).after for row in ladder.rows) + 4
    across = {lane.source: side + (lane.number + 0.5) * _pitch(count) for lane in found}
    until = {lane.source: lane.targets[-1] for lane in found}
    given: dict[int, list[Way]] = {-1: list(ways)}
    turns = {-1: start - TURN}
    rows: list[tuple[float, float]] = []
    for gap, row in zip(_gaps(ladder), ladder.rows, strict=True):
        start += gap if rows else 0
        stop = start + placing.extent(row.plan).along
        rows.append((start, stop))
        start = stop
    for number, (row, (begin, end)) in enumerate(zip(ladder.rows, rows, strict=True)):
        incoming: list[Way] = []
        for source in dict.fromkeys(row.reads):
            times = row.reads.count(source)
            if source == number - 1:
                incoming += given[source]
                times -= 1
            if times:
                incoming += [_by_lane(way, axis, turns[source], across[source]) for way in given[source]] * times
                if until[source] != number and isinstance(row.plan, Leaf):
                    placing.dots.append((across[source], (begin + end) / 2))
        given[number] = placing.place(row.plan, axis, begin, incoming)
        turns[number] = end + DEPARTURE
    leaving: list[Way] = []
    for number, row in enumerate(ladder.rows):
        if row.leaves and number == len(rows) - 1:
            leaving += given[number]
        elif row.leaves:
            leaving += [_by_lane(way, axis, turns[number], across[number]) for way in given[number]]
    return leaving


def _by_lane(way: Way, axis: float, turn: float, across: float) -> Way:
    """A way that goes over to a lane."""
    return Way(way.source, (*way.points, (axis, turn), (across, turn)), aside=True)
