"""Exact bounds of what tensors depend on: the first and last input pixel, for many tensors in one walk.

A tensor is walked back from only to the nearest tensors of which it needs every value; the bounds of those are found
once, whatever needs them, and joined. So only stretches of the graph in which layers skip values are walked in parts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.geometry.boxes import Box, BoxUnion
from cnncalc.geometry.index_set import whole
from cnncalc.geometry.periodic import IrregularError
from cnncalc.receptive_field.dependency import projected, walk_back

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnncalc.graph.graph import Graph
    from cnncalc.graph.node import Node
    from cnncalc.shapes import Shape

MOST_STEPS: Final = 20_000
"""The most boxes that are walked back through layers, over all tensors together."""

Extent = dict[str, tuple[tuple[int, int] | None, ...]]
"""The first and last pixel along each axis of each input; None where none is seen."""


def extents(network: Graph, tensors: Iterable[int]) -> dict[int, Extent]:
    """The extents of these tensors and of those they are found by; without those that would exceed `MOST_STEPS`.

    Left out too are tensors whose pixels follow no bounded number of patterns (`IrregularError`).

    >>> import cnncalc
    >>> network = cnncalc.load("lenet")
    >>> extents(network, [network.tensor("output")])[network.tensor("output")]
    {'input': ((0, 27), (0, 27))}
    """
    walks = _Walks(network)
    wanted = set(tensors)
    needs: dict[int, tuple[Extent, set[int]] | None] = {}
    for tensor in reversed(network.tensors[: max(wanted) + 1]):
        if tensor.producer and tensor.number in wanted:
            try:
                needs[tensor.number] = found = walks.back(tensor.producer)
            except IrregularError:
                needs[tensor.number] = found = None
            wanted |= found[1] if found else set()
    known: dict[int, Extent] = {
        number: {name: tuple((0, size - 1) for size in shape[1:])}
        for number, (name, shape) in enumerate(network.inputs.items())
    }
    for number, need in sorted(needs.items()):
        if need is not None and all(taken in known for taken in need[1]):
            known[number] = need[0]
            for taken in need[1]:
                known[number] = _union(known[number], known[taken])
    return known


def _union(one: Extent, other: Extent) -> Extent:
    """The extents of both; tensors that see the same share them."""
    if one == other or not other:
        return one
    if not one:
        return other
    return {
        name: tuple(map(_hull, one[name], other[name])) if name in one and name in other else (one | other)[name]
        for name in (*one, *(name for name in other if name not in one))
    }


def _hull(one: tuple[int, int] | None, other: tuple[int, int] | None) -> tuple[int, int] | None:
    if one is None or other is None:
        return one or other
    return min(one[0], other[0]), max(one[1], other[1])


class _Walks:
    """Walks back from whole tensors to others that are needed whole, or to parts of the inputs."""

    def __init__(self, network: Graph) -> None:
        self.network = network
        self.left = MOST_STEPS
        self.steps: dict[object, list[list[Box]]] = {}

    def back(self, node: Node) -> tuple[Extent, set[int]] | None:
        """What a node needs of the inputs in part, and the tensors that it needs whole; None if it takes too long."""
        kind = node.kind
        if kind not in self.steps:
            self.steps[kind] = _boxes_read_by(node, [tuple(map(whole, node.output_shape))])
        waiting: dict[int, BoxUnion] = {}
        _enqueue(waiting, node, self.steps[kind])
        needed: set[int] = set()
        parts: Extent = {}
        while waiting:
            tensor = self.network.tensors[max(waiting)]
            boxes = waiting.pop(tensor.number).boxes()
            if boxes == [tuple(map(whole, tensor.shape))] and tensor.sees_input:
                needed.add(tensor.number)
            elif not tensor.sees_input:
                continue
            elif tensor.producer is None:
                parts[tensor.name] = _ends(boxes, tensor.shape)
            elif self.left <= 0:
                return None
            else:
                self.left -= len(boxes)
                _enqueue(waiting, tensor.producer, _boxes_read_by(tensor.producer, boxes))
        return parts, needed


def _ends(boxes: list[Box], shape: Shape) -> tuple[tuple[int, int] | None, ...]:
    return tuple((found.first, found.last) if found else None for found in projected(boxes, shape))


def _enqueue(waiting: dict[int, BoxUnion], node: Node, input_boxes: list[list[Box]]) -> None:
    """Add boxes of each input of a node to what is waiting to be walked back through."""
    for number, boxes in zip(node.inputs, input_boxes, strict=True):
        union = waiting.setdefault(number, BoxUnion())
        for box in boxes:
            union.add(box)


def _boxes_read_by(node: Node, output_boxes: list[Box]) -> list[list[Box]]:
    """For each input of a node, the boxes of it that those which leave the node are computed from."""
    input_unions = [BoxUnion() for _ in node.inputs]
    walk_back(node, output_boxes, input_unions)
    return [union.boxes() for union in input_unions]
