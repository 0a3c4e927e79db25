"""A topic of the guide, or a section of one, as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.reports.markdown_blocks import written
from cnncalc.reports.style import PLAIN, Style

if TYPE_CHECKING:
    from cnncalc.guide.topics import Topic


def render(topic: Topic, style: Style = PLAIN) -> str:
    """The whole text, under a heading of the first level."""
    del style
    return f"# {topic.name}: {topic.summary}\n\n{written(topic.blocks)}"
