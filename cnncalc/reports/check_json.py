"""What a check found, as JSON, for other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.reports.json_values import SCHEMA_VERSION, dumps, finite
from cnncalc.reports.style import PLAIN, Style

if TYPE_CHECKING:
    from cnncalc.checking.results import Checked, CheckReport, Figure


def render(report: CheckReport, style: Style = PLAIN) -> str:
    """The whole check as one JSON object."""
    whole = {
        "schema_version": SCHEMA_VERSION,
        "name": "check",
        "ok": report.ok,
        "specs": list(map(_network, report.networks)),
        "notes": report.notes,
    }
    return dumps(whole, indent=style.indent)


def _network(network: Checked) -> dict[str, Any]:
    """One network with the keys of the JSON."""
    return {
        "name": network.name,
        "spec": network.spec,
        "variant": network.variant,
        "settings": finite(network.settings),
        "input_shape": network.input_shape,
        "ok": network.ok,
        "figures": list(map(_figure, network.figures)),
        "faults": [fault._asdict() for fault in network.faults],
        "notes": network.notes,
    }


def _figure(figure: Figure) -> dict[str, Any]:
    return {**figure._asdict(), "written": finite(figure.written), "ok": figure.ok}
