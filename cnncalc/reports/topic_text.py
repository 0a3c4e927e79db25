"""A topic of the guide, or a section of one, for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.reports.canvas import Canvas
from cnncalc.reports.prose import draw, readable
from cnncalc.reports.style import PLAIN, Style

if TYPE_CHECKING:
    from cnncalc.guide.topics import Topic


def render(topic: Topic, style: Style = PLAIN) -> str:
    """The whole text."""
    canvas = Canvas(readable(style))
    canvas.title(topic.name, topic.summary)
    draw(canvas, topic.blocks)
    return canvas.text()
