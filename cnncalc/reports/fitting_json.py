"""The largest value of a parameter that fits, as JSON, for other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.reports.json_values import dumps, head
from cnncalc.reports.style import PLAIN, Style

if TYPE_CHECKING:
    from cnncalc.solve.fitting_results import Fitting, Tried


def render(found: Fitting, style: Style = PLAIN) -> str:
    """The answer as one JSON object: on one line, or indented for a person."""
    return dumps(as_object(found), indent=style.indent)


def as_object(found: Fitting) -> dict[str, Any]:
    """The answer with the keys of the JSON."""
    return {
        **head(found),
        "parameter": found.parameter,
        "value": found.value,
        "step": found.step,
        "budgets": found.budgets,
        "totals": found.totals._asdict(),
        "next": found.next and _tried(found.next),
        "complete": found.complete,
        "built": found.built,
        "tried_all": found.tried_all,
        "not_growing": found.not_growing,
    }


def _tried(found: Tried) -> dict[str, Any]:
    """A value with its totals, or with the error."""
    return {
        "value": found.value,
        **({"error": found.error} if found.totals is None else {"totals": found.totals._asdict()}),
    }
