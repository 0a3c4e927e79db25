"""What a user should know of a network at another input size than the spec's own."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Final

from cnncalc.graph.notes import listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.graph.graph import Graph
    from cnncalc.shapes import Shape

_RESHAPING: Final = frozenset(("flatten", "reshape", "unflatten", "permute", "squeeze"))
"""The types behind which the number of channels may follow the size of the input."""


def size_notes(network: Graph) -> Iterator[str]:
    """The layers that have other numbers of parameters than at the spec's own size, where another one is given.

    The channels of the input are left as they are given: that the layers that take them have other weights is clear.
    """
    own = _own_sizes(network)
    if own is None or not any(
        node.layer.type_name in _RESHAPING and prod(node.input_shapes[0][1:]) > 1 for node in network.nodes
    ):
        return
    before = network.blueprint.attempt(own, 2 * network.entries + 100).network
    if before is None or before.parameters == network.parameters:
        return
    counts = {node.name: node.parameters for node in before.nodes}
    names = [node.name for node in network.nodes if node.parameters != counts.get(node.name, node.parameters)]
    sizes = ", ".join(map(network.layout.text, own.values()))
    there = f"{before.parameters:,} in all at {sizes}, {network.parameters:,} here"
    yield f"the parameters of {listed(names)} follow the input size: {there}"


def _own_sizes(network: Graph) -> dict[str, Shape] | None:
    """The inputs with the spec's own sizes, and the channels that they have; None where no other sizes are given."""
    own = network.blueprint.own_inputs
    if any(name not in own or len(own[name]) != len(shape) for name, shape in network.inputs.items()):
        return None
    found = {name: (shape[0], *own[name][1:]) for name, shape in network.inputs.items()}
    return None if found == network.inputs else found
