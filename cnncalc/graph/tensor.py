"""A tensor of a graph: what it is called, its shape, who makes it and who reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.graph.node import Node
    from cnncalc.shapes import Shape


class Tensor:
    """What an input or a node gives: `producer` is that node, None of an input, and `readers` are those that take it.

    The shape has its channels first, and no batch.
    """

    __slots__ = ("name", "number", "producer", "readers", "shape")

    def __init__(self, number: int, name: str, shape: Shape, producer: Node | None, readers: Sequence[Node]) -> None:
        self.number = number
        self.name = name
        self.shape = shape
        self.producer = producer
        self.readers = readers
