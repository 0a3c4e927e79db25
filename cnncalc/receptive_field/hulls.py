"""Several paths together, as one field: merged where one description holds for them."""

from __future__ import annotations

from functools import reduce
from math import lcm
from typing import TYPE_CHECKING, Final

from cnncalc.geometry.index_set import whole
from cnncalc.receptive_field.field import Field
from cnncalc.receptive_field.paths import LONGEST_TABLE, Digit, Path, Term, axis_term

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnncalc.shapes import Shape

MOST_PATHS: Final = 2048
"""The most paths that are kept apart."""


def paths_of(field: Field, shape: Shape) -> tuple[Path, ...]:
    """The paths of a field of a tensor of this shape."""
    if field.paths:
        return field.paths
    found = [Path(())] if field.is_global else []
    if field.local is not None:
        found.append(Path((axis_term(field.axis, shape[field.axis], field.local),), aligned=field.aligned))
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


def union_of_fields(fields: Sequence[Field], shape: Shape) -> Field:
    """The field of a tensor of this shape where several ways to it meet."""
    paths = (path for field in fields for path in paths_of(field, shape))
    return field_of(paths, reduce(Field.union_facts, fields), shape)


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
        if other is None or not path.where:
            known[key] = path
            continue
        places = path.where[0][1].union(other.where[0][1])
        both = path.restricted(axis, None if places == whole(shape[axis]) else places)
        if not both.where:
            known.pop(key)
            key = (path.terms, path.aligned, path.exact, -1, ())
        known[key] = both
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


def sees_whole(field: Field) -> bool:
    """Whether every path from a unit sees the whole."""
    if not field.paths:
        return field.local is None or field.axis == 0
    return all(digit.axis == 0 for path in field.paths for term in path.terms for digit in term.digits)
