"""The check of an imported model as JSON, for other programs."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from cnncalc.reports.json_values import SCHEMA_VERSION, dumps
from cnncalc.reports.style import PLAIN, Style

if TYPE_CHECKING:
    from cnncalc.engines.results import ImportCheck


def render(report: ImportCheck, style: Style = PLAIN) -> str:
    """The check as one JSON object: on one line, or indented for a person."""
    return dumps(as_object(report), indent=style.indent)


def as_object(report: ImportCheck) -> dict[str, Any]:
    """The check as plain dicts and lists; a difference is null where it is infinite or not known."""
    return {
        "schema_version": SCHEMA_VERSION,
        "name": report.name,
        "path": report.path,
        "engine": report.engine,
        "inputs": report.inputs,
        "batch_size": report.batch_size,
        "seed": report.seed,
        "ok": report.ok,
        "tolerance": report.tolerance,
        "layers": [
            {
                "name": layer.name,
                "type": layer.type,
                "tensor": layer.tensor,
                "difference": layer.difference if layer.difference is not None and isfinite(layer.difference) else None,
            }
            for layer in report.layers
        ],
    }
