"""A network explained, as JSON, for other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.reports.json import head

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.explanation import Explanation, LayerExplanation
    from cnncalc.tracing import Formula


def as_object(found: Explanation) -> dict[str, Any]:
    """The explanation with the keys of the JSON."""
    report = found.report
    return {
        **head(report),
        "layers": [_plain(layer) for layer in found.layers],
        "totals": report.totals._asdict(),
    }


def _plain(layer: LayerExplanation) -> dict[str, Any]:
    keys = ("name", "type", "inputs", "input_shapes", "output_shape")
    plain: dict[str, Any] = {key: getattr(layer, key) for key in keys}
    return {**plain, "formulas": _formulas(layer.formulas)}


def _formulas(lines: Sequence[Formula]) -> list[dict[str, Any]]:
    return [{**line._asdict(), "note": line.note or None} for line in lines]
