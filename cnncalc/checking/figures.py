"""The figures of a network that a spec or a caller says something of, each held against what is said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.checking.results import Figure
from cnncalc.errors import CnncalcError
from cnncalc.graph.restriction import restricted
from cnncalc.spec.expectations import OUTPUT_SHAPE
from cnncalc.summary.totals import TotalsCounter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cnncalc.graph.graph import Graph
    from cnncalc.shapes import Shape
    from cnncalc.spec.expectations import Statement, Statements
    from cnncalc.spec.mistakes import Mistakes
    from cnncalc.text_nodes import Source


class Holder:
    """Holds what is said of a network's figures against them; what is said of no layer or output is a mistake."""

    def __init__(self, network: Graph, source: Source, mistakes: Mistakes) -> None:
        self.network = network
        self.source = source
        self.mistakes = mistakes
        self._known: dict[tuple[str | None, str | None, str], Mapping[str, Any]] = {}

    def hold(
        self, said: Statements, *, as_budget: bool, dtype: str | None = None
    ) -> Iterator[tuple[Statement, Figure]]:
        """Each statement and its figure, with what it is; bytes are those of `dtype`, where the spec has none."""
        dtype = said.dtype or dtype or "float32"
        for statement in said.statements:
            found = self.mistakes.attempt(lambda: self._found(statement, dtype))  # noqa: B023 - called at once
            if found is not None:
                yield statement, figure(statement, found, as_budget=as_budget, dtype=dtype)

    def _found(self, said: Statement, dtype: str) -> int | Shape:
        """The figure that a statement is about; raises `CnncalcError` where there is no such layer or output."""
        key = said.layer, said.output, dtype
        if key not in self._known:
            self._known[key] = self._figures(said, dtype)
        found: int | Shape = self._known[key][said.figure]
        return found

    def _figures(self, said: Statement, dtype: str) -> Mapping[str, Any]:
        """All figures of the network, a layer, a scope or an output."""
        network, counter = self.network, TotalsCounter(1, dtype)
        if said.layer is said.output is None:
            return counter.totals(network)._asdict()
        assert said.owner is not None
        try:
            tensor = network.tensor(said.owner.text)
            nodes = [] if said.layer is None else [network.nodes[number] for number in network.layers_of(said.layer)]
        except CnncalcError as error:
            raise self.source.error(said.owner, error.message, error.hint, code="name") from None
        if said.layer is not None:
            return {**counter.sums(nodes), OUTPUT_SHAPE: network.layout.external(network.tensors[tensor].shape)}
        if tensor not in network.outputs:
            outputs = ", ".join(network.tensors[number].name for number in network.outputs)
            raise self.source.error(said.owner, f"`{said.output}` is no output", f"outputs: {outputs}", code="name")
        return counter.totals(restricted(network, [tensor]))._asdict()


def figure(said: Statement, found: int | Shape, *, as_budget: bool, dtype: str) -> Figure:
    """A figure with what is said of it."""
    return Figure(
        said.figure,
        found,
        None if as_budget else said.value,
        said.value if as_budget and isinstance(said.value, int) else None,
        layer=said.layer,
        output=said.output,
        dtype=dtype if said.figure.endswith("bytes") else None,
        written=said.written,
    )
