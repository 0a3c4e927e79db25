"""A layer as products of matrices as a picture of TikZ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.drawing.tikz import tikz
from cnncalc.reports import step_lines
from cnncalc.steps.matrix_figure import matrix_scene

if TYPE_CHECKING:
    from cnncalc.reports.style import Style
    from cnncalc.steps.results import LayerMatrices


def render(found: LayerMatrices, style: Style) -> str:
    """The text of the file."""
    return tikz(matrix_scene(found, step_lines.colours(style)))
