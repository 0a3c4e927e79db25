"""A figure as SVG."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnncalc.drawing.results import Drawing
    from cnncalc.reports.style import Style


def render(drawing: Drawing, style: Style) -> str:
    """The text of the file."""
    del style
    return drawing.to_svg()
