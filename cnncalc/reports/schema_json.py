"""A schema as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.reports.json_values import dumps
from cnncalc.reports.style import PLAIN, Style

if TYPE_CHECKING:
    from collections.abc import Mapping


def render(schema: Mapping[str, Any], style: Style = PLAIN) -> str:
    """The schema itself, as validators and editors read it."""
    return dumps(schema, indent=style.indent)
