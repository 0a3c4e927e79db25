"""A layer as products of matrices as tables: of each the values that are not 0, or the matrix itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.reports import number_text, step_lines
from cnncalc.reports.table import Document, Record, Table
from cnncalc.steps.wording import number_text as value_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.reports.style import Style
    from cnncalc.steps.results import LayerMatrices, Matrix

KEYS: Final = ("matrix", "row", "column", "value")


def tables(found: LayerMatrices, style: Style) -> Document:
    """A table a matrix."""
    del style
    return Document(f"{number_text.name(found)}, {found.layer}", [_table(each) for each in found.matrices])


def _table(matrix: Matrix) -> Table:
    labels = matrix.column_labels
    rows = [
        (label, *(value_text(value or 0.0, 3) for value in row))
        for label, row in zip(matrix.row_labels, matrix.rows, strict=True)
    ]
    return Table((matrix.name, *labels), rows, right=labels, notes=[step_lines.matrix_title(matrix)])


def records(found: LayerMatrices, style: Style) -> Iterator[Record]:
    """A record a value that is not 0."""
    del style
    for matrix in found.matrices:
        for row, values in enumerate(matrix.rows):
            for column, value in enumerate(values):
                if value:
                    yield {"matrix": matrix.name, "row": row, "column": column, "value": value}
