"""Networks side by side, as JSON, for other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.graph.window_figures import WindowFigures
from cnncalc.reports.json_values import SCHEMA_VERSION, by_input, dumps, head, receptive_field_object
from cnncalc.reports.style import PLAIN, Style
from cnncalc.reports.summary_json import layer_object

if TYPE_CHECKING:
    from cnncalc.comparison.results import ComparedNetwork, Comparison, LayerChange


def render(found: Comparison, style: Style = PLAIN) -> str:
    """The comparison as one JSON object: on one line, or indented for a person."""
    return dumps(as_object(found), indent=style.indent)


def as_object(found: Comparison) -> dict[str, Any]:
    """The comparison with the keys of the JSON: those of layers only where they are compared and told."""
    first, *others = found.networks
    return {
        "schema_version": SCHEMA_VERSION,
        "name": "compare",
        "batch_size": found.batch_size,
        "dtype": found.dtype,
        "networks": list(map(_network, found.networks)),
        "differences": [
            {"label": other.label, "to": first.label, **difference._asdict()}
            for other, difference in zip(others, found.differences, strict=True)
        ],
        **({} if found.changes is None else _changes(found.changes, found)),
        "notes": list(dict.fromkeys(note for network in found.networks for note in network.notes)),
    }


def _network(network: ComparedNetwork) -> dict[str, Any]:
    """One network with the keys of the JSON."""
    fields = {name: receptive_field_object(field) for name, field in network.receptive_field.items()}
    common = {key: value for key, value in head(network).items() if key != "schema_version"}
    return {
        "label": network.label,
        **common,
        "totals": network.totals._asdict(),
        "last_map": network.last_map,
        "receptive_field": by_input(fields, network) if fields else None,
        "depth": network.depth,
    }


def _changes(changes: tuple[LayerChange, ...], found: Comparison) -> dict[str, Any]:
    """The layers that are changed, with both values of each figure that differs; those added, and removed."""
    before, after = found.networks
    return {
        "changed": [
            {"name": change.name, "figures": _figures(change, found)} for change in changes if change.kind == "changed"
        ],
        "added": [layer_object(change.after, after) for change in changes if change.after and not change.before],
        "removed": [layer_object(change.before, before) for change in changes if change.before and not change.after],
        "renamed": [
            {"name": change.name, "before": change.before.name} for change in found.renamed or () if change.before
        ],
    }


def _figures(change: LayerChange, found: Comparison) -> dict[str, Any]:
    """Both values of each figure that differs, by its key in the layer's object."""
    assert change.before is not None
    assert change.after is not None
    first, second = found.networks
    one, other = layer_object(change.before, first), layer_object(change.after, second)
    keys = [key for name in change.figures for key in (WindowFigures._fields if name == "window" else (name,))]
    return {key: [one.get(key), other.get(key)] for key in keys if one.get(key) != other.get(key)}
