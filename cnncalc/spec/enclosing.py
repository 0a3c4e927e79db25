"""The loops and blocks that an expansion is within, and the check in good time that they do not become too large."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from cnncalc.spec.document import Spec
    from cnncalc.spec.entries import Entry
    from cnncalc.spec.limits import Budget
    from cnncalc.spec.scopes import Values

FIRST_CHECK: Final = 10_000
"""After so many visits to entries their final number is bounded from below, and again at about twice as many each time:
seldom enough not to be noticed, and soon enough to refuse at once a spec that becomes millions of layers."""


class Enclosing:
    """The loops and blocks that are being expanded, outermost first; counts the visits to entries in them."""

    def __init__(self, spec: Spec, values: dict[str, Any], budget: Budget) -> None:
        self.spec = spec
        self.values = values
        self.budget = budget
        self._stack: list[tuple[Entry, list[Entry], Values, int]] = []
        self._next_check = FIRST_CHECK

    def enter(self, entry: Entry, entries: list[Entry], values: Values, rounds: int = 1) -> None:
        """Begin with a loop or block, as `SizeBound.check` takes it."""
        self._stack.append((entry, entries, values, rounds))

    def leave(self) -> None:
        """The innermost loop or block is done."""
        self._stack.pop()

    def visit(self, entry: Entry) -> None:
        """Count an entry or a round of a loop; now and then, check that they do not become too many."""
        self.budget.visit(self.spec.source, entry.at)
        if self.budget.visits >= self._next_check:
            self.check()

    def check(self) -> None:
        """Raise `LimitError` where the loops and blocks that are being expanded are certain to become too large."""
        from cnncalc.spec.size_bound import SizeBound

        self._next_check = 2 * self.budget.visits + FIRST_CHECK
        bound = SizeBound(self.spec, self.values)
        for loop_or_block in self._stack:
            bound.check(*loop_or_block)
