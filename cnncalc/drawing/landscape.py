"""What units look at where there is no photograph: a landscape of plain shapes, or the wave of a sound."""

from __future__ import annotations

from math import pi, sin
from typing import TYPE_CHECKING, Final

from cnncalc.drawing.scene import Circle, Line, Polygon, Rectangle
from cnncalc.drawing.themes import mixed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.drawing.scene import Shape

PALE: Final = 0.45
"""The share of the page's colour in all colours, so that lines stand out."""

_SKY: Final = ("#8fbbe3", "#a6cae9", "#bfd9ef", "#d7e8f5")
_AREAS: Final = (
    ("#8695ad", "0,62 20,38 34,52 52,28 74,56 86,45 100,58 100,80 0,80"),
    ("#ffffff", "52,28 46,36 50,35.5 53.5,37.5 59,37"),
    ("#76a761", "0,67 25,60 60,68 100,61 100,100 0,100"),
    ("#639552", "0,83 30,77 70,85 100,79 100,100 0,100"),
    ("#efe3cf", "58,57 82,57 82,79 58,79"),
    ("#b5483a", "55,58 70,44 85,58"),
    ("#7c4a2d", "66,66 73,66 73,79 66,79"),
    ("#35703f", "7,85 17,50 27,85"),
    ("#35703f", "24,90 33,62 42,90"),
)
"""Mountains, snow, meadows, a house and trees: colours, and corners in hundredths of the picture."""


def landscape(x: float, y: float, width: float, height: float, paper: str) -> Iterator[Shape]:
    """A sky with a sun, mountains, a house and trees, in a rectangle and paled by the colour of the page."""
    band = height * 0.7 / len(_SKY)
    for number, colour in enumerate(_SKY):
        yield Rectangle(x, y + number * band, width, height - number * band, mixed(colour, paper, PALE))
    sun = min(width, height) * 0.08
    yield Circle(x + 0.8 * width, y + 0.2 * height, sun, mixed("#fff2c0", paper, PALE))
    for colour, corners in _AREAS:
        places = (corner.split(",") for corner in corners.split())
        points = tuple((x + float(right) / 100 * width, y + float(down) / 100 * height) for right, down in places)
        yield Polygon(points, mixed(colour, paper, PALE))


def wave(x: float, y: float, width: float, height: float, colour: str) -> Line:
    """A sound that swells and fades, around a height `y`."""
    steps = 240
    points = []
    for step in range(steps + 1):
        t = step / steps
        loud = 0.25 + 0.75 * abs(sin(5.3 * t * pi)) * (1 - 0.4 * t)
        points.append((x + t * width, y + height / 2 * 0.9 * loud * sin(t * t * 160 + 60 * t)))
    return Line(tuple(points), colour, 0.5)
