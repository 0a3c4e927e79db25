"""The scene: as much detail as there is room for, in as many columns as the page takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.drawing.blocks.detail import Detail, deepest, detail
from cnncalc.drawing.blocks.items import items
from cnncalc.drawing.blocks.looks import MEASURES
from cnncalc.drawing.blocks.pages import page
from cnncalc.drawing.blocks.painting import painted
from cnncalc.drawing.boxes import boxes
from cnncalc.errors import CnncalcError

if TYPE_CHECKING:
    from cnncalc.drawing.blocks.pages import Page
    from cnncalc.drawing.options import Options
    from cnncalc.drawing.scene import Scene
    from cnncalc.summary.results import Report

NARROWER = 0.15
"""How much shorter narrower boxes must make a page to be worth it."""


def scene(report: Report, options: Options) -> Scene:
    """The figure of a network as boxes; raises `CnncalcError` where the page is too narrow for it.

    >>> import cnncalc
    >>> from cnncalc.drawing.options import Options
    >>> scene(cnncalc.load("resnet18").report(), Options(width=396.0)).width
    396.0
    """
    found = detail(report, options)
    laid, needed = _fitting(found, options)
    if laid is None:
        raise _too_narrow(report, options, needed)
    return painted(report, found, laid, options)


def _fitting(found: Detail, options: Options) -> tuple[Page | None, float]:
    """The best page that fits, for which narrower boxes may make it shorter, and the width that the narrowest need."""
    if options.width is None:
        laid = page(found, options, MEASURES[0])
        return laid, laid.width
    pages = [page(found, options, measures) for measures in MEASURES]
    fitting = [
        (each.cost * (1 + NARROWER * number), number) for number, each in enumerate(pages) if _fits(each, options)
    ]
    return (pages[min(fitting)[1]] if fitting else None), min(each.width for each in pages)


def _fits(laid: Page, options: Options) -> bool:
    return options.width is None or laid.width <= options.width


def _too_narrow(report: Report, options: Options, needed: float) -> CnncalcError:
    """What is wrong, and which depth is narrow enough."""
    hint = None
    most = deepest(items(boxes(report))) if options.depth is None else options.depth
    for depth in range(most - 1, 0, -1):
        coarse = options._replace(depth=depth)
        if _fitting(detail(report, coarse), coarse)[0] is not None:
            hint = f"--depth {depth} fits"
            break
    assert options.width is not None
    fact = f"the figure needs {needed / 72 + 0.05:.1f} in at 6 pt, and the page has {options.width / 72:.2f} in"
    return CnncalcError(fact, hint=hint)
