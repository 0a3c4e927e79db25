"""The blocks of the guide as Markdown again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.guide.markup import Fenced, Heading, Item
from cnncalc.reports.wrapping import wrapped_prose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.guide.markup import Block

WIDTH: Final = 120
"""The columns of a paragraph."""


def written(blocks: Sequence[Block]) -> str:
    r"""The blocks with an empty line between them, but for the items of a list, and without the facts of examples.

    >>> from cnncalc.guide.markup import parse
    >>> written(parse("- `valid`\n- `same`"))
    '- `valid`\n- `same`\n'
    """
    lines: list[str] = []
    for number, block in enumerate(blocks):
        if number and not (isinstance(block, Item) and isinstance(blocks[number - 1], Item)):
            lines.append("")
        lines += _lines(block)
    return "".join(f"{line}\n" for line in lines)


def _lines(block: Block) -> list[str]:
    if isinstance(block, Heading):
        return [f"{'#' * block.level} {block.text}"]
    if isinstance(block, Fenced):
        return [f"```{block.language}", *block.lines, "```"]
    if isinstance(block, Item):
        return wrapped_prose(f"- {block.text}", WIDTH, "  ")
    return wrapped_prose(block.text, WIDTH)
