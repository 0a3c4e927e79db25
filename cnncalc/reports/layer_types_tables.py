"""The layer types as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.reports.table import Document, Record, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnncalc.layers.description import Description
    from cnncalc.reports.style import Style


KEYS: Final = ("type", "family", "summary")


def tables(types: Sequence[Description], style: Style) -> Document:
    """One row a type, those of a family together."""
    del style
    rows = [(known.type, known.family, known.summary.replace("`", "")) for known in types]
    return Document("Layer types", [Table(("type", "family", "what it does"), rows)])


def records(types: Sequence[Description], style: Style) -> Iterator[Record]:
    """A record a type."""
    del style
    return ({"type": known.type, "family": known.family, "summary": known.summary} for known in types)
