"""What `share` and `trainable` say: whose arrays the layers of an entry use, and whether they are trained.

The layers of a block or group that shares another's arrays are paired with those of that other by their names inside.
"""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Final, NamedTuple

from cnncalc.errors import shape_text, value_text
from cnncalc.graph.node import ArrayUse
from cnncalc.spec.scopes import Arrays, NameFault

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnncalc.graph.node import Node
    from cnncalc.spec.entries import Entry, Reuse
    from cnncalc.spec.graph_builder import GraphBuilder
    from cnncalc.spec.scopes import Frame, Scope, Tensors
    from cnncalc.spec.text_nodes import Scalar, Source, TextNode

PAIRED_BY_NAME: Final = "layers are paired by their names inside; with `share: false` an entry keeps its own arrays"


class Pairing:
    """Layers use the arrays of others: those inside `own`, of those of the same names inside `owner`.

    Both are full names; `own` is None until it is known, and empty for layers that stand in no scope. `at` is where
    `source` says so.
    """

    __slots__ = ("at", "copies", "own", "owner", "paired", "source")

    def __init__(self, owner: str, source: Source, at: Scalar, own: str | None = None) -> None:
        self.owner = owner
        self.source = source
        self.at = at
        self.own = own
        self.copies: list[Pairing] = []
        """The pairings of what was expanded for it: each round of a loop is one."""
        self.paired: set[str] = set()
        """The full names of the layers of the owner that have a counterpart."""

    def of(self, own: str) -> Pairing:
        """The pairing of what bears that full name."""
        self.copies.append(Pairing(self.owner, self.source, self.at, own))
        return self.copies[-1]

    def counterpart(self, name: str) -> str:
        """The full name of the owner's layer that a layer inside is paired with."""
        if name == self.own:
            return self.owner
        return f"{self.owner}.{name.removeprefix(f'{self.own}.')}"


class Remembered(NamedTuple):
    """How an earlier entry is expanded once more: under another full name, in a frame, and on other tensors.

    `written` is what a copy without a name is called after, and `frame` the one in which the entry stood.
    """

    written: str
    frame: Frame
    expand: Callable[[str, Frame, Tensors], Tensors]


class SharedEntries:
    """What is remembered of earlier entries by full name, where a spec has some that share their arrays."""

    def __init__(self) -> None:
        self.entries: dict[str, Remembered] = {}
        self.spans: dict[str, tuple[int, int]] = {}
        """The numbers of the first node of a group or block, and of the first behind it."""

    def begin(self, name: str, node: int) -> None:
        """Note that a group or block begins with the node of that number."""
        self.spans[name] = node, node

    def end(self, name: str, node: int) -> None:
        """Note that the node of that number is the first behind a group or block."""
        if name in self.spans:
            self.spans[name] = self.spans[name][0], node

    def cut(self, prefix: str, first: int, kept: list[bool]) -> None:
        """Count nodes anew in the scopes of a prefix, where from `first` on only some of them are kept."""
        behind = [first, *(first + count for count in accumulate(kept))]

        def moved(number: int) -> int:
            return behind[min(number - first, len(kept))]

        for name, span in self.spans.items():
            if name.startswith(prefix):
                self.spans[name] = moved(span[0]), moved(span[1])


def remembered(graph: GraphBuilder, entry: Reuse, name: str | None, frame: Frame) -> tuple[str, Remembered]:
    """The full name of a copy, and how to expand the earlier entry that it is; raises `CnncalcError` if it cannot be."""
    pairing = frame.arrays.pairing
    if graph.shared is None or pairing is None or pairing.at is not entry.share:  # its `share` comes to nothing
        raise graph.source.error(entry.at, "this entry has no type, and shares nothing", code="missing")
    found = graph.shared.entries.get(pairing.owner)
    if found is None:
        fact = f"`{pairing.owner}` ends a group without a name"
        raise graph.source.error(pairing.at, fact, "name the group, and share that", code="name")
    name = name or frame.scope.next_name(found.written)
    graph.shared.entries[name] = found
    return name, found


def is_scope(graph: GraphBuilder, name: str) -> bool:
    """Whether a group or block bears a full name."""
    return graph.shared is not None and name in graph.shared.spans


def nodes_within(graph: GraphBuilder, name: str) -> list[Node]:
    """The nodes of a group or block, or of the layer of that name."""
    if graph.shared is not None and name in graph.shared.spans:
        first, behind = graph.shared.spans[name]
        return graph.nodes[first:behind]
    node = graph.node_named(name)
    return [] if node is None else [node]


class ArrayStatement:
    """What an entry says of the arrays in it; `frame` is that of the entry, with what it says."""

    def __init__(self, graph: GraphBuilder, entry: Entry, frame: Frame, inputs: Tensors) -> None:
        self.graph = graph
        self.entry = entry
        self.inputs = inputs
        self.pairing: Pairing | None = None
        self.frame = frame.within(arrays=self._arrays(frame))
        self.first = len(graph.nodes)

    def _arrays(self, frame: Frame) -> Arrays:
        """What is said by the entry, and of the rest by those around it."""
        before, names = frame.arrays, self.graph.namespace_of(frame, self.inputs)
        are_trained = before.are_trained
        if self.entry.trainable is not None:
            are_trained = self.graph.evaluator.flag(self.entry.trainable, names, "trainable")
        share = self.entry.share
        owner = None if share is None else self._owner(share, frame)
        if share is None or owner is None:
            return Arrays(are_trained=are_trained, pairing=before.pairing, outer=before.outer)
        if owner:
            self.pairing = Pairing(owner, self.graph.source, share)
            if self.entry.trainable is not None:
                fact = "`trainable` stands beside `share`"
                raise self.graph.source.error(self.entry.trainable, fact, f"say it of `{owner}`, whose arrays they are")
        outer = before.outer if before.pairing is None else (*before.outer, before.pairing)
        return Arrays(are_trained=are_trained, pairing=self.pairing, outer=outer)

    def _owner(self, node: Scalar, frame: Frame) -> str | None:
        """The full name that `share` names; empty where an entry keeps its own arrays, None where nothing is said."""
        names = self.graph.namespace_of(frame, self.inputs)
        value = self.graph.evaluator.plain(node, names)
        if value is None:
            return None
        if value is False:
            return ""
        if node.dynamic and not isinstance(value, str):
            raise self.graph.source.error(node, f"`share` must be a name, not {value_text(value)}")
        return self.graph.full_name_of(node, self.graph.evaluator.word(node, names), frame)

    def check(self) -> None:
        """Raise `CnncalcError` unless it is about some arrays and, of those shared, about all that an owner has.

        To be called when the entry is expanded.
        """
        nodes = self.graph.nodes[self.first :]
        if self.entry.trainable is not None and not any(node.weight_shapes for node in nodes):
            self._refuse_empty(self.entry.trainable, "trainable", "weights", nodes)
        if self.pairing is not None:
            if not any(map(has_arrays, nodes)):
                self._refuse_empty(self.pairing.at, "share", "arrays", nodes)
            for pairing in self.pairing.copies:
                self._check_complete(pairing)

    def _refuse_empty(self, at: TextNode, word: str, what: str, nodes: list[Node]) -> None:
        """Raise `CnncalcError` for a word about arrays where there are none; none of no layers is all of them."""
        if not nodes:
            return
        name = f"`{nodes[-1].name}` has" if len(nodes) == 1 else "the layers of this entry have"
        raise self.graph.source.error(at, f"`{word}`: {name} no {what}", layer=nodes[-1].name)

    def _check_complete(self, pairing: Pairing) -> None:
        """Raise `CnncalcError` where a layer of the owner has no counterpart."""
        for node in nodes_within(self.graph, pairing.owner):
            if node.name not in pairing.paired and has_arrays(node):
                inside = node.name.removeprefix(f"{pairing.owner}.")
                who = f"`{pairing.own}` has" if pairing.own else "this group has"
                fact = f"{who} no `{inside}`, and `{pairing.owner}`, whose arrays it shares, has"
                raise pairing.source.error(pairing.at, fact, PAIRED_BY_NAME, code="name", layer=pairing.own)


def of_name(arrays: Arrays, name: str, *, is_frozen: bool) -> Arrays:
    """What is said of the arrays of what bears a full name, when that is known."""
    pairing = arrays.pairing
    if pairing is not None and pairing.own is None:
        pairing = pairing.of(name)
    return Arrays(are_trained=arrays.are_trained and not is_frozen, pairing=pairing, outer=arrays.outer)


def has_arrays(node: Node) -> bool:
    """Whether a node has weights or buffers."""
    return bool(node.weight_shapes or node.buffer_shapes)


def array_use(graph: GraphBuilder, node: Node, arrays: Arrays) -> ArrayUse:
    """Whose arrays a new node uses; raises `CnncalcError` where they do not fit."""
    for around in arrays.outer:
        around.paired.add(around.counterpart(node.name))
    pairing = arrays.pairing
    if pairing is None or not has_arrays(node):
        return ArrayUse(is_trained=arrays.are_trained)
    name = pairing.counterpart(node.name)
    owner = graph.node_named(name)
    pairing.paired.add(name)
    if owner is None:
        what = "is a group or block, and this is one layer" if is_scope(graph, name) else "is not there"
        fact = f"`{node.name}` would use the arrays of `{name}`, which {what}"
        raise pairing.source.error(pairing.at, fact, PAIRED_BY_NAME, code="name", layer=node.name)
    difference = _difference(node, owner)
    if difference is not None:
        fact = f"`{node.name}` cannot use the arrays of `{name}`: {difference}"
        raise pairing.source.error(pairing.at, fact, layer=node.name)
    return ArrayUse(owner.storage, is_counted=False, is_trained=owner.arrays.is_trained)


def _difference(node: Node, owner: Node) -> str | None:
    """Why a node cannot use the arrays of another: kinds, given weights, or shapes that differ; None where it can.

    The owner may have an activation with weights that the other has not.
    """
    if node.layer.type_name != owner.layer.type_name:
        return f"it is {_a(node.type)}, and that {_a(owner.type)}"
    if node.layer is not owner.layer:
        of_owner = owner.given_weights
        for name, given in node.given_weights.items():
            if given != of_owner.get(name):
                return f"`{name}` stands at the owner of the arrays only"
    own, theirs = ({**each.weight_shapes, **each.buffer_shapes} for each in (node, owner))
    for name in dict.fromkeys([*own, *(name for name in theirs if not name.startswith("activation."))]):
        if name not in own or name not in theirs:
            has, lacks = ("it", "that") if name in own else ("that", "it")
            return f"{has} has a `{name}`, and {lacks} has none"
        if own[name] != theirs[name]:
            return f"its `{name}` is {shape_text(own[name])}, and that of the other {shape_text(theirs[name])}"
    return None


def _a(word: str) -> str:
    return f"an {word}" if word[0] in "aeiou" else f"a {word}"


class FrozenNames:
    """The full names under `frozen`: of layers, and of groups and blocks whose layers are frozen."""

    def __init__(self, graph: GraphBuilder, names: dict[str, Scalar], scope: Scope) -> None:
        self.graph = graph
        self.scope = scope
        self.names = {f"{scope.prefix}{name}": (name, node) for name, node in names.items()}
        self.first = len(graph.nodes)

    def __contains__(self, name: object) -> bool:
        return name in self.names

    def check(self) -> None:
        """Raise `CnncalcError` for a name that stands for no weights of its own; when everything is expanded."""
        owning, sharing = set[str](), set[str]()
        for node in self.graph.nodes[self.first :]:
            if node.weight_shapes:
                (sharing if node.shares else owning).update(_with_scopes(node.name))
        for full, (name, at) in self.names.items():
            if full in owning:
                continue
            try:
                self.graph.names.full_name(name, self.scope)
            except NameFault as fault:
                raise self.graph.source.error(at, f"`frozen`: {fault.fact}", fault.lazy_hint, code="name") from None
            why = "uses the arrays of another layer: freeze that" if full in sharing else "has no weights"
            raise self.graph.source.error(at, f"`frozen`: `{name}` {why}", code="name")


def _with_scopes(name: str) -> list[str]:
    """A full name, and those of the scopes around it.

    >>> _with_scopes("stage1.0.conv")
    ['stage1', 'stage1.0', 'stage1.0.conv']
    """
    parts = name.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts) + 1)]
