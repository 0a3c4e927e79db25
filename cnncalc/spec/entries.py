"""The entries of a `layers` list: layers, groups, residual and parallel ones, and earlier ones once more.

Reading an entry (`entry_reader`) checks its form. What its options mean is the layer's business, and comes when it is
expanded.
"""

from __future__ import annotations

from typing import Final

from cnncalc.text_nodes import Mapping, Scalar, TextNode

MERGES: Final = ("concat", "add", "multiply", "maximum", "average")
"""How the branches of `parallel` may come together: the types of the layer that does it."""

CommonValues = tuple[Scalar | None, TextNode | None, TextNode | None, Scalar | None, TextNode | None]
"""The values of `COMMON` for an entry, each None where it is not written."""

UNSAID: Final[CommonValues] = (None, None, None, None, None)
"""The values of an entry with none of `COMMON`."""

Options = dict[str, tuple[Scalar, TextNode]]
"""What is written for an entry: each option's key and value, by its name."""


class Entry:
    """What all entries have: the node `at` which errors point, and those of `COMMON` that are written."""

    __slots__ = ("at", "from_", "name", "share", "trainable", "when")

    def __init__(self, at: TextNode, common: CommonValues) -> None:
        self.at = at
        self.name, self.from_, self.when, self.share, self.trainable = common

    @property
    def shares(self) -> bool:
        """Whether `share` may name an entry; with `null` it does not, and with `false` arrays are to be own ones."""
        return self.share is not None and self.share.value not in (None, False)


class Unread(Entry):
    """What stands for an entry that cannot be read."""

    __slots__ = ()


class Reuse(Entry):
    """An earlier layer, block or group once more, with its options and its arrays: `share` names it."""

    __slots__ = ()


class LayerEntry(Entry):
    """One layer or block: its type as written, or an expression for it, and its options."""

    __slots__ = ("dynamic", "kind", "options")

    def __init__(self, at: Scalar, options: Options, common: CommonValues) -> None:
        super().__init__(at, common)
        self.kind = at
        self.options = options
        self.dynamic = at.dynamic or any(node.dynamic for _, node in options.values())
        """Whether there is an expression in the type or in an option."""


class Group(Entry):
    """Entries in a row; a scope if it has a name. With `repeat` or `loop`, so many times over."""

    __slots__ = ("layers", "loop", "repeat")

    def __init__(
        self,
        at: TextNode,
        layers: list[Entry],
        repeat: TextNode | None,
        loop: Mapping | None,
        common: CommonValues,
    ) -> None:
        super().__init__(at, common)
        self.layers = layers
        self.repeat = repeat
        self.loop = loop


class Residual(Entry):
    """Entries in a row whose output is added to that of the shortcut.

    The shortcut is a list of entries, None where nothing is added, or an expression that says whether the input is.
    The activation is that of the sum.
    """

    __slots__ = ("activation", "layers", "shortcut")

    def __init__(
        self,
        at: TextNode,
        layers: list[Entry],
        shortcut: list[Entry] | Scalar | None,
        activation: TextNode | None,
        common: CommonValues,
    ) -> None:
        super().__init__(at, common)
        self.layers = layers
        self.shortcut = shortcut
        self.activation = activation


class Parallel(Entry):
    """Branches that all have the same inputs, and the type of the layer that merges them.

    A branch is a list of entries, or a group, of which each round is a branch. The activation is the merge's.
    """

    __slots__ = ("activation", "branches", "merge")

    def __init__(
        self,
        at: TextNode,
        branches: list[list[Entry] | Group],
        merge: TextNode | None,
        activation: TextNode | None,
        common: CommonValues,
    ) -> None:
        super().__init__(at, common)
        self.branches = branches
        self.merge = merge
        self.activation = activation
