"""The calculation of one output value of a layer as a picture of TikZ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.drawing.tikz import tikz
from cnncalc.reports import step_lines
from cnncalc.steps.figure import scenes

if TYPE_CHECKING:
    from cnncalc.reports.style import Style
    from cnncalc.steps.results import Steps


def render(found: Steps, style: Style) -> str:
    """The figure of each unit, one after the other."""
    return "\n".join(map(tikz, scenes(found, step_lines.colours(style))))
