"""Which style suits a network: what its structure says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.drawing.boxes import boxes
from cnncalc.drawing.depths import SAME, depths
from cnncalc.drawing.levels.folding import foldings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.drawing.boxes import Box
    from cnncalc.summary.results import Report

_OCTAVE: Final = 1.0 - SAME / 2
"""The difference of depth from which one map counts as coarser than another: nearly a halving."""

_MOST_MAPS: Final = 80
"""The most maps, folded as much as can be, that a figure of levels is read with."""


def style_for(report: Report) -> str:
    """The name of the style that suits a network.

    A network in which nothing has two inputs is drawn in `volumes`. One that goes down to coarser maps and comes up
    again, to join there what it had before or to end there, is drawn in `levels`, unless it has too many maps for
    that. Any other is drawn in `blocks`.

    >>> import cnncalc
    >>> [style_for(cnncalc.load(name).report()) for name in ("resnet18", "unet", "alexnet")]
    ['blocks', 'levels', 'volumes']
    """
    every = boxes(report)
    if all(len(set(box.inputs)) < 2 for box in every) and sum(not box.inputs for box in every) == 1:
        return "volumes"
    if not comes_up(every):
        return "blocks"
    *_, folded = foldings(every)
    return "levels" if len(folded) <= _MOST_MAPS else "blocks"


def comes_up(every: Sequence[Box]) -> bool:
    """Whether maps come up again: two octaves to an output, or one to where they join one that was never as deep."""
    deepest: list[float] = []
    for box, depth in zip(every, depths(every), strict=True):
        before = [deepest[place] for place in set(box.inputs) if every[place].sizes]
        deepest.append(max([depth, *before]))
        rises = deepest[-1] - depth
        joins = len(before) > 1 and max(before) - min(before) >= _OCTAVE
        if (joins and rises >= _OCTAVE) or (box.is_output and rises >= 2 * _OCTAVE):
            return True
    return False
