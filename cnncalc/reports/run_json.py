"""An executed network as JSON, for other programs."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from cnncalc.reports.json_values import dumps, head
from cnncalc.reports.style import PLAIN, Style

if TYPE_CHECKING:
    from cnncalc.execution.results import LayerRun, RunReport, TensorValues


def render(report: RunReport, style: Style = PLAIN) -> str:
    """The run as one JSON object: on one line, or indented for a person."""
    return dumps(as_object(report), indent=style.indent)


def as_object(report: RunReport) -> dict[str, Any]:
    """The run as plain dicts and lists, with the keys of the JSON; values are there where they were asked for."""
    inputs = {name: {"shape": found.shape, **_values(found)} for name, found in report.input_values.items()}
    return {
        **head(report),
        "batch_size": report.batch_size,
        "dtype": report.dtype,
        "engine": report.engine,
        "seed": report.seed,
        "weights": report.weights,
        "ok": report.ok,
        **({} if report.tolerance is None else {"tolerance": report.tolerance}),
        "mismatches": report.mismatches,
        "parameters": report.parameters,
        "frozen": report.frozen,
        "seconds": report.seconds,
        "notes": report.notes,
        **({"input_values": inputs} if inputs else {}),
        "layers": [_layer(layer, compared=report.tolerance is not None) for layer in report.layers],
    }


def _layer(layer: LayerRun, *, compared: bool) -> dict[str, Any]:
    """A layer with the keys of the JSON; the difference to another engine where both are compared."""
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
        **({"difference": _finite(layer.difference)} if compared else {}),
        **({} if layer.output is None else _values(layer.output)),
    }


def _values(found: TensorValues) -> dict[str, Any]:
    """The values of a tensor, or null where there are too many to read, and null for each that is not finite."""
    top = [{"index": index, "probability": probability} for index, probability in found.top or ()]
    return {
        "min": found.minimum,
        "max": found.maximum,
        "values": _finite(found.values),
        **({} if found.top is None else {"top": top}),
    }


def _finite(value: Any) -> Any:
    """Nested lists, with null for each number that is not finite."""
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return value if value is None or isfinite(value) else None
