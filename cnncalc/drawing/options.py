"""What a reader may wish of a figure."""
# No postponed annotations here: named tuples compile each one that is a string.

import os
import re
from collections.abc import Iterable, Sequence
from math import ceil
from typing import Final, NamedTuple

from cnncalc.drawing.themes import THEMES, Theme
from cnncalc.errors import CnncalcError, enumerated
from cnncalc.shapes import AXIS_NAMES
from cnncalc.text import shortened

DIRECTIONS: Final = ("right", "down")
"""Where the data may flow to."""

LABELS: Final = ("name", "shape", "window", "params", "field")
"""What can be written beside a layer."""

AXES: Final = tuple(dict.fromkeys(name for rank in (2, 3, 1) for name in AXIS_NAMES[rank]))
"""The axes along which units may lie."""

INCH: Final = 72.0
"""The points of an inch."""

POINTS: Final = {"pt": 1.0, "in": INCH, "cm": INCH / 2.54, "mm": INCH / 25.4, "px": 0.75, "": 1.0}
"""The points of 1/72 inch in each unit of length; a length without one is in points."""

LONGEST_SIDE: Final = 1024
"""A larger photograph is made smaller, to so many pixels: 300 an inch of a figure, as print has them."""

LEAST_WIDTH: Final = 72.0
MOST_WIDTH: Final = 14400.0
"""The widths that a page may have, in points: an inch, and what PDF allows."""


class Options(NamedTuple):
    """The wishes; a style takes what concerns it.

    `width` is that of the page in points, None for what the figure needs. `labels` are some of `LABELS`, empty for what
    the style writes by itself. `direction` is right or down, empty for the style's own. Scopes whose names have more
    than `depth` parts are one box. Equal scopes one after the other are drawn once unless it is to `unfold`. Where a
    figure is of a `unit` of a `layer`, that is its place or its number along the `axis`. `picture` is what the network
    looks at, the bytes of a JPEG file. With `paper` the page is filled; without it what is behind shows through.
    """

    width: float | None = None
    theme: str = "blue"
    labels: tuple[str, ...] = ()
    direction: str = ""
    depth: int | None = None
    unfold: bool = False
    axis: str | None = None
    unit: tuple[int, ...] | None = None
    layer: str | None = None
    picture: bytes | None = None
    paper: bool = False

    @property
    def colours(self) -> Theme:
        """The theme itself."""
        return THEMES[self.theme]


def options(
    *,
    width: float | str | None = None,
    theme: str = "blue",
    labels: Sequence[str] = (),
    direction: str | None = None,
    depth: int | None = None,
    unfold: bool = False,
    layer: str | None = None,
    unit: int | Sequence[int] | str | None = None,
    axis: str | None = None,
    picture: str | os.PathLike[str] | None = None,
    paper: bool = False,
) -> Options:
    """The wishes as a caller words them; raises `CnncalcError` for an unknown word or a width that no page has.

    >>> options(width="5.5in", theme="grey").width
    396.0
    """
    from cnncalc import arguments

    if theme not in tuple(THEMES):
        raise arguments.wrong("theme", enumerated(list(THEMES), "or"), theme)
    known = f"some of {enumerated(list(LABELS), 'and')}"
    if isinstance(labels, str) or not isinstance(labels, Iterable):
        raise arguments.wrong("labels", f"a list of {known}", labels)
    for word in labels:
        if word not in LABELS:
            raise arguments.wrong("labels", known, word)
    if direction not in (None, *DIRECTIONS):
        raise arguments.wrong("direction", enumerated(list(DIRECTIONS), "or"), direction)
    if axis not in (None, *AXES):
        raise arguments.wrong("axis", enumerated(list(AXES), "or"), axis)
    return Options(
        width=None if width is None else points(width),
        theme=theme,
        labels=tuple(labels),
        direction=direction or "",
        depth=None if depth is None else arguments.whole_number("depth", depth, 1),
        unfold=unfold,
        layer=arguments.layer_name(layer),
        unit=arguments.unit(unit),
        axis=axis,
        picture=None if picture is None else _photograph(arguments.path(picture)),
        paper=paper,
    )


def _photograph(path: str | os.PathLike[str]) -> bytes:
    """The photograph in a file, for which NumPy and Pillow are imported."""
    from cnncalc.interchange.photographs import read

    return read(path, LONGEST_SIDE)


def points(length: float | str) -> float:
    """A length such as 5.5in, 14cm or 396pt, or a number of points, in points of 1/72 inch; raises `CnncalcError`.

    >>> points("5.5in"), points("25.4mm"), points("516pt")
    (396.0, 72.0, 516.0)
    """
    text = str(length)
    found = re.fullmatch(r"\s*(\d{1,9}(?:\.\d{0,20})?)\s*(pt|in|cm|mm|px|)\s*", text)
    if not found:
        fact = f"a width is a number with in, cm, mm, pt or px, not {shortened(text)!r}"
        raise CnncalcError(fact, hint="5.5in is the text of many papers, 3.25in a column of two")
    width = float(found[1]) * POINTS[found[2]]
    if not LEAST_WIDTH <= width <= MOST_WIDTH:
        fact = f"a width of {shortened(text)} is {width:g} pt, and a figure has from {LEAST_WIDTH:g} to {MOST_WIDTH:g}"
        raise CnncalcError(fact, hint=f"with its unit: {found[1]}in" if not found[2] and width < LEAST_WIDTH else None)
    return round(width, 4)


def too_narrow(needed: float, width: float | None, hint: str | None = None, what: str = "the figure") -> CnncalcError:
    """The error of what needs more points than the page has; the width that it names is one that fits.

    >>> too_narrow(260.0, 234.0).message
    'the figure needs 3.62 in, and the page has 3.25 in'
    """
    page = f"the page has {width / INCH:.2f} in" if width else f"a page has {MOST_WIDTH / INCH:.2f} in at most"
    return CnncalcError(f"{what} needs {inches_for(needed):.2f} in, and {page}", hint=hint)


def inches_for(needed: float) -> float:
    """A width in inches, to the next hundredth, that so many points have room in."""
    return ceil(round(needed / INCH * 100, 6)) / 100
