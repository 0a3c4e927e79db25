"""What `share`, `trainable` and `frozen` say, where they stand in a spec."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.errors import value_text
from cnncalc.spec.arrays import has_arrays
from cnncalc.spec.pairing import PAIRED_BY_NAME, Pairing
from cnncalc.spec.scopes import Arrays, NameFault

if TYPE_CHECKING:
    from collections.abc import Container

    from cnncalc.graph.node import Node
    from cnncalc.spec.entries import Entry, Reuse
    from cnncalc.spec.graph_builder import GraphBuilder
    from cnncalc.spec.scopes import Frame, Scope, Tensors
    from cnncalc.spec.shared_entries import Remembered
    from cnncalc.text_nodes import Scalar, TextNode


class ArrayStatement:
    """What an entry says of the arrays in it; `frame` is that of the entry, with what it says."""

    def __init__(self, graph: GraphBuilder, entry: Entry, frame: Frame, inputs: Tensors) -> None:
        self.graph = graph
        self.entry = entry
        self.inputs = inputs
        self.pairing: Pairing | None = None
        self.trainable: TextNode | None = None
        """The node of `trainable`, where it says something: with `null` it does not."""
        self.frame = frame.within(arrays=self._arrays(frame))
        self.first = len(graph.nodes)

    def _arrays(self, frame: Frame) -> Arrays:
        """What is said by the entry, and of the rest by those around it."""
        before, names = frame.arrays, self.graph.namespace_of(frame, self.inputs)
        are_trained, said = before.are_trained, self.entry.trainable
        if said is not None and self.graph.evaluator.plain(said, names) is not None:
            are_trained = self.graph.evaluator.flag(said, names, "trainable")
            self.trainable = said
        share = self.entry.share
        owner = None if share is None else self._owner(share, frame)
        if share is None or owner is None:
            return Arrays(are_trained=are_trained, pairing=before.pairing, outer=before.outer)
        if owner:
            self.pairing = Pairing(owner, self.graph.source, share)
            if self.trainable is not None:
                fact = "`trainable` stands beside `share`"
                raise self.graph.source.error(self.trainable, fact, f"say it of `{owner}`, whose arrays they are")
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
        if self.trainable is not None and not any(node.weight_shapes for node in nodes):
            self._refuse_empty(self.trainable, "trainable", "weights", nodes)
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
        raise self.graph.source.error(at, f"`{word}`: {name} no {what}", "leave it out", layer=nodes[-1].name)

    def _check_complete(self, pairing: Pairing) -> None:
        """Raise `CnncalcError` where a layer of the owner has no counterpart."""
        for node in self.graph.nodes_within(pairing.owner):
            if node.name not in pairing.paired and has_arrays(node):
                inside = node.name.removeprefix(f"{pairing.owner}.")
                who = f"`{pairing.own}` has" if pairing.own else "this group has"
                fact = f"{who} no `{inside}`, and `{pairing.owner}`, whose arrays it shares, has"
                raise pairing.source.error(pairing.at, fact, PAIRED_BY_NAME, code="name", layer=pairing.own)


def remembered(graph: GraphBuilder, entry: Reuse, name: str | None, frame: Frame) -> tuple[str, Remembered]:
    """The full name of a copy, and how to expand the entry that it copies; raises `CnncalcError` if it cannot be."""
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


class FrozenNames:
    """The full names under `frozen`: of layers, and of groups and blocks whose layers are frozen.

    `around` are those of the specs of which this one is a block.
    """

    def __init__(
        self, graph: GraphBuilder, names: dict[str, Scalar], scope: Scope, around: Container[object] = ()
    ) -> None:
        self.graph = graph
        self.scope = scope
        self.names = {f"{scope.prefix}{name}": (name, node) for name, node in names.items()}
        self.around = around
        self.first = len(graph.nodes)

    def __contains__(self, name: object) -> bool:
        return name in self.names or name in self.around

    def check(self) -> None:
        """Raise `CnncalcError` for a name that stands for no weights of its own; when everything is expanded."""
        owning, sharing = set[str](), set[str]()
        for node in self.graph.nodes[self.first :]:
            if node.weight_shapes:
                (sharing if node.shares else owning).update(with_scopes(node.name))
        for full, (name, at) in self.names.items():
            if full in owning:
                continue
            try:
                self.graph.names.full_name(name, self.scope)
            except NameFault as fault:
                raise self.graph.source.error(at, f"`frozen`: {fault.fact}", fault.lazy_hint, code="name") from None
            why = "uses the arrays of another layer: freeze that" if full in sharing else "has no weights"
            raise self.graph.source.error(at, f"`frozen`: `{name}` {why}", code="name")


def with_scopes(name: str) -> list[str]:
    """A full name, and those of the scopes around it.

    >>> with_scopes("stage1.0.conv")
    ['stage1', 'stage1.0', 'stage1.0.conv']
    """
    parts = name.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts) + 1)]
