"""The legend: what the bars at the feet of boxes mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.drawing.kinds import word
from cnncalc.drawing.scene import Rectangle, Text
from cnncalc.drawing.text_metrics import SIZE, baseline, text_width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.drawing.blocks.looks import Habits, Look
    from cnncalc.drawing.scene import Shape
    from cnncalc.drawing.themes import Theme

LINE: Final = 10.0
BAR: Final = 10.0
BETWEEN: Final = 14.0


def _entries(looks: Sequence[Look], habit: Habits) -> list[tuple[str, str]]:
    """The bars that occur, and what they mean."""
    present = {bar for look in looks for bar in look.bars}
    named = {"norm": habit.norm, "activation": habit.activation}
    return [(bar, word(type_)) for bar, type_ in named.items() if type_ is not None and bar in present]


def _places(looks: Sequence[Look], habit: Habits, width: float) -> list[tuple[float, int, str, str]]:
    """Where each entry begins, on which line, its bar and its word."""
    found: list[tuple[float, int, str, str]] = []
    at, line = 0.0, 0
    for bar, name in _entries(looks, habit):
        length = BAR + 3 + text_width(name, SIZE)
        if at and at + length > width - 12:
            at, line = 0.0, line + 1
        found.append((at, line, bar, name))
        at += length + BETWEEN
    return found


def legend_height(looks: Sequence[Look], habit: Habits, width: float) -> float:
    """How much room a legend takes on a page of some width."""
    places = _places(looks, habit, width)
    return (places[-1][1] + 1) * LINE + 4 if places else 0.0


def legend(
    looks: Sequence[Look], habit: Habits, width: float, corner: tuple[float, float], theme: Theme
) -> list[Shape]:
    """The shapes of a legend with its upper left corner."""
    found: list[Shape] = []
    left, top = corner
    for at, line, bar, name in _places(looks, habit, width):
        middle = top + 4 + line * LINE + LINE / 2
        found.append(Rectangle(left + at, middle - 1, BAR, 2, theme.bars[bar]))
        found.append(Text(left + at + BAR + 3, baseline(middle), name, SIZE, theme.grey))
    return found
