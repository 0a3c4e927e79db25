"""What units see by one path through the network, where axes are moved, cut, joined or hold several pieces.

A `Path` counts the units of a tensor by the digits of their positions, as strided arrays do: height and width of a map
that was flattened are the digits ``t // width`` and ``t % width`` of the token t. What a unit sees is a sum of
intervals, one for each `Term`, so that every layer can be followed digit by digit: the hull over a window along one of
them does not depend on the others. Of an ordinary map a path has one term, whose digit is a whole axis.

Axes are those of the tensor, channels first: axis 0 are the channels.
"""

from __future__ import annotations

from itertools import product
from math import lcm, prod
from typing import TYPE_CHECKING, Final, NamedTuple

from cnncalc.positions import EMPTY, Positions, whole
from cnncalc.receptive import LARGEST_SIZE, LONGEST_PERIOD, AxisMap

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cnncalc.layout import Shape

LONGEST_TABLE: Final = 2**14
"""The most units whose intervals are written one by one."""

Interval = tuple[int, int]


class TooIrregularError(Exception):
    """A path that has no short description."""


class Digit(NamedTuple):
    """``position // inner % size`` along an axis."""

    axis: int
    size: int
    inner: int


class Term(NamedTuple):
    """What is read by the number that some digits make, the most significant first."""

    digits: tuple[Digit, ...]
    reads: AxisMap

    def plus(self, by: Interval) -> Term:
        """The sum of the term and an interval."""
        return Term(self.digits, widened(self.reads, by))


class Path(NamedTuple):
    """What the units of a tensor see of an axis of an input by one path: the sum of the terms, the whole for none.

    `where` holds, by axis and in order, the positions of the units that have the path; all of an axis that is not
    named. Not `aligned`, it is the hull of paths with different centres; not `exact`, it may claim too much.

    >>> Path((whole_axis(1, 14, AxisMap((-1,), (1,), 1)),)).terms[0].digits
    (Digit(axis=1, size=14, inner=1),)
    """

    terms: tuple[Term, ...]
    where: tuple[tuple[int, Positions], ...] = ()
    aligned: bool = True
    exact: bool = True

    def region(self, axis: int) -> Positions | None:
        """The positions along an axis that have the path; None for all."""
        return next((places for named, places in self.where if named == axis), None)

    def restricted(self, axis: int, places: Positions | None) -> Path:
        """The path of other positions along an axis."""
        others = [found for found in self.where if found[0] != axis]
        return self._replace(where=tuple(sorted([*others, (axis, places)] if places is not None else others)))

    def with_terms(self, terms: Sequence[Term]) -> Path:
        """The path with other terms, in order; constants stand in the first, so that equal paths are equal."""
        tidy: list[Term] = []
        for term in sorted(terms):
            reads = simplest(term.reads, prod(digit.size for digit in term.digits))
            term = term._replace(reads=reads)
            if reads.size > LARGEST_SIZE or reads.step > LARGEST_SIZE:
                raise TooIrregularError
            if tidy and reads.period == 1 and reads.firsts[0] <= reads.lasts[0]:
                tidy[0] = tidy[0].plus((reads.firsts[0], reads.lasts[0]))
                term = term._replace(reads=AxisMap((0,), (0,), reads.step))
            tidy.append(term)
        return self._replace(terms=tuple(tidy))


def whole_axis(axis: int, size: int, reads: AxisMap) -> Term:
    """The term of a whole axis."""
    return Term((Digit(axis, size, 1),), reads)


def widened(reads: AxisMap, by: Interval) -> AxisMap:
    """The sum of a map and an interval; what reads nothing still does.

    >>> widened(AxisMap((0, 5), (0, 4), 1), (-1, 2))
    AxisMap(firsts=(-1, 4), lasts=(2, 3), step=1, gap=1)
    """
    pairs = [total(ends, by) for ends in zip(reads.firsts, reads.lasts, strict=True)]
    return table(pairs, reads.step)


def simplest(reads: AxisMap, units: int) -> AxisMap:
    """A map of so many units with the shortest pattern, where each was written on its own.

    >>> simplest(AxisMap((0, 2, 4), (1, 3, 5), 0), 3)
    AxisMap(firsts=(0,), lasts=(1,), step=2, gap=1)
    """
    if reads.step or reads.period < units or units < 2:
        return reads
    firsts, lasts = reads.firsts[:units], reads.lasts[:units]
    for period in range(1, units // 2 + 1):
        step = firsts[period] - firsts[0]
        if step >= 0 and all(
            ends[n + period] == ends[n] + step for n in range(units - period) for ends in (firsts, lasts)
        ):
            return AxisMap(firsts[:period], lasts[:period], step)
    return reads


def total(a: Interval, b: Interval) -> Interval:
    """The sum of two intervals, of which each may be empty."""
    first = a[0] + b[0]
    return (first, a[1] + b[1]) if a[0] <= a[1] and b[0] <= b[1] else (first, first - 1)


def along(terms: Sequence[Term], axis: int, size: int) -> AxisMap:
    """What positions of an axis read by terms whose digits are all of it; raises `TooIrregularError`."""
    if len(terms) == 1 and terms[0].digits == (Digit(axis, size, 1),):
        return terms[0].reads
    repeats = [_repeats(term, size) for term in terms]
    period = lcm(*(period for period, _ in repeats))
    if period > LONGEST_TABLE:
        raise TooIrregularError
    pairs = [(0, 0)] * period
    for term in terms:
        pairs = [total(pair, _at(term, place, size)) for place, pair in enumerate(pairs)]
    step = sum(step * (period // repeated) for repeated, step in repeats)
    return table(pairs, step).reduced()


def _repeats(term: Term, size: int) -> Interval:
    """After how many positions a term repeats, and how much further it reads there."""
    first = term.digits[0]
    if len(term.digits) > 1:
        return size, 0
    if first.inner * first.size == size:
        return first.inner * term.reads.period, term.reads.step
    return first.inner * first.size, 0


def _at(term: Term, place: int, size: int) -> Interval:
    """What a term reads at a position."""
    number = 0
    for digit in term.digits:
        value = place // digit.inner
        leads = len(term.digits) == 1 and digit.inner * digit.size == size
        number = number * digit.size + (value if leads else value % digit.size)
    return term.reads.interval(number)


def _split(path: Path, axis: int) -> tuple[list[Term], list[Term]]:
    """The terms with digits of an axis, and the others."""
    touching = [term for term in path.terms if any(digit.axis == axis for digit in term.digits)]
    return touching, [term for term in path.terms if term not in touching]


def alone(terms: Sequence[Term], axis: int) -> bool:
    """Whether terms have digits of one axis only."""
    return all(digit.axis == axis for term in terms for digit in term.digits)


def without(path: Path, axis: int, size: int) -> list[Path]:
    """The path behind a layer that reads the whole of an axis: none where nothing is read of it."""
    touching, terms = _split(path, axis)
    region = path.region(axis)
    path = path.restricted(axis, None)
    if not touching:
        return [path]
    single = [term for term in touching if alone([term], axis)]
    constant = (0, 0)
    if region is not None and single == touching:
        constant = _hull_over(along(single, axis, size), region)
    elif region is not None:
        terms = [*terms, _over_places(_as_one(touching, axis, size), Digit(axis, size, 1), region)]
    else:
        for term in single:
            constant = total(constant, term.reads.span(0, prod(digit.size for digit in term.digits) - 1))
        terms = [*terms, *(_without_digits(term, axis) for term in touching if term not in single)]
    if constant[0] > constant[1]:
        return []
    if not terms:
        return [path._replace(terms=())]
    return [path.with_terms([terms[0].plus(constant), *terms[1:]])]


def _hull_over(reads: AxisMap, places: Positions) -> Interval:
    """What positions read together."""
    if places.total == places.last - places.first + 1:
        return reads.span(places.first, places.last)
    if places.total > LONGEST_TABLE:
        raise TooIrregularError
    found = [ends for ends in map(reads.interval, places.each()) if ends[0] <= ends[1]]
    return hull(found)


def _without_digits(term: Term, axis: int) -> Term:
    """A term with all values of its digits of an axis taken together."""
    digits, reads = term
    for place in range(len(digits) - 1, -1, -1):
        if digits[place].axis == axis:
            lower = prod(digit.size for digit in digits[place + 1 :])
            farthest = (digits[place].size - 1) * lower
            _check_table(reads.period, lower)
            over = AxisMap(tuple(range(lower)), tuple(range(farthest, farthest + lower)), farthest + lower, lower)
            reads, digits = over.of(reads), (*digits[:place], *digits[place + 1 :])
            if place == 0:  # there are no units beyond
                units = [reads.interval(unit) for unit in range(lower)]
                reads = table(units)
    return Term(digits, reads)


def _as_one(terms: Sequence[Term], axis: int, size: int) -> Term:
    """Terms with digits of an axis as one term, which has the whole axis as a digit."""
    if len(terms) == 1 and Digit(axis, size, 1) in terms[0].digits:
        return terms[0]
    others = tuple(dict.fromkeys(digit for term in terms for digit in term.digits if digit.axis != axis))
    _check_table(*(digit.size for digit in others), size)
    pairs: list[Interval] = []
    for values in product(*(range(digit.size) for digit in others), range(size)):
        known = dict(zip(others, values, strict=False))
        found = (0, 0)
        for digits, reads in terms:
            number = 0
            for digit in digits:
                value = known.get(digit, values[-1] // digit.inner % digit.size)
                number = number * digit.size + value
            found = total(found, reads.interval(number))
        pairs.append(found)
    return Term((*others, Digit(axis, size, 1)), table(pairs))


def _over_places(term: Term, digit: Digit, places: Positions) -> Term:
    """A term of several axes with some positions of one of them taken together."""
    place = term.digits.index(digit)
    lower = prod(other.size for other in term.digits[place + 1 :])
    upper = prod(other.size for other in term.digits[:place])
    _check_table(upper, places.total, lower)
    inside = list(places.each())
    pairs: list[Interval] = []
    for above, below in product(range(upper), range(lower)):
        start = above * digit.size * lower + below
        found = [ends for ends in (term.reads.interval(start + at * lower) for at in inside) if ends[0] <= ends[1]]
        pairs.append(hull(found))
    digits = (*term.digits[:place], *term.digits[place + 1 :])
    return Term(digits, table(pairs))


def hull(found: Sequence[Interval]) -> Interval:
    """The smallest interval that covers several; an empty one for none."""
    return (min(first for first, _ in found), max(last for _, last in found)) if found else (0, -1)


def table(pairs: Sequence[Interval], step: int = 0) -> AxisMap:
    """The map of units that were written one by one; beyond them there are none."""
    return AxisMap(tuple([first for first, _ in pairs]), tuple([last for _, last in pairs]), step)


def _check_table(*sizes: int) -> None:
    if prod(sizes) > LONGEST_TABLE:
        raise TooIrregularError


def windowed(
    path: Path, axis: int, size: int, reads: AxisMap, after: int, taps: Callable[[int], Positions] | None = None
) -> list[Path]:
    """The path behind a layer by which each of `after` positions of an axis reads some of its `size`.

    `taps` are the positions that each reads, where `reads` does not tell those near the borders.
    """
    touching, terms = _split(path, axis)
    region = path.region(axis)
    if region is not None:
        reached = _reached(region, reads, after) if taps is None else _tapped(region, taps, after)
        if not reached:
            return []
        path = path.restricted(axis, None if reached == whole(after) else reached)
    if not touching:
        return [path]
    if not alone(touching, axis):
        return [path.with_terms([*terms, _joint(touching, axis, size, reads, after)])]
    reading = along(touching, axis, size)
    single = reads.gap == 1 and reads.firsts == reads.lasts
    if (region is None or single) and (reading.step or reading.period == 1 or size > LONGEST_PERIOD):
        _check_table(reads.period, reading.period)
        return [path.with_terms([*terms, whole_axis(axis, after, reads.of(reading))])]
    written = _table(reading, size, region, reads, after, taps)
    return [path.restricted(axis, None).with_terms([*terms, whole_axis(axis, after, written)])]


def _reached(region: Positions, reads: AxisMap, after: int) -> Positions:
    """Which of `after` positions read any of a region."""
    found, phase = EMPTY, 0
    while phase < reads.period:
        first, last, start = reads.firsts[phase], reads.lasts[phase], phase
        while phase < reads.period and (reads.firsts[phase], reads.lasts[phase]) == (first, last):
            phase += 1
        if first <= last:
            taps = (last - first) // reads.gap + 1
            starts = region.moved(-first - (taps - 1) * reads.gap).reaching(taps, reads.gap)
            if reads.step:
                cycles = starts.thinned(reads.step).within(after)
            else:
                cycles = whole(-(-after // reads.period)) if starts.covers(Positions.span(0, 0)) else EMPTY
            if cycles:
                found = found.union(cycles.spread(reads.period).moved(start).reaching(phase - start))
    return found.within(after)


def _tapped(region: Positions, taps: Callable[[int], Positions], after: int) -> Positions:
    _check_table(after)
    places = set(region.each())
    found = EMPTY
    for unit in range(after):
        if not places.isdisjoint(taps(unit).each()):
            found = found.union(Positions.span(unit, unit))
    return found


def _table(
    reading: AxisMap,
    size: int,
    region: Positions | None,
    reads: AxisMap,
    after: int,
    taps: Callable[[int], Positions] | None,
) -> AxisMap:
    """What each unit reads of the positions of a region: no others exist, but beyond the tensor's borders."""
    _check_table(max(after, size))
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
    return table(pairs)


def _clipped(ends: Interval, gap: int, first: int | None, last: int | None) -> range:
    """Every `gap`-th position from the first end on that lies inside."""
    start, end = ends
    if first is not None and start < first:
        start += -(-(first - start) // gap) * gap
    return range(start, (end if last is None else min(end, last)) + 1, gap)


def _joint(touching: Sequence[Term], axis: int, size: int, reads: AxisMap, after: int) -> Term:
    """The terms of several axes behind a window along one of them, as one."""
    here = Digit(axis, size, 1)
    term = _as_one(touching, axis, size)
    place = term.digits.index(here)
    lower = prod(digit.size for digit in term.digits[place + 1 :])
    upper = prod(digit.size for digit in term.digits[:place])
    _check_table(upper, max(after, size), lower)
    ordered = term.reads.ordered
    pairs: list[Interval] = []
    for number in range(upper * after * lower):
        above, unit, below = number // (after * lower), number // lower % after, number % lower
        places = _clipped(reads.interval(unit), reads.gap, 0, size - 1)
        start = above * size * lower + below
        ends = (start + places[0] * lower, start + places[-1] * lower) if places else (0, -1)
        pairs.append(term.reads.span(*ends, reads.gap * lower, ordered=ordered) if places else ends)
    digits = (*term.digits[:place], Digit(axis, after, 1), *term.digits[place + 1 :])
    return Term(digits, table(pairs))


def moved(path: Path, axis: int, size: int, before: int, after: int) -> list[Path]:
    """The path of a tensor that follows `before` positions of an axis, which has `after` altogether."""
    region = path.region(axis)
    now = region.moved(before) if region is not None else Positions.span(before, before + size - 1)
    if _split(path, axis)[0]:
        shift = AxisMap((-before,), (-before,), 1)
        return [found.restricted(axis, now) for found in windowed(path, axis, size, shift, after)]
    return [path.restricted(axis, now if size < after else region)]
