"""Any report as tables of HTML, which notebooks show in place of a result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.reports.html_text import escaped
from cnncalc.reports.table import Mathematics

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.reports.style import Style
    from cnncalc.reports.table import Document, Table, TableSource


def pieces(source: TableSource, result: Any, style: Style) -> Iterator[str]:
    """A caption, and the tables of a result under it, without a script or a sheet of styles of their own."""
    return _parts(source.tables(result, style))


def _parts(document: Document) -> Iterator[str]:
    """The tables, and the notes below each."""
    yield f"<div><strong>{escaped(document.title)}</strong>"
    for table in document.tables:
        yield from _table(table)
        for note in table.notes:
            yield f"<p><small>{escaped(note)}</small></p>"
    yield "</div>"


def _table(table: Table) -> Iterator[str]:
    """One table; its figures are aligned at their ends."""
    align = [f' style="text-align: {"right" if heading in table.right else "left"}"' for heading in table.headings]
    yield "<table><thead><tr>"
    yield from (f"<th{how}>{escaped(text)}</th>" for how, text in zip(align, table.headings, strict=True))
    yield "</tr></thead><tbody>"
    for row in table.rows:
        texts = [cell.text if isinstance(cell, Mathematics) else cell for cell in row]
        yield f"<tr>{''.join(f'<td{how}>{escaped(text)}</td>' for how, text in zip(align, texts, strict=True))}</tr>"
    yield "</tbody></table>"
