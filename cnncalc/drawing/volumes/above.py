"""What stands above volumes: the sizes that pools have, and how often a series comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.drawing.scene import Line, Text
from cnncalc.drawing.text_metrics import SIZE, SMALLEST
from cnncalc.drawing.wording import TIMES, sizes_text

if TYPE_CHECKING:
    from cnncalc.drawing.scene import Bounds, Shape
    from cnncalc.drawing.themes import Theme
    from cnncalc.drawing.volumes.rows import Placed, Repeat, Row

ABOVE: Final = 3.5
"""From volumes to the sizes above them."""
TICK: Final = 2.5


def above(row: Row, axis: float, theme: Theme, *, sizes: bool) -> list[Shape]:
    """The sizes of pools, where these are wanted, and the brackets of what comes several times."""
    tops = _Skyline()
    for placed in row.placed:
        # The top goes up to the right: over the left of a front there is room.
        tops.cover(placed.x, placed.x + placed.solid.thickness, axis + placed.solid.front_top)
        tops.cover(placed.x + placed.solid.across / 2, placed.right, axis + placed.solid.top)
    shapes: list[Shape] = []
    if sizes:
        shapes += [_size(placed, tops, theme) for placed in row.placed if placed.volume.box.kind == "pooling"]
    for repeat in row.repeats:
        shapes += _repeat(repeat, tops, theme)
    return shapes


def _size(placed: Placed, tops: _Skyline, theme: Theme) -> Text:
    """The size of a pool, which has no label below."""
    box = placed.volume.box
    text = sizes_text(box.sizes or box.shape)
    at = Text(placed.x + placed.solid.width / 2, 0, text, SMALLEST, theme.edge("pooling"), "middle")
    at = at._replace(x=max(at.x, at.width / 2))
    return tops.set(at)


def _repeat(repeat: Repeat, tops: _Skyline, theme: Theme) -> tuple[Shape, ...]:
    """A bracket with how often it comes."""
    words = f"{TIMES}{repeat.times}"
    line = tops.least(repeat.first, repeat.last) - ABOVE - TICK
    tops.cover(repeat.first, repeat.last, line)
    corners = ((repeat.first, line + TICK), (repeat.first, line), (repeat.last, line), (repeat.last, line + TICK))
    text = Text((repeat.first + repeat.last) / 2, 0, words, SIZE, theme.ink, "middle", bold=True)
    return Line(corners, theme.wire, 0.7), tops.set(text)


class _Skyline:
    """How high what is drawn so far goes; y grows downwards."""

    def __init__(self) -> None:
        self.spans: list[tuple[float, float, float]] = []

    def cover(self, left: float, right: float, top: float) -> None:
        """Something goes up to there."""
        self.spans.append((left, right, top))

    def least(self, left: float, right: float) -> float:
        """The highest of what stands between."""
        return min((top for first, last, top in self.spans if first < right and left < last), default=0.0)

    def set(self, text: Text) -> Text:
        """A text right above everything that it would touch."""
        bounds: Bounds = text.bounds
        placed = text._replace(y=self.least(bounds.left - 1, bounds.right + 1) - ABOVE)
        self.cover(bounds.left, bounds.right, placed.bounds.top)
        return placed
