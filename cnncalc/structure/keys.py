"""What makes stretches of entries alike: the same for those that differ in values alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from cnncalc.structure.program import ABSENT, PRESENT, Branches, Call, Group, Loop, Series

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

    from cnncalc.structure.program import Expression, Item, Ref

_DIGITS: Final = re.compile(r"\d+(?:[a-z](?![A-Za-z]))?")
"""A number in a name, and one letter behind it: `block2a` and `block2b` are of one kind."""


class Keys:
    """Keys of entries, as small numbers: equal for entries that may be one text, with parameters where values differ.

    `loose` keys take no account of the numbers in names. Without them, a shortcut may be there or not, and may have
    entries or not, where `optional`.
    """

    def __init__(self, *, loose: bool = False, optional: bool = False) -> None:
        self.loose = loose
        self.optional = optional
        self._numbers: dict[Hashable, int] = {}
        self._known: dict[int, tuple[Item, int]] = {}

    def of_item(self, item: Item, *, with_inputs: bool = True) -> int:
        """The key of an entry; without that of what it takes, if that is looked at elsewhere."""
        if not with_inputs:
            return self._number(self._made(item, with_inputs=False))
        known = self._known.get(id(item))
        if known is None:
            known = self._known[id(item)] = (item, self._number(self._made(item)))
        return known[1]

    def of_body(self, body: Iterable[Item]) -> int:
        """The key of entries in a row."""
        return self._number(tuple(self.of_item(item) for item in body))

    def of_group(self, body: Sequence[Item]) -> int:
        """The key of a scope's entries; where a sum with the input is all of them, it may be missing."""
        only = body[0] if len(body) == 1 else None
        if self.optional and isinstance(only, Branches) and only.is_residual and not only.branches[1]:
            first = only.branches[0][0]
            rest = only.branches[0][1:]
            keys = (self.of_item(first, with_inputs=False), *(self.of_item(item) for item in rest))
            return self._number(("scope", only.inputs, keys))
        first, rest = body[0], list(body[1:])
        keys = (self.of_item(first, with_inputs=False), *(self.of_item(item) for item in rest))
        return self._number(("scope", first.inputs, keys))

    def _number(self, key: Hashable) -> int:
        return self._numbers.setdefault(key, len(self._numbers))

    def _made(self, item: Item, *, with_inputs: bool = True) -> Hashable:
        inputs = self._refs(item.inputs) if with_inputs else ()
        if isinstance(item, Call):
            share = self._word(item.share) if isinstance(item.share, str) else None
            name = None if item.is_counted else self._word(item.name)
            return "call", item.type, name, inputs, share, _condition(item.when)
        if isinstance(item, Group):
            share = self._word(item.share) if isinstance(item.share, str) else None
            return "group", self._word(item.name), inputs, share, str(item.when), self.of_body(item.body)
        if isinstance(item, Loop):
            return "loop", self._word(item.name), inputs, tuple(item.variables), self.of_body(item.body)
        assert isinstance(item, Branches)
        branches: list[Any] = [self.of_body(branch) for branch in item.branches]
        if self.optional and item.is_residual:
            branches = branches[:1]
        return "branches", inputs, self.of_item(item.merge, with_inputs=False), tuple(branches), str(item.when)

    def _refs(self, refs: tuple[Ref, ...] | None) -> Hashable:
        if refs is None:
            return None
        return tuple(self._ref(ref) for ref in refs)

    def _ref(self, ref: Ref) -> Hashable:
        if isinstance(ref, Series):
            return "series", self._word(ref.template)
        return self._word(ref) if isinstance(ref, str) else ref

    def _word(self, word: str | None) -> str | None:
        return _DIGITS.sub("#", word) if self.loose and word is not None else word


def _condition(when: Expression | None) -> str:
    """A condition, where it is not that of an entry that is there in some stretches."""
    return "" if when in (None, ABSENT, PRESENT) else str(when)


def size(items: Iterable[Item]) -> int:
    """About how many lines entries take."""
    total = 0
    for item in items:
        if isinstance(item, Call):
            total += 1
        elif isinstance(item, (Group, Loop)):
            total += 2 + size(item.body)
        elif isinstance(item, Branches):
            total += 2 + sum(map(size, item.branches))
    return total


def layers(items: Iterable[Item], blocks: Mapping[str, int]) -> int:
    """How many layers stand in entries, each loop once; `blocks` have so many."""
    total = 0
    for item in items:
        if isinstance(item, Call):
            total += blocks.get(item.type, 1) if item.is_block else 1
        elif isinstance(item, (Group, Loop)):
            total += layers(item.body, blocks)
        elif isinstance(item, Branches):
            total += 1 + sum(layers(branch, blocks) for branch in item.branches)
    return total
