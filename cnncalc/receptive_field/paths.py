"""Receptive fields by one path through the network, where axes are permuted, reshaped, concatenated or sliced.

A `Path` counts the units of a tensor by the digits of their positions, as strided arrays do: height and width of a map
that was flattened are the digits ``t // width`` and ``t % width`` of the token t. What a unit sees is a sum of
intervals, one for each `Term`, so that every layer can be followed digit by digit: the hull over a window along one of
them does not depend on the others. Of an ordinary map a path has one term, whose digit is a whole axis.

Axes are those of the tensor, channels first: axis 0 are the channels.
"""

from __future__ import annotations

from itertools import pairwise, product
from math import lcm, prod
from typing import TYPE_CHECKING, Final, NamedTuple

from cnncalc.geometry.axis_map import LARGEST_SIZE, AxisMap, periods

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.geometry.index_set import IndexSet


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
    """The interval ``reads.interval(n)``, where n is the number that the digits make, most significant first."""

    digits: tuple[Digit, ...]
    reads: AxisMap

    def plus(self, by: Interval) -> Term:
        """The sum of the term and an interval."""
        return Term(self.digits, widened(self.reads, by))


class Path(NamedTuple):
    """What the units of a tensor see of an axis of an input by one path: the sum of the terms, the whole for none.

    `where` holds, by axis and in order, the positions of the units that have the path; all of an axis that is not
    named. Not `aligned`, it is the hull of paths with different centres; not `exact`, it may claim too much.

    >>> Path((axis_term(1, 14, AxisMap((-1,), (1,), 1)),)).terms[0].digits
    (Digit(axis=1, size=14, inner=1),)
    """

    terms: tuple[Term, ...]
    where: tuple[tuple[int, IndexSet], ...] = ()
    aligned: bool = True
    exact: bool = True

    def region(self, axis: int) -> IndexSet | None:
        """The positions along an axis that have the path; None for all."""
        return next((places for named, places in self.where if named == axis), None)

    def restricted(self, axis: int, places: IndexSet | None) -> Path:
        """The path of other positions along an axis."""
        others = [found for found in self.where if found[0] != axis]
        return self._replace(where=tuple(sorted([*others, (axis, places)] if places is not None else others)))

    def with_terms(self, terms: Sequence[Term]) -> Path:
        """The path with other terms, in order; constants stand in the first, so that equal paths are equal."""
        tidy: list[Term] = []
        for digits, written in sorted(terms):
            reads = with_shortest_period(written, prod(digit.size for digit in digits))
            if reads.size > LARGEST_SIZE or abs(reads.step) > LARGEST_SIZE:
                raise TooIrregularError
            if tidy and reads.period == 1 and reads.firsts[0] <= reads.lasts[0]:
                tidy[0] = tidy[0].plus((reads.firsts[0], reads.lasts[0]))
                reads = AxisMap((0,), (0,), reads.step)
            tidy.append(Term(digits, reads))
        return self._replace(terms=tuple(tidy))


def axis_term(axis: int, size: int, reads: AxisMap) -> Term:
    """The term of a whole axis."""
    return Term((Digit(axis, size, 1),), reads)


def widened(reads: AxisMap, by: Interval) -> AxisMap:
    """The sum of a map and an interval; what reads nothing still does.

    >>> widened(AxisMap((0, 5), (0, 4), 1), (-1, 2))
    AxisMap(firsts=(-1, 4), lasts=(2, 3), step=1, gap=1)
    """
    pairs = [interval_sum(ends, by) for ends in zip(reads.firsts, reads.lasts, strict=True)]
    return map_of_intervals(pairs, reads.step)


def with_shortest_period(reads: AxisMap, units: int) -> AxisMap:
    """A map of so many units with the shortest pattern, where each was written on its own.

    >>> with_shortest_period(AxisMap((0, 2, 4), (1, 3, 5), 0), 3)
    AxisMap(firsts=(0,), lasts=(1,), step=2, gap=1)
    """
    if reads.step or reads.period < units or units < 2:
        return reads
    firsts, lasts = reads.firsts[:units], reads.lasts[:units]
    advances = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(zip(firsts, lasts, strict=True))]
    for period in periods(advances):
        step = firsts[period] - firsts[0] if 2 * period <= units else -1
        if step >= 0 and step == lasts[period] - lasts[0]:
            return AxisMap(firsts[:period], lasts[:period], step)
    return reads


def interval_sum(a: Interval, b: Interval) -> Interval:
    """The sum of two intervals, of which each may be empty."""
    first = a[0] + b[0]
    return (first, a[1] + b[1]) if a[0] <= a[1] and b[0] <= b[1] else (first, first - 1)


def along(terms: Sequence[Term], axis: int, size: int) -> AxisMap:
    """The sum of terms that have digits of one axis only, as a map of its positions; raises `TooIrregularError`."""
    if len(terms) == 1 and terms[0].digits == (Digit(axis, size, 1),):
        return terms[0].reads
    repeats = [_repeats(term, size) for term in terms]
    period = lcm(*(period for period, _ in repeats))
    if period > LONGEST_TABLE:
        raise TooIrregularError
    pairs = [(0, 0)] * period
    for term in terms:
        pairs = [interval_sum(pair, _interval_at(term, place, size)) for place, pair in enumerate(pairs)]
    step = sum(step * (period // repeated) for repeated, step in repeats)
    return map_of_intervals(pairs, step).reduced()


def _repeats(term: Term, size: int) -> Interval:
    """After how many positions a term repeats, and how much further it reads there."""
    first = term.digits[0]
    if len(term.digits) > 1:
        return size, 0
    if first.inner * first.size == size:
        return first.inner * term.reads.period, term.reads.step
    return first.inner * first.size, 0


def _interval_at(term: Term, place: int, size: int) -> Interval:
    """What a term reads at a position."""
    number = 0
    for digit in term.digits:
        value = place // digit.inner
        leads = len(term.digits) == 1 and digit.inner * digit.size == size
        number = number * digit.size + (value if leads else value % digit.size)
    return term.reads.interval(number)


def split_terms(path: Path, axis: int) -> tuple[list[Term], list[Term]]:
    """The terms with digits of an axis, and the others."""
    concerned = [term for term in path.terms if any(digit.axis == axis for digit in term.digits)]
    return concerned, [term for term in path.terms if term not in concerned]


def only_along(terms: Sequence[Term], axis: int) -> bool:
    """Whether the terms have digits of this axis only."""
    return all(digit.axis == axis for term in terms for digit in term.digits)


def reduced_over(path: Path, axis: int, size: int) -> list[Path]:
    """The path behind a layer that reads the whole of an axis: none where nothing is read of it."""
    concerned, terms = split_terms(path, axis)
    region = path.region(axis)
    path = path.restricted(axis, None)
    if not concerned:
        return [path]
    single = [term for term in concerned if only_along([term], axis)]
    constant = (0, 0)
    if region is not None and single == concerned:
        constant = _hull_over(along(single, axis, size), region)
    elif region is not None:
        terms = [*terms, _over_places(joint_term(concerned, axis, size), Digit(axis, size, 1), region)]
    else:
        for term in single:
            constant = interval_sum(constant, term.reads.span(0, prod(digit.size for digit in term.digits) - 1))
        terms = [*terms, *(_reduced_digits(term, axis) for term in concerned if term not in single)]
    if constant[0] > constant[1]:
        return []
    if not terms:
        return [path._replace(terms=())]
    return [path.with_terms([terms[0].plus(constant), *terms[1:]])]


def _hull_over(reads: AxisMap, places: IndexSet) -> Interval:
    """What positions read together."""
    if places.total == places.last - places.first + 1:
        return reads.span(places.first, places.last)
    if places.total > LONGEST_TABLE:
        raise TooIrregularError
    found = [ends for ends in map(reads.interval, places.each()) if ends[0] <= ends[1]]
    return hull(found)


def _reduced_digits(term: Term, axis: int) -> Term:
    """A term with all values of its digits of an axis taken together."""
    digits, reads = term
    for place in range(len(digits) - 1, -1, -1):
        if digits[place].axis == axis:
            lower = prod(digit.size for digit in digits[place + 1 :])
            farthest = (digits[place].size - 1) * lower
            check_table_size(reads.period, lower)
            over = AxisMap(tuple(range(lower)), tuple(range(farthest, farthest + lower)), farthest + lower, lower)
            reads, digits = over.compose(reads), (*digits[:place], *digits[place + 1 :])
            if place == 0:  # there are no units beyond
                units = [reads.interval(unit) for unit in range(lower)]
                reads = map_of_intervals(units)
    return Term(digits, reads)


def joint_term(terms: Sequence[Term], axis: int, size: int) -> Term:
    """Terms with digits of an axis as one term, which has the whole axis as a digit."""
    if len(terms) == 1 and Digit(axis, size, 1) in terms[0].digits:
        return terms[0]
    others = tuple(dict.fromkeys(digit for term in terms for digit in term.digits if digit.axis != axis))
    check_table_size(*(digit.size for digit in others), size)
    pairs: list[Interval] = []
    for values in product(*(range(digit.size) for digit in others), range(size)):
        known = dict(zip(others, values, strict=False))
        found = (0, 0)
        for digits, reads in terms:
            number = 0
            for digit in digits:
                value = known.get(digit, values[-1] // digit.inner % digit.size)
                number = number * digit.size + value
            found = interval_sum(found, reads.interval(number))
        pairs.append(found)
    return Term((*others, Digit(axis, size, 1)), map_of_intervals(pairs))


def _over_places(term: Term, digit: Digit, places: IndexSet) -> Term:
    """A term of several axes with some positions of one of them taken together."""
    place = term.digits.index(digit)
    lower = prod(other.size for other in term.digits[place + 1 :])
    upper = prod(other.size for other in term.digits[:place])
    check_table_size(upper, places.total, lower)
    inside = list(places.each())
    pairs: list[Interval] = []
    for above, below in product(range(upper), range(lower)):
        start = above * digit.size * lower + below
        found = [ends for ends in (term.reads.interval(start + at * lower) for at in inside) if ends[0] <= ends[1]]
        pairs.append(hull(found))
    digits = (*term.digits[:place], *term.digits[place + 1 :])
    return Term(digits, map_of_intervals(pairs))


def hull(found: Sequence[Interval]) -> Interval:
    """The smallest interval that covers several; an empty one for none."""
    return (min(first for first, _ in found), max(last for _, last in found)) if found else (0, -1)


def map_of_intervals(pairs: Sequence[Interval], step: int = 0) -> AxisMap:
    """The map of units that were written one by one; beyond them there are none."""
    return AxisMap(tuple([first for first, _ in pairs]), tuple([last for _, last in pairs]), step)


def check_table_size(*sizes: int) -> None:
    """Raise `TooIrregularError` for a table of more units, the product of the sizes, than are written one by one."""
    if prod(sizes) > LONGEST_TABLE:
        raise TooIrregularError
