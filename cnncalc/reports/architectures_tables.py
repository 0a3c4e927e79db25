"""The bundled architectures as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.reports import number_text
from cnncalc.reports.table import Document, Record, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnncalc.reports.style import Style
    from cnncalc.spec.listing import Architecture


KEYS: Final = ("spec", "variant", "address", "name", "input_shape", "parameters", "macs")


def tables(found: Sequence[Architecture], style: Style) -> Document:
    """One row a variant."""
    del style
    rows = [
        (
            row.spec,
            row.address,
            number_text.tight(row.input_shape),
            number_text.exact(row.parameters),
            number_text.exact(row.macs),
        )
        for row in found
    ]
    headings = ("file", "SPEC", "input", "parameters", "MACs")
    return Document("Bundled architectures", [Table(headings, rows, right=headings[2:])])


def records(found: Sequence[Architecture], style: Style) -> Iterator[Record]:
    """A record a variant."""
    del style
    return (row._asdict() | {"input_shape": number_text.tight(row.input_shape)} for row in found)
