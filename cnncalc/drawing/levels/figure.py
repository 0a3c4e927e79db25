"""The figure of levels: folded as far as the page asks for, spaced, and drawn with its legend."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from cnncalc.drawing.boxes import boxes
from cnncalc.drawing.levels import folding, painting
from cnncalc.drawing.levels.bars import Look, looks, size_text
from cnncalc.drawing.levels.legend import entries
from cnncalc.drawing.levels.maps import Maps, absorbed, by_reading, maps
from cnncalc.drawing.levels.placing import Layout, placed
from cnncalc.drawing.levels.routes import Routes
from cnncalc.drawing.levels.units import units
from cnncalc.drawing.options import MOST_WIDTH
from cnncalc.drawing.scene import Bounds, Scene
from cnncalc.errors import CnncalcError
from cnncalc.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnncalc.drawing.levels.legend import Entry
    from cnncalc.drawing.options import Options
    from cnncalc.drawing.scene import Shape
    from cnncalc.summary.results import Report

MARGIN: Final = 6.0

WIDE: Final = (20.0, 19.0)
NARROW: Final = (11.0, 11.0)
"""The gap between bars and the thickness of the thickest, where there is room and where there is little."""

USUAL: Final = 740.0
"""The width up to which a figure grows before it is folded more, where none is asked for."""

STEPS: Final = 12
"""In how many halvings the widest spacing that fits a page is found."""


class _Spaced(NamedTuple):
    """Maps with their looks and places."""

    maps: Maps
    looks: dict[int, Look]
    layout: Layout

    @property
    def width(self) -> float:
        """The width of the page that it needs."""
        return self.layout.width + 2 * MARGIN


def scene(report: Report, options: Options) -> Scene:
    """The figure of a network, as wide as asked for; raises `CnncalcError` where it does not fit.

    >>> import cnncalc
    >>> from cnncalc.drawing.options import options
    >>> round(scene(cnncalc.load("unet").report(), options(width="5.5in")).width)
    396
    """
    if options.direction == "down":
        raise CnncalcError("levels lie below each other, and data flows to the right", hint="--style blocks goes down")
    spaced = _fitted(report, options)
    width = options.width or spaced.width
    left = MARGIN + (width - spaced.width) / 2
    layout = spaced.layout._replace(
        middles={place: middle + left for place, middle in spaced.layout.middles.items()},
    )
    routes = Routes(spaced.maps, spaced.looks, layout, MARGIN)
    theme = options.colours
    shapes = [
        *painting.arrows(spaced.maps, routes.all(), spaced.looks, theme),
        *painting.bars(spaced.maps, spaced.looks, routes, theme),
    ]
    symbols = {spaced.maps[place].merge: look.symbol for place, look in spaced.looks.items() if look.symbol}
    found = entries(spaced.maps, symbols, width - 2 * MARGIN - painting.ICON - 4)
    drawn, height = _with_legend(shapes, found, width, routes.rows.end + MARGIN, options)
    return Scene(width, height, printable(report.name), _description(report, spaced), tuple(drawn), theme.background)


def _foldings(report: Report, options: Options) -> Iterator[Maps]:
    """The maps of a network, folded more and more."""
    whole = by_reading(absorbed(units(maps(boxes(report)))))
    if options.unfold:
        yield whole
        return
    folded = folding.folded(whole, folding.equal_units)
    depth = folding.scope_depth(folded)
    if options.depth is not None:
        folded = folding.folded(folded, folding.of_scope(options.depth))
        depth = min(depth, options.depth)
    yield folded
    for rule in (folding.equal, folding.same_kind):
        folded = folding.folded(folded, rule)
        yield folded
    for number in range(depth, 0, -1):
        folded = folding.folded(folded, folding.of_scope(number))
        yield folded
    folded = folding.folded(folded, folding.stays)
    yield folded
    yield folding.folded(folded, folding.arrives)


def _fitted(report: Report, options: Options) -> _Spaced:
    """The least folded figure that fits the page, spaced as widely as it can be."""
    widest = options.width or USUAL
    last: Maps | None = None
    spaced: _Spaced | None = None
    for found in _foldings(report, options):
        if last is not None and len(found) == len(last):
            continue
        last = found
        space = partial(_spaced, found, options)
        spaced = space(0.0)
        if spaced.width <= widest:
            return spaced
        if options.width is None:
            continue
        spaced = space(1.0)
        if spaced.width <= widest:
            return _widest(space, widest)
    assert spaced is not None
    if options.width is None and spaced.width <= MOST_WIDTH:
        return spaced
    fact = f"the figure needs {spaced.width / 72:.1f} in, and the page has {widest / 72:.1f} in"
    raise CnncalcError(fact, hint=_hint(spaced, options))


def _hint(spaced: _Spaced, options: Options) -> str:
    if options.unfold:
        return "without --unfold equal layers are drawn once"
    if spaced.width <= MOST_WIDTH:
        return f"--width {spaced.width / 72 + 0.05:.1f}in fits, or a part of it: --scope NAME"
    return "a part of it fits: --scope NAME; --style blocks draws in columns"


def _spaced(found: Maps, options: Options, squeeze: float) -> _Spaced:
    """Maps with their places, as narrow as `squeeze` says between 0 and 1."""
    gap, thickness = (wide + (narrow - wide) * squeeze for wide, narrow in zip(WIDE, NARROW, strict=True))
    seen = looks(found, options, thickness)
    return _Spaced(found, seen, placed(found, seen, gap))


def _widest(space: partial[_Spaced], widest: float) -> _Spaced:
    """The least squeezed that fits, where the most squeezed does."""
    low, high = 0.0, 1.0
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if space(middle).width <= widest else (middle, high)
    return space(high)


def _with_legend(
    shapes: list[Shape], found: Sequence[Entry], width: float, height: float, options: Options
) -> tuple[list[Shape], float]:
    """The shapes and a legend, in a corner at the bottom where there is room, or else below; and the height."""
    theme = options.colours
    taken = painting.occupied(shapes)
    across, down = painting.legend_size(found)
    for left in (width - MARGIN - across, MARGIN):
        top = height - MARGIN - down
        place = Bounds(left - 8, top - 8, left + across + 8, top + down)
        if left >= MARGIN - 0.01 and top >= MARGIN and not any(place.overlaps(other) for other in taken):
            return [*shapes, *painting.legend(found, left, top, theme)], height
    columns = max(
        (n for n in range(1, len(found) + 1) if painting.legend_size(found, n)[0] <= width - 2 * MARGIN), default=1
    )
    across, down = painting.legend_size(found, columns)
    left = max(MARGIN, (width - across) / 2)
    drawn = painting.legend(found, left, height + 6, theme, columns)
    return [*shapes, *drawn], height + 6 + down + MARGIN


def _description(report: Report, spaced: _Spaced) -> str:
    """What somebody hears who does not see the figure."""
    rows: dict[int, set[str]] = {}
    for place, each in spaced.maps.items():
        sizes = spaced.maps.box(place).sizes
        if sizes:
            rows.setdefault(each.row, set()).add(size_text(sizes))
    levels = len({each.row for each in spaced.maps.values()})
    first = next((size_text(spaced.maps.box(place).sizes) for place in spaced.maps if spaced.maps.box(place).sizes), "")
    return f"{len(report.layers)} layers on {levels} levels of map sizes, from {first or 'vectors'} down and up again"
