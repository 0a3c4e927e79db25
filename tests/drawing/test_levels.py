"""Maps on levels: U-Net's figure as its paper draws it, and layouts without faults."""

from __future__ import annotations

from collections import Counter

import pytest

import cnncalc
from cnncalc.drawing.scene import Line, Scene, Text
from cnncalc.drawing.themes import THEMES
from tests.drawing.layout import faults

UNET_SIZES = (
    *(572, 570, 568, 284, 282, 280, 140, 138, 136, 68, 66, 64, 32, 30, 28),
    *(56, 54, 52, 104, 102, 100, 200, 198, 196, 392, 390, 388),
)
"""The sizes in figure 1 of Ronneberger et al. 2015, from left to right; the last stands there twice."""

UNET_CHANNELS = {1: 1, 64: 5, 128: 6, 256: 6, 512: 6, 1024: 3, 2: 1}
"""How many maps of figure 1 have so many channels: 1 64 64, pool 64, 128 128, ..., 128 64 64 2."""

UNET_ARROWS = {"convolution": 18, "pooling": 4, "upsampling": 4, "copy": 4, "pointwise": 1}
"""The arrows of figure 1 by kind: 23 convolutional layers in all, as the text says, 4 of them up-convolutions."""


def texts(scene: Scene) -> list[Text]:
    """The texts of a figure."""
    return [shape for shape in scene.all_shapes() if isinstance(shape, Text)]


def arrows(scene: Scene, theme: str = "blue") -> dict[str, int]:
    """How many arrows there are of each colour of a theme."""
    drawn = Counter(shape.stroke for shape in scene.all_shapes() if isinstance(shape, Line))
    return {kind: drawn[colour] for kind, colour in THEMES[theme].arrows.items() if drawn[colour]}


@pytest.mark.parametrize("width", [None, "5.5in"])
def test_unet_is_the_figure_of_its_paper(width: str | None) -> None:
    scene = cnncalc.load("unet").draw("levels", width=width).scene
    words = [text.text for text in texts(scene)]
    assert [word for word in words if word.endswith("²")] == [f"{size}²" for size in UNET_SIZES]
    assert Counter(int(word) for word in words if word.isdecimal()) == UNET_CHANNELS
    legend = ["conv 3×3, ReLU", "max pool 2×2", "copy and crop", "up-conv 2×2", "conv 1×1"]
    assert words[-5:] == legend
    assert arrows(scene) == {kind: count + 1 for kind, count in UNET_ARROWS.items()}


WIDTHS = (None, "5.5in", "3.25in")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", ["unet", "segnet", "lraspp"])
def test_layout(name: str, width: str | None) -> None:
    drawing = cnncalc.load(name).draw("levels", width=width)
    assert faults(drawing.scene) == []
    if width is not None:
        assert drawing.scene.width == float(width.removesuffix("in")) * 72
