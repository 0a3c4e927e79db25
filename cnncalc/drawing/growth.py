"""How fields grow: those of units around one place as nested squares on a picture, or as bars along one axis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.drawing.growth_bars import Bars
from cnncalc.drawing.growth_fields import Growth, growth_of
from cnncalc.drawing.growth_names import DASH, LARGEST_VIEW, LEADERS, LINE, FieldFigure, spread
from cnncalc.drawing.landscape import landscape
from cnncalc.drawing.scene import MARGIN, Circle, Group, Line, Picture, Rectangle, Scene
from cnncalc.drawing.wording import sizes_text
from cnncalc.errors import CnncalcError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnncalc.drawing.growth_fields import GrownField
    from cnncalc.drawing.options import Options
    from cnncalc.drawing.scene import Point, Shape
    from cnncalc.graph.graph import Graph

LARGEST_PICTURE: Final = 230.0
"""How large the picture itself may be, where no width is asked for."""

BEYOND: Final = 0.5
"""How far beyond the picture fields are drawn true to scale, in parts of its size."""

STEP: Final = 2.2
"""From one field to the next where these reach further."""


def subject(network: Graph, scope: str | None, options: Options) -> Growth:
    """The fields that the options ask for."""
    return growth_of(network, scope, options)


def scene(growth: Growth, options: Options) -> Scene:
    """The figure of fields; raises `CnncalcError` where it does not fit the width."""
    if not growth.fields:
        raise CnncalcError(f"no unit on the way to `{growth.layer}` sees more than a pixel and less than all")
    return (_Squares if len(growth.axes) == 2 else Bars)(growth, options).scene()


class _Squares(FieldFigure):
    """Fields along two axes, nested, with a name beside each."""

    def scene(self) -> Scene:
        """The whole figure."""
        beyond = [self._is_beyond(field) for field in self.fields]
        rim = sum(beyond) * STEP
        tops, bottoms = self._view(0)
        lefts, rights = self._view(1)
        self.scale = self._scale(rights - lefts, bottoms - tops, rim)
        wide, high = (rights - lefts) * self.scale, (bottoms - tops) * self.scale
        height = max(high + 2 * rim, LINE * len(self.fields))
        left, top = MARGIN + rim, MARGIN + (height - high) / 2
        self.x0, self.y0 = left - lefts * self.scale, top - tops * self.scale
        self.limits = (left, top, left + wide, top + high)
        shapes = list(self._picture())
        corners = []
        for number in range(len(self.fields)):
            square, corner = self._square(number, sum(beyond[number:]))
            shapes.append(square)
            corners.append(corner)
        across, down = (float(at) for at in reversed(self.growth.place))
        centre = self.x0 + (across + 0.5) * self.scale, self.y0 + (down + 0.5) * self.scale
        shapes.append(Circle(*centre, 1.3, self.theme.accent, self.paper, 0.5))
        edge = MARGIN + wide + 2 * rim
        shapes += self._names(corners, edge, height)
        return self.page(edge + LEADERS + self.column + MARGIN, height + 2 * MARGIN, shapes)

    def _scale(self, wide: float, high: float, rim: float) -> float:
        """The points of a pixel, where so many are in view and there is a rim around them."""
        scale = min(self.view_room(LARGEST_VIEW) / wide, LARGEST_VIEW * 1.6 / high)
        if self.options.width is None:
            return min(scale, LARGEST_PICTURE / max(self.growth.pixels), LARGEST_VIEW / high)
        return max(scale - 2 * rim / wide, scale / 2)

    def _names(self, corners: Sequence[Point], edge: float, height: float) -> Iterator[Shape]:
        """The names of fields, each with a line from its corner, past the edge of the view."""
        column = edge + LEADERS
        heights = spread([y for _, y in corners], LINE, MARGIN + LINE / 2, MARGIN + height - LINE / 2)
        for number, ((x, y), at) in enumerate(zip(corners, heights, strict=True)):
            points = ((x, y), (edge + 4, y), (column - 6, at), (column - 2, at))
            yield Line(points, self.colour(number), 0.5)
            yield from self.name(number, column, at)

    def _view(self, axis: int) -> tuple[float, float]:
        """What is drawn to scale along an axis: the picture, and the fields up to a distance from it."""
        size = self.growth.pixels[axis]
        ends = [(field.first[axis], field.first[axis] + field.size[axis]) for field in self.fields]
        first, last = min(first for first, _ in ends), max(last for _, last in ends)
        return float(max(min(first, 0), -BEYOND * size)), float(min(max(last, size), (1 + BEYOND) * size))

    def _is_beyond(self, field: GrownField) -> bool:
        """Whether a field reaches further than is drawn to scale."""
        return any(
            first < self._view(axis)[0] or first + size > self._view(axis)[1]
            for axis, (first, size) in enumerate(zip(field.first, field.size, strict=True))
        )

    def _picture(self) -> Iterator[Shape]:
        """The photograph or the landscape, and a frame."""
        high, wide = (pixels * self.scale for pixels in self.growth.pixels)
        if self.options.picture:
            from cnncalc.interchange.photographs import MEDIA_TYPE  # its module imports NumPy

            yield Picture(self.x0, self.y0, wide, high, self.options.picture, MEDIA_TYPE)
        else:
            yield from landscape(self.x0, self.y0, wide, high, self.paper)
        yield Rectangle(self.x0, self.y0, wide, high, None, self.theme.wire, 0.6)

    def _square(self, number: int, outside: int) -> tuple[Group, tuple[float, float]]:
        """A field, and the corner that its name belongs to; of those that reach too far the largest is outermost."""
        field = self.fields[number]
        left, top, right, bottom = self.limits
        rim = outside * STEP if self._is_beyond(field) else 0.0
        y, x = (origin + first * self.scale for origin, first in zip((self.y0, self.x0), field.first, strict=True))
        high, wide = (size * self.scale for size in field.size)
        x, right = max(x, left - rim), min(x + wide, right + rim)
        y, bottom = max(y, top - rim), min(y + high, bottom + rim)
        inside = all(
            first >= 0 and first + size <= pixels
            for first, size, pixels in zip(field.first, field.size, self.growth.pixels, strict=True)
        )
        dash = None if inside else DASH
        wide, high = max(right - x, 0.5), max(bottom - y, 0.5)
        halo = Rectangle(x, y, wide, high, None, self.paper, 1.9)
        line = Rectangle(x, y, wide, high, None, self.colour(number), 0.9, dash=dash)
        title = f"{field.layer}: {sizes_text(field.size)}"
        return Group((halo, line), field.layer, title), (x + wide, y)
