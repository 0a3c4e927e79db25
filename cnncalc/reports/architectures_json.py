"""The bundled architectures as JSON, for other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.reports.json_values import SCHEMA_VERSION, dumps
from cnncalc.reports.style import PLAIN, Style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.spec.listing import Architecture


def render(found: Sequence[Architecture], style: Style = PLAIN) -> str:
    """A list with an object for each."""
    rows = [{"schema_version": SCHEMA_VERSION, **row._asdict(), "notes": []} for row in found]
    return dumps(rows, indent=style.indent)
