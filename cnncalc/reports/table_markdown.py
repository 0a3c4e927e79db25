"""Any report as Markdown tables, for a README, a review or a paper's appendix."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.reports.markdown_text import escaped
from cnncalc.reports.table import Mathematics

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnncalc.reports.style import Style
    from cnncalc.reports.table import Document, TableSource


def pieces(source: TableSource, result: Any, style: Style) -> Iterator[str]:
    """A heading, and the tables of a result under it."""
    yield from (f"{line}\n" for line in _lines(source.tables(result, style)))


def _lines(document: Document) -> Iterator[str]:
    """The lines of the tables, and of the notes below each."""
    yield f"### {escaped(document.title)}"
    for table in document.tables:
        yield ""
        yield _line(table.headings)
        yield _line(["---:" if heading in table.right else "---" for heading in table.headings], plain=True)
        for row in table.rows:
            yield _line([cell.text if isinstance(cell, Mathematics) else cell for cell in row])
        for note in table.notes:
            yield from ("", escaped(note))


def _line(texts: Sequence[str], *, plain: bool = False) -> str:
    return "| " + " | ".join(texts if plain else map(escaped, texts)) + " |"
