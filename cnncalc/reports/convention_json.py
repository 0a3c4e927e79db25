"""A network as another tool counts it as JSON, for other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.reports.json_values import dumps, head
from cnncalc.reports.style import PLAIN, Style

if TYPE_CHECKING:
    from cnncalc.conventions.results import ConventionReport, KindCount, ParameterCount, QuantityCount


def render(report: ConventionReport, style: Style = PLAIN) -> str:
    """The counts as one JSON object; `totals` has what the tool prints, by its names."""
    parameters = {} if report.parameters is None else {"parameters": report.parameters.theirs}
    found = {
        **head(report),
        "convention": {"name": report.convention, "tool": report.tool, "version": report.version},
        "totals": {**{quantity.name: quantity.theirs for quantity in report.quantities}, **parameters},
        "quantities": [_quantity(quantity) for quantity in report.quantities],
        "parameters": None
        if report.parameters is None
        else {**_both(report.parameters), "rule": report.parameters.rule},
    }
    return dumps(found, indent=style.indent)


def _quantity(quantity: QuantityCount) -> dict[str, Any]:
    return {
        "name": quantity.name,
        "compared_with": quantity.compared_with,
        "meaning": quantity.meaning,
        **_both(quantity),
        "kinds": [_kind(kind) for kind in quantity.kinds],
    }


def _kind(kind: KindCount) -> dict[str, Any]:
    return {"kind": kind.kind, "layers": kind.layers, **_both(kind), "rule": kind.rule, "known": kind.known}


def _both(found: KindCount | QuantityCount | ParameterCount) -> dict[str, int]:
    return {"ours": found.ours, "theirs": found.theirs, "difference": found.difference}
