"""The entries of a `layers` list: layers in their three spellings, groups, residual and parallel ones.

Reading an entry checks its form. What its options mean is the layer's business, and comes when it is expanded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.errors import did_you_mean, shown
from cnncalc.spec.tree import Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from cnncalc.layers.base import Layer
    from cnncalc.spec.tree import Source

MERGES: Final = ("concat", "add", "multiply", "maximum", "average")
"""How the branches of `parallel` may come together: the types of the layer that does it."""


class Entry:
    """What all entries have: the node to point at, and `name` and `from` if they are written."""

    __slots__ = ("at", "inputs", "name")

    def __init__(self, at: Node) -> None:
        self.at = at
        self.name: Scalar | None = None
        self.inputs: Node | None = None


class LayerEntry(Entry):
    """One layer: its type as written, and its options. `made` keeps the layer once its options are read."""

    __slots__ = ("made", "options", "written")

    def __init__(self, at: Scalar, options: dict[str, tuple[Scalar, Node]]) -> None:
        super().__init__(at)
        self.written = at.text
        self.options = options
        self.made: tuple[Layer, int | None] | None = None


class Group(Entry):
    """Entries in a row; a scope if it has a name."""

    __slots__ = ("layers",)

    def __init__(self, at: Node, layers: list[Entry]) -> None:
        super().__init__(at)
        self.layers = layers


class Residual(Entry):
    """Entries in a row whose output is added to that of the shortcut; None as shortcut adds nothing."""

    __slots__ = ("layers", "shortcut")

    def __init__(self, at: Node, layers: list[Entry], shortcut: list[Entry] | None) -> None:
        super().__init__(at)
        self.layers = layers
        self.shortcut = shortcut


class Parallel(Entry):
    """Branches that all take what arrives, and the type of the layer that merges them."""

    __slots__ = ("branches", "merge")

    def __init__(self, at: Node, branches: list[list[Entry]], merge: str) -> None:
        super().__init__(at)
        self.branches = branches
        self.merge = merge


class Reader:
    """Reads entries from the tree of one source."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def entries(self, node: Node, what: str) -> list[Entry]:
        """The entries of a list."""
        if not isinstance(node, Sequence):
            raise self.source.error(
                node,
                f"{what} must be a list of layers, not {shown(node.plain())}",
                hint="begin each layer with `- `",
            )
        return [self.entry(item) for item in node.items]

    def entry(self, node: Node) -> Entry:
        """One entry, in any spelling."""
        if isinstance(node, Scalar):
            return self._typed(node, {})
        if not isinstance(node, Mapping):
            raise self.source.error(node, "a layer must be a type or a mapping, and this is a list")
        kind = node.get("type")
        if kind is not None:
            rest = {key.text: (key, value) for key, value in node.entries() if key.text != "type"}
            if not isinstance(kind, Scalar):
                raise self.source.error(kind, "`type` must be the name of a layer type")
            return self._typed(kind, rest)
        if "layers" in node.keys:
            return self._group(node)
        return self._keyed(node)

    def _keyed(self, node: Mapping) -> Entry:
        """`type: {options}`."""
        if not node.keys:
            raise self.source.error(node, "an empty layer", hint="write its type, such as `relu`")
        key, value = next(node.entries())
        if len(node.keys) > 1:
            second = list(node.keys.values())[1]
            raise self.source.error(
                second,
                f"`{second.text}` stands beside `{key.text}`, not among its options",
                hint=f"indent it below `{key.text}:`, or write {key.text}: {{{second.text}: ...}}",
            )
        if isinstance(value, Scalar) and value.value is None:
            return self._typed(key, {})
        if not isinstance(value, Mapping):
            raise self.source.error(
                value,
                f"the options of `{key.text}` must be a mapping, not {shown(value.plain())}",
                hint=f"such as {key.text}: {{name: {key.text}1}}",
            )
        return self._typed(key, {key.text: (key, item) for key, item in value.entries()})

    def _typed(self, kind: Scalar, options: dict[str, tuple[Scalar, Node]]) -> Entry:
        if not isinstance(kind.value, str):
            raise self.source.error(kind, f"a layer must have a type, not {shown(kind.value)}")
        entry: Entry
        if kind.value == "residual":
            entry = self._residual(kind, options)
        elif kind.value == "parallel":
            entry = self._parallel(kind, options)
        else:
            entry = LayerEntry(kind, options)
        return self._common(entry, options)

    def _common(self, entry: Entry, options: dict[str, tuple[Scalar, Node]]) -> Entry:
        """Take `name` and `from`, which every entry may have, out of its options."""
        name = options.pop("name", None)
        if name is not None:
            if not isinstance(name[1], Scalar) or not name[1].text:
                raise self.source.error(name[1], f"`name` must be a word, not {shown(name[1].plain())}")
            entry.name = name[1]
        inputs = options.pop("from", None)
        if inputs is not None:
            entry.inputs = inputs[1]
        return entry

    def _group(self, node: Mapping) -> Entry:
        options = {key.text: (key, value) for key, value in node.entries()}
        self._only(options, ("layers",), "a group")
        at = node.keys["layers"]
        return self._common(Group(at, self.entries(node.values["layers"], "`layers`")), options)

    def _residual(self, at: Scalar, options: dict[str, tuple[Scalar, Node]]) -> Residual:
        self._only(options, ("layers", "shortcut"), "`residual`")
        layers = self._required(at, options, "layers")
        shortcut: list[Entry] | None = []
        if "shortcut" in options:
            node = options["shortcut"][1]
            if isinstance(node, Scalar) and node.value in (True, False):
                shortcut = [] if node.value else None
            else:
                shortcut = self.entries(node, "`shortcut`, where it is not true or false,")
        return Residual(at, self.entries(layers, "`layers`"), shortcut)

    def _parallel(self, at: Scalar, options: dict[str, tuple[Scalar, Node]]) -> Parallel:
        self._only(options, ("branches", "merge"), "`parallel`")
        branches = self._required(at, options, "branches")
        if not isinstance(branches, Sequence) or not branches.items:
            raise self.source.error(branches, "`branches` must be a list of branches, each of them a list of layers")
        merge = "concat"
        if "merge" in options:
            node = options["merge"][1]
            merge = str(node.plain())
            if merge not in MERGES:
                hint = did_you_mean(merge, MERGES, "merges")
                raise self.source.error(node, f"`merge` must be one of {', '.join(MERGES)}, not {shown(merge)}", hint)
        return Parallel(at, [self.entries(item, "a branch") for item in branches.items], merge)

    def _required(self, at: Scalar, options: dict[str, tuple[Scalar, Node]], key: str) -> Node:
        if key not in options:
            raise self.source.error(at, f"`{at.text}` needs `{key}`")
        return options[key][1]

    def _only(self, options: dict[str, tuple[Scalar, Node]], known: tuple[str, ...], what: str) -> None:
        for word, (key, _) in options.items():
            if word not in known and word not in ("name", "from"):
                allowed = (*known, "name", "from")
                raise self.source.error(key, f"{what} has no option `{word}`", did_you_mean(word, allowed, "options"))
