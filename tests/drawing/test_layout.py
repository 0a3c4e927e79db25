"""The measure of layouts finds what is wrong with one; figures are held to it elsewhere."""

from __future__ import annotations

import pytest

from cnncalc.drawing.scene import Line, Scene, Shape, Text
from tests.drawing.layout import faults

INK = "#000000"


def text(x: float, y: float, words: str = "conv", size: float = 7.0) -> Text:
    return Text(x, y, words, size, INK)


@pytest.mark.parametrize(
    ("shapes", "found"),
    [
        ((text(10, 20), text(30, 20)), []),
        ((text(10, 20), text(20, 22, "pool")), ["'conv' meets 'pool'"]),
        ((text(10, 20), text(10, 28, "below")), []),
        ((text(10, 20, size=5),), ["'conv' is 5 points high"]),
        ((text(95, 20),), [f"{text(95, 20)} is not on the page of 100 x 50"]),
        ((text(10, 20), Line(((0, 18), (50, 18)), INK)), ["a line goes through 'conv'"]),
        ((text(10, 20), Line(((0, 26), (50, 26)), INK)), []),
        ((text(10, 20), Line(((0, 0), (40, 40)), INK)), ["a line goes through 'conv'"]),
        ((text(10, 20), Line(((0, 0), (0, 40), (40, 40)), INK)), []),
    ],
)
def test_faults(shapes: tuple[Shape, ...], found: list[str]) -> None:
    assert faults(Scene(100, 50, "", "", shapes)) == found
