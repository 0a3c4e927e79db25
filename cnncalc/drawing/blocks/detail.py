"""How much of a network is drawn: to which depth of its scopes, and what is left out where it is too large."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from cnncalc.drawing.blocks.folding import Fold, folded
from cnncalc.drawing.blocks.items import Item, items, middle_of, to_depth, without_middle
from cnncalc.drawing.boxes import boxes

if TYPE_CHECKING:
    from cnncalc.drawing.options import Options
    from cnncalc.summary.results import Report

MOST: Final = 150
"""The boxes that a figure has by itself."""

MOST_ASKED: Final = 600
"""The boxes that it has where a depth is asked for, or where scopes are not to be folded."""


class Detail(NamedTuple):
    """What is drawn, what of it stands for several, and what a reader is to know of it."""

    items: list[Item]
    folds: tuple[Fold, ...]
    notes: tuple[str, ...] = ()


def detail(report: Report, options: Options, most: int = MOST) -> Detail:
    """What is drawn of a network, with so many boxes at most if no depth is asked for.

    >>> import cnncalc
    >>> from cnncalc.drawing.options import Options
    >>> found = detail(cnncalc.load("resnet50").report(), Options())
    >>> len(found.items), found.notes
    (42, ())
    """
    every = items(boxes(report))
    if options.depth is not None:
        return _bounded(to_depth(every, options.depth), options, MOST_ASKED)
    found = _bounded(every, options, MOST_ASKED if options.unfold and most == MOST else most)
    if not found.notes:
        return found
    for depth in range(deepest(every), 0, -1):
        coarse = _bounded(to_depth(every, depth), options, most)
        if not coarse.notes and _tells_apart(coarse):
            note = (
                f"drawn to --depth {depth}, as {len(every)} boxes are too many; a greater --depth or --scope shows more"
            )
            return coarse._replace(notes=(note,))
    coarse = _bounded(to_depth(every, 1), options, most)
    return coarse if _tells_apart(coarse) else found


def _tells_apart(found: Detail) -> bool:
    """Whether the layers are more than one box."""
    return sum(bool(item.box.layers) for item in found.items) > 1


def deepest(every: list[Item]) -> int:
    """The most parts that the name of a scope has."""
    return max((len(item.scope) for item in every), default=0)


def _bounded(every: list[Item], options: Options, most: int) -> Detail:
    """Folded, unless it is to be unfolded, and with at most so many boxes.

    Nothing is folded where a part of what is folded would be left out.
    """
    drawn, folds = (every, ()) if options.unfold else folded(every)
    if len(drawn) <= most:
        return Detail(drawn, folds)
    middle = middle_of(len(drawn), most)
    if any(fold.start < middle.stop and middle.start < fold.stop for fold in folds):
        drawn, folds = every, ()
        middle = middle_of(len(drawn), most)
    fewer = len(middle) - 1
    moved = [
        fold._replace(start=fold.start - fewer, stop=fold.stop - fewer) if fold.start >= middle.stop else fold
        for fold in folds
    ]
    note = f"{len(middle):,} of {len(drawn):,} boxes in the middle are left out; --scope shows a part"
    return Detail(without_middle(drawn, middle), tuple(moved), (note,))
