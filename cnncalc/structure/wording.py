"""The words by which entries name what they take, from where they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.structure.program import PREVIOUS, Block, Branches, Call, Group, Loop

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnncalc.structure.program import Item, Ref


class Unwritable(Exception):  # noqa: N818 - no fault of anyone's: with less structure it can be written
    """That no word stands for a tensor from where it is taken, as in the scope at `path` its name means another."""

    def __init__(self, path: str = "") -> None:
        super().__init__(path)
        self.path = path


class _Hidden:
    """What stands for a word that means something else in the scope at `path`."""

    def __init__(self, path: str) -> None:
        self.path = path


def network_words(body: Sequence[Item], inputs: Sequence[str]) -> list[Item]:
    """The entries of a network with words in place of numbers; raises `Unwritable`."""
    return _Scope(list(inputs), tuple(range(len(inputs)))).worded(body)


def block_words(block: Block) -> Block:
    """A block with words in place of numbers; raises `Unwritable`."""
    inputs = block.inputs or ("input",)
    body = _Scope(list(inputs), tuple(range(len(inputs)))).worded(block.body)
    return Block(block.name, block.parameters, block.inputs, body)


class _Scope:
    """A scope: `outside` are the words for what comes from outside, `arriving` the numbers of what arrives first."""

    def __init__(self, outside: Sequence[str | _Hidden], arriving: tuple[Ref, ...], path: str = "") -> None:
        self.path = path
        self.outside = outside
        self.arriving = arriving
        self.previous: str | None = None

    def worded(self, items: Iterable[Item]) -> list[Item]:
        """The entries with words in place of numbers, where the first takes what arrives."""
        first = self._word(self.arriving[0]) if len(self.arriving) == 1 else None
        self.previous = first if isinstance(first, str) else None
        return [self._item(item, is_first=number == 0) for number, item in enumerate(items)]

    def _branch(self, items: Iterable[Item]) -> list[Item]:
        """The entries of a branch or round."""
        return [self._item(item, is_first=False) for item in items]

    def _item(self, item: Item, *, is_first: bool) -> Item:
        inputs = self._inputs(item.inputs, is_first=is_first)
        worded = self._worded(item, inputs, is_first=is_first)
        if item.inputs != ():
            self.previous = item.name
        return worded

    def _worded(self, item: Item, inputs: tuple[Ref, ...] | None, *, is_first: bool) -> Item:
        if isinstance(item, Call):
            return _copy_of_call(item, inputs)
        if isinstance(item, Group):
            return self._group(item, is_first=is_first)
        if isinstance(item, Loop):
            return self._loop(item, inputs)
        assert isinstance(item, Branches)
        before = self.previous if item.inputs is None else None
        branches: list[list[Item]] = []
        for branch in item.branches:
            self.previous = before
            branches.append(self._branch(branch))
        return Branches(branches, item.merge, inputs, when=item.when, arriving=item.arriving)

    def _loop(self, item: Loop, inputs: tuple[Ref, ...] | None) -> Loop:
        self.previous = None
        body = self._branch(item.body)
        [only] = body if len(body) == 1 else [None]
        if isinstance(only, Group) and only.name is not None and only.inputs is None and only.when is None:
            return Loop(only.name, only.body, inputs, item.count, item.variables, arriving=item.arriving)
        return Loop(None, body, inputs, item.count, item.variables, arriving=item.arriving)

    def _group(self, item: Group, *, is_first: bool) -> Group:
        """A group: what its first entry takes is what it takes `from`, and arrives there."""
        if item.name is None:
            body = self._branch(item.body)
            return Group(None, body, self._inputs(item.inputs, is_first=False), when=item.when, arriving=item.arriving)
        refs = (PREVIOUS,) if item.inputs is None else item.inputs
        arriving = first_refs(item)
        taken = self._inputs(_of(refs, arriving), is_first=is_first)
        local = {inner.name for inner in item.body}
        words = [self._word(ref) for ref in refs]
        path = f"{self.path}{item.name}."
        outside = [
            _Hidden(path) if isinstance(word, str) and word.partition(".")[0] in local else word for word in words
        ]
        body = _Scope(outside, arriving, path).worded(item.body)
        return Group(item.name, body, taken, when=item.when, arriving=item.arriving)

    def _inputs(self, refs: tuple[Ref, ...] | None, *, is_first: bool) -> tuple[Ref, ...] | None:
        """The words of `from`; None where it is what comes before."""
        if refs is None or refs == (PREVIOUS,) or (is_first and refs == self.arriving):
            return None
        return tuple(PREVIOUS if ref == PREVIOUS else self._certain(ref) for ref in refs)

    def _certain(self, ref: Ref) -> str:
        word = self._word(ref)
        if isinstance(word, _Hidden):
            raise Unwritable(word.path)
        return word

    def _word(self, ref: Ref) -> str | _Hidden:
        """The word for a tensor, or in which scope there is none."""
        if isinstance(ref, int):
            return self.outside[ref] if ref < len(self.outside) else _Hidden(self.path)
        return ref if ref != PREVIOUS else self.previous or _Hidden(self.path)


def first_refs(group: Group) -> tuple[Ref, ...]:
    """What the first entry of a scope takes that takes anything, as numbers of what comes from outside."""
    for item in group.body:
        refs = item.inputs
        if isinstance(item, Group):
            refs = None if refs is None else _of(refs, first_refs(item))
        if refs != ():
            return tuple(ref for ref in refs or () if isinstance(ref, int)) if refs else ()
    return ()


def _of(refs: Sequence[Ref], numbers: Sequence[Ref]) -> tuple[Ref, ...]:
    return tuple(refs[number] for number in numbers if isinstance(number, int))


def _copy_of_call(item: Call, inputs: tuple[Ref, ...] | None) -> Call:
    return Call(
        item.type,
        item.name,
        item.options,
        inputs,
        is_block=item.is_block,
        is_counted=item.is_counted,
        share=item.share,
        arriving=item.arriving,
    )
