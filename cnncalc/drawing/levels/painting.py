"""Bars, arrows and the legend as shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.drawing.levels.bars import LINE, SYMBOL
from cnncalc.drawing.levels.legend import DOWN, UP
from cnncalc.drawing.levels.steps import BLOCK, COPY, colour, line_width
from cnncalc.drawing.scene import Bounds, Circle, Group, Line, Rectangle, Text, arrow
from cnncalc.drawing.text_metrics import SIZE, SMALLEST, baseline, text_width
from cnncalc.drawing.wording import sizes_text, title
from cnncalc.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnncalc.drawing.levels.bars import Look
    from cnncalc.drawing.levels.legend import Entry
    from cnncalc.drawing.levels.maps import Map, Maps
    from cnncalc.drawing.levels.routes import Route, Routes
    from cnncalc.drawing.scene import Shape
    from cnncalc.drawing.themes import Theme

HEAD: Final = 4.6
ICON: Final = 18.0
ENTRY: Final = 11.0
"""The length of heads, and the room of an arrow in the legend and the height of its line."""


def arrows(found: Maps, routes: Sequence[Route], looks: dict[int, Look], theme: Theme) -> Iterator[Shape]:
    """The arrows of all routes, and how many steps one stands for where they are several."""
    for route in routes:
        kind = route.arrival.step.kind
        straight = len(route.points) == 2
        tint = colour(kind, theme)
        shapes = arrow(route.points, tint, line_width(kind), head=_head(kind), radius=5.0)
        yield from _of_layer(found, route, shapes)
        repeat = looks[route.place].repeat
        if repeat and straight and found[route.place].row == found[route.arrival.source].row:
            (_, y), (x, _) = route.points
            end = x - max(_head(kind), looks[route.place].beside - looks[route.place].width / 2)
            yield Text(end, y - 1.6 - line_width(kind) / 2, repeat, SMALLEST, theme.ink, "end")


def _of_layer(found: Maps, route: Route, shapes: tuple[Shape, ...]) -> Iterator[Shape]:
    """The shapes of an arrow: where its layer has no bar, as it is a way to a merge, a group with the layer's name."""
    places = route.arrival.step.places
    if found[route.place].merge and places:
        box = found.box(places[-1])
        yield Group(shapes, box.layers[-1], title(box))
    else:
        yield from shapes


def bars(found: Maps, looks: dict[int, Look], routes: Routes, theme: Theme) -> Iterator[Shape]:
    """The bars of all maps with what is written at them, each a group with the name of its layer."""
    for place, each in found.items():
        box = found.box(place)
        shapes = tuple(_bar(found, each, looks[place], routes, theme))
        yield Group(shapes, box.layers[-1] if box.layers else box.name, _title(found, each))


def _bar(found: Maps, each: Map, look: Look, routes: Routes, theme: Theme) -> Iterator[Shape]:
    """The shapes of one bar."""
    middle = routes.layout.middles[each.place]
    height = look.height
    left, top = middle - look.width / 2, routes.rows.middles[each.row] - height / 2
    edge = theme.edge("convolution")
    for fill, start, width in _parts(found, each, look.width, theme):
        yield Rectangle(left + start, top, width, height, fill, edge, 0.6)
    if look.symbol:
        x, y = left - SYMBOL - 0.3, top + height / 2
        yield Circle(x, y, SYMBOL, theme.fill("merge"), theme.wire, 0.7)
        yield Text(x, baseline(y), look.symbol, SIZE, theme.ink, "middle")
    for number, (text, bold) in enumerate(reversed(look.lines)):
        yield Text(middle, top - 2.6 - number * LINE, text, SIZE, theme.ink, "middle", bold)
    if look.foot == "side":
        yield Text(left - 2.2, top + height - 0.6, look.size, SMALLEST, theme.grey, "start", turned=True)
    elif look.foot == "below":
        yield Text(middle, top + height + 6.6, look.size, SMALLEST, theme.grey, "middle")
    elif look.foot == "turned":
        yield Text(middle + 2.2, top + height + 2.0, look.size, SMALLEST, theme.grey, "end", turned=True)


def _parts(found: Maps, each: Map, width: float, theme: Theme) -> Iterator[tuple[str, float, float]]:
    """The parts of a bar from left to right: the colour, where each begins and how wide it is."""
    box = found.box(each.place)
    if each.merge != "concat":
        kind = "input" if not each.arrivals else "convolution" if box.sizes else "linear"
        yield theme.fill(kind), 0.0, width
        return
    whole = sum(arrival.channels for arrival in each.arrivals) or 1
    start = 0.0
    for arrival in sorted(each.arrivals, key=lambda arrival: arrival.step.kind != COPY):
        share = width * arrival.channels / whole
        yield theme.fill("merge" if arrival.step.kind == COPY else "convolution"), start, share
        start += share


def _title(found: Maps, each: Map) -> str:
    """What a reader is told who points at a bar."""
    box = found.box(each.place)
    step = each.arrivals[0].step if each.arrivals else None
    if step is None or len(step.places) < 2:
        return title(box)
    first = found.box(min(step.places))
    layers = sum(len(found.box(place).layers) for place in step.places)
    names = printable(f"{first.layers[0]} to {box.layers[-1]}")
    return f"{names}: {layers} layers; {sizes_text(box.shape)}"


def legend_size(entries: Sequence[Entry], columns: int = 1) -> tuple[float, float]:
    """How wide and how high a legend is in so many columns."""
    lines = -(-len(entries) // columns)
    widths = [
        max((_entry_width(entry) for entry in entries[column * lines : (column + 1) * lines]), default=0.0)
        for column in range(columns)
    ]
    return sum(widths) + 14.0 * (columns - 1), lines * ENTRY


def _entry_width(entry: Entry) -> float:
    return ICON + 4 + text_width(entry.words)


def legend(entries: Sequence[Entry], left: float, top: float, theme: Theme, columns: int = 1) -> Iterator[Shape]:
    """The shapes of a legend."""
    lines = -(-len(entries) // columns)
    x = left
    for column in range(columns):
        several = entries[column * lines : (column + 1) * lines]
        for number, entry in enumerate(several):
            y = top + number * ENTRY + ENTRY / 2
            yield from _icon(entry, x, y, theme)
            yield Text(x + ICON + 4, baseline(y), entry.words, SIZE, theme.ink)
        x += max((_entry_width(entry) for entry in several), default=0.0) + 14.0


def _icon(entry: Entry, x: float, y: float, theme: Theme) -> Iterator[Shape]:
    """The arrow or the symbol of an entry."""
    if entry.symbol:
        yield Circle(x + ICON / 2, y, SYMBOL, theme.fill("merge"), theme.wire, 0.7)
        yield Text(x + ICON / 2, baseline(y), entry.symbol, SIZE, theme.ink, "middle")
        return
    top, bottom = (x + ICON / 2, y - ENTRY / 2 + 1.2), (x + ICON / 2, y + ENTRY / 2 - 1.2)
    points = {UP: (bottom, top), DOWN: (top, bottom)}.get(entry.points, ((x, y), (x + ICON, y)))
    yield from arrow(points, colour(entry.kind, theme), line_width(entry.kind), head=_head(entry.kind))


def _head(kind: str) -> float:
    return HEAD + (1.4 if kind == BLOCK else 0.0)


def occupied(shapes: Sequence[Shape]) -> list[Bounds]:
    """The rectangles that shapes take, lines by their segments."""
    found: list[Bounds] = []
    for shape in shapes:
        if isinstance(shape, Group):
            found += occupied(shape.shapes)
        elif isinstance(shape, Line):
            for (x, y), (other_x, other_y) in zip(shape.points, shape.points[1:], strict=False):
                found.append(Bounds(min(x, other_x) - 1, min(y, other_y) - 1, max(x, other_x) + 1, max(y, other_y) + 1))
        else:
            found.append(shape.bounds)
    return found
