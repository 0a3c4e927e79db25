"""A network explained, as JSON, for other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.reports.json_values import dumps, head, receptive_field_object
from cnncalc.reports.style import PLAIN, Style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.formulas.explanation import Explanation, LayerExplanation
    from cnncalc.symbolic.formula import Formula


def render(found: Explanation, style: Style = PLAIN) -> str:
    """The explanation as one JSON object: on one line, or indented for a person."""
    return dumps(as_object(found), indent=style.indent)


def as_object(found: Explanation) -> dict[str, Any]:
    """The explanation with the keys of the JSON."""
    report = found.report
    return {
        **head(report),
        "layers": [_plain(layer, several=len(report.inputs) > 1) for layer in found.layers],
        "selected_totals": found.totals._asdict(),
        "totals": report.totals._asdict(),
    }


def _plain(layer: LayerExplanation, *, several: bool) -> dict[str, Any]:
    """A layer with the keys of the JSON."""
    keys = ("name", "type", "inputs", "input_shapes", "output_shape")
    plain: dict[str, Any] = {key: getattr(layer, key) for key in keys}
    fields = {name: receptive_field_object(field) for name, field in layer.receptive_field.items()}
    return {
        **plain,
        "formulas": _formulas(layer.formulas),
        "receptive_field": fields if several else next(iter(fields.values())),
    }


def _formulas(lines: Sequence[Formula]) -> list[dict[str, Any]]:
    """The formulas with the keys of the JSON."""
    return [
        {
            "quantity": line.quantity,
            "left": line.left,
            "symbols": line.symbols,
            "numbers": line.numbers,
            "result": line.result,
            "axes": line.axes,
            "note": line.note or None,
        }
        for line in lines
    ]
