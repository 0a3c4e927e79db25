"""Scopes and names: where an entry is expanded, and which tensors a name stands for there."""

from __future__ import annotations

from collections import ChainMap
from typing import TYPE_CHECKING, Any, Final

from cnncalc.errors import did_you_mean
from cnncalc.spec.limits import LONGEST_FULL_NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cnncalc.errors import Hint
    from cnncalc.spec.pairing import Pairing

Tensors = tuple[int, ...]
"""Numbers of tensors, such as the inputs of an entry, which mostly has one."""

Values = ChainMap[str, Any]
"""What expressions see by name: the innermost loop's variables first, the file's parameters last."""


class Rounds:
    """How many rounds a loop has, and the values of each."""

    __slots__ = ("number", "values")

    def __init__(self, number: int, values: Iterable[dict[str, Any]]) -> None:
        self.number = number
        self.values = values


ONCE: Final = Rounds(1, ({},))
"""The one round of a group that is no loop."""

PREVIOUS: Final = "previous"
INPUT: Final = "input"

OPEN: Final[Tensors] = ()
"""The tensors of a group's name while the group is being expanded."""
UNKNOWN: Final = object()
"""The value of what only the expansion knows, before it is there."""
ABSENT: Final[Tensors] = (-1,)
"""The tensors of the name of an entry whose `when` is false."""
CUT: Final[Tensors] = (-2,)
"""The tensors of the name of an entry that a block with `until` does not need."""

_PUNCTUATION: Final = frozenset("_.+-/")
LONGEST_NAME: Final = 200
NAME_HINT: Final = "letters, digits and _ - + / . make a name"


class NameFault(Exception):  # noqa: N818 - a fact about a name, to which the caller adds the place
    """Why a name cannot be taken or given."""

    def __init__(self, fact: str, hint: Hint = None, *, is_unknown: bool = False) -> None:
        super().__init__(fact)
        self.fact = fact
        self.is_unknown = is_unknown
        """Whether nothing has the name so far."""
        self.lazy_hint = hint
        """The hint, or a function that makes it: most of these errors are caught, and their hints never read."""

    @property
    def hint(self) -> str | None:
        """What to do, if that is known."""
        return self.lazy_hint() if callable(self.lazy_hint) else self.lazy_hint


class Scope:
    """A named stretch of the spec, within which names are unique and unnamed layers are counted.

    `inputs` are the names by which the tensors at the entrance of a network or block are known; a block's scope has
    none around it.
    """

    __slots__ = ("counts", "inputs", "outer", "prefix")

    def __init__(self, prefix: str, outer: Scope | None, inputs: Mapping[str, Tensors] | None = None) -> None:
        self.prefix = prefix
        self.outer = outer
        self.inputs = inputs or {}
        self.counts: dict[str, int] = {}

    def next_name(self, written: str) -> str:
        """The full name of a layer without one."""
        count = self.counts[written] = self.counts.get(written, 0) + 1
        return f"{self.prefix}{written}_{count}"

    def outwards(self) -> Iterator[Scope]:
        """This scope and those around it."""
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.outer


class Arrays:
    """Whose arrays the layers of an entry use, and whether they are trained, as it and the entries around it say.

    `pairing` tells those of which earlier layers they share; None where they have their own. `outer` are the pairings
    of entries around, which the innermost replaces.
    """

    __slots__ = ("are_trained", "outer", "pairing")

    def __init__(
        self, *, are_trained: bool = True, pairing: Pairing | None = None, outer: tuple[Pairing, ...] = ()
    ) -> None:
        self.are_trained = are_trained
        self.pairing = pairing
        self.outer = outer


PLAIN_ARRAYS: Final = Arrays()
"""Where nothing is said of arrays: each layer has its own, and they are trained."""


class Frame:
    """Where an entry is expanded: its scope, the values that its expressions see, and what `previous` stands for.

    `arrays` is what is said so far of the arrays of its layers.
    """

    __slots__ = ("arrays", "previous", "scope", "values")

    def __init__(self, scope: Scope, values: Values, previous: Tensors, arrays: Arrays = PLAIN_ARRAYS) -> None:
        self.scope = scope
        self.values = values
        self.previous = previous
        self.arrays = arrays

    def within(
        self, scope: Scope | None = None, values: dict[str, Any] | None = None, arrays: Arrays | None = None
    ) -> Frame:
        """A frame further in, with more values."""
        inside = self.values.new_child(values) if values else self.values
        return Frame(scope or self.scope, inside, self.previous, arrays or self.arrays)

    def at(self, previous: Tensors) -> Frame:
        """The frame where `previous` stands for other tensors."""
        return Frame(self.scope, self.values, previous, self.arrays)


def entrance(names: list[str], tensors: Tensors) -> dict[str, Tensors]:
    """The names of the tensors at the entrance of a network or block; an only one is called `input` too.

    >>> entrance(["x"], (4,)), entrance(["left", "right"], (4, 5))
    ({'x': (4,), 'input': (4,)}, {'left': (4,), 'right': (5,)})
    """
    known: dict[str, Tensors] = {name: (tensor,) for name, tensor in zip(names, tensors, strict=True)}
    if len(names) == 1:
        known.setdefault(INPUT, tensors)
    return known


class NameTable:
    """The full names given so far, and the tensors that they stand for."""

    def __init__(self) -> None:
        self.tensors: dict[str, Tensors] = {}
        self.any_absent = False

    def new(self, word: str, scope: Scope) -> str:
        """The full name of a new entry that is called `word` in a scope; raises `NameFault`."""
        if not is_name(word):
            raise NameFault(f"`{word[:40]}` cannot be a name", NAME_HINT)
        if word in (PREVIOUS, INPUT) or word in scope.inputs:
            raise NameFault(f"`{word}` means something else in `from`", "choose another name")
        return self.unused(scope.prefix + word)

    def bind(self, name: str, tensors: Tensors) -> None:
        """Let a full name stand for these tensors from now on."""
        self.tensors[name] = tensors

    def is_taken(self, word: str, scope: Scope) -> bool:
        """Whether something in a scope is called so already."""
        return self.tensors.get(scope.prefix + word, ABSENT) != ABSENT

    def unused(self, name: str) -> str:
        """A full name, if nothing bears it yet; raises `NameFault`."""
        if self.tensors.get(name, ABSENT) != ABSENT:
            raise NameFault(f"the name `{name}` is taken by an earlier layer", "names are unique in a scope")
        return name

    def leave_out(self, name: str) -> None:
        """Remember that the entry of that full name is left out."""
        self.tensors.setdefault(name, ABSENT)
        self.any_absent = True

    def find(self, word: str, scope: Scope) -> Tensors:
        """The tensors of a name, looked for in the scope and then outwards; raises `NameFault`."""
        if len(word) > LONGEST_FULL_NAME:
            raise NameFault(f"a name of {len(word):,} characters, and {LONGEST_FULL_NAME:,} is the most")
        for around in scope.outwards():
            tensors = around.inputs.get(word)
            if tensors is None:
                tensors = self.tensors.get(around.prefix + word)
            if tensors == ABSENT or (tensors is None and self.any_absent and self._in_absent(around.prefix, word)):
                raise NameFault(f"`{word}` is left out here: its `when` is false", "give this entry the same `when`")
            if tensors == CUT:
                raise NameFault(f"`{word}` is left out here: the block's `until` does not need it")
            if tensors == OPEN:
                raise NameFault(f"`{word}` has no output yet: this entry is a part of it")
            if tensors is not None:
                return tensors
        raise self._unknown(word, scope)

    def full_name(self, word: str, scope: Scope) -> str:
        """The full name of the earlier entry that a word stands for; raises `NameFault`."""
        self.find(word, scope)
        for around in scope.outwards():
            if word in around.inputs:
                raise NameFault(f"`{word}` is an input, and no layer, block or group")
            if around.prefix + word in self.tensors:
                return around.prefix + word
        raise AssertionError(word)

    def _in_absent(self, prefix: str, word: str) -> bool:
        """Whether a dotted name is that of something within an entry that is left out."""
        while "." in word:
            word = word.rpartition(".")[0]
            if self.tensors.get(prefix + word) == ABSENT:
                return True
        return False

    def scopes(self) -> dict[str, Tensors]:
        """The tensors of every name whose entry is not left out.

        Of a name with dots that is written whole, as in a flat spec, its parts are scopes: what the last layer in one
        makes, the scope makes.
        """
        found = {name: tensors for name, tensors in self.tensors.items() if tensors not in (ABSENT, CUT)}
        for name, tensors in tuple(found.items()):
            scope = name.rpartition(".")[0]
            while scope and scope not in self.tensors:
                found[scope] = tensors
                scope = scope.rpartition(".")[0]
        return found

    def _unknown(self, word: str, scope: Scope) -> NameFault:
        """The error for a name that no earlier output has; its hint compares all that are visible."""

        def hint() -> str:
            visible: list[str] = []
            for around in scope.outwards():
                visible += around.inputs
                visible += [n[len(around.prefix) :] for n in self.tensors if n.startswith(around.prefix)][-2000:]
            inside = next((name for name in visible if name.endswith(f".{word}")), None)
            if inside is not None:
                return f"`{inside}` is its name from here: it stands in a scope of its own"
            return did_you_mean(word, visible, "earlier outputs") or "only what stands above can be taken"

        return NameFault(f"there is no earlier output `{word}`", hint, is_unknown=True)


def is_name(word: str) -> bool:
    """Whether a text may be a name."""
    if not word or len(word) > LONGEST_NAME or not (word[0].isalnum() or word[0] == "_"):
        return False
    return all(c.isalnum() or c in _PUNCTUATION for c in word) and not word.endswith(".") and ".." not in word
