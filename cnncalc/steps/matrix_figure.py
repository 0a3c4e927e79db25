"""A layer's matrices as a figure: the kernels times the windows, and the sparse matrix below."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.drawing.scene import Scene, Text
from cnncalc.drawing.text_metrics import text_width
from cnncalc.steps.grids import CELL, TITLE, Grid, pretty
from cnncalc.steps.palettes import LIGHT
from cnncalc.steps.results import Plane

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.drawing.scene import Shape
    from cnncalc.steps.palettes import Palette
    from cnncalc.steps.results import LayerMatrices, Matrix

MARGIN: Final = 8.0
GAP: Final = 18.0
LABEL: Final = 6.5
"""Around the page, between two matrices, and the size of the labels of rows and columns."""

MOST_ROWS: Final = 36
MOST_COLUMNS: Final = 36
"""The rows and columns of a matrix that are drawn."""

_ROLES: Final = {"P": "input", "K": "kernel", "T": "kernel"}


def matrix_scene(found: LayerMatrices, colours: Palette = LIGHT) -> Scene:
    """The figure of all matrices, one below the other, and a product with the input beside its matrix.

    >>> import cnncalc
    >>> scene = matrix_scene(cnncalc.load("conv2d(1, 2)", input="1x3x3").layer_matrices())
    >>> scene.title
    'conv2d_1 (conv2d) as products of matrices'
    """
    shapes: list[Shape] = []
    x = y = bottom = MARGIN
    for before, matrix in zip((None, *found.matrices), found.matrices, strict=False):
        if before is None or matrix.name != f"{before.name} x":
            x, y = MARGIN, bottom
        drawn = list(_drawn(matrix, x, y, colours))
        shapes += drawn
        x = max(shape.bounds.right for shape in drawn) + GAP
        bottom = max(bottom, max(shape.bounds.bottom for shape in drawn) + GAP)
    width = max(shape.bounds.right for shape in shapes) + MARGIN
    title = f"{found.layer} ({found.type}) as products of matrices"
    description = "; ".join(f"{each.name}: {each.title}, {each.shape[0]} x {each.shape[1]}" for each in found.matrices)
    return Scene(width, bottom - GAP + MARGIN, title, description, tuple(shapes), colours.background)


def _drawn(matrix: Matrix, x: float, y: float, colours: Palette) -> Iterator[Shape]:
    """A matrix with its title, and the labels of its rows and columns; zeros by structure are blank."""
    rows = [row[:MOST_COLUMNS] for row in matrix.rows[:MOST_ROWS]]
    size = len(rows), len(rows[0])
    grid = Grid(Plane(_ROLES.get(matrix.name, "output"), "", size, (0, 0), tuple(rows)), colours)
    title = f"{matrix.name}: {matrix.title}, {pretty('{:,} x {:,}'.format(*matrix.shape))}"
    if (len(rows), len(rows[0])) != matrix.shape:
        title += f": the first {len(rows)} rows and {len(rows[0])} columns"
    yield Text(x, y + TITLE, title, TITLE, colours.ink, bold=True)
    left = x + max(text_width(label, LABEL) for label in matrix.row_labels[:MOST_ROWS]) + 4
    labels = matrix.column_labels[:MOST_COLUMNS]
    grid.across = max(grid.across, *(text_width(label, LABEL) + 3 for label in labels))
    top = y + TITLE + 14
    for number, label in enumerate(labels):
        if label:
            yield Text(left + grid.across * (number + 0.5), top - 3, label, LABEL, colours.grey, "middle")
    for number, label in enumerate(matrix.row_labels[: len(rows)]):
        yield Text(left - 3, top + CELL * (number + 0.5) + LABEL * 0.36, label, LABEL, colours.grey, "end")
    yield from (shape for shape in grid.shapes(left, top) if not (isinstance(shape, Text) and not shape.text))
