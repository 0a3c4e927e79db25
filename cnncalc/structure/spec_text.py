"""The spec of a network as text: where it comes from, its program, and the figures that it must have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cnncalc.structure.recovery import head_of, recovered
from cnncalc.structure.yaml_text import Flow, program_yaml

if TYPE_CHECKING:
    from cnncalc.graph.graph import Graph


class Provenance(NamedTuple):
    """Where a network comes from: lines of a comment, a line of its own in the spec, and the file of its weights."""

    comments: tuple[str, ...] = ()
    source: str | None = None
    weights: str | None = None


NOWHERE: Final = Provenance()


def spec_text(graph: Graph, provenance: Provenance = NOWHERE, *, nested: bool = True) -> str:
    """The YAML of a spec that is this network: with blocks, loops and scopes, or a layer an entry.

    >>> import cnncalc
    >>> print(spec_text(cnncalc.load("conv2d(8, 3) | relu", input="3x8x8"), Provenance(source="a letter")))
    name: "conv2d(8, 3) | relu"
    source: "a letter"
    input: 3x8x8
    layers:
      - conv2d: {out_channels: 8, kernel_size: 3}
      - relu
    expect: {layers: 2, parameters: 224, macs: 7776}
    <BLANKLINE>
    """
    program = recovered(graph, nested=nested)
    head: dict[str, Any] = {"name": program.name}
    if provenance.source is not None:
        head["source"] = provenance.source
    head |= head_of(program, graph)
    if provenance.weights is not None:
        head["weights"] = provenance.weights
    comments = "".join(f"# {' '.join(line.split())}\n" for line in provenance.comments)
    return comments + program_yaml(program, head, {"expect": Flow(_figures(graph))})


def _figures(graph: Graph) -> dict[str, int]:
    """The totals that are not 0."""
    figures = {
        "layers": len(graph.nodes),
        "parameters": graph.parameters,
        "frozen": graph.frozen,
        "buffers": graph.buffers,
        "macs": graph.macs,
    }
    return {name: value for name, value in figures.items() if value or name == "parameters"}
