"""The report as JSON, for other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.reports.json_values import by_input, dumps, head, receptive_field_object
from cnncalc.reports.style import PLAIN, Style

if TYPE_CHECKING:
    from cnncalc.reports.json_values import NetworkResult
    from cnncalc.summary.results import LayerFigures, Report


def render(report: Report, style: Style = PLAIN) -> str:
    """The report as one JSON object: on one line, or indented for a person."""
    return dumps(as_object(report), indent=style.indent)


def as_object(report: Report) -> dict[str, Any]:
    """The report as plain dicts and lists, with the keys of the JSON."""
    return {
        **head(report),
        "batch_size": report.batch_size,
        "dtype": report.dtype,
        "layers": [layer_object(layer, report) for layer in report.layers],
        "outputs": report.outputs,
        "totals": {
            **report.totals._asdict(),
            "peak_layer": report.peak.layer,
            "peak_tensors": [tensor._asdict() for tensor in report.peak.tensors],
        },
    }


def layer_object(layer: LayerFigures, report: NetworkResult) -> dict[str, Any]:
    """A layer with the keys of the JSON."""
    fields = {name: receptive_field_object(field) for name, field in layer.receptive_field.items()}
    return {
        "name": layer.name,
        "type": layer.type,
        "inputs": layer.inputs,
        "input_shapes": layer.input_shapes,
        "output_shape": layer.output_shape,
        **_window(layer),
        **({} if layer.activation is None else {"activation": layer.activation}),
        "parameters": layer.parameters,
        "frozen": layer.frozen,
        "buffers": layer.buffers,
        "shares": layer.shares,
        "weights": layer.weights,
        "buffer_shapes": layer.buffer_shapes,
        "macs": layer.macs,
        "flops": layer.flops,
        "output_bytes": layer.output_bytes,
        "live_bytes": layer.live_bytes,
        "receptive_field": by_input(fields, report),
    }


def _window(layer: LayerFigures) -> dict[str, Any]:
    """The keys of a layer's window; empty where it has none."""
    window = layer.window
    if window is None:
        return {}
    figures = window._asdict()
    if window.groups is None:
        del figures["groups"]
    return figures
