"""The totals alone, of many networks one after the other: without a figure of each layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from cnncalc.dtypes import DTYPE_BYTES
from cnncalc.graph.liveness import peak_elements
from cnncalc.summary.results import Totals, sums

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnncalc.graph.graph import Graph
    from cnncalc.graph.node import Node

MOST_KEPT: Final = 50_000
"""The kinds of layers whose counts are kept: some 20 MB."""


class _Counts(NamedTuple):
    """The counts of a layer at the shapes of its inputs, as `sums` takes them."""

    parameters: int
    frozen: int
    buffers: int
    macs: int
    flops: int
    output_bytes: int
    is_opaque: bool


class TotalsCounter:
    """Counts the totals of networks; a layer at the same shapes is counted once, in whichever of them it occurs.

    >>> import cnncalc
    >>> counter = TotalsCounter(batch=1, dtype="float32")
    >>> lenet = cnncalc.load("lenet")
    >>> counter.totals(lenet) == lenet.report().totals
    True
    """

    def __init__(self, batch: int, dtype: str) -> None:
        self.batch = batch
        self.value_bytes = DTYPE_BYTES[dtype]
        self._known: dict[object, _Counts] = {}

    def totals(self, network: Graph) -> Totals:
        """The totals of a network."""
        peak = peak_elements(network.tensors, network.outputs)
        return Totals(**self.sums(network.nodes), peak_activation_bytes=peak * self.batch * self.value_bytes)

    def sums(self, nodes: Iterable[Node]) -> dict[str, int]:
        """The totals of some layers that are sums, by name."""
        return sums(map(self._counts, nodes), self.value_bytes)

    def _counts(self, node: Node) -> _Counts:
        """The counts of a node; of its kind, if they are known."""
        kind = node.counted_kind
        counts = self._known.get(kind)
        if counts is None:
            if len(self._known) >= MOST_KEPT:
                self._known.clear()
            output_bytes = node.output_size * self.batch * self.value_bytes
            counts = _Counts(
                node.parameters,
                node.frozen,
                node.buffers,
                node.macs,
                node.flops,
                output_bytes,
                node.layer.is_opaque,
            )
            self._known[kind] = counts
        return counts
