"""How deep each box of a network lies: how often its map has been halved."""

from __future__ import annotations

import math
from math import log2, prod
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.drawing.boxes import Box
    from cnncalc.receptive_field.figures import ReceptiveField
    from cnncalc.shapes import Shape

SAME: Final = 0.3
"""Depths that differ by less are one level: a stride of 528/65 is meant as 8, and one of 2 along one of three axes
is a level of its own."""


def depths(every: Sequence[Box]) -> list[float]:
    """The depth of each box: the binary logarithm of its stride over the input, a mean of those along the axes.

    Where a map has no stride, as it sees all, it lies where its source does, or where its size puts it once it was
    enlarged; one of fewer axes than the inputs lies with the finest of its sources. An input that is smaller than
    another lies deeper.

    >>> import cnncalc
    >>> from cnncalc.drawing.boxes import boxes
    >>> depths(boxes(cnncalc.load("unet").report()))[11:16]
    [3.0, 4.0, 4.0, 4.0, 3.0]
    """
    axes = axes_of(every)
    largest = max((extent(box.sizes, axes) for box in every if box.kind == "input" and box.sizes), default=1.0)
    lie = {box.name: _below(largest, box.sizes, axes) for box in every if box.kind == "input"}
    found: list[float] = []
    for box in every:
        known = [
            lie[name] + stride
            for name, field in box.field.items()
            if (stride := _stride(field)) is not None and name in lie
        ]
        if box.inputs and len(box.sizes) < axes:
            found.append(min(found[place] for place in box.inputs))
        elif known:
            found.append(min(known))
        elif box.inputs and box.kind != "upsampling":
            found.append(found[box.inputs[0]])
        else:
            found.append(_below(largest, box.sizes, axes))
    return found


def rows(every: Sequence[Box]) -> list[int]:
    """The level of each box, counted from the finest, which is 0; levels that no map is on are left out.

    >>> import cnncalc
    >>> from cnncalc.drawing.boxes import boxes
    >>> sorted(set(rows(boxes(cnncalc.load("unet").report()))))
    [0, 1, 2, 3, 4]
    """
    lie = depths(every)
    begins: list[float] = []
    for depth in sorted(set(lie)):
        if not begins or depth - begins[-1] >= SAME:
            begins.append(depth)
    numbers = {depth: max(n for n, start in enumerate(begins) if depth >= start) for depth in set(lie)}
    return [numbers[depth] for depth in lie]


def axes_of(every: Sequence[Box]) -> int:
    """How many spatial axes the inputs have, at most."""
    return max((len(box.sizes) for box in every if box.kind == "input"), default=0) or 1


def extent(sizes: Shape, axes: int) -> float:
    """The side of the square or cube that is as large as a map, so that a flattened one is as large as before.

    >>> extent((360, 640), 2), extent((8100,), 2), extent((512,), 1)
    (480.0, 90.0, 512.0)
    """
    return math.pow(float(prod(sizes)), 1 / max(axes, len(sizes)))


def _below(largest: float, sizes: Shape, axes: int) -> float:
    """How much smaller a map is than the largest input, in halvings."""
    return log2(largest / extent(sizes, axes)) if sizes else 0.0


def _stride(field: ReceptiveField) -> float | None:
    """The mean of the strides along the axes where there is one, in doublings; None where there is none."""
    known = [log2(pixels / units) for pixels, units in filter(None, field.stride) if pixels > 0 and units > 0]
    return sum(known) / len(known) if known else None
