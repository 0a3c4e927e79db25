"""Refusal: what a reader is told whose figure does not fit, and what fits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.drawing.boxes import boxes, deepest_scope
from cnncalc.drawing.options import MOST_WIDTH, too_narrow
from cnncalc.drawing.volumes.chains import Chain, chains_of
from cnncalc.drawing.volumes.fitting import MOST_VOLUMES, USUAL_WIDTH, fitted, volumes_in
from cnncalc.drawing.volumes.groups import MOST, UNFOLDED, groups_of
from cnncalc.errors import CnncalcError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.drawing.options import Options
    from cnncalc.summary.results import Report

STEP: Final = 1.15
"""By how much each width is larger than the one before that is tried."""


def refusal(report: Report, options: Options, chains: Sequence[Chain], wanted: tuple[str, ...]) -> CnncalcError:
    """The error of a figure that does not fit its width, or is too large at any."""
    count = sum(len(chain.volumes) for chain in chains)
    depth = _depth_that_fits(report, options, wanted)
    fits = f"--depth {depth} fits" if depth else ""
    if options.unfold and fitted(chains, wanted, options.width, unfold=False) is not None:
        fits = "without --unfold it fits"
    needed = _width_that_fits(options, chains, wanted)
    if needed is None:
        fact = f"{count:,} volumes are too many for a figure of them, which has {MOST_VOLUMES} at most"
        return CnncalcError(fact, hint=fits or "--style blocks draws more, and --scope a part")
    hint = fits or "--label name leaves more room, and --scope draws a part"
    return too_narrow(needed, options.width or USUAL_WIDTH, hint)


def _depth_that_fits(report: Report, options: Options, wanted: tuple[str, ...]) -> int | None:
    """The greatest depth at which the network fits, if that is less than all."""
    deepest = deepest_scope(boxes(report))
    for depth in range(min(deepest, (options.depth or deepest + 1) - 1), 0, -1):
        chains = chains_of(report, options._replace(depth=depth))
        if fitted(chains, wanted, options.width, unfold=options.unfold) is not None:
            return depth
    return None


def _width_that_fits(options: Options, chains: Sequence[Chain], wanted: tuple[str, ...]) -> float | None:
    """A width, little above the least, at which the chains fit."""
    folding = UNFOLDED if options.unfold else MOST
    if volumes_in([groups_of(chain.volumes, folding) for chain in chains]) > MOST_VOLUMES:
        return None
    width = options.width or USUAL_WIDTH
    while width < MOST_WIDTH:
        width *= STEP
        if fitted(chains, wanted, width, unfold=options.unfold) is not None:
            return width
    return None
