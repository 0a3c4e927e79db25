"""The propagation of fields that hold several paths through one layer: the slow way of `propagation`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.geometry.axis_map import IDENTITY
from cnncalc.geometry.index_set import IndexSet
from cnncalc.geometry.periodic import IrregularError
from cnncalc.receptive_field.hulls import field_of, joined, paths_of
from cnncalc.receptive_field.moved_axes import rearranged
from cnncalc.receptive_field.path_windows import concatenated, windowed
from cnncalc.receptive_field.paths import (
    LONGEST_TABLE,
    Digit,
    Path,
    TooIrregularError,
    axis_term,
    hull,
    map_of_intervals,
    reduced_over,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cnncalc.geometry.axis_map import AxisMap
    from cnncalc.receptive_field.field import Field
    from cnncalc.receptive_field.layer_reads import LayerReads
    from cnncalc.receptive_field.paths import Interval

ENTRIES_A_STEP: Final = 64
"""The entries of tables that take about as long as one step."""
FEW: Final = 8
"""The most paths of a field that are followed once the allowance of the network is spent."""


def propagate_paths(layer: LayerReads, field: Field, number: int, *, per_channel: bool) -> Field:
    """The field of a layer's output by one of its inputs; without `per_channel` that of all channels together."""
    paths = list(paths_of(field, layer.inputs[number]))
    if not layer.allowance.spend(len(paths)):
        paths = _coarsened(paths, layer.inputs[number])
    found = _paths_behind(layer, paths, number)
    layer.allowance.left -= sum(term.reads.period for path in found for term in path.terms) // ENTRIES_A_STEP
    if not per_channel:
        found = _follow_each(found, lambda path: reduced_over(path, 0, layer.output[0]))
    return field_of(found, field._replace(exact=field.exact and layer.all_see_all(number)), layer.output)


def _coarsened(paths: list[Path], shape: tuple[int, ...]) -> list[Path]:
    """At most `FEW` paths that cover what these see, and maybe more: not exact."""
    found = joined([path._replace(where=(), exact=False) for path in paths], shape)
    return found if len(found) <= FEW else [Path((), exact=False)]


def _follow_each(paths: Iterable[Path], follow: Callable[[Path], list[Path]]) -> list[Path]:
    """The paths to which each leads; one that has no short description counts as seeing the whole."""
    found: list[Path] = []
    for path in paths:
        try:
            found += follow(path)
        except (TooIrregularError, IrregularError):
            found.append(Path((), exact=False))
    return found


def _paths_behind(layer: LayerReads, paths: list[Path], number: int) -> list[Path]:
    """The paths behind a layer."""
    shape, joined_axis = layer.inputs[number], layer.joined_axis
    if layer.is_rearranged:
        return _follow_each(paths, lambda path: rearranged(path, layer.moves[number], shape))
    if joined_axis is not None:
        before = sum(earlier[joined_axis] for earlier in layer.inputs[:number])
        return _follow_each(
            paths, lambda path: concatenated(path, joined_axis, shape[joined_axis], before, layer.output[joined_axis])
        )
    global_axes = layer.global_axes[number]
    own_paths = paths if layer.has_statistics else []
    sizes = list(shape)
    reading = [None if axis in global_axes else hull for axis, hull in enumerate(layer.hulls[number])]
    for axis, reads in sorted(enumerate(reading), key=lambda along: along[1] is not None):
        if reads is not IDENTITY:
            paths = _along_axis(layer, paths, (number, axis), reads)
            sizes[axis] = layer.output[axis] if axis < len(layer.output) else 1
            paths = joined(paths, tuple(sizes))
    return [*own_paths, *paths]


def _along_axis(layer: LayerReads, paths: list[Path], place: tuple[int, int], reads: AxisMap | None) -> list[Path]:
    """The paths behind a layer, as far as one axis of an input is concerned."""
    number, axis = place
    size = layer.inputs[number][axis]
    if reads is None:
        exact = not axis or not layer.is_irregular(number, axis)
        read = _follow_each(paths, lambda path: reduced_over(path, axis, size))
        return read if exact else [path._replace(exact=False) for path in read]
    taps = layer.reads_exactly(number, axis) if layer.accesses[number][axis].mirrors else None
    if reads.firsts != reads.lasts or taps is not None:
        paths = _pieces_joined(paths, axis, size)
    return _follow_each(paths, lambda path: windowed(path, axis, size, reads, layer.output[axis], taps))


def _pieces_joined(paths: list[Path], axis: int, size: int) -> list[Path]:
    """The paths with the pieces that follow each other along an axis, where they are many, position by position."""
    here = (Digit(axis, size, 1),)
    groups: dict[object, list[Path]] = {}
    others: list[Path] = []
    for path in paths:
        single = len(path.terms) == 1 and path.terms[0].digits == here
        if single and path.region(axis) is not None and size <= LONGEST_TABLE:
            groups.setdefault(path.restricted(axis, None).where, []).append(path)
        else:
            others.append(path)
    rows = (group if len(group) <= FEW else [_as_one_path(group, axis, size)] for group in groups.values())
    return [*others, *(path for row in rows for path in row)]


def _as_one_path(pieces: list[Path], axis: int, size: int) -> Path:
    """Pieces of an axis as one path of all of it, which sees nothing where there is none."""
    ends: list[list[Interval]] = [[] for _ in range(size)]
    for path in pieces:
        places = path.region(axis) or IndexSet.span(0, size - 1)
        for place in places.each():
            found = path.terms[0].reads.interval(place)
            if found[0] <= found[1]:
                ends[place].append(found)
    path = pieces[0].restricted(axis, None)._replace(aligned=False, exact=all(piece.exact for piece in pieces))
    return path.with_terms([axis_term(axis, size, map_of_intervals([hull(found) for found in ends]))])
