"""Which layer is written out, and with which values; and what is said of both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.errors import CnncalcError
from cnncalc.steps.kinds import KINDS
from cnncalc.steps.values import DrawnValues, executed

if TYPE_CHECKING:
    from cnncalc.graph.graph import Graph
    from cnncalc.graph.node import Node
    from cnncalc.models.stored_arrays import Store
    from cnncalc.steps.units import LayerAtHand
    from cnncalc.steps.values import LayerValues


def chosen_node(network: Graph, layer: str | None) -> Node:
    """The layer of that name; the only one of a network of one, where none is named. Raises `CnncalcError`.

    The layer that merges the branches of a scope has the scope's own name, and is the one that is meant.
    """
    if layer is None and len(network.nodes) > 1:
        known = [node.name for node in network.nodes if node.layer.type_name in KINDS]
        raise CnncalcError(
            f"{network.name} has {len(network.nodes):,} layers: say which one",
            hint=f"such as {', '.join(known[:3])}" if known else None,
        )
    numbers = network.layers_of(layer)
    numbers = [number for number in numbers if network.nodes[number].name == layer] or numbers
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


def heading(network: Graph, at: LayerAtHand, seed: int, weights: Store | None) -> dict[str, Any]:
    """What every result about a layer begins with: the network, the layer, and where its values come from."""
    external = network.layout.external
    return {
        **network.heading,
        "layer": at.node.name,
        "type": at.node.type,
        "input_shapes": tuple(map(external, at.node.input_shapes)),
        "output_shape": external(at.node.output_shape),
        "summary": at.summary,
        "input_source": at.values.input_source,
        "weight_source": at.values.weight_source,
        "seed": seed,
        "weights": None if weights is None else weights.name,
    }
