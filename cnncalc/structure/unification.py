"""One text for several stretches of entries that are alike, with parameters where their values differ."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, TypeVar

from cnncalc.structure.options import UNKNOWN, default_option, in_order
from cnncalc.structure.program import (
    ABSENT,
    PRESENT,
    REQUIRED,
    Block,
    Branches,
    Call,
    Expression,
    Group,
    Item,
    Loop,
    Series,
)
from cnncalc.structure.shortcuts import shortcut_condition
from cnncalc.structure.slots import MISSING, Mismatch, Slots

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from cnncalc.structure.program import Ref

Kind = TypeVar("Kind", bound=Item)
_NAMES: Final = re.compile(r"[A-Za-z_]\w*")


def unified(
    bodies: Sequence[Sequence[Item]], blocks: Mapping[str, Block], *, numbered: bool
) -> tuple[list[Item], Slots]:
    """The text of stretches, and its parameters with their values in each; raises `Mismatch`.

    `numbered` stretches are the rounds of a loop. `blocks` are those that are there, by name.
    """
    avoid = frozenset(name for body in bodies for name in names_in(body))
    slots = Slots(len(bodies), numbered=numbered, avoid=avoid)
    _Unification(slots, blocks).body(bodies, ())
    slots = Slots(len(bodies), numbered=numbered, avoid=avoid, plan=slots)
    return _Unification(slots, blocks).body(bodies, ()), slots


def names_in(items: Iterable[Item]) -> Iterator[str]:
    """The names in the expressions of entries, and the variables of their loops."""
    for item in items:
        if isinstance(item, Call):
            for value in item.options.values():
                if isinstance(value, Expression):
                    yield from _NAMES.findall(value.text)
        elif isinstance(item, Group):
            yield from names_in(item.body)
        elif isinstance(item, Loop):
            yield from item.variables
            yield from _NAMES.findall(str(item.count))
            yield from names_in(item.body)
        elif isinstance(item, Branches):
            for branch in item.branches:
                yield from names_in(branch)


class _Unification:
    """A walk through stretches side by side."""

    def __init__(self, slots: Slots, blocks: Mapping[str, Block]) -> None:
        self.slots = slots
        self.blocks = blocks
        self.present: list[int] = list(range(slots.count))
        """The stretches that are there in this part."""

    def body(self, bodies: Sequence[Sequence[Item]], path: tuple[str, ...]) -> list[Item]:
        """The entries that stand for those of all stretches."""
        if any(len(body) != len(bodies[0]) for body in bodies):
            raise Mismatch
        return [self._item(items, path) for items in zip(*bodies, strict=True)]

    def _item(self, items: tuple[Item, ...], path: tuple[str, ...]) -> Item:
        first = items[0]
        name = first.name if _is_counted(first) else self.slots.text([item.name for item in items])
        inputs = self._inputs([item.inputs for item in items])
        arriving = first.arriving if all(item.arriving == first.arriving for item in items) else None
        if isinstance(first, Call):
            return self._call(_all(items, Call), name, inputs, arriving, path)
        if isinstance(first, Group):
            groups = _all(items, Group)
            if any(group.when != first.when for group in groups):
                raise Mismatch
            inner = (*path, name) if name else path
            body = self.body([group.body for group in groups], inner)
            share = self._share([group.share for group in groups])
            return Group(name, body, inputs, when=first.when, share=share, arriving=arriving)
        if isinstance(first, Loop):
            return self._loop(_all(items, Loop), name, inputs, arriving, path)
        return self._branches(_all(items, Branches), inputs, arriving, path)

    def _inputs(self, inputs: Sequence[tuple[Ref, ...] | None]) -> tuple[Ref, ...] | None:
        """The inputs that stand for those of all stretches."""
        first = inputs[0]
        if all(refs == first for refs in inputs):
            return first
        found: list[Ref] = []
        if any(refs is None or first is None or len(refs) != len(first) for refs in inputs):
            raise Mismatch
        for refs in zip(*(refs for refs in inputs if refs is not None), strict=True):
            if all(ref == refs[0] for ref in refs):
                found.append(refs[0])
                continue
            series = [ref for ref in refs if isinstance(ref, Series)]
            if series:
                found.append(self._series(series, len(refs)))
                continue
            word = self.slots.text([ref if isinstance(ref, str) else None for ref in refs])
            if word is None:
                raise Mismatch
            found.append(word)
        return tuple(found)

    def _series(self, series: Sequence[Series], number: int) -> Series:
        """The series that stands for those of all stretches."""
        template = series[0].template
        if len(series) < number or any(other.template != template for other in series):
            raise Mismatch
        return Series(template, self.slots.number([other.count for other in series], "depth"))

    def _when(self, items: Sequence[Call]) -> Expression | None:
        """The condition of an entry that is not there in the first round."""
        first, *rest = (item.when for item in items)
        if all(when == first for when in rest):
            return first
        if self.slots.numbered and not self.slots.inside and first == ABSENT and all(when == PRESENT for when in rest):
            return Expression("index > 0")
        raise Mismatch

    def _call(
        self,
        calls: list[Call],
        name: str | None,
        inputs: tuple[Ref, ...] | None,
        arriving: int | None,
        path: tuple[str, ...],
    ) -> Call:
        first = calls[0]
        if any(call.type != first.type or call.is_counted != first.is_counted for call in calls):
            raise Mismatch
        options: dict[str, Any] = {}
        channels = [call.arriving for call in calls]
        place = (*path, name) if name and not first.is_counted else path
        for option in in_order(first.type, dict.fromkeys(option for call in calls for option in call.options)):
            values = [call.options.get(option, MISSING) for call in calls]
            if MISSING in values:
                default = self._default(first, option)
                values = [default if value is MISSING else value for value in values]
            options[option] = self.slots.value(self._whole(values), option, place, self._whole(channels))
        share = self._share([call.share for call in calls])
        return Call(
            first.type,
            name,
            options,
            inputs,
            is_block=first.is_block,
            is_counted=first.is_counted,
            share=share,
            when=self._when(calls),
            arriving=arriving,
        )

    def _share(self, shares: Sequence[str | bool | None]) -> str | bool | None:
        """The word for what all share; to have arrays of its own is said in all where it is in one."""
        if any(isinstance(share, str) for share in shares):
            return self.slots.text([share if isinstance(share, str) else None for share in shares])
        return False if False in shares else None

    def _default(self, call: Call, option: str) -> Any:
        """What an option is where it is not written; raises `Mismatch` where it must be."""
        block = self.blocks.get(call.type) if call.is_block else None
        default = block.parameters.get(option, REQUIRED) if block else default_option(call.type, option)
        if default is UNKNOWN or default is REQUIRED:
            raise Mismatch
        return default

    def _loop(
        self,
        loops: list[Loop],
        name: str | None,
        inputs: tuple[Ref, ...] | None,
        arriving: int | None,
        path: tuple[str, ...],
    ) -> Loop:
        first = loops[0]
        if any(loop.variables.keys() != first.variables.keys() for loop in loops):
            raise Mismatch
        variables = {
            key: self.slots.value(self._whole([loop.variables[key] for loop in loops]), _plural(key), path)
            for key in first.variables
        }
        lists = next((value for value in variables.values() if isinstance(value, Expression)), None)
        if lists is None:
            count = self.slots.value(self._whole([loop.count for loop in loops]), "depth", path)
        else:
            count = Expression(f"len({lists.text})")
        self.slots.inside += 1
        body = self.body([loop.body for loop in loops], path)
        self.slots.inside -= 1
        last = first.last if all(loop.last == first.last for loop in loops) else None
        return Loop(name, body, inputs, count, variables, last=last, arriving=arriving)

    def _branches(
        self, items: list[Branches], inputs: tuple[Ref, ...] | None, arriving: int | None, path: tuple[str, ...]
    ) -> Branches:
        first = items[0]
        merge = self._item(tuple(item.merge for item in items), path)
        assert isinstance(merge, Call)
        if any(len(item.branches) != len(first.branches) for item in items):
            raise Mismatch
        if any(item.when is ABSENT for item in items) or not all(
            bool(item.branches[-1]) == bool(first.branches[-1]) for item in items
        ):
            return self._optional(items, merge, inputs, arriving, path)
        branches = [self.body([item.branches[at] for item in items], path) for at in range(len(first.branches))]
        return Branches(branches, merge, inputs, arriving=arriving)

    def _optional(
        self,
        items: list[Branches],
        merge: Call,
        inputs: tuple[Ref, ...] | None,
        arriving: int | None,
        path: tuple[str, ...],
    ) -> Branches:
        """A sum whose shortcut is there in some stretches, or has entries in some."""
        if self.slots.numbered or len(self.present) < self.slots.count or not all(item.is_residual for item in items):
            raise Mismatch
        main = self.body([item.branches[0] for item in items], path)
        when = Expression(shortcut_condition(self.slots, items, path))
        if any(item.when is ABSENT for item in items):
            if any(item.branches[1] for item in items):
                raise Mismatch
            return Branches([main, []], merge, inputs, when=when, arriving=arriving)
        there = [number for number, item in enumerate(items) if item.branches[1]]
        before, self.present = self.present, there
        shortcut = self.body([items[number].branches[1] for number in there], path)
        self.present = before
        only = shortcut[0] if len(shortcut) == 1 else None
        if isinstance(only, Group) and only.when is None:
            shortcut = [Group(only.name, only.body, only.inputs, when=when, share=only.share, arriving=only.arriving)]
        else:
            shortcut = [Group(None, shortcut, None, when=when)]
        return Branches([main, shortcut], merge, inputs, arriving=arriving)

    def _whole(self, values: list[Any]) -> list[Any]:
        """Values of the stretches that are there, as those of all of them."""
        if len(self.present) == self.slots.count:
            return values
        found: list[Any] = [MISSING] * self.slots.count
        for number, value in zip(self.present, values, strict=True):
            found[number] = value
        return found


def _is_counted(item: Item) -> bool:
    """Whether the name of an entry is what counting gives."""
    named = item.merge if isinstance(item, Branches) else item
    return isinstance(named, Call) and named.is_counted


def _plural(word: str) -> str:
    """What the values of a variable in all rounds are called."""
    return f"all_{word}" if word.endswith("s") else f"{word}s"


def _all(items: tuple[Item, ...], kind: type[Kind]) -> list[Kind]:
    """The items, all of which are of one kind; raises `Mismatch`."""
    found = [item for item in items if isinstance(item, kind)]
    if len(found) < len(items):
        raise Mismatch
    return found
