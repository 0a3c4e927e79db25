"""The activation arena as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.reports import number_text
from cnncalc.reports.memory_rows import FIGURES, HEADINGS, note, rows, sums
from cnncalc.reports.table import Document, Record, Table, shape_figures

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.memory.results import Arena
    from cnncalc.reports.style import Style

KEYS: Final = ("name", "bytes", "aligned_bytes", "first_step", "last_step", "offset")


def tables(arena: Arena, style: Style) -> Document:
    """A row a tensor, and what all take together."""
    del style
    tensors = Table(HEADINGS, list(rows(arena)), right=FIGURES)
    together = Table(("together", "exact", ""), list(sums(arena)), right=("exact",), notes=[note(arena)])
    return Document(number_text.name(arena), [tensors, together])


def records(arena: Arena, style: Style) -> Iterator[Record]:
    """A record a tensor."""
    del style
    for tensor in arena.tensors:
        yield {
            "name": tensor.name,
            **shape_figures("output", tensor.shape, arena.data_format),
            "bytes": tensor.bytes,
            "aligned_bytes": tensor.size,
            "first_step": tensor.first,
            "last_step": tensor.last,
            "offset": tensor.offset,
        }
