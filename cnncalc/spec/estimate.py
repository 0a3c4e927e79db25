"""How large a spec becomes at least, from its text alone; so that one that is far too large is refused at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cnncalc.errors import CnncalcError
from cnncalc.spec.entries import Group, LayerEntry, Parallel, Residual
from cnncalc.spec.values import Evaluator

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnncalc.spec.document import Spec
    from cnncalc.spec.entries import Entry
    from cnncalc.spec.expressions import Names
    from cnncalc.spec.tree import Node

MAX_LAYERS: Final = 1_000_000
MAX_VISITS: Final = 3_000_000
"""The most entries that an expansion may visit, each round of a loop counted anew."""

MAX_BLOCKS: Final = 50
"""The deepest nesting of blocks."""


class Size(NamedTuple):
    """Layers, and entries visited."""

    layers: int = 0
    visits: int = 0


class Estimate:
    """A lower bound: what stands under a `when`, or is repeated by what only the expansion knows, counts nothing."""

    def __init__(self, spec: Spec, values: dict[str, Any]) -> None:
        self.spec = spec
        self.values = values
        self.evaluator = Evaluator(spec.source)
        self.blocks: dict[str, Size] = {}
        self.depth = 0

    def check(self) -> None:
        """Raise `CnncalcError` at what is certain to become too large."""
        self._sum(self.spec.entries, self.values)

    def _sum(self, entries: Iterable[Entry], values: dict[str, Any]) -> Size:
        sizes = [self._size(entry, values) for entry in entries]
        return Size(sum(size.layers for size in sizes), sum(size.visits for size in sizes))

    def _size(self, entry: Entry, values: dict[str, Any]) -> Size:
        """The least size of an entry; `values` are those that do not change within it."""
        if entry.when is not None:
            return Size(0, 1)
        size = self._content(entry, values)
        rounds = self._rounds(entry.repeat, values) if isinstance(entry, Group) and entry.repeat else 1
        size = Size(size.layers * rounds, (size.visits + 1) * rounds)
        for what, count, most in (("layers", size.layers, MAX_LAYERS), ("entries", size.visits, MAX_VISITS)):
            if count > most:
                unrolled = ", loops unrolled" if what == "entries" else ""
                raise self.spec.source.error(entry.at, f"the network has more than {most:,} {what}{unrolled}")
        return size

    def _content(self, entry: Entry, values: dict[str, Any]) -> Size:
        if isinstance(entry, LayerEntry):
            return self._block(entry.kind.text) if entry.kind.text in self.spec.blocks else Size(1, 0)
        if isinstance(entry, Group):
            return self._sum(entry.layers, values) if entry.loop is None else Size()
        if isinstance(entry, Residual):
            return self._sum(entry.layers, values)
        assert isinstance(entry, Parallel)
        branches = (branch if isinstance(branch, list) else [branch] for branch in entry.branches)
        return self._sum((inner for branch in branches for inner in branch), values)

    def _block(self, name: str) -> Size:
        """The least size of a block, whose parameters are not known here."""
        known = self.blocks.get(name)
        if known is None:
            self.blocks[name] = Size()
            if self.depth < MAX_BLOCKS:
                self.depth += 1
                self.blocks[name] = self._sum(self.spec.blocks[name].entries, {})
                self.depth -= 1
            known = self.blocks[name]
        return known

    def _rounds(self, repeat: Node, values: dict[str, Any]) -> int:
        """The rounds of a `repeat` that follows from the file's parameters; 0 where it does not."""

        def names() -> Names:
            from cnncalc.spec.expressions import Names

            return Names(values)

        try:
            rounds = self.evaluator.plain(repeat, names)
        except CnncalcError:
            return 0
        return max(rounds, 0) if type(rounds) is int else 0
