"""An executed network as JSON, for other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.reports.json_values import dumps, head
from cnncalc.reports.style import PLAIN, Style

if TYPE_CHECKING:
    from cnncalc.execution.results import LayerRun, RunReport


def render(report: RunReport, style: Style = PLAIN) -> str:
    """The run as one JSON object: on one line, or indented for a person."""
    return dumps(as_object(report), indent=style.indent)


def as_object(report: RunReport) -> dict[str, Any]:
    """The run as plain dicts and lists, with the keys of the JSON."""
    return {
        **head(report),
        "batch_size": report.batch_size,
        "dtype": report.dtype,
        "seed": report.seed,
        "ok": report.ok,
        "mismatches": report.mismatches,
        "parameters": report.parameters,
        "seconds": report.seconds,
        "notes": report.notes,
        "layers": [_layer(layer) for layer in report.layers],
    }


def _layer(layer: LayerRun) -> dict[str, Any]:
    """A layer with the keys of the JSON."""
    return {
        "name": layer.name,
        "type": layer.type,
        "expected_shape": layer.expected_shape,
        "actual_shape": layer.actual_shape,
        "ok": layer.ok,
        "seconds": layer.seconds,
        "mean": layer.mean,
        "std": layer.std,
        "finite": layer.finite,
        "faults": layer.faults,
    }
