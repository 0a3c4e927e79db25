"""The scene: as much detail as there is room for, in as many columns as the page takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.drawing.blocks.detail import Detail, deepest, detail
from cnncalc.drawing.blocks.items import items
from cnncalc.drawing.blocks.looks import MEASURES
from cnncalc.drawing.blocks.pages import page
from cnncalc.drawing.blocks.painting import painted
from cnncalc.drawing.boxes import boxes
from cnncalc.drawing.options import too_narrow

if TYPE_CHECKING:
    from cnncalc.drawing.blocks.pages import Page
    from cnncalc.drawing.options import Options
    from cnncalc.drawing.scene import Scene
    from cnncalc.errors import CnncalcError
    from cnncalc.summary.results import Report

TALL = 720.0
"""The height in points of what fits a page of paper, more or less."""

TALLEST_OF_ALL = 1800.0
"""The height that no figure has by itself if it is shorter to a lesser depth."""

WIDEST = 2400.0
"""The width in points that no figure has by itself if fewer boxes can be drawn."""

FEWER = (75, 36, 18, 12, 8, 6)
"""How many boxes are drawn where more do not fit, and no scopes say what may be one."""

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
    if (laid is None or laid.width > WIDEST) and deepest(found.items) == 0:
        found, laid = _with_fewer(report, options, found, laid)
    if laid is None:
        raise _too_narrow(report, options, needed)
    if laid.height > TALL and options.depth is None:
        found, laid = _shorter(report, options, found, laid)
    return painted(report, found, laid, options)


def _with_fewer(report: Report, options: Options, found: Detail, laid: Page | None) -> tuple[Detail, Page | None]:
    """As many boxes as fit the page, where no scopes say what may be one."""
    for most in FEWER:
        fewer = detail(report, options, most)
        if len(fewer.items) < len(found.items):
            other, _ = _fitting(fewer, options)
            if other is not None and other.width <= WIDEST:
                return fewer, other
    return found, laid


def _shorter(report: Report, options: Options, found: Detail, laid: Page) -> tuple[Detail, Page]:
    """What is drawn to a lesser depth, if that is short enough, or as it was, with a note."""
    height = laid.height
    for depth in range(deepest(found.items), 0, -1):
        coarse = detail(report, options._replace(depth=depth))
        other, _ = _fitting(coarse, options)
        if other is None or other.height > min(TALL, height / 2):
            continue
        if height <= TALLEST_OF_ALL and options.width is None:
            break
        if height <= TALLEST_OF_ALL:
            note = f"the figure is {height / 72:.1f} in high; --depth {depth} is {other.height / 72:.1f} in"
            return found._replace(notes=(*found.notes, note)), laid
        note = f"drawn to --depth {depth}, as the figure would be {height / 72:.1f} in high; --scope shows a part"
        return coarse._replace(notes=(note,)), other
    return found, laid


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
    most = deepest(items(boxes(report))) + 1 if options.depth is None else options.depth
    for depth in range(most - 1, 0, -1):
        coarse = options._replace(depth=depth)
        if _fitting(detail(report, coarse), coarse)[0] is not None:
            hint = f"--depth {depth} fits"
            break
    assert options.width is not None
    return too_narrow(needed, options.width, hint)
