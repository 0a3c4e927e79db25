"""How large a spec becomes at least, from its text alone; so that one that is far too large is refused at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from cnncalc.errors import CnncalcError
from cnncalc.spec.entries import Group, LayerEntry, Parallel, Residual
from cnncalc.spec.limits import MAX_BLOCKS, MAX_LAYERS, MAX_NESTING, MAX_VISITS
from cnncalc.spec.loops import MOST_ROUNDS
from cnncalc.spec.values import Evaluator

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnncalc.spec.document import Spec
    from cnncalc.spec.entries import Entry
    from cnncalc.spec.expressions import Names
    from cnncalc.spec.nodes import Node


class Size(NamedTuple):
    """Layers, and entries visited."""

    layers: int = 0
    visits: int = 0


class Estimate:
    """A lower bound: what stands under a `when` counts nothing if only the expansion knows whether it holds.

    Nor does what is repeated by what only the expansion knows.
    """

    def __init__(self, spec: Spec, values: dict[str, Any]) -> None:
        self.spec = spec
        self.values = values
        self.evaluator = Evaluator(spec.source)
        self.blocks: dict[str, Size] = {}
        self.depth = 0
        self.nesting = 0

    def check(self) -> None:
        """Raise `CnncalcError` at what is certain to become too large."""
        self._sum(self.spec.entries, self.values)

    def _sum(self, entries: Iterable[Entry], values: dict[str, Any]) -> Size:
        if self.nesting >= MAX_NESTING:
            return Size()
        self.nesting += 1
        sizes = [self._size(entry, values) for entry in entries]
        self.nesting -= 1
        return Size(sum(size.layers for size in sizes), sum(size.visits for size in sizes))

    def _size(self, entry: Entry, values: dict[str, Any]) -> Size:
        """The least size of an entry; `values` are those that do not change within it."""
        if entry.when is not None and self._known(entry.when, values) is not True:
            return Size(0, 1)
        rounds = 1
        if isinstance(entry, Group):
            rounds = self._rounds(entry, values)
            values = self._inside(entry, values)
        size = self._content(entry, values)
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
            return self._sum(entry.layers, values)
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

    def _rounds(self, entry: Group, values: dict[str, Any]) -> int:
        """The rounds of a loop that follow from the file's parameters; 0 where they do not."""
        if entry.repeat is not None:
            rounds = self._known(entry.repeat, values)
            return int(rounds) if type(rounds) in (int, float) and 0 <= rounds <= MOST_ROUNDS else 0
        if entry.loop is not None:
            lists = [self._known(node, values) for node in entry.loop.values.values()]
            return min(len(rows) if isinstance(rows, list) else 0 for rows in lists)
        return 1

    def _inside(self, entry: Group, values: dict[str, Any]) -> dict[str, Any]:
        """The values that do not change within a group: a loop's variables hide parameters."""
        if entry.loop is None:
            return values
        hidden = {name.strip() for key in entry.loop.keys for name in key.split(",")}
        return {name: value for name, value in values.items() if name not in hidden}

    def _known(self, node: Node, values: dict[str, Any]) -> Any:
        """The value of a node if it follows from the file's parameters, or None."""

        def names() -> Names:
            from cnncalc.spec.expressions import Names

            return Names(values)

        try:
            return self.evaluator.plain(node, names)
        except CnncalcError:
            return None
