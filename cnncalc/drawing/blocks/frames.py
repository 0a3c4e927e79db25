"""Frames around what is drawn once for several, where it is no part of the plan as it has several ways in or out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.drawing.blocks.geometry import Framed
from cnncalc.drawing.scene import Bounds
from cnncalc.drawing.wording import TIMES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnncalc.drawing.blocks.folding import Fold
    from cnncalc.drawing.blocks.placing import Placing

TIMES_SIZE: Final = 8.0
"""The size of the text that says how many a frame stands for."""

ROOM: Final = 3.6
"""Between such a frame and the boxes in it: less than there is between boxes."""


def times_text(fold: Fold) -> str:
    """How many a frame stands for.

    >>> from cnncalc.drawing.blocks.folding import Fold
    >>> times_text(Fold(0, 3, 5))
    '×5'
    """
    return f"{TIMES}{fold.times}{' in parallel' if fold.is_parallel else ''}"


def loose_frames(placing: Placing, folds: Iterable[Fold]) -> tuple[list[Framed], list[Fold]]:
    """The rectangles around folds, and the folds that have none, as other items are within it."""
    found: list[Framed] = []
    failed: list[Fold] = []
    for fold in folds:
        bounds = [_bounds(placing, place) for place in range(fold.start, fold.stop)]
        around = Bounds(
            min(each.left for each in bounds) - ROOM,
            min(each.top for each in bounds) - ROOM,
            max(each.right for each in bounds) + ROOM,
            max(each.bottom for each in bounds) + ROOM,
        )
        others = (place for place in placing.places if not fold.start <= place < fold.stop)
        if any(around.overlaps(_bounds(placing, place)) for place in others):
            failed.append(fold)
        else:
            found.append(Framed(*around, fold))
    return found, failed


def _bounds(placing: Placing, place: int) -> Bounds:
    """Where an item is, across and along."""
    axis, start = placing.places[place]
    body = placing.bodies[place]
    return Bounds(axis - body.extent.before, start, axis + body.half, start + body.along)
