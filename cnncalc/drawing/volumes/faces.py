"""The shapes of one volume: front, top and side, the band of an activation, and the window of the layer behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.drawing.scene import Line, Polygon, arrow
from cnncalc.drawing.themes import mixed
from cnncalc.drawing.volumes.solids import rows_and_columns

if TYPE_CHECKING:
    from cnncalc.drawing.scene import Point, Shape
    from cnncalc.drawing.themes import Theme
    from cnncalc.drawing.volumes.rows import Placed

EDGE: Final = 0.45
BAND: Final = 2.4
CLEAR: Final = 1.5
"""From an arrow's ends to what it joins."""
LEAST_WINDOW: Final = (2.2, 3.0)
"""The least width and height that a window is drawn with: true to scale, those of 3 x 3 in large maps are not seen."""


def faces(placed: Placed, axis: float, theme: Theme) -> tuple[Shape, ...]:
    """A volume whose middle is on the axis."""
    solid, left = placed.solid, placed.x
    colour = theme.fill(placed.volume.box.kind)
    edge = theme.edge(placed.volume.box.kind)
    high, low = axis + solid.front_top, axis + solid.front_top + solid.height
    right = left + solid.thickness
    across, rise = solid.across, solid.rise

    def front_and_top(start: float, end: float, tint: str) -> tuple[Shape, ...]:
        front = ((start, high), (end, high), (end, low), (start, low))
        top = ((start, high), (end, high), (end + across, high - rise), (start + across, high - rise))
        return (
            Polygon(top, mixed(tint, light(theme), 0.5), edge, EDGE),
            Polygon(front, tint, edge, EDGE),
        )

    side = ((right, high), (right + across, high - rise), (right + across, low - rise), (right, low))
    shapes: list[Shape] = [Polygon(side, mixed(colour, "#000000", 0.16), edge, EDGE)]
    band = min(BAND, solid.thickness / 2) if placed.volume.has_band else 0.0
    shapes += front_and_top(left, right - band, colour)
    if band:
        shapes += front_and_top(right - band, right, theme.fill("activation"))
    return tuple(shapes)


def light(theme: Theme) -> str:
    """What tops are lightened with."""
    return theme.paper if theme.background is None else "#ffffff"


def window_on(before: Placed, after: Placed, axis: float) -> tuple[Point, ...]:
    """The corners, on the side of a volume, of the window that the next one sees it through, true to scale."""
    solid = before.solid
    window = after.volume.box.window
    assert window is not None
    rows, columns = rows_and_columns(before.volume.box)
    spans = [(size - 1) * step + 1 for size, step in zip(window.kernel_size, window.dilation, strict=True)]
    tall, wide = (1, *spans)[-2:] if len(spans) > 1 else (1, spans[0])
    back = _half(wide / columns, LEAST_WINDOW[0] / solid.across)
    down = _half(tall / rows, LEAST_WINDOW[1] / solid.height)
    corners = ((0.5 - back, 0.5 - down), (0.5 + back, 0.5 - down), (0.5 + back, 0.5 + down), (0.5 - back, 0.5 + down))
    places = [solid.on_side(*corner) for corner in corners]
    return tuple((before.x + x, axis + y) for x, y in places)


def _half(share: float, least: float) -> float:
    return min(max(share, least), 1.0) / 2


def window(before: Placed, after: Placed, axis: float, theme: Theme) -> tuple[Shape, ...]:
    """The window and the four lines from its corners to the front of the next volume."""
    corners = window_on(before, after, axis)
    aim = (after.x + after.solid.axis_enters, axis)
    lines = [Line((corner, aim), theme.wire, 0.35) for corner in corners]
    fill = mixed(theme.fill(before.volume.box.kind), light(theme), 0.55)
    return Polygon(corners, fill, theme.ink, 0.5), *lines


def link_arrow(before: Placed, after: Placed, axis: float, theme: Theme) -> tuple[Shape, ...]:
    """An arrow from the side of a volume to the front of the next."""
    start, end = before.x + before.solid.axis_leaves + CLEAR, after.x + after.solid.axis_enters - CLEAR
    return arrow(((start, axis), (end, axis)), theme.wire, 0.8)
