"""The summary as a Markdown table, for a README or a paper's appendix."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cnncalc.reports import number_text
from cnncalc.reports.style import PLAIN, Style
from cnncalc.reports.summary_rows import HEADINGS, TOTAL_HEADINGS, cells, notes, rows, totals
from cnncalc.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnncalc.summary.results import Report

_MARKUP: Final = re.compile(r"[`*\[\]<>|~&$#!]|(?<![a-zA-Z0-9])_|_(?![a-zA-Z0-9])|\\(?=[!-/:-@\[-`{-~]|$)")
"""What means something in CommonMark or in GitHub's tables; `_` only at the end of a word, as in a name it does not."""


def render(report: Report, style: Style = PLAIN) -> str:
    """A table of layers and one of totals."""
    return "\n".join(_lines(report, style.depth)) + "\n"


def _lines(report: Report, depth: int | None) -> Iterator[str]:
    """The lines of both tables, and of the notes between them."""
    table_rows = rows(report, depth)
    yield from (f"### {_escaped(number_text.name(report))}", "")
    yield _line(HEADINGS)
    yield _line(("---", "---", "---:", "---", "---:", "---:", "---"))
    for row in table_rows:
        yield _line(cells(row))
    for note in notes(row.field for row in table_rows):
        yield from ("", _escaped(note))
    yield from ("", _line(TOTAL_HEADINGS), _line(("---", "---:", "---:", "---")))
    for total in totals(report):
        yield _line(total)


def _line(texts: Sequence[str]) -> str:
    return "| " + " | ".join(map(_escaped, texts)) + " |"


def _escaped(text: str) -> str:
    r"""The text as Markdown shows it letter by letter: neither markup nor the end of a cell.

    >>> print(_escaped("a|b `c` <b> x_1 _x_ 7/2/3~*\x1b"))
    a\|b \`c\` \<b\> x_1 \_x\_ 7/2/3\~\*\x1b
    """
    return _MARKUP.sub(r"\\\g<0>", printable(text))
