"""Propagation of paths through windows along one axis, and through concatenation.

Windows over arrays, for execution, are in `kernels.windows`.
"""

from __future__ import annotations

from bisect import bisect_left
from math import prod
from typing import TYPE_CHECKING, Final

from cnncalc.geometry.axis_map import LONGEST_PERIOD, AxisMap, interval_hull
from cnncalc.geometry.index_set import EMPTY, IndexSet, whole
from cnncalc.receptive_field.paths import (
    Digit,
    Path,
    Term,
    along,
    axis_term,
    check_table_size,
    hull,
    joint_term,
    map_of_intervals,
    only_along,
    split_terms,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from cnncalc.receptive_field.paths import Interval

READ_AN_ENTRY: Final = 64
"""The positions that may be looked at for each entry of a table of the most entries, where a map turns back."""


def windowed(
    path: Path, axis: int, size: int, reads: AxisMap, after: int, taps: Callable[[int], IndexSet] | None = None
) -> list[Path]:
    """The path behind a layer that maps `size` positions of an axis to `after`; none where no unit has it.

    Output unit u reads the positions ``reads.interval(u)``. Where that is wrong near the borders, as under mirrored
    padding, `taps(u)` gives them. Raises `TooIrregularError` where the result has no short description.

    >>> from cnncalc.receptive_field.paths import axis_term
    >>> path = Path((axis_term(1, 8, AxisMap((-1,), (1,), 1)),))
    >>> windowed(path, 1, 8, AxisMap((0,), (1,), 2), 4)[0].terms[0].reads
    AxisMap(firsts=(-1,), lasts=(2,), step=2, gap=1)
    """
    concerned, terms = split_terms(path, axis)
    region = path.region(axis)
    if region is not None:
        reached = _units_reaching(region, reads, after) if taps is None else _units_reading(region, taps, after)
        if not reached:
            return []
        path = path.restricted(axis, None if reached == whole(after) else reached)
    if not concerned:
        return [path]
    if not only_along(concerned, axis):
        return [path.with_terms([*terms, _windowed_jointly(concerned, axis, size, reads, after)])]
    reading = along(concerned, axis, size)
    single = reads.gap == 1 and reads.firsts == reads.lasts
    if (region is None or single) and (reading.step or reading.period == 1 or size > LONGEST_PERIOD):
        check_table_size(reads.period, reading.period)
        return [path.with_terms([*terms, axis_term(axis, after, reads.compose(reading))])]
    written = _map_of_region(reading, size, region, reads, after, taps)
    return [path.restricted(axis, None).with_terms([*terms, axis_term(axis, after, written)])]


def _units_reaching(region: IndexSet, reads: AxisMap, after: int) -> IndexSet:
    """Which of `after` positions read any of a region."""
    found, phase = EMPTY, 0
    while phase < reads.period:
        first, last, start = reads.firsts[phase], reads.lasts[phase], phase
        while phase < reads.period and (reads.firsts[phase], reads.lasts[phase]) == (first, last):
            phase += 1
        if first <= last:
            taps = (last - first) // reads.gap + 1
            starts = region.shifted(-first - (taps - 1) * reads.gap).dilated_by_taps(taps, reads.gap)
            if reads.step > 0:
                cycles = starts.subsampled(reads.step).within(after)
            elif reads.step:
                cycles = starts.mirrored().subsampled(-reads.step).within(after)
            else:
                cycles = whole(-(-after // reads.period)) if starts.covers(IndexSet.span(0, 0)) else EMPTY
            if cycles:
                found = found.union(cycles.scaled(reads.period).shifted(start).dilated_by_taps(phase - start))
    return found.within(after)


def _units_reading(region: IndexSet, taps: Callable[[int], IndexSet], after: int) -> IndexSet:
    """As `_units_reaching`, by the taps of each position one by one."""
    check_table_size(after)
    places = set(region.each())
    found = EMPTY
    for unit in range(after):
        if not places.isdisjoint(taps(unit).each()):
            found = found.union(IndexSet.span(unit, unit))
    return found


def _map_of_region(
    reading: AxisMap,
    size: int,
    region: IndexSet | None,
    reads: AxisMap,
    after: int,
    taps: Callable[[int], IndexSet] | None,
) -> AxisMap:
    """What each unit reads of the positions of a region: no others exist, but beyond the tensor's borders."""
    check_table_size(max(after, size))
    inside = whole(size) if region is None else region
    first = inside.first if inside.first or not reading.step else None
    last = inside.last if inside.last < size - 1 or not reading.step else None
    ordered = reading.ordered
    if taps is not None:
        chosen = set(inside.each())
        tapped = [[place for place in taps(unit).each() if place in chosen] for unit in range(after)]
        return map_of_intervals([_hull_of(reading, places) for places in tapped])
    ranges = [_clipped(reads.interval(unit), reads.gap, first, last) for unit in range(after)]
    contiguous = inside.total == inside.last - inside.first + 1
    if contiguous and (ordered or first is None or last is None):
        if not ordered:
            check_table_size(sum(map(len, ranges)) // READ_AN_ENTRY)
        return map_of_intervals(
            [reading.span(r[0], r[-1], reads.gap, ordered=ordered) if r else (0, -1) for r in ranges]
        )
    # What is read are places of one residue by the gap.
    rows: list[list[int]] = [[] for _ in range(reads.gap)]
    for place in inside.each():
        rows[place % reads.gap].append(place)
    hulls = [RangeHulls([reading.interval(place) for place in row]) for row in rows]
    pairs = []
    for places in ranges:
        residue = places.start % reads.gap
        bounds = (bisect_left(rows[residue], end) for end in (places.start, places.stop))
        pairs.append(hulls[residue].over(*bounds))
    return map_of_intervals(pairs)


class RangeHulls:
    """Hulls of any intervals in a row, by those of all runs whose length is a power of two: each in constant time.

    >>> RangeHulls([(3, 4), (9, 8), (0, 1), (5, 5)]).over(0, 3), RangeHulls([(3, 4)]).over(1, 1)
    ((0, 4), (0, -1))
    """

    def __init__(self, intervals: list[Interval]) -> None:
        self.runs = [intervals]
        length = 1
        while 2 * length <= len(intervals):
            shorter = self.runs[-1]
            self.runs.append([interval_hull(a, b) for a, b in zip(shorter, shorter[length:], strict=False)])
            length *= 2

    def over(self, start: int, past: int) -> Interval:
        """The hull of those from `start` up to `past`; an empty interval for none."""
        if past <= start:
            return 0, -1
        level = (past - start).bit_length() - 1
        run = self.runs[level]
        found = interval_hull(run[start], run[past - (1 << level)])
        return found if found[0] <= found[1] else (0, -1)


def _hull_of(reading: AxisMap, places: Iterable[int]) -> Interval:
    """What some positions read together."""
    return hull([ends for ends in map(reading.interval, places) if ends[0] <= ends[1]])


def _clipped(ends: Interval, gap: int, first: int | None, last: int | None) -> range:
    """Every `gap`-th position from the first end on that lies inside."""
    start, end = ends
    if first is not None and start < first:
        start += -(-(first - start) // gap) * gap
    return range(start, (end if last is None else min(end, last)) + 1, gap)


def _windowed_jointly(concerned: Sequence[Term], axis: int, size: int, reads: AxisMap, after: int) -> Term:
    """The terms of several axes behind a window along one of them, as one."""
    here = Digit(axis, size, 1)
    term = joint_term(concerned, axis, size)
    place = term.digits.index(here)
    lower = prod(digit.size for digit in term.digits[place + 1 :])
    upper = prod(digit.size for digit in term.digits[:place])
    check_table_size(upper, max(after, size), lower)
    ordered = term.reads.ordered
    pairs: list[Interval] = []
    for number in range(upper * after * lower):
        above, unit, below = number // (after * lower), number // lower % after, number % lower
        places = _clipped(reads.interval(unit), reads.gap, 0, size - 1)
        start = above * size * lower + below
        ends = (start + places[0] * lower, start + places[-1] * lower) if places else (0, -1)
        pairs.append(term.reads.span(*ends, reads.gap * lower, ordered=ordered) if places else ends)
    digits = (*term.digits[:place], Digit(axis, after, 1), *term.digits[place + 1 :])
    return Term(digits, map_of_intervals(pairs))


def concatenated(path: Path, axis: int, size: int, before: int, after: int) -> list[Path]:
    """The path of a tensor of `size` that is concatenated behind `before` positions of an axis, to `after` in all."""
    region = path.region(axis)
    now = region.shifted(before) if region is not None else IndexSet.span(before, before + size - 1)
    if split_terms(path, axis)[0]:
        shift = AxisMap((-before,), (-before,), 1)
        return [found.restricted(axis, now) for found in windowed(path, axis, size, shift, after)]
    return [path.restricted(axis, now if size < after else region)]
