"""The list of the layer types as JSON, for other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.reports.json_values import SCHEMA_VERSION, dumps
from cnncalc.reports.style import PLAIN, Style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.layers.description import Description


def render(types: Sequence[Description], style: Style = PLAIN) -> str:
    """A list with an object for each: its family, and what it does."""
    rows = [
        {
            "schema_version": SCHEMA_VERSION,
            "name": known.type,
            "notes": [],
            "type": known.type,
            "family": known.family,
            "summary": known.summary,
        }
        for known in types
    ]
    return dumps(rows, indent=style.indent)
