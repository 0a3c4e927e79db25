"""The figures of the hull of several paths: of units that are all channels at a place."""

from __future__ import annotations

from itertools import combinations, islice, product
from math import lcm, prod
from typing import TYPE_CHECKING, Final, NamedTuple

from cnncalc.geometry.axis_map import AxisMap, rate
from cnncalc.geometry.index_set import whole
from cnncalc.receptive_field.hulls import field_of, joined, paths_of
from cnncalc.receptive_field.paths import LONGEST_TABLE, Path, TooIrregularError, along, interval_sum, reduced_over

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cnncalc.geometry.index_set import IndexSet
    from cnncalc.receptive_field.field import Field
    from cnncalc.shapes import Shape

MOST_PAIRS: Final = 20_000
"""The most pairs of paths whose hull is worked out unit by unit."""

UNEVEN: Final = (0, 0)
"""The pattern of units that do not repeat along one axis."""

UNEVEN_AND_LATE: Final = (0, 1)
"""The pattern of such units where unit 0 sees nothing."""


class HullFigures(NamedTuple):
    """The figures of a field along one axis of an input; `ReceptiveField` has what they mean.

    `pattern` is the number of units after which the field repeats and how much further it begins there: None where
    every path sees the whole, `UNEVEN` or `UNEVEN_AND_LATE` where there are no such numbers.
    """

    size: int
    stride: tuple[int, int] | None
    padding: int | None
    aligned: bool
    is_global: bool
    pattern: tuple[int, int] | None
    approximate: bool


def hull_figures(field: Field, shape: Shape) -> HullFigures:
    """The figures of a field of a tensor of this shape: those of units, which are all channels at a place.

    >>> from cnncalc.receptive_field.field import Field
    >>> hull_figures(Field(AxisMap((-1,), (1,), 1), (0, 13)), (4, 14, 14))[:3]
    (3, (1, 1), 1)
    """
    if field.local is not None and field.axis:
        reads = field.local
        padding, pattern = -reads.firsts[0], (reads.period, reads.step)
        return HullFigures(reads.size, rate(reads), padding, field.aligned, field.is_global, pattern, field.approximate)
    paths = joined(list(_of_units(paths_of(field, shape), shape)), shape) if field.paths else []
    local = [path for path in paths if path.terms]
    approximate = field.approximate or not all(path.exact for path in paths)
    if not local:
        size = max(field.seen[1] - field.seen[0] + 1, 0)
        aligned = field.aligned and all(path.aligned for path in paths)
        is_global = field.is_global or field.local is not None or bool(paths)
        return HullFigures(size, None, None, aligned, is_global, None, approximate)
    return _of_paths(local, len(local) < len(paths), approximate, shape)


def _of_units(paths: Iterable[Path], shape: Shape) -> Iterator[Path]:
    """The paths of all channels together."""
    for path in paths:
        try:
            yield from reduced_over(path, 0, shape[0])
        except TooIrregularError:
            yield Path((), exact=False)


def have_same_centres(one: Field, other: Field, shape: Shape) -> bool:
    """Whether two ways to a tensor of this shape have the same centres, wherever its units have them."""
    paths = [path._replace(where=()) for field in (one, other) for path in paths_of(field, shape)]
    return hull_figures(field_of(paths, one.union_facts(other), shape), shape).aligned


def _of_paths(local: list[Path], is_global: bool, approximate: bool, shape: Shape) -> HullFigures:
    """The figures of paths of which none is global."""
    size, aligned, exact = _size(local, shape)
    pattern = _pattern(local, shape)
    stride = None if pattern == UNEVEN else rate(AxisMap((0,) * pattern[0], (0,) * pattern[0], pattern[1]))
    approximate = approximate or not exact
    start = _first(local, shape) if stride is None else _origin(local, shape)
    if stride is None and start.unit:
        pattern = UNEVEN_AND_LATE
    return HullFigures(size, stride, -start.pixel, aligned, is_global, pattern, approximate)


def _pattern(local: Sequence[Path], shape: Shape) -> tuple[int, int]:
    """The pattern of all units along one axis: of paths at several rates that of the fastest."""
    axes = {digit.axis for path in local for term in path.terms for digit in term.digits}
    pieces = {path.where for path in local}
    if len(axes) > 1 or (len(local) > 1 and pieces != {()}) or any(len(where) > 1 for where in pieces):
        return UNEVEN
    (axis,) = axes
    try:
        maps = [along(path.terms, axis, shape[axis]) for path in local]
    except TooIrregularError:
        return UNEVEN
    if any(reads.period > 1 and not reads.step for reads in maps):
        return UNEVEN
    common = lcm(*(reads.period for reads in maps))
    fastest = max(maps, key=lambda reads: reads.step * (common // reads.period))
    return lcm(*(reads.period for reads in maps if reads.same_rate(fastest))), fastest.step


class _Start(NamedTuple):
    """The first pixel of a unit, and whether that is another than unit 0."""

    pixel: int
    unit: bool


def _origin(local: Sequence[Path], shape: Shape) -> _Start:
    """The first pixel of unit 0 or, where it has no path, what the pattern of the units that have one tells of it."""
    if not any(path.where for path in local):
        return _first(local, shape)
    (axis,) = {digit.axis for path in local for term in path.terms for digit in term.digits}
    return _Start(min(along(path.terms, axis, shape[axis]).interval(0)[0] for path in local), unit=False)


def _first(local: Sequence[Path], shape: Shape) -> _Start:
    """The first pixel of the first unit that sees any by a path."""
    starts: dict[tuple[int, ...], int] = {}
    for path in local:
        start = _first_unit(path, shape)
        first = _interval_of_unit(path, start)[0]
        starts[start] = min(first, starts.get(start, first))
    return _Start(starts[min(starts)], unit=any(min(starts)))


def _first_unit(path: Path, shape: Shape) -> tuple[int, ...]:
    """The first unit that sees anything by a path; of very many that do not, the first."""
    axes = {digit.axis for term in path.terms for digit in term.digits}
    places = [_shared_positions(axis, path, path, shape) for axis in range(1, len(shape))]
    # Cut first: `product` holds each of its rows whole, however few it is asked for.
    moving = [found[: LONGEST_TABLE if axis in axes else 1] for axis, found in enumerate(places, start=1)]
    units = islice(product(*moving), LONGEST_TABLE)
    return next((unit for unit in units if _sees(path, unit)), tuple(found[0] for found in places))


def _sees(path: Path, unit: Sequence[int]) -> bool:
    first, last = _interval_of_unit(path, unit)
    return first <= last


def _interval_of_unit(path: Path, unit: Sequence[int]) -> tuple[int, int]:
    """What a unit sees by a path."""
    found = (0, 0)
    for digits, reads in path.terms:
        number = 0
        for axis, size, inner in digits:
            value = unit[axis - 1] // inner
            number = number * size + value % size
        found = interval_sum(found, reads.interval(number))
    return found


def _size(local: Sequence[Path], shape: Shape) -> tuple[int, bool, bool]:
    """The most that a unit sees, whether all of it has one centre, and whether the size is exact."""
    size, aligned, exact = 0, all(path.aligned for path in local), True
    few = list(islice(_pairs(local), MOST_PAIRS + 1))
    if len(few) > MOST_PAIRS:
        ends = [_bounds(path) for path in local]
        return max(last for _, last in ends) - min(first for first, _ in ends) + 1, False, False
    for one, other in (*((path, path) for path in local), *few, *((b, a) for a, b in few)):
        reach, known = _joint_extent(one, other, shape)
        size, exact = max(size, reach), exact and known
    return size, aligned and not few, exact


def _pairs(local: Sequence[Path]) -> Iterator[tuple[Path, Path]]:
    """Paths that some units have both; pieces of one axis are gone through in their order."""
    axes = {path.where[0][0] if path.where else -1 for path in local}
    if len(axes) > 1 or -1 in axes:
        yield from ((one, other) for one, other in combinations(local, 2) if _share_units(one, other))
        return
    ordered = sorted(local, key=lambda path: path.where[0][1].first)
    for place, one in enumerate(ordered):
        last = one.where[0][1].last
        for other in islice(ordered, place + 1, None):
            if other.where[0][1].first > last:
                break
            if _share_units(one, other):
                yield one, other


def _share_units(one: Path, other: Path) -> bool:
    """Whether some units have both paths."""
    places = dict(one.where)
    return all(axis not in places or _intersection(places[axis], found) for axis, found in other.where)


def _intersection(one: IndexSet, other: IndexSet) -> list[int] | range:
    """The positions in both sets."""
    if all(places.total == places.last - places.first + 1 for places in (one, other)):
        return range(max(one.first, other.first), min(one.last, other.last) + 1)
    return sorted(set(one.each()).intersection(other.each()))


def _joint_extent(one: Path, other: Path, shape: Shape) -> tuple[int, bool]:
    """The most from the first pixel by one path to the last by another, of units that have both; and if it is exact."""
    axes = sorted({digit.axis for path in (one, other) for term in path.terms for digit in term.digits})
    try:
        return 1 + sum(_joint_extent_along(axis, one, other, shape) for axis in axes), True
    except _NoUnitError:
        return 0, True
    except TooIrregularError:
        pass
    units = [_shared_positions(axis, one, other, shape) for axis in range(1, len(shape))]
    if prod(map(len, units)) > LONGEST_TABLE:
        return _bounds(other)[1] - _bounds(one)[0] + 1, False
    sees = ((_interval_of_unit(one, unit), _interval_of_unit(other, unit)) for unit in product(*units))
    return max((b[1] - a[0] + 1 for a, b in sees if a[0] <= a[1] and b[0] <= b[1]), default=0), True


class _NoUnitError(Exception):
    """No unit sees anything by both paths."""


def _shared_positions(axis: int, one: Path, other: Path, shape: Shape) -> list[int] | range:
    """The positions along an axis of the units that have both paths."""
    everywhere = whole(shape[axis])
    regions = [everywhere if (places := path.region(axis)) is None else places for path in (one, other)]
    return _intersection(*regions)


def _joint_extent_along(axis: int, one: Path, other: Path, shape: Shape) -> int:
    """What one axis adds to the reach of two paths."""
    maps = []
    for path in (one, other):
        terms = [term for term in path.terms if any(digit.axis == axis for digit in term.digits)]
        if any(digit.axis != axis for term in terms for digit in term.digits):
            raise TooIrregularError
        maps.append(along(terms, axis, shape[axis]) if terms else AxisMap((0,), (0,), 0))
    places = _shared_positions(axis, one, other, shape)
    period = lcm(*(reads.period for reads in maps))
    if len(places) > 2 * period and isinstance(places, range):
        places = [*places[:period], *places[-period:]]
    if len(places) > LONGEST_TABLE:
        raise TooIrregularError
    found = [(maps[0].interval(place), maps[1].interval(place)) for place in places]
    reaches = [b[1] - a[0] for a, b in found if a[0] <= a[1] and b[0] <= b[1]]
    if not reaches:
        raise _NoUnitError
    return max(reaches)


def _bounds(path: Path) -> tuple[int, int]:
    """Bounds of what all units see by a path."""
    spans = [term.reads.span(0, prod(digit.size for digit in term.digits) - 1) for term in path.terms]
    return sum(first for first, _ in spans), sum(last for _, last in spans)
