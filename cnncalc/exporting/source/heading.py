"""The docstring at the head of exported code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.exporting.source.layout import WIDTH, paragraphs
from cnncalc.text import printable
from cnncalc.version import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.graph.graph import Graph


def heading(graph: Graph, framework: str, notes: Sequence[str]) -> list[str]:
    """The lines of a module's docstring: what the network is, where it is from, and its figures at this input."""
    variant = f" ({graph.variant})" if graph.variant and graph.variant != graph.name else ""
    inputs = ", ".join(
        f"{f'{name} ' if len(graph.inputs) > 1 else ''}{' x '.join(map(str, shape))}"
        for name, shape in graph.inputs.items()
    )
    settings = ", ".join(f"{name}={value}" for name, value in graph.settings.items())
    parameters = graph.parameters + graph.frozen
    facts = [
        f"Input: {inputs}, without the batch." + (f" Settings: {settings}." if settings else ""),
        f"{parameters:,} parameters"
        + (f", of which {graph.frozen:,} are not trained" if graph.frozen else "")
        + (f", {graph.buffers:,} buffers" if graph.buffers else "")
        + f"; {graph.macs:,} multiply-accumulates.",
    ]
    source = getattr(graph.blueprint, "source", "") or ""
    title = f"{printable(graph.name)}{printable(variant)} in {framework}"
    lines = [f"{title[: WIDTH - 8]}.", "", f"Written by cnncalc {__version__}.", ""]
    if source:
        lines += [*paragraphs(f"Source: {printable(str(source))}"), ""]
    lines += [line for fact in facts for line in paragraphs(fact)]
    for note in notes:
        lines += ["", *paragraphs(note)]
    safe = [line.replace("\\", "\\\\").replace('"""', "'''") for line in lines]
    return [f'"""{safe[0]}', *safe[1:], '"""']
