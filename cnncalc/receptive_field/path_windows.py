"""Propagation of paths through windows along one axis, and through concatenation.

Windows over arrays, for execution, are in `kernels.windows`.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from cnncalc.geometry.axis_map import LONGEST_PERIOD, AxisMap
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
    from collections.abc import Callable, Sequence

    from cnncalc.receptive_field.paths import Interval


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
            if reads.step:
                cycles = starts.subsampled(reads.step).within(after)
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
    chosen = None if inside.total == inside.last - inside.first + 1 and taps is None else set(inside.each())
    ordered = reading.ordered
    pairs = []
    for unit in range(after):
        places = _clipped(reads.interval(unit), reads.gap, first, last) if taps is None else taps(unit).each()
        if chosen is None and isinstance(places, range):
            pairs.append(reading.span(places[0], places[-1], reads.gap, ordered=ordered) if places else (0, -1))
            continue
        found = [reading.interval(place) for place in places if chosen is None or place in chosen]
        found = [ends for ends in found if ends[0] <= ends[1]]
        pairs.append(hull(found))
    return map_of_intervals(pairs)


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
