"""Layers of which nothing is known but the shape of their output, on the way to what is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.errors import CnncalcError
from cnncalc.graph.liveness import dependencies_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.graph.graph import Graph
    from cnncalc.graph.node import Node


def refuse_opaque(network: Graph, question: str, tensor: int | None = None) -> None:
    """Raise `CnncalcError` if a layer on the way to a tensor, or any without one, is opaque.

    `question` is what cannot be answered then, such as ``what its units see``.

    >>> import cnncalc
    >>> refuse_opaque(cnncalc.load("lenet"), "the size of its output")
    """
    node = next(_opaque(network, tensor), None)
    if node is None:
        return
    operator = getattr(node.layer, "operator", None)
    kind = f"`{node.name}` ({operator})" if operator else f"`{node.name}`"
    what = question if tensor in (None, node.output) else f"{question}, which passes it,"
    before = network.tensors[node.inputs[0]].name
    hint = f"`summary` counts what is known of it; name a layer before it, such as `{before}`"
    if tensor is None:
        hint = "`summary` counts what is known of it"
    raise CnncalcError(f"{kind} is opaque: only the shape of its output is known, so {what} is not", hint=hint)


def leads_to_opaque(network: Graph, tensor: int) -> bool:
    """Whether a layer on the way to a tensor is opaque.

    >>> import cnncalc
    >>> leads_to_opaque(cnncalc.load("lenet"), 3)
    False
    """
    return next(_opaque(network, tensor), None) is not None


def _opaque(network: Graph, tensor: int | None) -> Iterator[Node]:
    """The opaque layers on the way to a tensor, or all."""
    if not any(node.layer.is_opaque for node in network.nodes):
        return
    numbers = None if tensor is None else set(dependencies_of(network.tensors, tensor))
    yield from (node for node in network.nodes if node.layer.is_opaque and (numbers is None or node.output in numbers))
