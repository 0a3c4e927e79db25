"""Planes drawn as grids of values: the padding dashed, the window tinted, with the factor below each of its values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.drawing.scene import Rectangle, Text
from cnncalc.drawing.text_metrics import SMALLEST, text_width
from cnncalc.steps.wording import number_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.drawing.scene import Shape
    from cnncalc.steps.palettes import Palette
    from cnncalc.steps.results import Cell, Plane

CELL: Final = 22.0
"""The height of a cell, and its least width."""

VALUE: Final = 9.0
LONG_VALUE: Final = 7.0
FACTOR: Final = SMALLEST
TITLE: Final = 7.5
PLACE: Final = SMALLEST
"""The sizes of values, of values of many digits, of the factors below them, of titles, and of places beside cells."""

FRAME: Final = 1.8
"""The line around a window, or around the unit."""


def pretty(text: str) -> str:
    """A text with the signs of mathematics.

    >>> pretty("2*(-1) 3 x 3")
    '2·(−1) 3×3'
    """
    for plain, sign in (("*", "\N{MIDDLE DOT}"), ("-", "\N{MINUS SIGN}"), (" x ", "\N{MULTIPLICATION SIGN}")):
        text = text.replace(plain, sign)
    return text


def shown(value: float) -> str:
    """A value as it stands in a cell.

    >>> shown(-3.0), shown(0.25), shown(0.123456)
    ('−3', '0.25', '0.12')
    """
    text = number_text(value, 2)
    return pretty(text if len(text) <= 5 else number_text(value, 2, short=0))


def factor(value: float) -> str:
    """A factor as it stands below a value.

    >>> factor(-1.0)
    '×−1'
    """
    return f"\N{MULTIPLICATION SIGN}{shown(value)}"


class Grid:
    """A plane as it is drawn; `bare` without all that differs from unit to unit."""

    def __init__(self, plane: Plane, colours: Palette, *, bare: bool = False) -> None:
        self.plane = plane
        self.colours = colours
        self.factors = dict(zip(plane.window, plane.factors, strict=True)) if plane.factors and not bare else {}
        self.window = frozenset(() if bare else plane.window)
        self.marked = None if bare else plane.marked
        self.has_values = not (bare and plane.role == "output")
        self.title = pretty(plane.title)
        self.across, self.size = self._sizes()
        self.head = 0.0 if plane.is_whole else PLACE + 3
        self.lead = 0.0 if plane.is_whole or plane.size[0] == 1 else self._widest_place() + 3

    @property
    def height(self) -> float:
        """The height without the title, and without the `head`, in which a part of a map has the columns' places."""
        return CELL * len(self.plane.values)

    @property
    def grid_width(self) -> float:
        """The width without the title, and without the `lead`, in which a part of a map has the rows' places."""
        return self.across * len(self.plane.values[0])

    @property
    def width(self) -> float:
        """The width, with the title's where that is longer."""
        return max(self.lead + self.grid_width, text_width(self.title, TITLE))

    def _widest_place(self) -> float:
        """The room of the places of rows, alike for all parts of a map."""
        return max(text_width(place, PLACE) for place in (pretty("-1"), str(self.plane.size[0] - 1)))

    def _sizes(self) -> tuple[float, float]:
        """The width of a cell, as much as the widest value or factor takes, and the size of values."""
        values = {shown(value) for row in self.plane.values for value in row if value is not None}
        below = max((text_width(factor(value), FACTOR) for value in self.plane.factors), default=0.0)
        size = VALUE
        needed = max((text_width(text, VALUE, bold=True) for text in values), default=0.0) + 5
        if needed > CELL:
            size, needed = LONG_VALUE, (needed - 5) * LONG_VALUE / VALUE + 4
        return max(CELL, needed, below + 3), size

    def shapes(self, x: float, y: float) -> Iterator[Shape]:
        """The title above, the cells, what stands out, and the values."""
        yield Text(x + self.width / 2, y - self.head - 4, self.title, TITLE, self.colours.grey, "middle")
        x += (self.width - self.grid_width + self.lead) / 2
        yield from self._places(x, y)
        top, left = self.plane.first
        cells = [
            ((top + row, left + column), value, x + self.across * column, y + CELL * row)
            for row, values in enumerate(self.plane.values)
            for column, value in enumerate(values)
        ]
        for cell, value, cell_x, cell_y in cells:
            yield self._ground(cell, cell_x, cell_y, is_empty=value is None)
        if self.plane.role == "input" and self.window:
            yield self._window(x, y)
        for cell, _, cell_x, cell_y in cells:
            yield from self._frame(cell, cell_x, cell_y)
        for cell, value, cell_x, cell_y in cells:
            if value is not None and self.has_values:
                yield self._value(cell, value, cell_x, cell_y)
        for cell, _, cell_x, cell_y in cells:
            if cell in self.factors:
                text = factor(self.factors[cell])
                place = cell_x + self.across / 2, cell_y + CELL * 0.86
                yield Text(*place, text, FACTOR, self.colours.window_ink, "middle")

    def _places(self, x: float, y: float) -> Iterator[Shape]:
        """Where the rows and columns of a part are in the map."""
        top, left = self.plane.first
        if self.head:
            for column in range(len(self.plane.values[0])):
                place = x + self.across * (column + 0.5), y - 3
                yield Text(*place, pretty(str(left + column)), PLACE, self.colours.grey, "middle")
        if self.lead:
            for row in range(len(self.plane.values)):
                place = x - 3, y + CELL * (row + 0.5) + PLACE * 0.36
                yield Text(*place, pretty(str(top + row)), PLACE, self.colours.grey, "end")

    def _is_padding(self, cell: Cell) -> bool:
        height, width = self.plane.size
        return not (0 <= cell[0] < height and 0 <= cell[1] < width)

    def _ground(self, cell: Cell, x: float, y: float, *, is_empty: bool) -> Rectangle:
        """A cell: that of the padding is dashed, and the window's are tinted."""
        c = self.colours
        rule = {"input": c.rule, "kernel": c.kernel_rule}.get(self.plane.role, c.output_rule)
        fill = c.kernel if self.plane.role == "kernel" and not is_empty else c.paper
        if cell in self.window:
            fill = c.window
        elif self._is_padding(cell):
            fill = c.padding
        dash = (2.0, 1.5) if self._is_padding(cell) else None
        return Rectangle(x, y, self.across, CELL, fill, rule, 0.6, 0.0, dash)

    def _frame(self, cell: Cell, x: float, y: float) -> Iterator[Rectangle]:
        """A line around the unit, the value that is chosen, or a tap that is used."""
        if cell == self.marked:
            edge = self.colours.output_edge
            if self.plane.role == "output":
                yield Rectangle(x, y, self.across, CELL, self.colours.output, edge, FRAME)
            else:  # The line around the window stays whole.
                yield Rectangle(x + FRAME, y + FRAME, self.across - 2 * FRAME, CELL - 2 * FRAME, None, edge, FRAME)
        elif self.plane.role == "kernel" and cell in self.window:
            yield Rectangle(x, y, self.across, CELL, None, self.colours.window_edge, FRAME)

    def _window(self, x: float, y: float) -> Rectangle:
        """A line around the whole window."""
        rows, columns = ({cell[axis] for cell in self.window} for axis in (0, 1))
        (top, left), across = self.plane.first, self.across
        width, height = (max(columns) - min(columns) + 1) * across, (max(rows) - min(rows) + 1) * CELL
        x, y = x + across * (min(columns) - left), y + CELL * (min(rows) - top)
        return Rectangle(x, y, width, height, None, self.colours.window_edge, FRAME)

    def _value(self, cell: Cell, value: float, x: float, y: float) -> Text:
        """A value in its cell, higher where a factor stands below it."""
        c = self.colours
        inside = self.plane.role == "input" and cell in self.window
        colour = c.window_ink if self.plane.role == "kernel" else c.faint if self._is_padding(cell) else c.ink
        baseline = y + (CELL * 0.48 if cell in self.factors else CELL / 2 + self.size * 0.36)
        bold = inside or cell == self.marked
        return Text(x + self.across / 2, baseline, shown(value), self.size, colour, "middle", bold=bold)
