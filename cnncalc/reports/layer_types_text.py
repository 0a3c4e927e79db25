"""The list of the layer types for a person."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from cnncalc.reports.canvas import UNLIMITED, Canvas
from cnncalc.reports.style import PLAIN, Style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.layers.description import Description

COLUMN: Final = 20
"""The characters of a name beside which summaries stand below each other; those of longer names stand further right."""


def render(types: Sequence[Description], style: Style = PLAIN) -> str:
    """One line a type, grouped by family; cut only where the terminal demands it."""
    canvas = Canvas(style)
    column = COLUMN + 4
    for number, (family, members) in enumerate(groupby(types, key=lambda known: known.family)):
        if number:
            canvas.line()
        canvas.title(family, "")
        for known in members:
            start = max(column, len(known.type) + 4)
            summary = _cut(known.summary.replace("`", ""), (style.width or UNLIMITED) - start, canvas.printed("…"))
            canvas.line(f"  {known.type:<{start - 2}}{summary}")
    canvas.line()
    canvas.note("`cnncalc layers TYPE` tells more; conv and the pools may be written with their rank, as conv2d")
    canvas.note("`cnncalc help groups` tells of residual and parallel, `cnncalc help loops` of repeat and for")
    return canvas.text()


def _cut(text: str, room: int, mark: str) -> str:
    return text if len(text) <= room else text[: max(room - len(mark), 1)].rstrip() + mark
