"""The colours of calculations: paper, padding, window, kernel and output, on light paper, on dark, and in greys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from cnncalc.drawing.themes import Theme


class Palette(NamedTuple):
    """The colours of a calculation."""

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


LIGHT: Final = Palette(
    ink="#1c1e21",
    grey="#5c6166",
    faint="#85898e",
    paper="#ffffff",
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
    ink="#e8eaed",
    grey="#a9b1ba",
    faint="#8a929b",
    paper="#15181d",
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


def palette(theme: Theme) -> Palette:
    """The colours that go with a theme of figures: on dark paper, in greys, or in amber and blue.

    >>> from cnncalc.drawing.themes import THEMES
    >>> [palette(THEMES[name]) is known for name, known in (("blue", LIGHT), ("grey", GREY), ("dark", DARK))]
    [True, True, True]
    """
    if theme.background is not None:
        return DARK
    return GREY if theme.accent == "#000000" else LIGHT
