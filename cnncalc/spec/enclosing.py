"""The loops and blocks that an expansion is within, and the check in good time that they do not become too large."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnncalc.spec.limits import MAX_BLOCKS

if TYPE_CHECKING:
    from cnncalc.errors import CnncalcError
    from cnncalc.spec.document import Block, Spec
    from cnncalc.spec.entries import Entry, LayerEntry
    from cnncalc.spec.limits import Budget
    from cnncalc.spec.scopes import Values

FIRST_CHECK: Final = 10_000
"""After so many visits to entries their final number is bounded from below, and again at about twice as many each time:
seldom enough not to be noticed, and soon enough to refuse at once a spec that becomes millions of layers."""

MOST_NOTES: Final = 8
"""How many of the uses of blocks around an error are named."""


class Enclosing:
    """The loops and blocks that are being expanded, outermost first; counts the visits to entries in them."""

    def __init__(self, spec: Spec, values: dict[str, Any], budget: Budget) -> None:
        self.spec = spec
        self.values = values
        self.budget = budget
        self._stack: list[tuple[Entry, list[Entry], Values, int]] = []
        self._blocks: list[tuple[Block, LayerEntry, str]] = []
        """The blocks, each with the entry that uses it and the name that it has there."""
        self._next_check = FIRST_CHECK

    def enter(self, entry: Entry, entries: list[Entry], values: Values, rounds: int = 1) -> None:
        """Begin with a loop or block, as `SizeBound.check` takes it."""
        self._stack.append((entry, entries, values, rounds))

    def leave(self) -> None:
        """The innermost loop or block is done."""
        self._stack.pop()

    def check_nesting(self, entry: LayerEntry, block: Block) -> None:
        """Raise `CnncalcError` where a block is used within itself, or within too many others."""
        source = self.spec.source
        if any(block is other for other, _, _ in self._blocks):
            raise source.error(entry.at, f"block `{block.name}` contains itself")
        if len(self._blocks) >= MAX_BLOCKS:
            raise source.error(entry.at, f"more than {MAX_BLOCKS} blocks in each other", code="limit")

    def enter_block(self, entry: LayerEntry, block: Block, name: str, values: Values) -> None:
        """Begin with a block, which an entry uses under a full name."""
        self._blocks.append((block, entry, name))
        self.enter(entry, block.entries, values)

    def leave_block(self) -> None:
        """The innermost block is done."""
        self._blocks.pop()
        self.leave()

    @property
    def depth(self) -> tuple[int, int]:
        """How many loops and blocks there are, and how many blocks alone: `leave_to` goes back there."""
        return len(self._stack), len(self._blocks)

    def leave_to(self, depth: tuple[int, int]) -> None:
        """Leave what was entered since there were so many, where an error has ended it."""
        del self._stack[depth[0] :], self._blocks[depth[1] :]

    def note_uses(self, error: CnncalcError) -> None:
        """Add to an error which blocks it is in, and where these are used."""
        for block, entry, name in self._blocks[: -MOST_NOTES - 1 : -1]:
            error.append_note(f"in block `{block.name}`, used here as `{name}`", self.spec.source.place(entry.at))

    def note_copy(self, error: CnncalcError, entry: Entry, name: str) -> None:
        """Add to an error, which stands where an entry does, that it is about a copy of it, and where that is."""
        if len(error.notes) < MOST_NOTES:
            error.append_note(f"once more here, as `{name}`", self.spec.source.place(entry.at))

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
