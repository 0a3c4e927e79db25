"""The totals of a network, and of layers taken together."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from cnncalc.dtypes import DTYPE_BYTES
from cnncalc.graph.liveness import peak_elements
from cnncalc.summary.results import Totals

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cnncalc.graph.graph import Graph
    from cnncalc.graph.node import Node


def totals(network: Graph, *, batch: int = 1, dtype: str = "float32") -> Totals:
    """The sums over the layers, and the peak of live tensors.

    >>> import cnncalc
    >>> totals(cnncalc.load("lenet")).macs
    416520
    """
    value_bytes = batch * DTYPE_BYTES[dtype]
    peak = peak_elements(network.tensors, network.outputs) * value_bytes
    return Totals(**sums(network.nodes, batch=batch, dtype=dtype), peak_activation_bytes=peak)


def sums(nodes: Sequence[Node], *, batch: int = 1, dtype: str = "float32") -> dict[str, int]:
    """The totals of some layers that are sums, by name."""
    parameters, buffers = _sum(nodes, lambda node: node.parameters), _sum(nodes, lambda node: node.buffers)
    return {
        "layers": len(nodes),
        "parameters": parameters,
        "buffers": buffers,
        "macs": _sum(nodes, lambda node: node.macs),
        "flops": _sum(nodes, lambda node: node.flops),
        "weight_bytes": (parameters + buffers) * DTYPE_BYTES[dtype],
        "output_bytes": sum(prod(node.output_shape) for node in nodes) * batch * DTYPE_BYTES[dtype],
    }


def _sum(nodes: Sequence[Node], count: Callable[[Node], int]) -> int:
    """The sum of a count over nodes, computed once for those of the same kind."""
    known: dict[object, int] = {}
    for node in nodes:
        kind = node.kind
        if kind not in known:
            known[kind] = count(node)
    return sum(known[node.kind] for node in nodes)
