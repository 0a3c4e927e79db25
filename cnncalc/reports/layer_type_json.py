"""A layer type as JSON, for other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.reports.json_values import SCHEMA_VERSION, dumps
from cnncalc.reports.style import PLAIN, Style

if TYPE_CHECKING:
    from cnncalc.layers.description import Description


def render(known: Description, style: Style = PLAIN) -> str:
    """The whole description as one object."""
    described = known._asdict()
    described["options"] = [option._asdict() for option in known.options]
    described["description"] = "\n\n".join(described.pop("paragraphs"))
    whole = {"schema_version": SCHEMA_VERSION, "name": known.type, "notes": [], **described}
    return dumps(whole, indent=style.indent)
