"""Paths where axes are moved, or the row of all values is cut into others."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Final

from cnncalc.geometry.axis_map import LONGEST_PERIOD, AxisMap
from cnncalc.geometry.boxes import common_rows, reshape_box
from cnncalc.geometry.index_set import IndexSet, whole
from cnncalc.geometry.reading import PermuteAxes, PlaceAmong, ReduceAxes, RepeatAxis, ReshapeAxes
from cnncalc.geometry.window_moves import SumWindows, TakeWindows
from cnncalc.receptive_field.paths import (
    Digit,
    Path,
    Term,
    TooIrregularError,
    along,
    axis_term,
    interval_sum,
    joint_term,
    map_of_intervals,
    only_along,
    reduced_over,
)
from cnncalc.shapes import kept_axes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.geometry.reading import Move
    from cnncalc.shapes import Shape

MOST_BOXES: Final = 64
"""The most parts that a piece of a tensor falls into when axes are cut anew, before it counts as the whole."""


def rearranged(path: Path, moves: Sequence[Move], shape: Shape) -> list[Path]:
    """The paths behind permutations, new shapes and reductions of a tensor, one after another.

    >>> path = Path((axis_term(1, 14, AxisMap((-1,), (1,), 1)),))
    >>> [tokens] = rearranged(path, [ReshapeAxes((4, 196))], (4, 14, 14))
    >>> tokens.terms[0].digits
    (Digit(axis=1, size=14, inner=14),)
    """
    found = [path]
    for move in moves:
        found = [behind for earlier in found for behind in _behind_move(earlier, move, shape)]
        shape = move.output_shape(shape)
    return found


def _behind_move(path: Path, move: Move, shape: Shape) -> list[Path]:
    """The paths behind one move of a tensor of that shape."""
    if isinstance(move, PermuteAxes):
        return [permuted(path, move.order)]
    if isinstance(move, ReshapeAxes):
        return reshaped(path, shape, move.sizes)
    if isinstance(move, PlaceAmong):
        return [path.restricted(move.axis, IndexSet.span(move.place, move.place)) if move.count > 1 else path]
    if isinstance(move, (TakeWindows, SumWindows)):
        from cnncalc.receptive_field.moved_windows import windows_summed, windows_taken

        takes = isinstance(move, TakeWindows)
        return windows_taken(path, move.windows, shape) if takes else windows_summed(path, move.windows)
    if isinstance(move, RepeatAxis):
        return [path]
    if not isinstance(move, ReduceAxes):
        raise TypeError(f"paths are not followed through a {type(move).__name__}")
    found = [path]
    for axis in move.axes:
        found = [behind for earlier in found for behind in reduced_over(earlier, axis, shape[axis])]
    return found


def permuted(path: Path, order: Sequence[int]) -> Path:
    """The path where axis i is what axis ``order[i]`` was."""
    now = {old: new for new, old in enumerate(order)}
    terms = [
        Term(tuple(Digit(now[axis], size, inner) for axis, size, inner in digits), reads)
        for digits, reads in path.terms
    ]
    where = tuple(sorted((now[axis], places) for axis, places in path.where))
    return path._replace(where=where).with_terms(terms)


def reshaped(path: Path, before: Shape, after: Shape) -> list[Path]:
    """The paths where the row of values is cut into other axes, last axis fastest."""
    try:
        terms = [found for term in path.terms for found in _cut(term, before, after)]
    except TooIrregularError:
        return _reshaped_as_rows(path, before, after)
    return [
        found.with_terms(_fused_where_adjacent(_without_constants(terms)))
        for found in _at_new_places(path, before, after)
    ]


def _without_constants(terms: Sequence[Term]) -> list[Term]:
    """The terms with those of no digit added to the first that has one."""
    found = [term for term in terms if term.digits]
    for term in terms:
        if found and not term.digits:
            found[0] = found[0].plus(term.reads.interval(0))
    return found


def _at_new_places(path: Path, before: Shape, after: Shape) -> list[Path]:
    """The path at the places that its own become."""
    if not path.where:
        return [path]
    box = tuple(whole(size) if (places := path.region(axis)) is None else places for axis, size in enumerate(before))
    boxes = reshape_box(box, before, after)
    if len(boxes) > MOST_BOXES:
        return [path._replace(where=(), exact=False)]
    return [
        path._replace(where=tuple((axis, at) for axis, at in enumerate(found) if at != whole(after[axis])))
        for found in boxes
    ]


def _reshaped_as_rows(path: Path, before: Shape, after: Shape) -> list[Path]:
    """The paths where cuts do not fit: axes are joined first, as far as both shapes hold the same rows of them."""
    joined = tuple(prod(before[axes]) for axes, _ in common_rows(before, after))
    terms = [found for term in path.terms for found in _cut(term, before, joined)]
    for axis, size in enumerate(joined):
        concerned = [term for term in terms if any(digit.axis == axis for digit in term.digits)]
        if concerned and size > 1:
            alone = only_along(concerned, axis)
            joint = axis_term(axis, size, along(concerned, axis, size)) if alone else joint_term(concerned, axis, size)
            terms = [*(term for term in terms if term not in concerned), joint]
    terms = [found for term in terms for found in _cut(term, joined, after)]
    return [
        found.with_terms(_fused_where_adjacent(_without_constants(terms)))
        for found in _at_new_places(path, before, after)
    ]


def _cut(term: Term, before: Shape, after: Shape) -> list[Term]:
    """A term whose digits are cut where the axes of another shape begin, as several where they add up."""
    digits = [found for digit in term.digits for found in _cut_digit(digit, before, after)]
    return _separated(Term(_fused_digits(digits), term.reads)) if digits else [Term((), term.reads)]


def _cut_digit(digit: Digit, before: Shape, after: Shape) -> list[Digit]:
    """A digit of the row of values as digits of the axes of another shape; raises `TooIrregularError`."""
    if digit.size == 1:
        new = kept_axes(before, after).get(digit.axis)
        return [] if new is None else [Digit(new, 1, 1)]
    low = digit.inner * prod(before[digit.axis + 1 :])
    high = low * digit.size
    found = []
    for axis, size in enumerate(after):
        inner = prod(after[axis + 1 :])
        start, end = max(low, inner), min(high, inner * size)
        if start >= end:
            continue
        if start % low or high % end or start % inner or inner * size % end or end % start:
            raise TooIrregularError
        found.append(Digit(axis, end // start, start // inner))
    return found


def _fused_digits(digits: Sequence[Digit]) -> tuple[Digit, ...]:
    """The digits of a number with those as one that follow each other in an axis."""
    found: list[Digit] = []
    for digit in digits:
        last = found[-1] if found else None
        if last is not None and last.axis == digit.axis and last.inner == digit.size * digit.inner:
            found[-1] = Digit(digit.axis, last.size * digit.size, digit.inner)
        elif digit.size > 1 or len(digits) == 1:
            found.append(digit)
    return tuple(found)


def _separated(term: Term) -> list[Term]:
    """A term as a sum of terms with fewer digits, where what is read adds up."""
    digits, reads = term
    found: list[Term] = []
    place = len(digits) - 1
    while place > 0:
        lower = prod(digit.size for digit in digits[place:])
        if lower % reads.period == 0:
            found.append(Term(digits[place:], reads))
            reads = AxisMap((0,), (0,), reads.step * (lower // reads.period))
            digits = digits[:place]
            place = len(digits)
        place -= 1
    found.append(Term(digits, reads))
    varying = [part for part in found if not _is_constant(part)] or found[:1]
    return [part if part in varying else Term((), part.reads) for part in found]


def _is_constant(term: Term) -> bool:
    """Whether every number of the digits reads the same."""
    _, reads = term
    same = len(set(reads.firsts)) == 1 == len(set(reads.lasts))
    return same and (not reads.step or prod(digit.size for digit in term.digits) <= reads.period)


def _fused_where_adjacent(terms: Sequence[Term]) -> list[Term]:
    """The terms with those as one whose digits follow each other in an axis: the inverse of `_separated`."""
    found = sorted(terms, key=lambda term: (len(term.digits), *((-d.inner, d.axis) for d in term.digits)))
    changed = True
    while changed:
        changed = False
        for upper in found:
            lower = next((term for term in found if _follows(upper, term)), None)
            if lower is not None:
                found = [term for term in found if term not in (upper, lower)]
                found.append(_fused_terms(upper, lower))
                changed = True
                break
    return found


def _follows(upper: Term, lower: Term) -> bool:
    """Whether two terms of one digit each are of digits that follow each other."""
    if len(upper.digits) > 1 or len(lower.digits) > 1:
        return False
    (above,), (below,) = upper.digits, lower.digits
    follows = above.axis == below.axis and above.inner == below.size * below.inner and above != below
    return follows and upper.reads.period * below.size <= LONGEST_PERIOD


def _fused_terms(upper: Term, lower: Term) -> Term:
    """Two terms whose digits follow each other as one."""
    (above,), (below,) = upper.digits, lower.digits
    units = range(upper.reads.period * below.size)
    pairs = [interval_sum(upper.reads.interval(n // below.size), lower.reads.interval(n % below.size)) for n in units]
    reads = map_of_intervals(pairs, upper.reads.step)
    return Term((Digit(above.axis, above.size * below.size, below.inner),), reads.reduced())
