"""Boxes from top to bottom, with the ways between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.drawing.boxes import boxes
from cnncalc.drawing.scene import Group, Rectangle, Scene, Text, arrow
from cnncalc.drawing.text_metrics import SIZE, text_width
from cnncalc.drawing.wording import label, title

if TYPE_CHECKING:
    from cnncalc.drawing.options import Options
    from cnncalc.drawing.scene import Shape
    from cnncalc.summary.results import Report

HEIGHT = 13.0
GAP = 11.0
MARGIN = 6.0


def scene(report: Report, options: Options) -> Scene:
    """One column of boxes."""
    theme = options.colours
    every = boxes(report)
    width = max(64.0, *(text_width(label(box)) + 12 for box in every))
    shapes: list[Shape] = []
    for place, box in enumerate(every):
        top = MARGIN + place * (HEIGHT + GAP)
        frame = Rectangle(MARGIN, top, width, HEIGHT, theme.fill(box.kind), theme.edge(box.kind), 0.6, 2.5)
        middle = MARGIN + width / 2
        text = Text(middle, top + HEIGHT / 2 + SIZE * 0.35, label(box), SIZE, theme.ink, "middle")
        shapes.append(Group((frame, text), box.layers[-1] if box.layers else box.name, title(box)))
        if place:
            shapes += arrow(((middle, top - GAP), (middle, top)), theme.wire)
    height = 2 * MARGIN + len(every) * (HEIGHT + GAP) - GAP
    words = f"{len(report.layers)} layers"
    return Scene(width + 2 * MARGIN, height, report.name, words, tuple(shapes), theme.background)
