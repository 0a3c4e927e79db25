"""The figure of levels: folded as far as the page asks for, spaced, and drawn with its legend."""
# No postponed annotations here: named tuples compile each one that is a string.

from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Final, NamedTuple

from cnncalc.drawing.boxes import boxes
from cnncalc.drawing.levels import painting
from cnncalc.drawing.levels.bars import LEAST_WIDTH, Look, looks, size_text
from cnncalc.drawing.levels.folding import all_chains_are_one, foldings
from cnncalc.drawing.levels.legend import Entry, entries
from cnncalc.drawing.levels.maps import Maps
from cnncalc.drawing.levels.placing import Layout, placed
from cnncalc.drawing.levels.routes import Routes
from cnncalc.drawing.options import MOST_WIDTH, Options, inches_for, too_narrow
from cnncalc.drawing.scene import MARGIN, Bounds, Scene, Shape
from cnncalc.drawing.wording import counted
from cnncalc.errors import CnncalcError
from cnncalc.summary.results import Report

WIDE: Final = (20.0, 19.0)
NARROW: Final = (11.0, 11.0)
"""The gap between bars and the thickness of the thickest, where there is room and where there is little."""

USUAL: Final = 740.0
LONG: Final = 900.0
"""The widths up to which a figure grows before more is folded, where none is asked for: first, and once every chain
of layers on a level is one step."""

LONGEST: Final = 170.0
"""The width that a line of the legend may have in a figure that is narrower itself."""

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
    symbols = {spaced.maps[place].merge: look.symbol for place, look in spaced.looks.items() if look.symbol}
    room = (options.width or max(spaced.width, LONGEST)) - 2 * MARGIN - painting.ICON - 4
    found = entries(spaced.maps, symbols, room)
    width = options.width or max(spaced.width, painting.legend_size(found)[0] + 2 * MARGIN)
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
    drawn, height = _with_legend(shapes, found, width, routes.rows.end + MARGIN, options)
    return Scene(width, height, report.name, _description(report, spaced.maps), tuple(drawn), theme.background)


def _fitted(report: Report, options: Options) -> _Spaced:
    """The least folded figure that fits the page, spaced as widely as it can be."""
    widest = options.width or USUAL
    last: Maps | None = None
    for found in foldings(boxes(report), unfold=options.unfold, depth=options.depth):
        if last is not None and len(found) == len(last):
            continue
        last = found
        if _least(found) > max(widest, MOST_WIDTH if options.unfold and not options.width else 0.0):
            continue
        space = partial(_spaced, found, options)
        spaced = space(0.0)
        if spaced.width <= widest:
            return spaced
        if options.width is None:
            if all_chains_are_one(found) and spaced.width <= LONG:
                return spaced
            continue
        spaced = space(1.0)
        if spaced.width <= widest:
            return _widest(space, widest)
    assert last is not None
    spaced = _spaced(last, options, 0.0 if options.width is None else 1.0)
    if options.width is None and spaced.width <= MOST_WIDTH:
        return spaced
    raise too_narrow(spaced.width, options.width, _hint(spaced, options))


def _least(found: Maps) -> float:
    """A width that maps cannot do with less than, soon found: that of bars side by side on one row."""
    on_rows = Counter(each.row for each in found.values())
    return max(on_rows.values()) * (NARROW[0] + LEAST_WIDTH)


def _hint(spaced: _Spaced, options: Options) -> str:
    if options.unfold:
        return "without --unfold equal layers are drawn once"
    if spaced.width <= MOST_WIDTH:
        return f"--width {inches_for(spaced.width):.2f}in fits, or a part of it: --scope NAME"
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


def _description(report: Report, maps: Maps) -> str:
    """What somebody hears who does not see the figure."""
    sizes: dict[int, list[str]] = {}
    for place, each in maps.items():
        sizes.setdefault(each.row, []).append(size_text(maps.box(place).sizes) or "vectors")
    levels = [f"{row[0]} to {row[-1]}" if row[0] != row[-1] else row[0] for _, row in sorted(sizes.items())]
    return (
        f"{counted(len(report.layers), 'layer')}, {counted(len(maps), 'map')} "
        f"on {counted(len(levels), 'level')}: {'; '.join(levels)}"
    )
