"""A unit's calculation as a figure: the window on the input, the kernel, the output so far, and the lines below."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.drawing.scene import Scene, Text
from cnncalc.drawing.text_metrics import text_width
from cnncalc.steps.abridging import abridged
from cnncalc.steps.expressions import pieces_of
from cnncalc.steps.filling import filled
from cnncalc.steps.grids import TITLE, Grid, pretty
from cnncalc.steps.palettes import LIGHT
from cnncalc.steps.wording import worded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnncalc.drawing.scene import Shape
    from cnncalc.steps.palettes import Palette
    from cnncalc.steps.results import Equation, Plane, Steps, UnitSteps
    from cnncalc.steps.wording import Worded

LINE: Final = 8.5
SIGN: Final = 16.0
"""The sizes of the lines of the calculation, and of the signs between planes."""

MARGIN: Final = 8.0
GAP: Final = 28.0
GUTTER: Final = 18.0
"""Around the page, between two planes, and before the first of several rows of them, for a sign."""

LEAST_WIDTH: Final = 300.0
"""The least width of a page, for the lines."""

MOST_LINES: Final = 6
KEPT: Final = 3
"""The lines up to which all are drawn, and those that are drawn of a sum of more."""


def scenes(found: Steps, colours: Palette = LIGHT, *, bare: bool = False) -> list[Scene]:
    """A figure for each unit, all on pages of one size; `bare` ones without all that differs from unit to unit.

    >>> import cnncalc
    >>> [scene] = scenes(cnncalc.load("conv2d(1, 3)", input="1x4x4").steps(unit=(1, 0)))
    >>> scene.title
    'conv2d_1 (conv2d): how Y[1,0] comes about'
    """
    drawn = [_Figure(step, colours, bare=bare) for step in found.steps]
    width = max(each.width for each in drawn)
    pages = [each.page(width) for each in drawn]
    height = max(height for _, height in pages)
    return [
        Scene(
            width,
            height,
            f"{found.layer} ({found.type}): how {each.unit} comes about",
            each.description,
            tuple(shapes),
            colours.background,
        )
        for each, (shapes, _) in zip(drawn, pages, strict=True)
    ]


class _Figure:
    """One unit's figure: its planes, and with the kernel turned those once more."""

    def __init__(self, step: UnitSteps, colours: Palette, *, bare: bool) -> None:
        self.step = step
        self.bare = bare
        self.colours = colours
        self.unit = step.name
        self.shapes: list[Shape] = []
        self.right = 0.0
        self.bottom = MARGIN
        for each in (step, step.turned):
            if each is not None:
                self._planes(each)

    @property
    def width(self) -> float:
        """The width that the planes need, or the lines at least."""
        return max(self.right + MARGIN, LEAST_WIDTH)

    @property
    def description(self) -> str:
        """The calculation in words."""
        lines = abridged(self.step.equations, MOST_LINES, KEPT)
        return f"{self.unit} = {self.step.formula.numbers} = {worded(lines)[-1].result}"

    def page(self, width: float) -> tuple[list[Shape], float]:
        """All shapes on a page so wide, and its height."""
        lower = list(self._calculations(width))
        return [*self.shapes, *lower], max(shape.bounds.bottom for shape in lower) + MARGIN

    def _planes(self, step: UnitSteps) -> None:
        """Draw the planes of each channel below each other, and the output behind all of them."""
        rows = [[self._grid(plane) for plane in row] for row in step.planes]
        output = None if step.output is None else self._grid(step.output)
        if not rows and output is None:
            return
        first = [*(rows[0] if rows else ()), *([] if output is None else [output])]
        top = self.bottom + TITLE + 5 + max(grid.head for grid in first)
        start = MARGIN + (GUTTER if len(rows) > 1 and len(rows[0]) > 1 else 0)
        end = MARGIN
        y = top
        columns = [max(row[at].width for row in rows) for at in range(len(rows[0]))] if rows else []
        for number, row in enumerate(rows):
            height = max(grid.height for grid in row)
            x = start
            if number and len(row) > 1:
                self.shapes.append(self._sign("+", MARGIN + GUTTER / 3, y + height / 2))
            for at, grid in enumerate(row):
                if at:
                    self.shapes.append(self._sign("\N{ASTERISK OPERATOR}", x + GAP / 2, y + height / 2))
                    x += GAP
                self.shapes += grid.shapes(x + (columns[at] - grid.width) / 2, y + (height - grid.height) / 2)
                x += columns[at]
            end = max(end, x)
            y += height
            if number < len(rows) - 1:
                y += TITLE + 12 + max(grid.head for grid in rows[number + 1])
        if output is not None:
            middle = max((top + y) / 2, top + output.height / 2)
            if rows:
                sign = "=" if len(rows[0]) > 1 else "\N{RIGHTWARDS ARROW}"
                self.shapes.append(self._sign(sign, end + GAP / 2, middle))
                end += GAP
            self.shapes += output.shapes(end, middle - output.height / 2)
            end += output.width
            y = max(y, middle + output.height / 2)
        self.right = max(self.right, end)
        self.bottom = y + 4

    def _grid(self, plane: Plane) -> Grid:
        return Grid(plane, self.colours, bare=self.bare)

    def _sign(self, sign: str, x: float, y: float) -> Text:
        """A sign around a place."""
        return Text(x, y + SIGN * 0.35, sign, SIGN, self.colours.ink, "middle")

    def _calculations(self, width: float) -> Iterator[Shape]:
        """The index formula and the lines, and those with the kernel turned."""
        y = self.bottom
        turned = self.step.turned
        heads = (
            "cross-correlation, which frameworks call convolution",
            "convolution: the kernel turned by 180 degrees",
        )
        for step, head in zip((self.step, turned), heads, strict=True):
            if step is None:
                continue
            if turned is not None:
                y += LINE * 1.6
                yield Text(MARGIN, y, head, TITLE, self.colours.grey)
            for row in self._rows(step, width):
                y += LINE * 1.45
                yield from (text._replace(y=y) for text in row)
        missing = self.step.channels - len(self.step.planes)
        if self.step.planes and self.step.channels > 1 and missing > 0:
            text = f"{missing} more channel{'s are' if missing > 1 else ' is'} not drawn"
            yield Text(MARGIN, y + LINE * 1.5, text, TITLE, self.colours.grey)

    def _rows(self, step: UnitSteps, width: float) -> Iterator[list[Text]]:
        """The rows of text: left sides, signs, and what stands to the right, broken at the operands of a sum."""
        lines = abridged(step.equations, MOST_LINES, KEPT)
        alone = lines[0].left == step.name
        lefts = [step.name, *(line.left for line in lines[alone:])]
        rows = _Rows(MARGIN + max(text_width(pretty(left), LINE) for left in lefts) + 4, width - MARGIN)
        yield from rows.wrapped(step.name, "=", [summed(step.formula.numbers)], self.colours.grey)
        for number, (line, text) in enumerate(zip(lines, worded(lines), strict=True)):
            left = "" if alone and not number else line.left
            yield from self._line(rows, line, text, left, last=number == len(lines) - 1)

    def _line(self, rows: _Rows, line: Equation, text: Worded, left: str, *, last: bool) -> Iterator[list[Text]]:
        """A line: its result behind it or, of the last one, below."""
        ink = self.colours.ink
        if line.expression is None:
            yield from rows.wrapped(left, "", [f"{line.note}, together {text.result}"], self.colours.grey)
            return
        written = iter(text.numbers)
        parts = list(pieces_of(line.expression, lambda _: next(written), "\N{MIDDLE DOT}"))
        sign = "=" if text.is_exact else "\N{ALMOST EQUAL TO}"
        if last:
            if parts != [text.result]:
                yield from rows.wrapped(left, "=", parts, ink)
                left = ""
            yield from rows.wrapped(left, sign, [text.result], ink, bold=True)
            return
        yield from rows.wrapped(left, "=", [*parts, f" {sign} {text.result}"], ink)


class _Rows:
    """Rows of text between two edges, whose right sides begin at an indent."""

    def __init__(self, indent: float, right: float) -> None:
        self.indent = indent
        self.right = right

    def wrapped(
        self, left: str, sign: str, parts: Sequence[str], colour: str, *, bold: bool = False
    ) -> Iterator[list[Text]]:
        """A left side, a sign, and pieces of which each may begin a new row."""
        row = [Text(MARGIN, 0, pretty(left), LINE, colour)] if left else []
        start = self.indent
        if sign:
            row.append(Text(start, 0, sign, LINE, colour, bold=bold))
            start += 9
        room = self.right - start
        for line in filled(list(map(pretty, parts)), lambda text: text_width(text, LINE, bold=bold) <= room):
            yield [*row, Text(start, 0, line, LINE, colour, bold=bold)]
            row = []


def summed(text: str) -> str:
    """An index formula with the sign of a sum instead of the words.

    >>> summed("sum over a, b of X[a,b] + bias")
    '∑ X[a,b] + bias'
    """
    before, found, after = text.partition("sum over ")
    return f"{before}\N{N-ARY SUMMATION} {after.partition(' of ')[2]}" if found else text
