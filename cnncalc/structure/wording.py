"""The words by which entries name what they take, from where they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cnncalc.structure.program import PREVIOUS, Block, Branches, Call, Group, Loop, Series

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from cnncalc.structure.program import Item, Ref


class Unwritable(Exception):  # noqa: N818 - no fault of anyone's: with less structure it can be written
    """That no word stands for a tensor from where it is taken, as in the scope at `path` its name means another."""

    def __init__(self, path: str = "") -> None:
        super().__init__(path)
        self.path = path


class _Hidden:
    """What stands for a word that means something else in the scope at `path`."""

    def __init__(self, path: tuple[str, ...]) -> None:
        self.path = path


class _Word(NamedTuple):
    """The word for a tensor that stands in the scope at `path`, `name` there, and `text` where it is taken."""

    text: str
    name: str
    path: tuple[str, ...]


def network_words(body: Sequence[Item], inputs: Sequence[str]) -> list[Item]:
    """The entries of a network with words in place of numbers; raises `Unwritable`."""
    return _outermost(inputs).worded(body)


def block_words(block: Block) -> Block:
    """A block with words in place of numbers; raises `Unwritable`."""
    inputs = block.inputs or ("input",)
    body = _outermost(inputs).worded(block.body)
    return Block(block.name, block.parameters, block.inputs, body)


def _outermost(inputs: Sequence[str]) -> _Scope:
    """The scope of a network or block, into which `inputs` come."""
    return _Scope([_Word(name, name, ()) for name in inputs], tuple(range(len(inputs))))


class _Scope:
    """A scope: `outside` are the words for what comes from outside, `arriving` the numbers of what arrives first."""

    def __init__(
        self, outside: Sequence[Series | _Word | _Hidden], arriving: tuple[Ref, ...], path: tuple[str, ...] = ()
    ) -> None:
        self.path = path
        self.outside = outside
        self.arriving = arriving
        self.previous: str | None = None

    def worded(self, items: Iterable[Item]) -> list[Item]:
        """The entries with words in place of numbers, where the first takes what arrives."""
        first = self._word(self.arriving[0]) if len(self.arriving) == 1 else None
        self.previous = first.text if isinstance(first, _Word) else None
        return [self._item(item, is_first=number == 0) for number, item in enumerate(items)]

    def _branch(self, items: Iterable[Item]) -> list[Item]:
        """The entries of a branch or round."""
        return [self._item(item, is_first=False) for item in items]

    def _item(self, item: Item, *, is_first: bool) -> Item:
        inputs = self._inputs(item.inputs, is_first=is_first)
        worded = self._worded(item, inputs, is_first=is_first)
        if item.inputs != ():
            self.previous = item.last if isinstance(item, Loop) else item.name
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
        if (
            isinstance(only, Group)
            and only.name is not None
            and only.inputs is None
            and only.when is None
            and only.share is None
        ):
            return item.with_body(only.name, only.body, inputs)
        return item.with_body(None, body, inputs)

    def _group(self, item: Group, *, is_first: bool) -> Group:
        """A group: what its first entry takes is what it takes `from`, and arrives there."""
        if item.name is None:
            body = self._branch(item.body)
            inputs = self._inputs(item.inputs, is_first=False)
            return Group(None, body, inputs, when=item.when, share=item.share, arriving=item.arriving)
        refs = (PREVIOUS,) if item.inputs is None else item.inputs
        arriving = first_refs(item)
        taken = self._inputs(_of(refs, arriving), is_first=is_first)
        path = (*self.path, item.name)
        local = {inner.name for inner in item.body}
        outside = [_seen_from(path, self._word(ref), local) for ref in refs]
        body = _Scope(outside, arriving, path).worded(item.body)
        return Group(item.name, body, taken, when=item.when, share=item.share, arriving=item.arriving)

    def _inputs(self, refs: tuple[Ref, ...] | None, *, is_first: bool) -> tuple[Ref, ...] | None:
        """The words of `from`; None where it is what comes before."""
        if refs is None or refs == (PREVIOUS,) or (is_first and refs == self.arriving):
            return None
        return tuple(ref if ref == PREVIOUS else self._certain(ref) for ref in refs)

    def _certain(self, ref: Ref) -> Ref:
        if isinstance(ref, Series):
            return ref
        word = self._word(ref)
        if isinstance(word, Series):
            return word
        if isinstance(word, _Hidden):
            raise Unwritable("".join(f"{name}." for name in word.path))
        return word.text

    def _word(self, ref: Ref) -> Series | _Word | _Hidden:
        """The word for a tensor, or in which scope there is none."""
        if isinstance(ref, Series):
            return ref
        if isinstance(ref, int):
            return self.outside[ref] if ref < len(self.outside) else _Hidden(self.path)
        name = ref if ref != PREVIOUS else self.previous
        return _Hidden(self.path) if name is None else _Word(name, name, self.path)


def _seen_from(
    path: tuple[str, ...], word: Series | _Word | _Hidden, local: Collection[str | None]
) -> Series | _Word | _Hidden:
    """The word for a tensor in the scope at `path`, whose entries are `local`; `word` stands for it around that scope.

    A name that means something else there is told with the scopes around, such as ``cell.0.up`` in place of ``up``.
    """
    if isinstance(word, Series):
        return word if word.template.partition(".")[0] not in local else _Hidden(path)
    if isinstance(word, _Hidden) or word.text.partition(".")[0] not in local:
        return word
    for start in range(len(word.path) - 1, -1, -1):
        around = word.path[start:]
        if around[0].partition(".")[0] not in local and not any("{" in name for name in around):
            return word._replace(text=".".join((*around, word.name)))
    return _Hidden(path)


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
        when=item.when,
        arriving=item.arriving,
    )
