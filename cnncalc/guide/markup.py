"""The part of Markdown in which the guide is written: headings, paragraphs, flat lists, fenced blocks, `code`.

What is not of this part is an error, so that no text shows marks which nobody reads.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

LANGUAGES: Final = ("yaml", "console", "python", "text")
"""What a fenced block may be."""

_FENCE: Final = "```"
_OTHER_LINE: Final = re.compile(r"\s|#|[|>*+-]\s|\d+[.)]\s")
"""How a line of text begins that is Markdown, but not of the part that is read."""
_OTHER_MARKUP: Final = re.compile(r"\*\*|__|\]\(|<\w")
"""What else in a text would be."""


class Heading(NamedTuple):
    """A heading of a level, 1 that of the topic."""

    level: int
    text: str


class Paragraph(NamedTuple):
    """Lines that belong together, as one."""

    text: str


class Item(NamedTuple):
    """An item of a list, as one line."""

    text: str


class Fenced(NamedTuple):
    """Lines that stay as they are. `facts` are the words behind the language, such as ``{"input": "3x32x32"}``."""

    language: str
    facts: dict[str, str]
    lines: tuple[str, ...]


Block = Heading | Paragraph | Item | Fenced


def parse(text: str) -> tuple[Block, ...]:
    r"""The blocks of a text; raises `ValueError` for what is not of this part of Markdown.

    >>> parse("# padding\n\nA number,\nor a word.\n\n- `valid`\n")
    (Heading(level=1, text='padding'), Paragraph(text='A number, or a word.'), Item(text='`valid`'))
    """
    blocks: list[Block] = []
    lines = iter(text.splitlines())
    follows = False  # whether the line before belongs to a paragraph or an item that may go on
    for line in lines:
        if line.startswith(_FENCE):
            blocks.append(_fenced(line, lines))
        elif follows and line and not line.startswith(("- ", "#")):
            blocks[-1] = _continued(blocks[-1], line)
        elif line:
            blocks.append(_block(line))
        follows = bool(line) and isinstance(blocks[-1], (Paragraph, Item))
    for block in blocks:
        if isinstance(block, (Paragraph, Item)):
            _check_text(block.text)
    return tuple(blocks)


def _block(line: str) -> Block:
    """The block that a line begins."""
    marks, _, rest = line.partition(" ")
    if marks in ("#", "##"):
        return Heading(len(marks), rest)
    if marks == "-":
        return Item(_checked(rest))
    return Paragraph(_checked(line))


def _continued(block: Block, line: str) -> Block:
    """A paragraph or an item with one more line."""
    assert isinstance(block, (Paragraph, Item))
    return type(block)(f"{block.text} {_checked(line.strip())}")


def _checked(line: str) -> str:
    """A line of text; raises `ValueError` where it begins as other Markdown does."""
    if _OTHER_LINE.match(line):
        raise ValueError(f"not of the guide's part of Markdown: {line}")
    return line


def _check_text(text: str) -> None:
    """Raise `ValueError` for other Markdown outside of `code`, which ends in the same paragraph."""
    if text.count("`") % 2:
        raise ValueError(f"a backtick without its partner: {text}")
    if _OTHER_MARKUP.search(re.sub(r"`[^`]*`", "code", text)):
        raise ValueError(f"not of the guide's part of Markdown: {text}")


def _fenced(opening: str, lines: Iterator[str]) -> Fenced:
    """The fenced block that begins with a line; the rest is taken from `lines`."""
    language, *words = opening.removeprefix(_FENCE).split()
    if language not in LANGUAGES:
        raise ValueError(f"a block is one of {', '.join(LANGUAGES)}: {opening}")
    facts = dict(word.split("=", 1) for word in words)
    inside: list[str] = []
    for line in lines:
        if line == _FENCE:
            return Fenced(language, facts, tuple(inside))
        inside.append(line)
    raise ValueError(f"a block that does not end: {opening}")
