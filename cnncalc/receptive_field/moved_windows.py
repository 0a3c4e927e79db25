"""Paths where windows are laid out, each value under them in a place of its own, and where they are put together."""

from __future__ import annotations

from itertools import product
from math import gcd, prod
from typing import TYPE_CHECKING, Final

from cnncalc.geometry.axis_map import AxisMap
from cnncalc.geometry.index_set import IndexSet, whole
from cnncalc.receptive_field.paths import (
    Digit,
    Path,
    Term,
    TooIrregularError,
    along,
    axis_term,
    check_table_size,
    hull,
    interval_sum,
    joint_term,
    map_of_intervals,
    only_along,
    split_terms,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.geometry.window_moves import WindowPlaces
    from cnncalc.receptive_field.paths import Interval
    from cnncalc.shapes import Shape

MOST_TAPS: Final = 64
"""The most taps along an axis by which a piece of it is followed, one by one."""


def windows_taken(path: Path, windows: Sequence[WindowPlaces], shape: Shape) -> list[Path]:
    """The paths of a map ``(C, *I)`` behind `TakeWindows`, which makes of it ``(C, *taps, *positions)``."""
    rank = len(windows)
    # The axes of positions are added behind, and those of taps stand where the axes themselves did.
    found = [path]
    for axis, window in enumerate(windows, 1):
        found = [behind for one in found for behind in _taken(one, axis, axis + rank, window, shape[axis])]
    return found


def _taken(path: Path, taps: int, positions: int, window: WindowPlaces, size: int) -> list[Path]:
    """The paths where the axis of number `taps` becomes that of the taps beside a new one of positions."""
    concerned, terms = split_terms(path, taps)
    region = path.region(taps)
    if concerned and only_along(concerned, taps):
        terms = [*terms, *_by_tap_and_position(along(concerned, taps, size), taps, positions, window)]
    elif concerned:
        terms = [*terms, _jointly_by_tap_and_position(joint_term(concerned, taps, size), taps, positions, window)]
    path = path.restricted(taps, None)
    if region is None:
        return [path.with_terms(terms)]
    if window.kernel_size > MOST_TAPS:
        raise TooIrregularError
    found = []
    for tap in range(window.kernel_size):
        at = window.positions_on(tap, region)
        if at:
            piece = path.with_terms(terms).restricted(taps, IndexSet.span(tap, tap))
            found.append(piece.restricted(positions, None if at == whole(window.positions) else at))
    return found


def _by_tap_and_position(reads: AxisMap, taps: int, positions: int, window: WindowPlaces) -> list[Term]:
    """What is read by pixel, as read by tap and position: a sum of both where pixels advance evenly."""
    tap_digit = Digit(taps, window.kernel_size, 1)
    position_digit = Digit(positions, window.positions, 1)
    if reads.period == 1:
        ends = reads.interval(-window.before)
        at_first_tap = AxisMap((ends[0],), (ends[1],), reads.step * window.stride)
        further = AxisMap((0,), (0,), reads.step * window.dilation)
        return [Term((position_digit,), at_first_tap), Term((tap_digit,), further)]
    if not reads.step:  # written one by one, with nothing beyond
        return [_jointly_by_tap_and_position(axis_term(taps, window.size, reads), taps, positions, window)]
    rounds = reads.period // gcd(reads.period, window.stride)
    check_table_size(rounds, window.kernel_size)
    pairs = [
        reads.interval(position * window.stride + tap * window.dilation - window.before)
        for position in range(rounds)
        for tap in range(window.kernel_size)
    ]
    step = reads.step * (rounds * window.stride // reads.period)
    return [Term((position_digit, tap_digit), map_of_intervals(pairs, step))]


def _jointly_by_tap_and_position(term: Term, taps: int, positions: int, window: WindowPlaces) -> Term:
    """A term that counts the pixels of an axis, beside others, as one of taps and positions; nothing in the padding."""
    place = term.digits.index(Digit(taps, window.size, 1))
    lower = prod(digit.size for digit in term.digits[place + 1 :])
    upper = prod(digit.size for digit in term.digits[:place])
    check_table_size(upper, window.positions, window.kernel_size, lower)
    pairs = []
    for above, position, tap, below in product(*map(range, (upper, window.positions, window.kernel_size, lower))):
        pixel = position * window.stride + tap * window.dilation - window.before
        inside = 0 <= pixel < window.size
        pairs.append(term.reads.interval((above * window.size + pixel) * lower + below) if inside else (0, -1))
    here = (Digit(positions, window.positions, 1), Digit(taps, window.kernel_size, 1))
    return Term((*term.digits[:place], *here, *term.digits[place + 1 :]), map_of_intervals(pairs))


def windows_summed(path: Path, windows: Sequence[WindowPlaces]) -> list[Path]:
    """The paths of ``(C, *taps, *positions)`` behind `SumWindows`, which makes of it ``(C, *I)``."""
    rank = len(windows)
    for axis, window in enumerate(windows, 1):
        summed = _summed(path, axis, axis + rank, window)
        if summed is None:
            return []
        path = summed
    return [path]


def _summed(path: Path, taps: int, positions: int, window: WindowPlaces) -> Path | None:
    """The path where pixels come in the place of taps, and positions are gone; None where no pixel has it."""
    of_taps, _ = split_terms(path, taps)
    of_positions, _ = split_terms(path, positions)
    concerned = [term for term in path.terms if term in of_taps or term in of_positions]
    terms = [term for term in path.terms if term not in concerned]
    regions = path.region(taps), path.region(positions)
    if not concerned:
        return _with_pixels(path, (taps, positions), regions, window)
    reads = None
    if regions == (None, None) and only_along(of_taps, taps) and only_along(of_positions, positions):
        nothing = AxisMap((0,), (0,), 0)
        by_tap = along(of_taps, taps, window.kernel_size) if of_taps else nothing
        by_position = along(of_positions, positions, window.positions) if of_positions else nothing
        if by_position.step or by_position.period == 1:  # else it was written one by one, with nothing beyond
            reads = axis_term(taps, window.size, _by_pixel(by_tap, by_position, window))
    if reads is None:
        reads = _jointly_by_pixel(concerned, (taps, positions), regions, window)
        path = path.restricted(taps, None).restricted(positions, None)
    _, (firsts, lasts, *_) = reads
    if all(first > last for first, last in zip(firsts, lasts, strict=True)):
        return None
    return path.with_terms([*terms, reads])


def _with_pixels(
    path: Path, axes: tuple[int, int], regions: tuple[IndexSet | None, IndexSet | None], window: WindowPlaces
) -> Path | None:
    """A path that reads the same at all taps and positions, now had by the pixels on which those of it lie."""
    of_taps, of_positions = regions
    lying = window.pixels(
        whole(window.kernel_size) if of_taps is None else of_taps,
        whole(window.positions) if of_positions is None else of_positions,
    )
    if not lying:
        return None
    return path.restricted(axes[1], None).restricted(axes[0], None if lying == whole(window.size) else lying)


def _jointly_by_pixel(
    terms: Sequence[Term], axes: tuple[int, int], regions: Sequence[IndexSet | None], window: WindowPlaces
) -> Term:
    """Terms of taps and positions, which may count by other axes too, as one of pixels and those, one by one."""
    others = tuple(dict.fromkeys(digit for term in terms for digit in term.digits if digit.axis not in axes))
    sizes = [digit.size for digit in others]
    check_table_size(*sizes, window.size, window.kernel_size)
    taps, positions = (
        set(range(size)) if region is None else set(region.each())
        for size, region in zip((window.kernel_size, window.positions), regions, strict=True)
    )
    pairs = []
    for *values, pixel in product(*map(range, (*sizes, window.size))):
        found = []
        for tap in taps:
            position, rest = divmod(pixel + window.before - tap * window.dilation, window.stride)
            if not rest and position in positions:
                places: dict[Digit | int, int] = {axes[0]: tap, axes[1]: position}
                ends = _sum_at(terms, places | dict(zip(others, values, strict=True)))
                if ends[0] <= ends[1]:
                    found.append(ends)
        pairs.append(hull(found))
    return Term((*others, Digit(axes[0], window.size, 1)), map_of_intervals(pairs))


def _sum_at(terms: Sequence[Term], known: Mapping[Digit | int, int]) -> Interval:
    """What terms read together where the values of some digits are known, and of others the place on their axis."""
    found = (0, 0)
    for digits, reads in terms:
        number = 0
        for digit in digits:
            value = known[digit] if digit in known else known[digit.axis] // digit.inner % digit.size
            number = number * digit.size + value
        found = interval_sum(found, reads.interval(number))
    return found


def _by_pixel(by_tap: AxisMap, by_position: AxisMap, window: WindowPlaces) -> AxisMap:
    """The hull of what the taps and positions that lie on each pixel read; nothing where none does."""
    period = window.stride * by_position.period
    check_table_size(period, window.kernel_size)
    pairs = []
    for pixel in range(period):
        found = []
        for tap in range(window.kernel_size):
            position, rest = divmod(pixel + window.before - tap * window.dilation, window.stride)
            if not rest:
                ends = interval_sum(by_tap.interval(tap), by_position.interval(position))
                if ends[0] <= ends[1]:
                    found.append(ends)
        pairs.append(hull(found))
    return map_of_intervals(pairs, by_position.step).reduced()
