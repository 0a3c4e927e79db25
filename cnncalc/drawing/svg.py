"""A scene as SVG: plain shapes and attributes, which browsers, Inkscape, Illustrator and PowerPoint show alike."""

from __future__ import annotations

from base64 import b64encode
from functools import singledispatch
from math import hypot
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape, quoteattr

from cnncalc.drawing.scene import Circle, Group, Line, Picture, Polygon, Rectangle, Text
from cnncalc.drawing.text_metrics import FAMILY
from cnncalc.text import printable

if TYPE_CHECKING:
    from cnncalc.drawing.scene import Point, Scene, Shape

FONT: Final = f'font-family="{FAMILY}"'
"""The font of all texts of a figure, as an attribute of the element around them."""


def svg(scene: Scene) -> str:
    """The text of an SVG file; the same bytes for the same scene.

    >>> from cnncalc.drawing.scene import Scene
    >>> print(svg(Scene(20, 10, "a", "b", (Rectangle(1, 2, 3, 4, fill="#ff0000"),))).replace(FONT, "..."))
    <svg xmlns="http://www.w3.org/2000/svg" width="20pt" height="10pt" viewBox="0 0 20 10" ... role="img">
    <title>a</title>
    <desc>b</desc>
    <rect x="1" y="2" width="3" height="4" fill="#ff0000"/>
    </svg>
    <BLANKLINE>
    """
    width, height = number(scene.width), number(scene.height)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}pt" height="{height}pt" '
        f'viewBox="0 0 {width} {height}" {FONT} role="img">',
        f"<title>{text(scene.title)}</title>",
        f"<desc>{text(scene.description)}</desc>",
    ]
    if scene.background is not None:
        lines.append(f'<rect width="{width}" height="{height}" fill="{scene.background}"/>')
    lines += map(element, scene.shapes)
    return "\n".join([*lines, "</svg>", ""])


def number(value: float) -> str:
    """A coordinate with at most two decimals.

    >>> number(3.0), number(2.346), number(-0.001)
    ('3', '2.35', '0')
    """
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


@singledispatch
def element(shape: Shape) -> str:
    """The element of a shape."""
    raise TypeError(f"{shape!r} is no shape")


@element.register
def _(shape: Rectangle) -> str:
    box = f'x="{number(shape.x)}" y="{number(shape.y)}" width="{number(shape.width)}" height="{number(shape.height)}"'
    radius = f' rx="{number(shape.radius)}"' if shape.radius else ""
    return f"<rect {box}{radius}{_paint(shape.fill, shape.stroke, shape.line)}{_dash(shape.dash)}/>"


@element.register
def _(shape: Polygon) -> str:
    return f'<polygon points="{_points(shape.points)}"{_paint(shape.fill, shape.stroke, shape.line)}/>'


@element.register
def _(shape: Line) -> str:
    return f'<path d="{_path(shape)}"{_paint(None, shape.stroke, shape.line)}{_dash(shape.dash)}/>'


@element.register
def _(shape: Circle) -> str:
    centre = f'cx="{number(shape.x)}" cy="{number(shape.y)}" r="{number(shape.radius)}"'
    return f"<circle {centre}{_paint(shape.fill, shape.stroke, shape.line)}{_dash(shape.dash)}/>"


@element.register
def _(shape: Text) -> str:
    place = f'x="{number(shape.x)}" y="{number(shape.y)}"'
    anchor = f' text-anchor="{shape.anchor}"' if shape.anchor != "start" else ""
    weight = ' font-weight="bold"' if shape.bold else ""
    turn = f' transform="rotate(-90 {number(shape.x)} {number(shape.y)})"' if shape.turned else ""
    font = f'font-size="{number(shape.size)}"'
    return f'<text {place}{anchor}{turn} {font}{weight} fill="{shape.colour}">{text(shape.text)}</text>'


@element.register
def _(shape: Picture) -> str:
    box = f'x="{number(shape.x)}" y="{number(shape.y)}" width="{number(shape.width)}" height="{number(shape.height)}"'
    data = b64encode(shape.data).decode()
    return f'<image {box} preserveAspectRatio="xMidYMid slice" href="data:{shape.media_type};base64,{data}"/>'


@element.register
def _(shape: Group) -> str:
    name = f" data-layer={attribute(shape.name)}" if shape.name else ""
    title = f"<title>{text(shape.title)}</title>" if shape.title else ""
    return "\n".join([f"<g{name}>{title}", *map(element, shape.shapes), "</g>"])


def text(words: str) -> str:
    """A text between tags: ASCII, so that it is the same in whatever encoding standard output writes it.

    What XML does not have is spelled out.

    >>> text("3×3 & é")
    '3&#215;3 &amp; &#233;'
    """
    return _in_ascii(escape(printable(words)))


def attribute(value: str) -> str:
    """The value of an attribute in quotes, in ASCII as a `text` is."""
    return _in_ascii(quoteattr(printable(value)))


def _in_ascii(text: str) -> str:
    return text.encode("ascii", "xmlcharrefreplace").decode()


def _paint(fill: str | None, stroke: str | None, line: float) -> str:
    """How a shape is filled, and its outline."""
    outline = f' stroke="{stroke}" stroke-width="{number(line)}"' if stroke else ""
    return f' fill="{fill or "none"}"{outline}'


def _dash(dash: tuple[float, float] | None) -> str:
    return f' stroke-dasharray="{number(dash[0])} {number(dash[1])}"' if dash else ""


def _points(points: tuple[Point, ...]) -> str:
    return " ".join(f"{number(x)},{number(y)}" for x, y in points)


def _path(shape: Line) -> str:
    """The path of a line; a rounded corner is a curve of the second degree, which all programs have.

    >>> _path(Line(((0, 0), (10, 0), (10, 10)), "#000000", radius=4))
    'M0 0L6 0Q10 0 10 4L10 10'
    """
    pieces = [f"M{_place(shape.points[0])}"]
    for before, corner, after in zip(shape.points, shape.points[1:-1], shape.points[2:], strict=False):
        radius = min(shape.radius, _distance(before, corner) / 2, _distance(corner, after) / 2)
        if radius <= 0:
            pieces.append(f"L{_place(corner)}")
            continue
        start, end = _towards(corner, before, radius), _towards(corner, after, radius)
        pieces.append(f"L{_place(start)}Q{_place(corner)} {_place(end)}")
    return "".join([*pieces, f"L{_place(shape.points[-1])}"])


def _place(point: Point) -> str:
    return f"{number(point[0])} {number(point[1])}"


def _distance(one: Point, other: Point) -> float:
    return hypot(other[0] - one[0], other[1] - one[1])


def _towards(start: Point, end: Point, length: float) -> Point:
    """The point so far from one on the way to another."""
    share = length / _distance(start, end)
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share
