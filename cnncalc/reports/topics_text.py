"""The topics of the guide for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.reports.canvas import Canvas
from cnncalc.reports.prose import readable
from cnncalc.reports.style import PLAIN, Style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.guide.topics import Topic


def render(topics: Sequence[Topic], style: Style = PLAIN) -> str:
    """One line a topic, and more only where the terminal demands it."""
    canvas = Canvas(readable(style))
    canvas.title("The guide to specs", "")
    column = max(len(topic.name) for topic in topics) + 4
    for topic in topics:
        canvas.prose(topic.summary, f"  {topic.name:<{column - 2}}", " " * column)
    canvas.line()
    canvas.prose("`cnncalc help TOPIC` shows one, `cnncalc help COMMAND` what a command takes.")
    canvas.prose("`cnncalc help --format markdown` is the guide in short.")
    return canvas.text()
