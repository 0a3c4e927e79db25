"""The receptive field of a layer, and what a unit of it sees, as JSON, for other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.reports.json_values import by_input, dumps, head
from cnncalc.reports.receptive_fields_json import of_layer
from cnncalc.reports.style import PLAIN, Style

if TYPE_CHECKING:
    from cnncalc.receptive_field.results import LayerFieldReport


def render(report: LayerFieldReport, style: Style = PLAIN) -> str:
    """One layer, and what a unit of it sees, as one JSON object."""
    figures = of_layer(report.layer, report)
    figures["layer"] = figures.pop("name")
    whole = {**head(report), **figures}
    seen, proof = report.seen, report.proof
    if seen is not None:
        whole |= {
            "unit": seen.unit,
            "interval": by_input(seen.interval, report),
            "pixels": by_input(seen.pixels, report),
        }
    if proof is not None:
        mismatches = [wrong._asdict() for wrong in proof.mismatches]
        whole["verified"] = {"ok": proof.ok, "perturbed": proof.perturbed, "mismatches": mismatches}
    return dumps(whole, indent=style.indent)
