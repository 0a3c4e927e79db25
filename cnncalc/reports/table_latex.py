"""Any report as tables of LaTeX with the rules of booktabs, for a paper."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from cnncalc.reports.table import Mathematics
from cnncalc.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnncalc.reports.style import Style
    from cnncalc.reports.table import Document, Table, TableSource

_SPECIAL: Final = {
    **{character: f"\\{character}" for character in "_&%#${}"},
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "→": r"$\to$",
    # After the end of a row or a rule these would begin an argument of it.
    "[": "{[}",
    "*": "{*}",
}
"""What is written for a character that means something to LaTeX, or that its standard fonts show as another."""

_GROUPED: Final = re.compile(r"(?<![0-9A-Za-z_.,/])[0-9]{1,3}(?:,[0-9]{3})+(?![0-9A-Za-z_./])")
"""A number with commas between its thousands, which stands by itself."""

_TIMES: Final = re.compile(r"(?<![^ (])x(?= [0-9])")
"""The sign between the sizes of a shape, or before a ratio."""

_SPECIALS: Final = re.compile("[" + re.escape("".join(_SPECIAL)) + "]|[-,'`!?](?=[-,'`])")
"""Those characters, and the first of two that the fonts would join, as they make a dash of two hyphens."""


def pieces(source: TableSource, result: Any, style: Style) -> Iterator[str]:
    r"""One `table` with all tables of a result; `\usepackage{booktabs}` is all it needs."""
    yield from (f"{line}\n" for line in _lines(source.tables(result, style)))


def _lines(document: Document) -> Iterator[str]:
    """The lines of the whole table."""
    yield from (r"% \usepackage{booktabs}", r"\begin{table}", r"\centering")
    yield rf"\caption{{{_escaped(document.title)}}}"
    for number, table in enumerate(document.tables):
        if number:
            yield from ("", r"\medskip")
        yield from _tabular(table)
        for note in table.notes:
            yield from ("", _shown(note))
    yield r"\end{table}"


def _tabular(table: Table) -> Iterator[str]:
    """The lines of one `tabular`."""
    columns = "".join("r" if heading in table.right else "l" for heading in table.headings)
    yield from (rf"\begin{{tabular}}{{{columns}}}", r"\toprule", _line(table.headings), r"\midrule")
    yield from map(_line, table.rows)
    yield from (r"\bottomrule", r"\end{tabular}")


def _line(cells: Sequence[str | Mathematics]) -> str:
    return " & ".join(map(_cell, cells)) + r" \\"


def _cell(cell: str | Mathematics) -> str:
    """A formula, or a text."""
    if isinstance(cell, Mathematics):
        return f"${cell.latex}$" if cell.latex else ""
    return _shown(cell)


def _shown(text: str) -> str:
    r"""A text as LaTeX shows it, with thin gaps between the thousands of its numbers, and a sign for times.

    >>> print(_shown("3 x 224 x 224"), _shown("25,557,032 (x 2.19)"), _shown("conv_1 1,024 B, 1,2"))
    3 $\times$ 224 $\times$ 224 25\,557\,032 ($\times$ 2.19) conv\_1 1\,024 B, 1,2
    """
    grouped = _GROUPED.sub(lambda found: found[0].replace(",", r"\,"), _escaped(text))
    return _TIMES.sub(r"$\\times$", grouped)


def _escaped(text: str) -> str:
    r"""The text as LaTeX shows it letter by letter, neither markup nor the end of a cell.

    >>> print(_escaped("conv_1 50% {a}\\b & ~x^2 [c] #$\x1b"))
    conv\_1 50\% \{a\}\textbackslash{}b \& \textasciitilde{}x\textasciicircum{}2 {[}c] \#\$\textbackslash{}x1b
    """
    return _SPECIALS.sub(lambda found: _SPECIAL.get(found[0], found[0] + "{}"), printable(text))
