"""The list of the layer types for a person."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from cnncalc.reports.canvas import UNLIMITED, Canvas
from cnncalc.reports.style import PLAIN, Style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.layers.description import Description


def render(types: Sequence[Description], style: Style = PLAIN) -> str:
    """One line a type, grouped by family; cut only where the terminal demands it."""
    canvas = Canvas(style)
    column = max(len(known.type) for known in types) + 4
    for number, (family, members) in enumerate(groupby(types, key=lambda known: known.family)):
        if number:
            canvas.line()
        canvas.title(family, "")
        for known in members:
            summary = _cut(known.summary.replace("`", ""), (style.width or UNLIMITED) - column, canvas.printed("…"))
            canvas.line(f"  {known.type:<{column - 2}}{summary}")
    canvas.line()
    canvas.note("`cnncalc layers TYPE` tells more; conv and the pools may be written with their rank, as conv2d")
    canvas.note("`cnncalc help groups` tells of residual and parallel, `cnncalc help loops` of repeat and for")
    return canvas.text()


def _cut(text: str, room: int, mark: str) -> str:
    return text if len(text) <= room else text[: max(room - len(mark), 1)].rstrip() + mark
