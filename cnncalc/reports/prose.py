"""Paragraphs, lists and examples of the guide as text for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.guide.markup import Fenced, Heading, Item
from cnncalc.reports.style import DEFAULT_WIDTH, Style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.guide.markup import Block
    from cnncalc.reports.canvas import Canvas

LONGEST_LINE: Final = 100
_INDENT: Final = "    "
"""What stands before the lines of an example."""


def draw(canvas: Canvas, blocks: Sequence[Block]) -> None:
    """The blocks with an empty line between them, but for the items of a list."""
    for number, block in enumerate(blocks):
        if not (number and isinstance(block, Item) and isinstance(blocks[number - 1], Item)):
            canvas.line()
        if isinstance(block, Heading):
            canvas.heading(block.text)
        elif isinstance(block, Fenced):
            # A line of an example is never broken: it is there to be copied, and a terminal breaks it by itself.
            canvas.lines(f"{_INDENT}{line}".rstrip() for line in block.lines)
        elif isinstance(block, Item):
            canvas.prose(block.text, "- ", "  ")
        else:
            canvas.prose(block.text)


def readable(style: Style) -> Style:
    """The style with lines that are read easily: of 80 columns in a pipe, and of 100 at most."""
    return style._replace(width=DEFAULT_WIDTH if style.width is None else min(style.width, LONGEST_LINE))
