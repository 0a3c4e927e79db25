"""How fields grow along one axis: as bars, the largest next to a strip of the input."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.drawing.growth_names import DASH, LARGEST_VIEW, LEADERS, LINE, FieldFigure
from cnncalc.drawing.landscape import wave
from cnncalc.drawing.scene import MARGIN, Group, Rectangle, Scene, Text
from cnncalc.drawing.text_metrics import SIZE, SMALLEST, baseline, shortened_to, text_width
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
        low, high = self._view()
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
        left, right = max(low, 0), min(high, self.growth.pixels[0])
        shapes += self._strip(start + left * scale, foot + 4, (right - left) * scale)
        shapes += self._numbers(left, right, start, scale, foot + STRIP + 13)
        shapes += self._input_name(column, foot + 4 + STRIP / 2)
        return self.page(column + self.column + MARGIN, foot + STRIP + 13 + MARGIN, shapes)

    def _view(self) -> tuple[int, int]:
        """The pixels from and up to which is drawn: some beyond the fields, or all if these take half of the input."""
        pixels = self.growth.pixels[0]
        ends = [(field.first[0], field.first[0] + field.size[0]) for field in self.fields]
        first, last = min(first for first, _ in ends), max(last for _, last in ends)
        more = max((last - first) // 8, 1)
        low, high = first - more, last + more
        if high - low > pixels / 2:
            low, high = min(first, 0), max(last, pixels)
        return max(low, min(first, 0)), min(high, max(last, pixels))

    def _strip(self, x: float, y: float, width: float) -> Iterator[Shape]:
        """The input, with a wave on it where it is a sound or the like."""
        fill = mixed(self.theme.fill("input"), self.paper, 0.3)
        yield Rectangle(x, y, width, STRIP, fill, self.theme.wire, 0.6)
        if self.growth.axes == ("length",):
            yield wave(x, y + STRIP / 2, width, STRIP, self.theme.arrows["convolution"])

    def _input_name(self, column: float, y: float) -> Iterator[Text]:
        """The name of the input, and how many pixels it has."""
        kept = shortened_to(printable(self.growth.input), self.name_room)
        yield Text(column, baseline(y), kept, SIZE, self.theme.ink, bold=True)
        yield Text(column + self.column, baseline(y), str(self.growth.pixels[0]), SIZE, self.theme.grey, "end")

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
