"""The options of a layer type as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.layers.description import written
from cnncalc.reports.table import Document, Record, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.layers.description import Description
    from cnncalc.reports.style import Style


HEADINGS: Final = ("option", "default", "values", "meaning", "elsewhere")
KEYS: Final = ("option", "required", "default", "values", "meaning", "elsewhere")


def tables(known: Description, style: Style) -> Document:
    """One row an option, and below them what the type does."""
    rows = [_row(record) for record in records(known, style)]
    return Document(known.type, [Table(HEADINGS, rows, notes=known.paragraphs)])


def _row(record: Record) -> list[str]:
    """The cells of an option, under `HEADINGS`."""
    shown = {**record, "default": "required" if record["required"] else record["default"]}
    return [str(shown[heading] or "") for heading in HEADINGS]


def records(known: Description, style: Style) -> Iterator[Record]:
    """A record an option."""
    del style
    for option in known.options:
        yield {
            "option": option.name,
            "required": option.required,
            "default": None if option.required else written(option.default),
            "values": option.kind,
            "meaning": option.meaning,
            "elsewhere": " ".join(option.aliases),
        }
