"""A layer as products of matrices as JSON, for other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.reports.json_values import dumps
from cnncalc.reports.steps_json import finite, layer_head
from cnncalc.reports.style import PLAIN, Style

if TYPE_CHECKING:
    from cnncalc.steps.results import LayerMatrices, Matrix


def render(found: LayerMatrices, style: Style = PLAIN) -> str:
    """The matrices as one JSON object: on one line, or indented for a person."""
    return dumps({**layer_head(found), "matrices": [_plain(each) for each in found.matrices]}, indent=style.indent)


def _plain(matrix: Matrix) -> dict[str, Any]:
    """A matrix with the keys of the JSON; null for a value that is not finite."""
    return {
        **matrix._asdict(),
        "rows": [[0 if value is None else finite(value) for value in row] for row in matrix.rows],
    }
