"""A report as tables, for the formats that documents are written in: what CSV, Markdown and LaTeX are made of.

A subject with tables is a module ``SUBJECT_tables`` with two functions and a constant:

- ``tables(result, style) -> Document``: what a reader of Markdown or LaTeX sees, its figures as texts
- ``records(result, style) -> Iterator[Record]``: the main table for programs, one exact figure a key, as CSV has it
- ``KEYS``: the keys that every record has, which CSV has as its heading even where there is no record
- ``ALIKE = True``, where all records have the keys of the first: they are written as they come
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from cnncalc.shapes import AXIS_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Protocol

    from cnncalc.reports.style import Style

    class TableSource(Protocol):
        """A module that makes tables of a result."""

        @property
        def KEYS(self) -> Sequence[str]:  # noqa: N802 - a constant of the module
            """The keys that every record has."""

        def tables(self, result: Any, style: Style, /) -> Document:
            """The report as a document has it."""

        def records(self, result: Any, style: Style, /) -> Iterable[Record]:
            """The rows of the main table, one figure a key."""


Record: TypeAlias = "dict[str, str | int | float | bool | None]"
"""A row for programs: exact figures by the names of their columns."""


class Mathematics(NamedTuple):
    """A formula in a cell: as plain text, and in LaTeX's mathematics without the dollar signs."""

    text: str
    latex: str


class Table(NamedTuple):
    """Headings, the rows under them, and what is said below; `right` has the columns of figures."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str | Mathematics]]
    right: Sequence[str] = ()
    notes: Sequence[str] = ()


class Document(NamedTuple):
    """A title and the tables under it, which are read once: there may be too many to have at the same time."""

    title: str
    tables: Iterable[Table]


def axis_figures(prefix: str, values: Sequence[Any]) -> Record:
    """A figure for each spatial axis, by the axis' name.

    >>> axis_figures("kernel", (3, 5))
    {'kernel_height': 3, 'kernel_width': 5}
    """
    return {f"{prefix}_{axis}": value for axis, value in zip(AXIS_NAMES.get(len(values), ()), values, strict=False)}


def shape_figures(prefix: str, shape: Sequence[int], data_format: str = "channels_first") -> Record:
    """The size of each axis of a shape in the spec's order of axes.

    >>> shape_figures("output", (28, 28, 6), "channels_last")
    {'output_channels': 6, 'output_height': 28, 'output_width': 28}
    """
    if data_format == "channels_last":
        shape = (shape[-1], *shape[:-1])
    return {f"{prefix}_channels": shape[0], **axis_figures(prefix, shape[1:])}


def all_keys(records: Iterable[Record], first: Iterable[str] = ()) -> list[str]:
    """Those first keys and the keys of all records, each behind the one that it follows in the first that has it.

    >>> all_keys([{"name": "a", "macs": 1}, {"name": "b", "stride": 2, "macs": 3}])
    ['name', 'stride', 'macs']
    """
    keys = list(first)
    for known in dict.fromkeys(tuple(record) for record in records):
        place = 0
        for key in known:
            if key not in keys:
                keys.insert(place, key)
            place = keys.index(key) + 1
    return keys
