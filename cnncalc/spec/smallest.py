"""The smallest input that a network takes, found by bisection over building it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.spec.layer_factory import TooSmallError

if TYPE_CHECKING:
    from cnncalc.errors import CnncalcError
    from cnncalc.graph.graph import Origin
    from cnncalc.shapes import Shape

LARGEST_SIZE: Final = 2**14
"""Sizes above this are not tried."""
SEARCH_BUDGET: Final = 20_000
"""The most entries that may be visited on the search, those left out by their `when` too: about 0.1 s, for a hint."""

Shapes = dict[str, "Shape"]


def smallest_input(blueprint: Origin, shapes: Shapes, budget: int = SEARCH_BUDGET) -> Shapes | None:
    """The input with the smallest spatial sizes, channels as given, that a network takes; None if it is not found.

    Windows work on each axis separately, and one that fits an input fits every larger one. So the least size of each
    axis is found by bisection while the others are large, and together they are the smallest input.

    >>> import cnncalc
    >>> smallest_input(cnncalc.load("alexnet").blueprint, {"input": (3, 20, 20)})
    {'input': (3, 67, 67)}
    """
    search = _Search(blueprint, budget)
    try:
        return search.smallest(shapes)
    except _BudgetError:
        return None


class _BudgetError(Exception):
    """The budget is spent: the search takes too long for a hint."""


class _Search:
    """A search for the smallest input by bisection, which may visit so many entries as its budget says."""

    def __init__(self, blueprint: Origin, budget: int) -> None:
        self.blueprint = blueprint
        self.budget_left = budget

    def smallest(self, shapes: Shapes) -> Shapes | None:
        """The smallest input, bisected below one that is large enough; None where there is none."""
        large = shapes
        while self._too_small(large):
            large = {name: (shape[0], *(size * 2 for size in shape[1:])) for name, shape in large.items()}
            if max(max(shape[1:], default=LARGEST_SIZE) for shape in large.values()) > LARGEST_SIZE:
                return None
        least = {
            name: (shape[0], *(self._least(large, name, axis) for axis in range(1, len(shape))))
            for name, shape in large.items()
        }
        return least if self._error(least) is None else None

    def _least(self, shapes: Shapes, name: str, axis: int) -> int:
        """The least size of one axis at which no window is too large."""
        low, high = 1, shapes[name][axis]
        while low < high:
            middle = (low + high) // 2
            if self._too_small({**shapes, name: (*shapes[name][:axis], middle, *shapes[name][axis + 1 :])}):
                low = middle + 1
            else:
                high = middle
        return low

    def _too_small(self, shapes: Shapes) -> bool:
        return isinstance(self._error(shapes), TooSmallError)

    def _error(self, shapes: Shapes) -> CnncalcError | None:
        """What is wrong with these shapes, if anything is."""
        found = self.blueprint.attempt(shapes, self.budget_left)
        self.budget_left -= found.cost + 1
        if found.network is None and found.error is None:
            raise _BudgetError
        return found.error
