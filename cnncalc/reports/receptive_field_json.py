"""Receptive fields as JSON, for other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.reports.summary_json import dumps, heading, receptive

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnncalc.graph.graph import Graph
    from cnncalc.receptive_field.proof import Proof
    from cnncalc.receptive_field.results import FieldFigures, UnitFigures


def render(network: Graph, layers: list[FieldFigures], *, indent: int | None = None) -> str:
    """The receptive fields of all layers as one JSON object."""
    return dumps({**_head(network), "layers": [_layer(layer, network) for layer in layers]}, indent=indent)


def render_one(
    network: Graph,
    layer: FieldFigures,
    unit: UnitFigures | None,
    proof: Proof | None,
    *,
    indent: int | None = None,
) -> str:
    """One layer, and what a unit of it sees, as one JSON object."""
    figures = _layer(layer, network)
    figures["layer"] = figures.pop("name")
    whole = {**_head(network), **figures}
    if unit is not None:
        whole |= {
            "unit": unit.unit,
            "interval": _by_input(unit.interval, network),
            "pixels": _by_input(unit.pixels, network),
        }
    if proof is not None:
        mismatches = [wrong._asdict() for wrong in proof.mismatches]
        whole["verified"] = {"ok": proof.ok, "perturbed": proof.perturbed, "mismatches": mismatches}
    return dumps(whole, indent=indent)


def _head(network: Graph) -> dict[str, Any]:
    shown, layout = network.inputs_shown, network.layout.name
    return heading(network.name, network.variant, network.settings, shown, layout, network.notes)


def _layer(layer: FieldFigures, network: Graph) -> dict[str, Any]:
    fields = {name: receptive(field) for name, field in layer.receptive_field.items()}
    for name, merge in layer.merges.items():
        fields[name]["merge"] = merge._asdict()
    return {
        "name": layer.name,
        "type": layer.type,
        "output_shape": layer.output_shape,
        "receptive_field": _by_input(fields, network),
    }


def _by_input(values: Mapping[str, Any], network: Graph) -> Any:
    """The value of the only input, or of each by its name where there are several."""
    return dict(values) if len(network.inputs) > 1 else next(iter(values.values()))
