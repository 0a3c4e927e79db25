"""A network as a person would write it: blocks with parameters, and entries in scopes, loops and branches.

It is the spec as records, and is written as YAML and as code. A value is plain Python (numbers, words, lists), or an
`Expression`. A name may have expressions in braces, ``layer{index + 1}``, as in a spec and in Python's f-strings. The
`inputs` of an entry are the words that `from` takes: names in its own scope, then outwards, or the inputs of the block
around; None is what comes before, which at the start of a group, a branch or a block is what arrives there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.shapes import Shape


class Expression:
    """A value that is computed, in the language of specs: ``4 * width``."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return f"={self.text}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Expression) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)


PREVIOUS: Final = "previous"
"""The word for what the entry before gives."""
PRESENT: Final = Expression("true")
ABSENT: Final = Expression("false")
"""The conditions of an entry that is there in one stretch, and of one that is not, until they are one text."""


class Series:
    """As many tensors as `count` says, whose names are a template in which `i` goes from 0 on: ``layer{i + 1}``."""

    __slots__ = ("count", "template")

    def __init__(self, template: str, count: int | Expression) -> None:
        self.template = template
        self.count = count

    @property
    def length(self) -> str:
        """The count as it is written in an expression."""
        return self.count.text if isinstance(self.count, Expression) else str(self.count)

    def __repr__(self) -> str:
        return f"{self.template} * {self.length}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Series) and (self.template, self.count) == (other.template, other.count)

    def __hash__(self) -> int:
        return hash((self.template, self.count))


if TYPE_CHECKING:
    Ref = str | int | Series
    """A name, a row of names or, while structure is being recovered, the number of what comes from outside."""


class Item:
    """An entry: `inputs` are the words of what it takes, None where it takes what comes before.

    `name` is its name in its scope; None of a group that is no scope. `arriving` is the number of channels that come
    in, None where it is not always the same.
    """

    __slots__ = ("arriving", "inputs", "name")

    def __init__(self, name: str | None, inputs: Sequence[Ref] | None, arriving: int | None = None) -> None:
        self.name = name
        self.inputs = None if inputs is None else tuple(inputs)
        self.arriving = arriving


class Call(Item):
    """A layer, or a block of the program (`is_block`), with options.

    `share` names the layer or scope whose arrays it uses, and is false where it has its own in a scope that shares. Of
    a layer whose name is what counting gives, such as ``relu_1``, `is_counted` is true. It is there where `when` is
    true, which None always is.
    """

    __slots__ = ("is_block", "is_counted", "options", "share", "type", "when")

    def __init__(
        self,
        type_: str,
        name: str | None,
        options: Mapping[str, Any],
        inputs: Sequence[Ref] | None,
        *,
        is_block: bool = False,
        is_counted: bool = False,
        share: str | bool | None = None,
        when: Expression | None = None,
        arriving: int | None = None,
    ) -> None:
        super().__init__(name, inputs, arriving)
        self.type = type_
        self.options = dict(options)
        self.is_block = is_block
        self.is_counted = is_counted
        self.share = share
        self.when = when

    def __repr__(self) -> str:
        return f"{self.name}: {self.type} {self.options} from {self.inputs}"


class Group(Item):
    """Entries in a row; a scope where it has a name. It is there where `when` is true, which None always is.

    `share` names the scope whose arrays it uses, as that of a `Call` does.
    """

    __slots__ = ("body", "share", "when")

    def __init__(
        self,
        name: str | None,
        body: Sequence[Item],
        inputs: Sequence[Ref] | None,
        *,
        when: Expression | None = None,
        share: str | bool | None = None,
        arriving: int | None = None,
    ) -> None:
        super().__init__(name, inputs, arriving)
        self.body = list(body)
        self.when = when
        self.share = share

    def __repr__(self) -> str:
        return f"{self.name} {self.body} from {self.inputs}"


class Loop(Item):
    """Entries so many times over; `index` counts the rounds from 0. Each takes what the one before it gives.

    `variables` have a value for each round, or an expression for them all. Without variables, `count` is the number of
    rounds. A loop with a `name` is a scope in each round. `last` is what the last entry is called in the last round,
    None where that is not always the same.
    """

    __slots__ = ("body", "count", "last", "variables")

    def __init__(
        self,
        name: str | None,
        body: Sequence[Item],
        inputs: Sequence[Ref] | None,
        count: int | Expression,
        variables: Mapping[str, Any],
        *,
        last: str | None = None,
        arriving: int | None = None,
    ) -> None:
        super().__init__(name, inputs, arriving)
        self.body = list(body)
        self.count = count
        self.variables = dict(variables)
        self.last = last

    def with_body(self, name: str | None, body: Sequence[Item], inputs: Sequence[Ref] | None) -> Loop:
        """The loop of another name, body and inputs, with as many rounds."""
        return Loop(name, body, inputs, self.count, self.variables, last=self.last, arriving=self.arriving)

    def __repr__(self) -> str:
        return f"{self.count} x {self.variables} {self.name} {self.body} from {self.inputs}"


class Branches(Item):
    """Paths from one place, which `merge`, a layer, brings together; an empty path is the identity.

    Its last path is there where `when` is true: without it, there is no merge, where it is the identity; and where it
    has entries, these are not there.
    """

    __slots__ = ("branches", "merge", "when")

    def __init__(
        self,
        branches: Sequence[Sequence[Item]],
        merge: Call,
        inputs: Sequence[Ref] | None,
        *,
        when: Expression | None = None,
        arriving: int | None = None,
    ) -> None:
        super().__init__(merge.name, inputs, arriving)
        self.branches = [list(branch) for branch in branches]
        self.merge = merge
        self.when = when

    @property
    def is_residual(self) -> bool:
        """Whether it is the sum of layers and a shortcut past them."""
        return self.merge.type == "add" and len(self.branches) == 2 and bool(self.branches[0])

    def __repr__(self) -> str:
        return f"{self.merge} of {self.branches} from {self.inputs}"


class Block:
    """Entries that are written once and used by name, with `parameters`: REQUIRED, or a default.

    `inputs` are the names of what it takes, in the order of a call's.
    """

    __slots__ = ("body", "inputs", "name", "parameters")

    def __init__(self, name: str, parameters: Mapping[str, Any], inputs: Sequence[str], body: Sequence[Item]) -> None:
        self.name = name
        self.parameters = dict(parameters)
        self.inputs = tuple(inputs)
        self.body = list(body)


class Required:
    """That a parameter has no default."""

    def __repr__(self) -> str:
        return "required"


REQUIRED: Final = Required()


class Program:
    """A network: its blocks, those that others use first, and its entries."""

    __slots__ = ("blocks", "body", "frozen", "inputs", "name", "outputs")

    def __init__(
        self,
        name: str,
        inputs: Mapping[str, Shape],
        blocks: Sequence[Block],
        body: Sequence[Item],
        outputs: Sequence[str] | None,
        *,
        frozen: Sequence[str] = (),
    ) -> None:
        self.name = name
        self.inputs = dict(inputs)
        self.blocks = list(blocks)
        self.body = list(body)
        self.outputs = None if outputs is None else list(outputs)
        """Names of layers and inputs; None where the last layer is the output."""
        self.frozen = list(frozen)
        """The names of those whose arrays are not trained."""
