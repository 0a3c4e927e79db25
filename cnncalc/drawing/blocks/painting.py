"""Everything that is placed as shapes: tints, frames, wires, and boxes before them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.drawing.blocks.frames import TIMES_SIZE, times_text
from cnncalc.drawing.blocks.legend import legend, legend_height
from cnncalc.drawing.blocks.looks import RADIUS
from cnncalc.drawing.blocks.pages import LINE, TINT
from cnncalc.drawing.scene import MARGIN, Circle, Group, Line, Rectangle, Scene, Text, arrow
from cnncalc.drawing.text_metrics import ELLIPSIS, SIZE, SMALLEST, baseline, shortened_to, text_width
from cnncalc.drawing.themes import mixed
from cnncalc.drawing.wording import counted, title
from cnncalc.text import printable

if TYPE_CHECKING:
    from cnncalc.drawing.blocks.detail import Detail
    from cnncalc.drawing.blocks.geometry import Framed, Wire
    from cnncalc.drawing.blocks.items import Item
    from cnncalc.drawing.blocks.looks import Look
    from cnncalc.drawing.blocks.pages import Page, Tint
    from cnncalc.drawing.options import Options
    from cnncalc.drawing.scene import Point, Shape
    from cnncalc.summary.results import Report

BAR: Final = 1.3
DASHES: Final = (2.2, 1.6)


def painted(report: Report, detail: Detail, page: Page, options: Options) -> Scene:
    """The scene of a page."""
    width = options.width or page.width
    painter = _Painter(detail, page, options, (max(0.0, (width - page.width) / 2), 0.0))
    shapes = painter.shapes()
    height = legend_height(page.looks, page.habit, width)
    left = MARGIN + painter.offset[0]
    shapes += legend(page.looks, page.habit, width, (left, page.height - MARGIN - height), options.colours)
    boxes = len(detail.items)
    words = f"{report.name}: {counted(len(report.layers), 'layer')} drawn as {counted(boxes, 'box', 'boxes')}"
    background = options.colours.background
    return Scene(width, page.height, report.name, words, tuple(shapes), background, notes=detail.notes)


class _Painter:
    """What turns places across and along into shapes."""

    def __init__(self, detail: Detail, page: Page, options: Options, offset: Point) -> None:
        self.items = detail.items
        self.page = page
        self.theme = options.colours
        self.offset = offset

    def shapes(self) -> list[Shape]:
        """All shapes, those behind first."""
        placing = self.page.placing
        found: list[Shape] = []
        for tint in self.page.tints:
            found += self._tint(tint)
        found += [self._frame(framed) for framed in placing.frames]
        found += [self._wire(wire) for wire in placing.wires]
        found += [Circle(*self._point(dot), 1.1, self.theme.wire) for dot in dict.fromkeys(placing.dots)]
        found += [self._item(place) for place in range(len(self.items))]
        found += [self._times(framed) for framed in placing.frames]
        return found

    def _point(self, place: Point) -> Point:
        across, along = place
        x, y = (across, along) if self.page.is_down else (along, across)
        return x + self.offset[0], y + self.offset[1]

    def _box(self, before: float, start: float, after: float, stop: float) -> tuple[float, float, float, float]:
        """A rectangle across and along by its corner, width and height."""
        left, top = self._point((before, start))
        right, bottom = self._point((after, stop))
        return left, top, right - left, bottom - top

    def _tint(self, tint: Tint) -> list[Shape]:
        """A stage: its tint and its label."""
        stage = self.page.stages[tint.stage]
        left, top, width, height = self._box(tint.before, tint.start, tint.after, tint.stop)
        fill = self.theme.tints[tint.stage % 2]
        found: list[Shape] = [Rectangle(left, top, width, height, fill, self.theme.frame, 0.5, 4)]
        name, shape, ink, grey = stage.name, stage.shape, self.theme.ink, self.theme.grey
        if not self.page.is_down:
            y = top + height + TINT + SIZE * 0.7
            name = shortened_to(name, width, SIZE, bold=True)
            found.append(Text(left + width / 2, y, name, SIZE, ink, "middle", bold=True))
            if text_width(shape, SIZE) <= width:
                found.append(Text(left + width / 2, y + LINE, shape, SIZE, grey, "middle"))
        elif self.page.measures.is_tight:
            x, y = left + width + TINT + SMALLEST * 0.7, top + height / 2
            if text_width(name, SMALLEST, bold=True) > height:
                name = shortened_to(name.rsplit(".", 1)[-1], height, SMALLEST, bold=True)
            found.append(Text(x, y, name, SMALLEST, ink, "middle", bold=True, turned=True))
            if text_width(shape, SMALLEST) <= height:
                found.append(Text(x + LINE, y, shape, SMALLEST, grey, "middle", turned=True))
        else:
            x, y = left + width + TINT, top + height / 2
            found.append(Text(x, y - 1.5, name, SIZE, ink, bold=True))
            found.append(Text(x, y - 1.5 + LINE, shape, SIZE, grey))
        return found

    def _frame(self, framed: Framed) -> Shape:
        box = self._box(framed.before, framed.start, framed.after, framed.stop)
        return Rectangle(*box, None, self.theme.grey, 0.6, 3, DASHES)

    def _times(self, framed: Framed) -> Shape:
        """How many a frame stands for, beside it."""
        left, top, _, height = self._box(framed.before, framed.start, framed.after, framed.stop)
        text, colour = times_text(framed.fold), self.theme.ink
        if self.page.is_down:
            y = baseline(top + height / 2, TIMES_SIZE)
            return Text(left - 3, y, text, TIMES_SIZE, colour, "end", bold=True)
        return Text(left, top - 2.5, text, TIMES_SIZE, colour, bold=True)

    def _wire(self, wire: Wire) -> Shape:
        """A wire, with the names of what it joins."""
        ends = [printable(self.items[place].box.name or "what is left out") for place in (wire.source, wire.target)]
        points = _straightened([self._point(point) for point in wire.points])
        return Group(arrow(points, self.theme.wire), title=" to ".join(ends))

    def _item(self, place: int) -> Shape:
        """A box or a circle, with its words."""
        item, look = self.items[place], self.page.looks[place]
        axis, start = self.page.placing.places[place]
        middle = start + self.page.placing.bodies[place].along / 2
        x, y = self._point((axis, middle))
        shapes = self._circle(look, x, y) if look.sign else self._words(item, look, x, y)
        box = item.box
        return Group(tuple(shapes), box.layers[-1] if box.layers else box.name or ELLIPSIS, self._title(item))

    def _title(self, item: Item) -> str:
        """What a reader is told who points at an item."""
        if not item.stands_for:
            return title(item.box)
        return f"{printable(item.box.name)}: {len(item.box.layers):,} layers".removeprefix(": ")

    def _circle(self, look: Look, x: float, y: float) -> list[Shape]:
        """A merge: a circle with its sign in lines, and what follows it beside."""
        ink, arm = self.theme.ink, RADIUS * (0.55 if look.sign == "+" else 0.42)
        crossing = ((arm, 0.0), (0.0, arm)) if look.sign == "+" else ((arm, arm), (arm, -arm))
        found: list[Shape] = [Circle(x, y, RADIUS, self.theme.paper, ink, 0.8)]
        found += [Line(((x - dx, y - dy), (x + dx, y + dy)), ink, 0.9) for dx, dy in crossing]
        if look.aside:
            colour = mixed(self.theme.bars["activation"], self.theme.ink, 0.35)
            if self.page.is_down:
                found.append(Text(x - RADIUS - 3, baseline(y, SMALLEST), look.aside, SMALLEST, colour, "end"))
            else:
                found.append(Text(x, y - RADIUS - 2.5, look.aside, SMALLEST, colour, "middle"))
        return found

    def _words(self, item: Item, look: Look, x: float, y: float) -> list[Shape]:
        """A box with lines of words, and bars at its foot."""
        theme, size = self.theme, self.page.measures.size
        left, top = x - look.width / 2, y - look.height / 2
        dash = DASHES if item.box.type == "more" else None
        fill, edge = theme.fill(item.box.kind), theme.edge(item.box.kind)
        found: list[Shape] = [Rectangle(left, top, look.width, look.height, fill, edge, 0.6, 2.5, dash)]
        bar = (look.width - 3) / max(1, len(look.bars))
        for number, kind in enumerate(look.bars):
            found.append(Rectangle(left + 1.5 + number * bar, top + look.height - 2.3, bar, BAR, theme.bars[kind]))
        tall = len(look.lines) * (size + 1) - 1 + len(look.facts) * (SMALLEST + 1.5)
        middle = y - tall / 2 + size / 2 - (0.8 if look.bars else 0.0)
        bold = bool(item.stands_for) and item.box.type != "more"
        for line in look.lines:
            found.append(Text(x, baseline(middle, size), line, size, theme.ink, "middle", bold=bold))
            middle += size + 1
        middle += (SMALLEST - size) / 2 + 0.5
        for line in look.facts:
            found.append(Text(x, baseline(middle, SMALLEST), line, SMALLEST, theme.grey, "middle"))
            middle += SMALLEST + 1.5
        return found


def _straightened(points: list[Point]) -> tuple[Point, ...]:
    """The points without those that are one on the other, or on the way between two others."""
    found: list[Point] = []
    for point in points:
        if found and abs(found[-1][0] - point[0]) < 0.01 and abs(found[-1][1] - point[1]) < 0.01:
            continue
        while len(found) > 1 and any(
            abs(found[-2][axis] - found[-1][axis]) < 0.01 and abs(found[-1][axis] - point[axis]) < 0.01
            for axis in (0, 1)
        ):
            found.pop()
        found.append(point)
    return tuple(found)
