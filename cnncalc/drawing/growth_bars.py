"""How fields grow along one axis: as bars, the largest next to a strip of the input."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.drawing.growth_names import DASH, LARGEST_VIEW, LEADERS, LINE, MARGIN, FieldFigure
from cnncalc.drawing.landscape import wave
from cnncalc.drawing.scene import Group, Rectangle, Scene, Text
from cnncalc.drawing.text_metrics import SIZE, SMALLEST, shortened_to, text_width
from cnncalc.drawing.themes import mixed
from cnncalc.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.drawing.growth_fields import GrownField
    from cnncalc.drawing.scene import Shape

BAR: Final = 5.0
STRIP: Final = 26.0
"""How high bars and the strip of the input are."""


class Bars(FieldFigure):
    """Fields along one axis, the largest next to a strip of the input."""

    def scene(self) -> Scene:
        """The whole figure."""
        pixels = self.growth.pixels[0]
        ends = [(field.first[0], field.first[0] + field.size[0]) for field in self.fields]
        first, last = min(first for first, _ in ends), max(last for _, last in ends)
        more = max((last - first) // 8, 1)
        low, high = first - more, last + more
        if high - low > pixels / 2:
            low, high = min(first, 0), max(last, pixels)
        low, high = max(low, min(first, 0)), min(high, max(last, pixels))
        room = self.view_room(LARGEST_VIEW)
        scale = room / (high - low)
        start = MARGIN - low * scale
        column = MARGIN + room + LEADERS
        foot = MARGIN + LINE * len(self.fields)
        shapes: list[Shape] = []
        for number, field in enumerate(self.fields):
            y = foot - LINE * (number + 0.5)
            shapes.append(self._bar(number, field, start, scale, y))
            shapes += self.name(number, column, y)
        left, right = max(low, 0), min(high, pixels)
        strip = Rectangle(
            start + left * scale,
            foot + 4,
            (right - left) * scale,
            STRIP,
            mixed(self.theme.fill("input"), self.paper, 0.3),
            self.theme.wire,
            0.6,
        )
        shapes.append(strip)
        if self.growth.axes == ("length",):
            shapes.append(wave(strip.x, strip.y + STRIP / 2, strip.width, STRIP, self.theme.arrows["convolution"]))
        shapes += self._numbers(left, right, start, scale, foot + STRIP + 13)
        shapes.append(
            Text(
                column,
                foot + 4 + STRIP / 2 + SIZE * 0.35,
                shortened_to(printable(self.growth.input), self.name_room),
                SIZE,
                self.theme.ink,
                bold=True,
            )
        )
        shapes.append(
            Text(column + self.column, foot + 4 + STRIP / 2 + SIZE * 0.35, str(pixels), SIZE, self.theme.grey, "end")
        )
        return self.page(column + self.column + MARGIN, foot + STRIP + 13 + MARGIN, shapes)

    def _bar(self, number: int, field: GrownField, start: float, scale: float, y: float) -> Group:
        """A field: filled where there are pixels, dashed beyond."""
        first, last = field.first[0], field.first[0] + field.size[0]
        inside = max(first, 0), min(last, self.growth.pixels[0])
        colour = self.colour(number)
        parts: list[Shape] = []
        if (first, last) != inside:
            outline = Rectangle(
                start + first * scale, y - BAR / 2, (last - first) * scale, BAR, None, colour, 0.6, dash=DASH
            )
            parts.append(outline)
        if inside[0] < inside[1]:
            wide = max((inside[1] - inside[0]) * scale, 0.5)
            parts.append(Rectangle(start + inside[0] * scale, y - BAR / 2, wide, BAR, colour))
        return Group(tuple(parts), field.layer, f"{field.layer}: {first} to {last - 1}")

    def _numbers(self, low: int, high: int, start: float, scale: float, y: float) -> Iterator[Shape]:
        """The first and the last pixel of the strip, and those of the largest field if they are apart from these."""
        taken: list[tuple[float, float]] = []
        field = self.fields[0]
        for at in (low, high - 1, field.first[0], field.first[0] + field.size[0] - 1):
            text, x = str(at), start + (at + 0.5) * scale
            half = text_width(text, SMALLEST) / 2
            x = min(max(x, MARGIN + half), MARGIN + (self.view_room(LARGEST_VIEW)) - half)
            if low <= at < high and all(x - half > right + 3 or x + half < left - 3 for left, right in taken):
                taken.append((x - half, x + half))
                yield Text(x, y, text, SMALLEST, self.theme.grey, "middle")
