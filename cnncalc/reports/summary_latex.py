"""The summary as tables of LaTeX with the rules of booktabs, for a paper's appendix."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cnncalc.reports import number_text
from cnncalc.reports.style import PLAIN, Style
from cnncalc.reports.summary_rows import HEADINGS, TOTAL_HEADINGS, cells, notes, rows, totals
from cnncalc.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cnncalc.summary.results import Report

_SPECIAL: Final = {
    **{character: f"\\{character}" for character in "_&%#${}"},
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    # After the end of a row or a rule these would begin an argument of it.
    "[": "{[}",
    "*": "{*}",
}
"""What is written for a character that means something to LaTeX, or that its standard fonts show as another."""

_SPECIALS: Final = re.compile("[" + re.escape("".join(_SPECIAL)) + "]|[-,'`!?](?=[-,'`])")
"""Those characters, and the first of two that the fonts would join, as they make a dash of two hyphens."""


def render(report: Report, style: Style = PLAIN) -> str:
    r"""One `table` with the layers and the totals; `\usepackage{booktabs}` is all it needs."""
    return "\n".join(_lines(report, style.depth)) + "\n"


def _lines(report: Report, depth: int | None) -> Iterator[str]:
    """The lines of the whole table."""
    table_rows = rows(report, depth)
    yield from (r"% \usepackage{booktabs}", r"\begin{table}", r"\centering")
    yield rf"\caption{{{_escaped(number_text.name(report))}}}"
    yield from _tabular("llrlrrl", HEADINGS, map(cells, table_rows))
    for note in notes(row.field for row in table_rows):
        yield from ("", _escaped(note))
    yield from ("", r"\medskip")
    yield from _tabular("lrrl", TOTAL_HEADINGS, totals(report))
    yield r"\end{table}"


def _tabular(columns: str, headings: Sequence[str], lines: Iterable[Sequence[str]]) -> Iterator[str]:
    """The lines of one `tabular`."""
    yield from (rf"\begin{{tabular}}{{{columns}}}", r"\toprule", _line(headings), r"\midrule")
    yield from map(_line, lines)
    yield from (r"\bottomrule", r"\end{tabular}")


def _line(texts: Sequence[str]) -> str:
    return " & ".join(map(_cell, texts)) + r" \\"


def _cell(text: str) -> str:
    """A number with thin gaps between its thousands, or any other text letter by letter."""
    return text.replace(",", r"\,") if re.fullmatch("[0-9]{1,3}(,[0-9]{3})+", text) else _escaped(text)


def _escaped(text: str) -> str:
    r"""The text as LaTeX shows it letter by letter, neither markup nor the end of a cell.

    >>> print(_escaped("conv_1 50% {a}\\b & ~x^2 [c] #$\x1b"))
    conv\_1 50\% \{a\}\textbackslash{}b \& \textasciitilde{}x\textasciicircum{}2 {[}c] \#\$\textbackslash{}x1b
    """
    return _SPECIALS.sub(lambda found: _SPECIAL.get(found[0], found[0] + "{}"), printable(text))
