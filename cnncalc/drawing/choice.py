"""Which style suits a network: what its structure says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.drawing.boxes import boxes
from cnncalc.drawing.depths import SAME, depths

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.drawing.boxes import Box
    from cnncalc.summary.results import Report

_OCTAVE: Final = 1.0 - SAME / 2
"""The difference of depth from which one map counts as coarser than another: nearly a halving."""


def style_for(report: Report) -> str:
    """The name of the style that suits a network.

    A network in which nothing has two inputs is drawn in `volumes`. One that goes down to coarser maps, comes up again
    and joins there what it had before is drawn in `levels`. Any other is drawn in `blocks`.

    >>> import cnncalc
    >>> [style_for(cnncalc.load(name).report()) for name in ("resnet18", "unet", "alexnet")]
    ['blocks', 'levels', 'volumes']
    """
    every = boxes(report)
    if all(len(set(box.inputs)) < 2 for box in every) and sum(not box.inputs for box in every) == 1:
        return "volumes"
    return "levels" if comes_up(every) else "blocks"


def comes_up(every: Sequence[Box]) -> bool:
    """Whether maps are joined of which one has been an octave deeper than another, and than they are now."""
    lie = depths(every)
    deepest: list[float] = []
    for box, depth in zip(every, lie, strict=True):
        before = [deepest[place] for place in set(box.inputs) if every[place].sizes]
        deepest.append(max([depth, *before]))
        if len(before) > 1 and max(before) - min(before) >= _OCTAVE and max(before) - depth >= _OCTAVE:
            return True
    return False
