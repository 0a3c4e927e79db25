"""The colours of calculations: paper, padding, window, kernel and output, on light paper, on dark, and in greys."""

from __future__ import annotations

from typing import Final, NamedTuple

from cnncalc.drawing.scene import PAPER
from cnncalc.drawing.themes import THEMES


class Palette(NamedTuple):
    """The colours of a calculation, on `paper`."""

    ink: str
    grey: str
    faint: str
    paper: str
    padding: str
    rule: str
    window: str
    window_edge: str
    window_ink: str
    kernel: str
    kernel_rule: str
    output: str
    output_edge: str
    output_rule: str

    @property
    def background(self) -> str | None:
        """What the page is filled with; None on white paper, where what is behind shows through."""
        return None if self.paper == PAPER else self.paper


LIGHT: Final = Palette(
    ink=THEMES["blue"].ink,
    grey=THEMES["blue"].grey,
    faint="#85898e",
    paper=PAPER,
    padding="#f3f3f4",
    rule="#b9c0ca",
    window="#fce6cb",
    window_edge="#d9781c",
    window_ink="#9a4a00",
    kernel="#fff6ea",
    kernel_rule="#dcae74",
    output="#cfe5f6",
    output_edge="#2f6ea8",
    output_rule="#8fb5d0",
)
DARK: Final = Palette(
    ink=THEMES["dark"].ink,
    grey=THEMES["dark"].grey,
    faint="#8a929b",
    paper=THEMES["dark"].paper,
    padding="#1f242b",
    rule="#48515c",
    window="#4d3414",
    window_edge="#ffa64d",
    window_ink="#ffc285",
    kernel="#2b2419",
    kernel_rule="#8a6a3c",
    output="#1f4763",
    output_edge="#6fb1e8",
    output_rule="#3f6a88",
)
GREY: Final = LIGHT._replace(
    window="#e4e4e4",
    window_edge="#000000",
    window_ink="#3f3f3f",
    kernel="#f7f7f7",
    kernel_rule="#9a9a9a",
    output="#d2d2d2",
    output_edge="#000000",
    output_rule="#9a9a9a",
)

PALETTES: Final = {"blue": LIGHT, "amber": LIGHT, "grey": GREY, "dark": DARK}
"""The colours of each theme of figures; those of the first two are amber and blue already."""
