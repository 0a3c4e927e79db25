"""The guide in short as Markdown, as a README has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.reports.markdown_blocks import written
from cnncalc.reports.style import PLAIN, Style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.guide.topics import Topic


def render(topics: Sequence[Topic], style: Style = PLAIN) -> str:
    """The beginning of each topic, under a heading of the third level."""
    del style
    return "\n".join(f"### {topic.name}: {topic.summary}\n\n{written(topic.beginning)}" for topic in topics)
