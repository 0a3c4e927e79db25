"""The figures of a receptive field: size, stride and padding along each axis of an input, as plain data."""
# No postponed annotations here: named tuples compile each one that is a string, which takes half of the import.

from typing import NamedTuple

from cnncalc.geometry.axis_map import rate
from cnncalc.receptive_field.field import Field
from cnncalc.shapes import Shape


class ReceptiveField(NamedTuple):
    """What a unit sees of one input, per spatial axis of that input, in pixels.

    `size` is that of an interior unit, from the first pixel to the last, `stride` the distance between neighbours as a
    fraction `(pixels, units)`, `padding` minus the first pixel that unit 0 sees. A unit is all channels at a place, and
    of a vector all features. Where units repeat each other in runs the stride is their mean, such as ``(1, 2)`` behind
    an upsampling by 2, or the height ``(1, 14)`` of 14 x 14 places that were flattened. Where unit 0 sees nothing, as
    something else was joined before, `padding` is what later units tell of it or, without a stride, that of the first
    unit that sees any.

    Stride and padding are None along an axis that every path sees whole, where `size` is what all units together see of
    it. The stride alone is None where neighbours do not advance evenly: along several axes, or from the end of a row to
    the start of the next, as in the width of places that were flattened.

    `aligned` is false where paths with different centres merge; `is_global` tells that some path sees the whole map,
    along some axis, and the figures are those of the others. `exact` is false where a unit may see less, as there are
    too many paths, or too irregular ones, to follow each.
    """

    size: tuple[int, ...]
    stride: tuple[tuple[int, int] | None, ...]
    padding: tuple[int | None, ...]
    aligned: bool
    is_global: bool
    exact: bool = True


def nothing_seen(axes: int) -> ReceptiveField:
    """The figures, along so many axes of an input, of a tensor that no input reaches."""
    return ReceptiveField((0,) * axes, (None,) * axes, (None,) * axes, aligned=True, is_global=False)


def receptive_field_of(fields: tuple[Field, ...], shape: Shape) -> ReceptiveField:
    """The figures, along each axis of an input, of the fields of a tensor of this shape."""
    if not all(field.plain for field in fields):
        return _of_paths(fields, shape)
    return ReceptiveField(
        size=tuple([field.size for field in fields]),
        stride=tuple([rate(field.local) if field.local else None for field in fields]),
        padding=tuple([-field.local.firsts[0] if field.local else None for field in fields]),
        aligned=all(field.aligned for field in fields),
        is_global=any(field.is_global for field in fields),
        exact=not any(field.approximate for field in fields),
    )


def _of_paths(fields: tuple[Field, ...], shape: Shape) -> ReceptiveField:
    """The figures of fields of which some hold several paths: those of their hull."""
    from cnncalc.receptive_field.hull_figures import hull_figures

    found = [hull_figures(field, shape) for field in fields]
    return ReceptiveField(
        size=tuple(axis.size for axis in found),
        stride=tuple(axis.stride for axis in found),
        padding=tuple(axis.padding for axis in found),
        aligned=all(axis.aligned for axis in found),
        is_global=any(axis.is_global for axis in found),
        exact=not any(axis.approximate for axis in found),
    )
