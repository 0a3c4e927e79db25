"""A spec as it stands in its file."""

from __future__ import annotations

from cnncalc.reports.style import PLAIN, Style


def render(text: str, style: Style = PLAIN) -> str:
    """The text, comments and all."""
    del style
    return text
