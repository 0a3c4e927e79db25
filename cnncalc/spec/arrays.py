"""Whose arrays nodes use, and whether they are trained, as the entries of a spec say; and which nodes can share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.errors import shape_text
from cnncalc.graph.node import ArrayUse
from cnncalc.spec.pairing import PAIRED_BY_NAME
from cnncalc.spec.scopes import Arrays

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnncalc.graph.node import Node


def of_name(arrays: Arrays, name: str, *, is_frozen: bool) -> Arrays:
    """What is said of the arrays of what bears a full name, when that is known."""
    pairing = arrays.pairing
    if pairing is not None and pairing.own is None:
        pairing = pairing.of(name)
    return Arrays(are_trained=arrays.are_trained and not is_frozen, pairing=pairing, outer=arrays.outer)


def array_use(
    node: Node, arrays: Arrays, node_named: Callable[[str], Node | None], is_scope: Callable[[str], bool]
) -> ArrayUse:
    """Whose arrays a new node uses; raises `CnncalcError` where they do not fit.

    `node_named` gives the earlier node that bears a full name, `is_scope` tells whether a group or block bears it.
    """
    for around in arrays.outer:
        around.paired.add(around.counterpart(node.name))
    pairing = arrays.pairing
    if pairing is None or not has_arrays(node):
        return ArrayUse(is_trained=arrays.are_trained)
    name = pairing.counterpart(node.name)
    owner = node_named(name)
    pairing.paired.add(name)
    if owner is None:
        what = "is a group or block, and this is one layer" if is_scope(name) else "is not there"
        fact = f"`{node.name}` would use the arrays of `{name}`, which {what}"
        raise pairing.source.error(pairing.at, fact, PAIRED_BY_NAME, code="name", layer=node.name)
    how = difference(node, owner)
    if how is not None:
        fact = f"`{node.name}` cannot use the arrays of `{name}`: {how}"
        raise pairing.source.error(pairing.at, fact, layer=node.name)
    return ArrayUse(owner.storage, is_counted=False, is_trained=owner.arrays.is_trained)


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
