"""The list of the schemas for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.reports.canvas import Canvas
from cnncalc.reports.style import PLAIN, Style

if TYPE_CHECKING:
    from collections.abc import Mapping


def render(subjects: Mapping[str, str], style: Style = PLAIN) -> str:
    """One line a schema."""
    canvas = Canvas(style)
    column = max(map(len, subjects)) + 2
    for name, subject in subjects.items():
        canvas.line(f"{name:<{column}}{subject}")
    canvas.line()
    canvas.note("`cnncalc schema NAME` writes one; `cnncalc schema --help` tells what editors do with that of specs")
    return canvas.text()
