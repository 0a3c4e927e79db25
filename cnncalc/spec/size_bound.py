"""A lower bound of what a spec expands to, found without expanding it: one that is far too large is refused at once."""

from __future__ import annotations

from collections import ChainMap
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cnncalc.errors import CnncalcError
from cnncalc.spec.entries import Group, LayerEntry, Parallel, Residual, Reuse, Unread
from cnncalc.spec.evaluation import Evaluator
from cnncalc.spec.limits import MAX_BLOCKS, MAX_LAYERS, MAX_NESTING, MAX_VISITS, LimitError
from cnncalc.spec.loops import MOST_ROUNDS
from cnncalc.spec.scopes import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnncalc.spec.document import Spec
    from cnncalc.spec.entries import Entry
    from cnncalc.spec.namespace import Namespace
    from cnncalc.spec.scopes import Values
    from cnncalc.text_nodes import TextNode

MOST_ESTIMATED: Final = 20_000
"""The most entries that one bound looks at beside those in the text; further ones count 0."""


class Size(NamedTuple):
    """Layers, and entries visited."""

    layers: int = 0
    visits: int = 0


class SizeBound:
    """A lower bound of the layers and visited entries of a spec.

    What stands under a `when` counts 0 if only the expansion knows whether it holds, and so do the rounds of a loop
    whose number only the expansion knows.
    """

    def __init__(self, spec: Spec, values: dict[str, Any]) -> None:
        self.spec = spec
        self.values = values
        self.evaluator = Evaluator(spec.source)
        self.blocks: dict[str, Size] = {}
        self.named: dict[str, Size] = {}
        """The least size of the entries of each name, whatever scope they are in."""
        self.active: list[str] = []
        self.nesting = 0
        self.entries_left = MOST_ESTIMATED + spec.entry_count

    def check(self, entry: Entry, entries: list[Entry], values: Values, rounds: int = 1) -> None:
        """Raise `LimitError` if so many `rounds` of a loop's or block's `entries` are certain to become too large.

        `values` are those around the loop, or within the block.
        """
        if isinstance(entry, Group) and entries is entry.layers:
            values = self._inside(entry, values)
        self._times(entry.at, rounds, self._sum(entries, values))

    def _times(self, at: TextNode, rounds: int, size: Size) -> Size:
        """The size of so many rounds, of which each is a visit too."""
        return self._bounded(at, Size(size.layers * rounds, (size.visits + 1) * rounds))

    def _bounded(self, at: TextNode, size: Size) -> Size:
        """A size, if it is not too large; raises `LimitError`."""
        for what, count, most in (("layers", size.layers, MAX_LAYERS), ("entries", size.visits, MAX_VISITS)):
            if count > most:
                unrolled = ", loops unrolled" if what == "entries" else ""
                place = self.spec.source.place(at)
                raise LimitError(f"the network has more than {most:,} {what}{unrolled}", place=place)
        return size

    def _sum(self, entries: Iterable[Entry], values: Values) -> Size:
        """The least size of entries in a row."""
        total = Size()
        if self.nesting < MAX_NESTING:
            self.nesting += 1
            for entry in entries:
                size = self._size(entry, values)
                total = self._bounded(entry.at, Size(total.layers + size.layers, total.visits + size.visits))
            self.nesting -= 1
        return total

    def _size(self, entry: Entry, values: Values) -> Size:
        """The least size of an entry; `values` are those that do not change within it."""
        self.entries_left -= 1
        if self.entries_left < 0 or (entry.when is not None and self._value(entry.when, values) is not True):
            return Size(0, 1)
        rounds = 1
        if isinstance(entry, Group):
            rounds = self._rounds(entry, values)
            values = self._inside(entry, values)
        size = self._times(entry.at, rounds, self._content(entry, values))
        if entry.name is not None:
            self.named[entry.name.text] = min(size, self.named.get(entry.name.text, size))
        return size

    def _content(self, entry: Entry, values: Values) -> Size:
        """The least size of one round of an entry."""
        if isinstance(entry, LayerEntry):
            written = self._value(entry.kind, values) if entry.kind.dynamic else entry.kind.text
            known = isinstance(written, str) and written in self.spec.blocks
            return self._block(written, entry, values) if known else Size(1, 0)
        if isinstance(entry, Group):
            return self._sum(entry.layers, values)
        if isinstance(entry, Residual):
            return self._sum(entry.layers, values)
        if isinstance(entry, Reuse) and entry.share is not None:
            return self.named.get(entry.share.text, Size())
        if isinstance(entry, (Unread, Reuse)):
            return Size()
        assert isinstance(entry, Parallel)
        branches = (branch if isinstance(branch, list) else [branch] for branch in entry.branches)
        return self._sum((inner for branch in branches for inner in branch), values)

    def _block(self, name: str, entry: LayerEntry, values: Values) -> Size:
        """The least size of a block, as far as its parameters are known here."""
        if name in self.active or len(self.active) >= MAX_BLOCKS:
            return Size()
        block = self.spec.blocks[name]
        inside: Values = ChainMap({}, self.values)
        for word, (_, default) in block.parameters.items():
            given = entry.options.get(word)
            inside[word] = self._value(given[1], values) if given else self._value(default, inside)
        key = f"{name} {[None if value is UNKNOWN else (value,) for value in inside.maps[0].values()]}"
        known = self.blocks.get(key)
        if known is None:
            self.active.append(name)
            known = self.blocks[key] = self._sum(block.entries, inside)
            self.active.pop()
        return known

    def _rounds(self, entry: Group, values: Values) -> int:
        """The rounds of a loop that are known here; 0 where they are not."""
        if entry.repeat is not None:
            rounds = self._value(entry.repeat, values)
            return int(rounds) if type(rounds) in (int, float) and 0 <= rounds <= MOST_ROUNDS else 0
        if entry.loop is not None:
            lists = [self._value(node, values) for node in entry.loop.values.values()]
            return min(len(rows) if isinstance(rows, list) else 0 for rows in lists)
        return 1

    def _inside(self, entry: Group, values: Values) -> Values:
        """The values within a group: a loop's variables hide others, and change."""
        if entry.loop is None:
            return values if entry.repeat is None else values.new_child({"index": UNKNOWN})
        hidden = [name.strip() for key in entry.loop.keys for name in key.split(",")]
        return values.new_child(dict.fromkeys([*hidden, "index"], UNKNOWN))

    def _value(self, node: TextNode, values: Values) -> Any:
        """The value of a node if it follows from values that are known here."""

        def names() -> Namespace:
            from cnncalc.spec.entry_names import StaticNames

            return StaticNames(values)

        budget = self.evaluator.budget
        if node.dynamic and budget.steps > budget.most_steps:
            return UNKNOWN
        try:
            return self.evaluator.plain(node, names)
        except CnncalcError:
            return UNKNOWN
