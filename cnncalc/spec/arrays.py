"""Whose arrays layers use, and whether they are trained: what the entries of a spec say, and which layers can share.

The layers of a block or group that shares another's arrays are paired with those of that other by their names inside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.errors import shape_text

if TYPE_CHECKING:
    from cnncalc.graph.node import Node
    from cnncalc.spec.text_nodes import Scalar, Source


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


def of_name(arrays: Arrays, name: str, *, is_frozen: bool) -> Arrays:
    """What is said of the arrays of what bears a full name, when that is known."""
    pairing = arrays.pairing
    if pairing is not None and pairing.own is None:
        pairing = pairing.of(name)
    return Arrays(are_trained=arrays.are_trained and not is_frozen, pairing=pairing, outer=arrays.outer)


def has_arrays(node: Node) -> bool:
    """Whether a node has weights or buffers."""
    return bool(node.weight_shapes or node.buffer_shapes)


def difference(node: Node, owner: Node) -> str | None:
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
