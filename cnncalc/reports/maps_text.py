"""The maps of a layer drawn in a terminal: two rows of values a line, as half blocks or as shades of characters."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from cnncalc.reports.canvas import Canvas
from cnncalc.reports.style import PLAIN, Style
from cnncalc.text import printable

if TYPE_CHECKING:
    from cnncalc.execution.results import Grid

HALF_BLOCK: Final = "▀"
SHADES: Final = " .:-=+*#%@"
"""From black to white, where there are no colours."""
FIRST_GREY: Final = 232
"""The first of the 24 greys of a terminal with 256 colours."""

Pair = tuple[int | None, int | None]
"""The greys of the upper and the lower half of a character; None beside and between maps."""


def render(found: Grid, style: Style = PLAIN) -> str:
    """The maps and, below them, what black and white are."""
    canvas = Canvas(style)
    coloured = style.colours and printable(HALF_BLOCK, style.encoding) == HALF_BLOCK
    below = [*found.rows[1::2], *([(None,) * len(found.rows[0])] if len(found.rows) % 2 else [])]
    lines = [list(zip(upper, lower, strict=True)) for upper, lower in zip(found.rows[::2], below, strict=True)]
    drawn = "".join(f"{_in_colours(line) if coloured else _in_shades(line)}\n" for line in lines)
    shown = f"{found.shown} of {found.channels} channels" if found.shown < found.channels else ""
    ends = ("black", "white") if coloured else ("blank", f"{SHADES[-1]}")
    scale = f"{ends[0]} is {found.lowest:.4g}, {ends[1]} is {found.highest:.4g}"
    canvas.note(f"{found.name}: {', '.join(filter(None, (shown, scale)))}")
    return f"\n{drawn}{canvas.text()}"


def _in_shades(line: list[Pair]) -> str:
    """A line in characters that are as dense as the mean of both halves is bright."""
    return "".join(map(_shade, line)).rstrip()


def _shade(pair: Pair) -> str:
    known = [grey for grey in pair if grey is not None]
    return SHADES[round(sum(known) / len(known) / 255 * (len(SHADES) - 1))] if known else " "


def _in_colours(line: list[Pair]) -> str:
    """A line in half blocks: the upper half in the colour of the text, the lower in that of its ground."""
    parts = []
    for (upper, lower), alike in groupby(line):
        count = len(list(alike))
        if upper is None and lower is None:
            parts.append(f"\x1b[0m{' ' * count}")
            continue
        ground = "49" if lower is None else f"48;5;{_colour(lower)}"
        if upper is None:
            parts.append(f"\x1b[0;38;5;{_colour(lower or 0)}m{'▄' * count}")
        else:
            parts.append(f"\x1b[0;38;5;{_colour(upper)};{ground}m{HALF_BLOCK * count}")
    return f"{''.join(parts)}\x1b[0m"


def _colour(grey: int) -> int:
    return FIRST_GREY + round(grey / 255 * 23)
