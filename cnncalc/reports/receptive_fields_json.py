"""The receptive fields of all layers as JSON, for other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.reports.json_values import by_input, dumps, head, receptive_field_object
from cnncalc.reports.style import PLAIN, Style

if TYPE_CHECKING:
    from cnncalc.receptive_field.results import FieldFigures, FieldReport, LayerFieldReport


def render(report: FieldReport, style: Style = PLAIN) -> str:
    """The receptive fields of all layers as one JSON object."""
    return dumps({**head(report), "layers": [of_layer(layer, report) for layer in report.layers]}, indent=style.indent)


def of_layer(layer: FieldFigures, report: FieldReport | LayerFieldReport) -> dict[str, Any]:
    """The receptive field of a layer with the keys of the JSON."""
    fields = {name: receptive_field_object(field) for name, field in layer.receptive_field.items()}
    for name, merge in layer.merges.items():
        fields[name]["merge"] = merge._asdict()
    return {
        "name": layer.name,
        "type": layer.type,
        "output_shape": layer.output_shape,
        "receptive_field": by_input(fields, report),
    }
