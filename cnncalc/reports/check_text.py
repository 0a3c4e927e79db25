"""What `check` found, for a person and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.reports.summary_json import SCHEMA_VERSION, dumps, finite
from cnncalc.spec.checking import BAD_SPEC
from cnncalc.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnncalc.spec.checking import Checked, Fault, Figure


def render(results: Sequence[Checked]) -> str:
    """A line for each network, and one for each thing that is wrong with it."""
    return "".join(f"{printable(line)}\n" for result in results for line in _lines(result))


def render_json(results: Sequence[Checked], notes: Sequence[str], *, indent: int | None = None) -> str:
    """The results as one JSON object."""
    whole = {
        "schema_version": SCHEMA_VERSION,
        "name": "check",
        "ok": all(result.ok for result in results),
        "specs": list(map(_plain, results)),
        "notes": notes,
    }
    return dumps(whole, indent=indent)


def _lines(result: Checked) -> Iterator[str]:
    if result.ok:
        held = len(result.figures)
        figures = "1 figure holds" if held == 1 else f"{held} figures hold"
        yield f"✓ {result.spec}  {figures if held else 'valid; there is nothing to hold it against'}"
        return
    yield f"✗ {result.spec}"
    for fault in result.faults:
        yield f"    {_where(fault) if fault.code == BAD_SPEC else ''}{fault.message}"


def _where(fault: Fault) -> str:
    return "" if fault.path is None else f"{fault.path}:{fault.line}:{fault.column}: "


def _plain(result: Checked) -> dict[str, Any]:
    return {
        "name": result.name,
        "spec": result.spec,
        "variant": result.variant,
        "settings": finite(result.settings),
        "input_shape": result.input_shape,
        "ok": result.ok,
        "figures": list(map(_figure, result.figures)),
        "faults": [fault._asdict() for fault in result.faults],
        "notes": result.notes,
    }


def _figure(figure: Figure) -> dict[str, Any]:
    return {**figure._asdict(), "ok": figure.ok}
