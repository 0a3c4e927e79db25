"""Which layer is written out, and with which values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.errors import CnncalcError
from cnncalc.steps.kinds import KINDS
from cnncalc.steps.values import DrawnValues, executed

if TYPE_CHECKING:
    from cnncalc.graph.graph import Graph
    from cnncalc.graph.node import Node
    from cnncalc.models.stored_arrays import Store
    from cnncalc.steps.values import LayerValues


def chosen_node(network: Graph, layer: str | None) -> Node:
    """The layer of that name; the only one of a network of one, where none is named. Raises `CnncalcError`."""
    if layer is None and len(network.nodes) > 1:
        known = [node.name for node in network.nodes if node.layer.type_name in KINDS]
        raise CnncalcError(
            f"{network.name} has {len(network.nodes):,} layers: say which one",
            hint=f"such as {', '.join(known[:3])}" if known else None,
        )
    numbers = network.layers_of(layer)
    if len(numbers) > 1:
        names = ", ".join(network.nodes[number].name for number in numbers[:3])
        raise CnncalcError(f"`{layer}` is a scope of {len(numbers)} layers: name one of them", hint=f"such as {names}")
    return network.nodes[numbers[0]]


def values_of(
    network: Graph, node: Node, data: Any, *, seed: int, weights: Store | None, drawn: str | None
) -> LayerValues:
    """What the layer calculates with: small whole numbers unless there are data or weights, or `run` draws."""
    if data is None and weights is None and drawn != "run":
        return DrawnValues(node, seed)
    found = executed(network, node, data, seed=seed, weights=weights)
    return found if weights is not None or drawn == "run" else DrawnValues(node, seed, found.inputs)
