"""What nested squares and bars of fields share: the names beside them, and the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.drawing.options import too_narrow
from cnncalc.drawing.scene import MARGIN, Scene, Text
from cnncalc.drawing.text_metrics import SIZE, SMALLEST, baseline, on_lines, shortened_to, text_width
from cnncalc.drawing.themes import mixed
from cnncalc.drawing.wording import sizes_text
from cnncalc.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnncalc.drawing.growth_fields import Growth
    from cnncalc.drawing.options import Options
    from cnncalc.drawing.scene import Shape

LINE: Final = 9.4
"""From one name to the next."""

LEADERS: Final = 22.0
"""Between the picture and the names."""

LARGEST_VIEW: Final = 330.0
"""How wide and high all that is drawn of fields may be, where no width is asked for."""

LEAST_VIEW: Final = 72.0

LONGEST_NAME: Final = 120.0
LEAST_NAME: Final = 40.0
NAMES: Final = 0.24
"""The room for names: the most and the least, and the part of the page between these where a width is asked for."""

DASH: Final = (2.4, 1.6)
"""How fields are dashed where they reach beyond the input."""


class FieldFigure:
    """What squares and bars share: colours, names and the words of the page. The largest field is the first name."""

    def __init__(self, growth: Growth, options: Options) -> None:
        self.growth = growth
        self.options = options
        self.theme = options.colours
        self.paper = self.theme.paper
        self.fields = list(reversed(growth.fields))
        self.names = [printable(field.layer) + (f" +{field.more}" if field.more else "") for field in self.fields]
        self.sizes = [sizes_text(field.size) for field in self.fields]
        longest = max(map(text_width, self.names))
        self.name_room = min(longest, LONGEST_NAME)
        self.size_room = max(map(text_width, self.sizes))
        if options.width is not None:
            self.name_room = min(self.name_room, max(options.width * NAMES, LEAST_NAME))
        self.column = self.name_room + 8 + self.size_room

    def colour(self, number: int) -> str:
        """That of a field: from the colour of small ones to that of large ones."""
        share = 1 - number / max(len(self.fields) - 1, 1)
        return mixed(self.theme.arrows["pointwise"], self.theme.accent, share)

    def view_room(self, usual: float) -> float:
        """How wide the view may be; raises `CnncalcError` where the page has no room for it."""
        if self.options.width is None:
            return usual
        beside = self.column + LEADERS + 2 * MARGIN
        room = self.options.width - beside
        if room < LEAST_VIEW:
            raise too_narrow(self._least_width(), self.options.width, what="a figure of these fields")
        return room

    def _least_width(self) -> float:
        """The width of the narrowest page, whose names have their share of it."""
        others = self.column - self.name_room + LEADERS + 2 * MARGIN + LEAST_VIEW
        return others + max(LEAST_NAME, others * NAMES / (1 - NAMES))

    def name(self, number: int, x: float, y: float) -> Iterator[Shape]:
        """The name and the size of a field, whose middle is at a height."""
        kept = shortened_to(self.names[number], self.name_room)
        yield Text(x, baseline(y), kept, SIZE, self.theme.ink)
        yield Text(x + self.column, baseline(y), self.sizes[number], SIZE, self.theme.grey, "end")

    def told(self) -> list[str]:
        """What is to be said below."""
        growth = self.growth
        found = []
        if growth.whole:
            found.append(f"{printable(growth.whole)} sees all of it")
        if growth.also_whole:
            found.append(f"from {printable(growth.also_whole)} on, units see all of it besides, by statistics")
        return found

    def page(self, width: float, height: float, shapes: list[Shape]) -> Scene:
        """The page, with what is said below, in as many lines as that takes."""
        room = width - 2 * MARGIN
        for text in self.told():
            for line in on_lines(text.split(), room, SMALLEST):
                height += LINE
                shapes.append(
                    Text(MARGIN, height - MARGIN, shortened_to(line, room, SMALLEST), SMALLEST, self.theme.grey)
                )
        growth = self.growth
        title = f"How the receptive field grows in {growth.name}"
        words = "; ".join(f"{field.layer} {sizes_text(field.size)}" for field in growth.fields)
        pixels = sizes_text(growth.pixels)
        text = f"Fields of units up to {growth.layer}, on the {pixels} pixels of {growth.input}: {words}"
        return Scene(width, height, title, text, tuple(shapes), self.theme.background)


def spread(wanted: Sequence[float], step: float, low: float, high: float) -> list[float]:
    """Places in order, each as near to the one wanted as they may be, `step` apart and all between two ends.

    >>> spread([10, 11, 30], 5, 0, 40), spread([38, 39, 40], 5, 0, 40.0)
    ([8.0, 13.0, 30.0], [30.0, 35.0, 40.0])
    """
    groups: list[tuple[float, int]] = []
    for want in wanted:
        middle, count = float(want), 1
        while groups and groups[-1][0] + (groups[-1][1] + count) * step / 2 > middle:
            before, number = groups.pop()
            # both together are centred where each of their members wants to be, on average
            middle = (before * number + middle * count) / (number + count)
            count += number
        groups.append((middle, count))
    found = [middle + (number - (count - 1) / 2) * step for middle, count in groups for number in range(count)]
    for number in range(len(found)):
        found[number] = max(found[number], low + number * step)
    for number in range(len(found)):
        found[-1 - number] = min(found[-1 - number], high - number * step)
    return found
