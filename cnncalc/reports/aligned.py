"""Equations one below the other, as the rows of an `align` or `aligned` environment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.reports.latex_width import width

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnncalc.reports.explanation_parts import Equation, Section
    from cnncalc.symbolic.rendering import Notation

TEXT_WIDTH: Final = 345
"""Points: as wide as a page of LaTeX's `article` is set, and narrower than a page of GitHub's."""

_EQUALS: Final = 17
_INDENT: Final = 20
"""What stands before a side of an equation, and before a line that goes on with one."""


def rows(section: Section, notation: Notation) -> list[str]:
    r"""The rows of a section's equations or figures, one of each, or a row for each equals sign where that is too wide.

    >>> from cnncalc.reports.explanation_parts import Equation, Section
    >>> from cnncalc.symbolic.latex import LATEX
    >>> rows(Section("MACs", (Equation(("H", "W"), (3, ), 4),)), LATEX)
    ['H, W &= 3 = 4']
    """
    figures = [
        f"{notation.symbol(left)} &= {notation.number(value) if isinstance(value, int) else value}"
        for left, value in section.figures
        if left
    ]
    return [*_rows(section.equations, notation), *figures]


def _rows(equations: Sequence[Equation], notation: Notation) -> Iterator[str]:
    lefts = [f"{', '.join(map(notation.symbol, one.left))} " for one in equations]
    room = TEXT_WIDTH - _EQUALS - max(map(width, lefts), default=0)
    for left, one in zip(lefts, equations, strict=True):
        sides = [*one.sides, one.result]
        whole = " = ".join(map(notation.symbols, sides))
        lines = [[whole]] if width(whole) <= room else [_lines(side, notation, room) for side in sides]
        for number, (first, *others) in enumerate(lines):
            yield f"{'' if number else left}&= {first}"
            yield from (rf"&\qquad {{}} {line}" for line in others)


def _lines(side: float, notation: Notation, room: float) -> list[str]:
    """One side of an equation in as few lines as have room for it."""
    pieces = notation.pieces(side, lambda text: width(text) <= room - 2 * _INDENT)
    lines = [""]
    used = 0.0
    for piece in pieces:
        wide = width(piece)
        if lines[-1] and used + wide > room - _INDENT:
            lines.append("")
            used = 0.0
        lines[-1] += f"{' ' * bool(lines[-1])}{piece}"
        used += wide
    return lines
