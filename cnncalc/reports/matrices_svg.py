"""A layer as products of matrices as SVG."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.drawing.svg import svg
from cnncalc.reports import step_lines
from cnncalc.steps.matrix_figure import matrix_scene

if TYPE_CHECKING:
    from cnncalc.reports.style import Style
    from cnncalc.steps.results import LayerMatrices


def render(found: LayerMatrices, style: Style) -> str:
    """The text of the file."""
    return svg(matrix_scene(found, step_lines.colours(style)))
