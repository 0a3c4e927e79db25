"""Builds a network at other sizes of its inputs: at each only once, and within the budget of a question."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from cnncalc.graph.traced_node import traced_node
from cnncalc.solve.limits import FEWEST_BUILDS, LARGEST_BUILD, MOST_KEPT_LAYERS, PROBES, PROBING_BUDGET, QUESTION_BUDGET

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnncalc.graph.graph import Graph
    from cnncalc.shapes import Shape

Variable = tuple[str, int]
"""A spatial axis of an input, whose size can be another: the input's name, and the axis, channels being 0."""


class BudgetSpentError(Exception):
    """The budget of the question is spent, so that it is not answered."""


class Builder:
    """Builds a network at other sizes of its `variables`, whatever `in_features` its layers want.

    >>> import cnncalc
    >>> builder = Builder(cnncalc.load("alexnet"))
    >>> builder.variables, builder.at({("input", 1): 67}).nodes[-1].output_shape, builder.at({("input", 1): 66})
    ([('input', 1), ('input', 2)], (1000,), None)
    """

    def __init__(self, network: Graph) -> None:
        self.network = network
        self.blueprint = network.blueprint.relaxed
        self.variables = [(name, axis) for name, shape in network.inputs.items() for axis in range(1, len(shape))]
        self.question_budget = max(QUESTION_BUDGET, FEWEST_BUILDS * network.entries)
        self.budget_left = self.question_budget
        self._networks: dict[tuple[int, ...], Graph | None] = {}
        self._remembered = 0

    @cached_property
    def traced_shapes(self) -> list[Shape]:
        """The output shape of each node, as trees in the sizes of its inputs; nodes of one kind share theirs."""
        known: dict[object, Shape] = {}
        return [
            known.get(node.kind) or known.setdefault(node.kind, traced_node(node).output_shape)
            for node in self.network.nodes
        ]

    def begin_question(self, budget: int | None = None) -> None:
        """Begin another question, which may visit `budget` entries, or as many as any question."""
        self.budget_left = self.question_budget if budget is None else budget

    def begin_probing(self) -> None:
        """Begin to look for sizes at which options change, which may cost less than a question."""
        self.budget_left = max(PROBING_BUDGET, PROBES * self.network.entries)

    def spend(self, cost: int) -> None:
        """Count what a question costs beside building; raises `BudgetSpentError`."""
        self.budget_left -= cost
        if self.budget_left < 0:
            raise BudgetSpentError

    def at(self, sizes: Mapping[Variable, int]) -> Graph | None:
        """The network with axes of these sizes, the others as they are; None where it cannot be built.

        Raises `BudgetSpentError` where that is not known, as it would cost more than is left.
        """
        key = self._key(sizes)
        if key not in self._networks:
            self._remember(key, self._build(sizes, self.budget_left))
        return self._networks[key]

    def probe(self, sizes: Mapping[Variable, int]) -> Graph | None:
        """As `at`, but also None where the network would be many times larger: no probe depends on a single size."""
        key = self._key(sizes)
        if key in self._networks:
            return self._networks[key]
        try:
            return self._build(sizes, LARGEST_BUILD * self.network.entries + 1000)
        except BudgetSpentError:
            if self.budget_left < 0:
                raise
            return None

    def _build(self, sizes: Mapping[Variable, int], budget: int) -> Graph | None:
        """The network at these sizes, for at most `budget`; None where it cannot be. Raises `BudgetSpentError`."""
        shapes = {
            name: (shape[0], *(sizes.get((name, axis), shape[axis]) for axis in range(1, len(shape))))
            for name, shape in self.network.inputs.items()
        }
        found = self.blueprint.attempt(shapes, max(min(budget, self.budget_left), 0))
        self.spend(found.cost + 1)
        if found.network is None and found.error is None:
            raise BudgetSpentError
        return found.network

    def _key(self, sizes: Mapping[Variable, int]) -> tuple[int, ...]:
        """The sizes of all variables, in order."""
        own = self.network.inputs
        return tuple(sizes.get((name, axis), own[name][axis]) for name, axis in self.variables)

    def _remember(self, key: tuple[int, ...], network: Graph | None) -> None:
        """Keep what was built, and forget all before it where that becomes too much."""
        size = 1 if network is None else len(network.nodes) + 1
        if self._remembered + size > max(MOST_KEPT_LAYERS, 2 * len(self.network.nodes)):
            self._networks.clear()
            self._remembered = 0
        self._remembered += size
        self._networks[key] = network
