"""A network explained, as JSON, for other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.reports.json_values import dumped_list, head, receptive_field_object
from cnncalc.reports.style import PLAIN, Style

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnncalc.formulas.explanation import Explanation, LayerExplanation
    from cnncalc.symbolic.formula import Formula


def pieces(found: Explanation, style: Style = PLAIN) -> Iterator[str]:
    """The explanation as one JSON object, on one line or indented for a person: a layer a piece."""
    report = found.report
    layers = (_plain(layer, several=len(report.inputs) > 1) for layer in found.layers)
    sums = {"selected_totals": found.totals._asdict(), "totals": report.totals._asdict()}
    return dumped_list(head(report), "layers", layers, sums, indent=style.indent)


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
