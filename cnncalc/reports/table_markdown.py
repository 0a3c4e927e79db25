"""Any report as Markdown tables, for a README, a review or a paper's appendix."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from cnncalc.reports.table import Mathematics
from cnncalc.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnncalc.reports.style import Style
    from cnncalc.reports.table import Document, TableSource

_MARKUP: Final = re.compile(r"[`*\[\]<>|~&$#!]|(?<![a-zA-Z0-9])_|_(?![a-zA-Z0-9])|\\(?=[!-/:-@\[-`{-~]|$)")
"""What means something in CommonMark or in GitHub's tables; `_` only at the end of a word, as in a name it does not."""


def pieces(source: TableSource, result: Any, style: Style) -> Iterator[str]:
    """A heading, and the tables of a result under it."""
    yield from (f"{line}\n" for line in _lines(source.tables(result, style)))


def _lines(document: Document) -> Iterator[str]:
    """The lines of the tables, and of the notes below each."""
    yield f"### {_escaped(document.title)}"
    for table in document.tables:
        yield ""
        yield _line(table.headings)
        yield _line(["---:" if heading in table.right else "---" for heading in table.headings], plain=True)
        for row in table.rows:
            yield _line([cell.text if isinstance(cell, Mathematics) else cell for cell in row])
        for note in table.notes:
            yield from ("", _escaped(note))


def _line(texts: Sequence[str], *, plain: bool = False) -> str:
    return "| " + " | ".join(texts if plain else map(_escaped, texts)) + " |"


def _escaped(text: str) -> str:
    r"""The text as Markdown shows it letter by letter: neither markup nor the end of a cell.

    >>> print(_escaped("a|b `c` <b> x_1 _x_ 7/2/3~*\x1b"))
    a\|b \`c\` \<b\> x_1 \_x\_ 7/2/3\~\*\x1b
    """
    return _MARKUP.sub(r"\\\g<0>", printable(text))
