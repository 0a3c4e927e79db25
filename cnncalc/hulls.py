"""Several paths together: merged where one description holds for them, and the figures of their hull."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, islice, product, takewhile
from math import lcm, prod
from typing import TYPE_CHECKING, Final, NamedTuple

from cnncalc.paths import LONGEST_TABLE, Digit, Path, Term, TooIrregularError, along, total, whole_axis, without
from cnncalc.positions import whole
from cnncalc.receptive import AxisMap, Field, rate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cnncalc.layout import Shape
    from cnncalc.positions import Positions

MOST_PATHS: Final = 2048
"""The most paths that are kept apart."""

MOST_PAIRS: Final = 20_000
"""The most pairs of paths whose hull is worked out unit by unit."""

UNEVEN: Final = (0, 0)
"""The pattern of units that do not repeat along one axis."""


class Figures(NamedTuple):
    """What a person is told of a field along one axis of an input; see `ReceptiveField`.

    `pattern` is the number of units after which the field repeats and how much further it begins there: None where
    every path sees the whole, `UNEVEN` where there are no such numbers.
    """

    size: int
    stride: tuple[int, int] | None
    padding: int | None
    aligned: bool
    is_global: bool
    pattern: tuple[int, int] | None
    approximate: bool


def paths_of(field: Field, shape: Shape) -> tuple[Path, ...]:
    """The paths of a field of a tensor of this shape."""
    if field.paths:
        return field.paths
    found = [Path(())] if field.is_global else []
    if field.local is not None:
        found.append(Path((whole_axis(field.axis, shape[field.axis], field.local),), aligned=field.aligned))
    return tuple(found)


def field_of(paths: Iterable[Path], base: Field, shape: Shape) -> Field:
    """The field of these paths, with one map where it tells all of them; the rest is that of `base`."""
    kept = joined(list(paths), shape)
    approximate = base.approximate or not all(path.exact for path in kept)
    local = [path for path in kept if path.terms]
    overall = [path for path in kept if not path.terms]
    base = base._replace(local=None, axis=1, aligned=True, is_global=bool(overall), paths=(), approximate=approximate)
    if not kept:
        return base._replace(seen=(0, -1), exact=True)
    if not any(path.where for path in kept) and len(local) < 2:
        if not local:
            return base._replace(aligned=all(path.aligned for path in kept))
        ((term, *others), _, aligned, _) = local[0]
        axis, reads = term.digits[0].axis, term.reads
        if not others and term.digits == (Digit(axis, shape[axis], 1),) and (reads.step or reads.period == 1):
            return base._replace(local=reads, axis=axis, aligned=aligned)
    return base._replace(paths=tuple(kept))


def merged(one: Field, other: Field, shape: Shape) -> Field:
    """The field of a tensor of this shape where two paths, or sets of them, meet."""
    found = one.merged(other)
    if found is not None:
        return found
    return field_of([*paths_of(one, shape), *paths_of(other, shape)], one.together(other), shape)


def joined(paths: list[Path], shape: Shape) -> list[Path]:
    """The paths with those as one that a path can tell; too many lose their places, and are then not exact."""
    found = _by_place(_by_kind(_by_place(paths, shape)), shape)
    if len(found) > MOST_PATHS:
        found = _by_kind([path._replace(where=(), exact=not path.where and path.exact) for path in found])
        if len(found) > MOST_PATHS:
            return [Path((), exact=False)]
    return found


def _by_place(paths: list[Path], shape: Shape) -> list[Path]:
    """Paths that read alike, at places that differ along one axis, as one at all of them."""
    if len(paths) < 2:
        return paths
    everywhere = {(path.terms, path.aligned) for path in paths if not path.where}
    known: dict[object, Path] = {}
    for path in paths:
        if path.where and (path.terms, path.aligned) in everywhere:
            continue
        axis = path.where[0][0] if path.where else -1
        key = (path.terms, path.aligned, path.exact, axis, path.where[1:])
        other = known.get(key)
        if other is not None and path.where:
            places = path.where[0][1].union(other.where[0][1])
            path = path.restricted(axis, None if places == whole(shape[axis]) else places)
            if not path.where:
                known.pop(key)
                key = (path.terms, path.aligned, path.exact, -1, ())
        known[key] = path
    return list(known.values())


def _by_kind(paths: list[Path]) -> list[Path]:
    """Paths at the same places that count by the same digits as one, where their hull is a sum of terms too."""
    if len(paths) < 2:
        return paths
    groups: dict[object, list[Path]] = {}
    for path in paths:
        group = groups.setdefault((path.where, tuple(term.digits for term in path.terms)), [])
        for place, other in enumerate(group):
            hull = _hull(other, path)
            if hull is not None:
                group[place] = hull
                break
        else:
            group.append(path)
    return [path for group in groups.values() for path in group]


def _hull(one: Path, other: Path) -> Path | None:
    """The hull of two paths of the same digits, if it is one: they differ in one term, and by one rate."""
    both = one._replace(aligned=one.aligned and other.aligned, exact=one.exact and other.exact)
    differing = [n for n, (a, b) in enumerate(zip(one.terms, other.terms, strict=True)) if a.reads != b.reads]
    if not differing:
        return both
    place = differing[0]
    a, b = one.terms[place].reads, other.terms[place].reads
    if len(differing) > 1 or not a.same_rate(b) or lcm(a.period, b.period) > LONGEST_TABLE:
        return None
    term = Term(one.terms[place].digits, a.hull(b))
    terms = (*one.terms[:place], term, *one.terms[place + 1 :])
    return both._replace(terms=terms, aligned=both.aligned and a.same_centres(b))


def figures(field: Field, shape: Shape) -> Figures:
    """The figures of a field of a tensor of this shape: those of units, which are all channels at a place.

    >>> figures(Field(AxisMap((-1,), (1,), 1), (0, 13)), (4, 14, 14))[:3]
    (3, (1, 1), 1)
    """
    if field.local is not None and field.axis:
        reads = field.local
        padding, pattern = -reads.firsts[0], (reads.period, reads.step)
        return Figures(
            reads.size, rate(reads), padding, field.aligned, field.is_global, pattern, field.approximate
        )
    paths = joined(list(_of_units(paths_of(field, shape), shape)), shape) if field.paths else []
    local = [path for path in paths if path.terms]
    if not local:
        size = max(field.seen[1] - field.seen[0] + 1, 0)
        aligned = field.aligned and all(path.aligned for path in paths)
        return Figures(size, None, None, aligned, True, None, field.approximate)
    return _of_paths(local, len(local) < len(paths), field.approximate, shape)


def _of_units(paths: Iterable[Path], shape: Shape) -> Iterator[Path]:
    """The paths of all channels together."""
    for path in paths:
        try:
            yield from without(path, 0, shape[0])
        except TooIrregularError:
            yield Path((), exact=False)


def agree(one: Field, other: Field, shape: Shape) -> bool:
    """Whether two ways to a tensor of this shape have the same centres, wherever its units have them."""
    ways = [[path._replace(where=()) for path in paths_of(field, shape)] for field in (one, other)]
    return figures(field_of([*ways[0], *ways[1]], one.together(other), shape), shape).aligned


def sees_whole(field: Field) -> bool:
    """Whether every path from a unit sees the whole."""
    if not field.paths:
        return field.local is None or field.axis == 0
    return all(digit.axis == 0 for path in field.paths for term in path.terms for digit in term.digits)


def _of_paths(local: list[Path], is_global: bool, approximate: bool, shape: Shape) -> Figures:
    """The figures of paths of which none is global."""
    size, aligned, exact = _size(local, shape)
    pattern = _pattern(local, shape)
    stride = None if pattern == UNEVEN else rate(AxisMap((0,) * pattern[0], (0,) * pattern[0], pattern[1]))
    approximate = approximate or not exact or not all(path.exact for path in local)
    return Figures(size, stride, -_first(local, shape), aligned, is_global, pattern, approximate)


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
    fastest = max(maps, key=lambda reads: Fraction(reads.step, reads.period))
    return lcm(*(reads.period for reads in maps if reads.same_rate(fastest))), fastest.step


def _first(local: Sequence[Path], shape: Shape) -> int:
    """The first pixel of the first unit that has a path."""
    starts: dict[tuple[int, ...], int] = {}
    for path in local:
        start = tuple(0 if (places := path.region(axis)) is None else places.first for axis in range(1, len(shape)))
        first = _at(path, start, shape)[0]
        starts[start] = min(first, starts.get(start, first))
    return starts[min(starts)]


def _at(path: Path, unit: Sequence[int], shape: Shape) -> tuple[int, int]:
    """What a unit sees by a path."""
    found = (0, 0)
    for digits, reads in path.terms:
        number = 0
        for axis, size, inner in digits:
            value = unit[axis - 1] // inner
            number = number * size + value % size
        found = total(found, reads.interval(number))
    return found


def _size(local: Sequence[Path], shape: Shape) -> tuple[int, bool, bool]:
    """The most that a unit sees, whether all of it has one centre, and whether the size is exact."""
    size, aligned, exact = 0, all(path.aligned for path in local), True
    few = list(islice(_pairs(local), MOST_PAIRS + 1))
    if len(few) > MOST_PAIRS:
        ends = [_ends(path, shape) for path in local]
        return max(last for _, last in ends) - min(first for first, _ in ends) + 1, False, False
    for one, other in (*((path, path) for path in local), *few, *((b, a) for a, b in few)):
        reach, known = _reach(one, other, shape)
        size, exact = max(size, reach), exact and known
    return size, aligned and not few, exact


def _pairs(local: Sequence[Path]) -> Iterator[tuple[Path, Path]]:
    """Paths that some units have both; pieces of one axis are gone through in their order."""
    axes = {path.where[0][0] if path.where else -1 for path in local}
    if len(axes) > 1 or -1 in axes:
        yield from ((one, other) for one, other in combinations(local, 2) if _meet(one, other))
        return
    ordered = sorted(local, key=lambda path: path.where[0][1].first)
    for place, one in enumerate(ordered):
        last = one.where[0][1].last
        for other in takewhile(lambda path: path.where[0][1].first <= last, islice(ordered, place + 1, None)):
            if _meet(one, other):
                yield one, other


def _meet(one: Path, other: Path) -> bool:
    """Whether some units have both paths."""
    places = dict(one.where)
    return all(axis not in places or _common(places[axis], found) for axis, found in other.where)


def _common(one: Positions, other: Positions) -> list[int] | range:
    """The positions in both sets."""
    if all(places.total == places.last - places.first + 1 for places in (one, other)):
        return range(max(one.first, other.first), min(one.last, other.last) + 1)
    return sorted(set(one.each()).intersection(other.each()))


def _reach(one: Path, other: Path, shape: Shape) -> tuple[int, bool]:
    """The most from the first pixel by one path to the last by another, of units that have both; and if it is exact."""
    axes = sorted({digit.axis for path in (one, other) for term in path.terms for digit in term.digits})
    try:
        return 1 + sum(_reach_along(axis, one, other, shape) for axis in axes), True
    except _NoUnitError:
        return 0, True
    except TooIrregularError:
        pass
    units = [_places(axis, one, other, shape) for axis in range(1, len(shape))]
    if prod(map(len, units)) > LONGEST_TABLE:
        return _ends(other, shape)[1] - _ends(one, shape)[0] + 1, False
    sees = ((_at(one, unit, shape), _at(other, unit, shape)) for unit in product(*units))
    return max((b[1] - a[0] + 1 for a, b in sees if a[0] <= a[1] and b[0] <= b[1]), default=0), True


class _NoUnitError(Exception):
    """No unit sees anything by both paths."""


def _places(axis: int, one: Path, other: Path, shape: Shape) -> list[int] | range:
    """The positions along an axis of the units that have both paths."""
    everywhere = whole(shape[axis])
    regions = [everywhere if (places := path.region(axis)) is None else places for path in (one, other)]
    return _common(*regions)


def _reach_along(axis: int, one: Path, other: Path, shape: Shape) -> int:
    """What one axis adds to the reach of two paths."""
    maps = []
    for path in (one, other):
        terms = [term for term in path.terms if any(digit.axis == axis for digit in term.digits)]
        if any(digit.axis != axis for term in terms for digit in term.digits):
            raise TooIrregularError
        maps.append(along(terms, axis, shape[axis]) if terms else AxisMap((0,), (0,), 0))
    places = _places(axis, one, other, shape)
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


def _ends(path: Path, shape: Shape) -> tuple[int, int]:
    """Bounds of what all units see by a path."""
    del shape
    spans = [term.reads.span(0, prod(digit.size for digit in term.digits) - 1) for term in path.terms]
    return sum(first for first, _ in spans), sum(last for _, last in spans)
