"""A layer as products of matrices, for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.reports import number_text, step_lines
from cnncalc.reports.canvas import Canvas
from cnncalc.reports.style import DEFAULT_WIDTH, PLAIN, Style
from cnncalc.steps.wording import number_text as value_text

if TYPE_CHECKING:
    from cnncalc.steps.results import LayerMatrices, Matrix


def render(found: LayerMatrices, style: Style = PLAIN) -> str:
    """Each matrix with what its rows and columns are; a zero by the layer's structure is a dot."""
    canvas = Canvas(style)
    canvas.title(number_text.name(found), number_text.inputs(found.inputs))
    for line in (*step_lines.heading(found), *found.notes):
        canvas.note(line)
    for matrix in found.matrices:
        canvas.line()
        canvas.title(matrix.name, step_lines.matrix_title(matrix))
        canvas.lines(_rows(matrix, style.width or DEFAULT_WIDTH))
    return canvas.text()


def _rows(matrix: Matrix, width: int) -> list[str]:
    """The rows under the labels of the columns, as many of those as have room."""
    texts = [["." if value is None else value_text(value, 3) for value in row] for row in matrix.rows]
    labels = matrix.column_labels
    room = max(map(len, (*labels, *(text for row in texts for text in row))))
    left = max(map(len, matrix.row_labels))
    count = max((width - left - 4) // (room + 1), 1)
    shown = texts if count >= matrix.shape[1] else [row[:count] for row in texts]
    lines = [f"  {'':<{left}} {_line(labels[:count], room)}".rstrip()] if any(labels) else []
    lines += [f"  {label:<{left}} {_line(row, room)}" for label, row in zip(matrix.row_labels, shown, strict=True)]
    if len(shown[0]) < matrix.shape[1] or len(shown) < matrix.shape[0]:
        lines.append(f"  the first {len(shown):,} rows and {len(shown[0]):,} columns")
    return lines


def _line(texts: list[str] | tuple[str, ...], room: int) -> str:
    return "".join(f" {text:>{room}}" for text in texts)
