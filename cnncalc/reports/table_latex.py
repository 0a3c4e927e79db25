"""Any report as tables of LaTeX with the rules of booktabs, for a paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.reports.latex_text import escaped, shown
from cnncalc.reports.table import Mathematics

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnncalc.reports.style import Style
    from cnncalc.reports.table import Document, Table, TableSource


def pieces(source: TableSource, result: Any, style: Style) -> Iterator[str]:
    r"""One `table` with all tables of a result; `\usepackage{booktabs}` is all it needs."""
    yield from (f"{line}\n" for line in _lines(source.tables(result, style)))


def _lines(document: Document) -> Iterator[str]:
    """The lines of the whole table."""
    yield from (r"% \usepackage{booktabs}", r"\begin{table}", r"\centering")
    yield rf"\caption{{{escaped(document.title)}}}"
    for number, table in enumerate(document.tables):
        if number:
            yield from ("", r"\medskip")
        yield from _tabular(table)
        for note in table.notes:
            yield from ("", shown(note))
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
    return shown(cell)
