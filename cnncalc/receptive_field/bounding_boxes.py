"""When a union of boxes may be replaced by the smallest box around it, with the same result at the input.

The smallest box holds places that are in none of the boxes. Projected to one axis of an input, though, it reads the
same pixels as they do together, provided that no box dies on the way. A box dies on a path where it reads nothing but
padding along one axis, whatever it reads along the others. That it lives on every path is proven by following a single
position of each axis back to the inputs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.geometry.index_set import IndexSet, union_of
from cnncalc.geometry.reading import Rearrangement

if TYPE_CHECKING:
    from cnncalc.geometry.boxes import Box
    from cnncalc.graph.graph import Graph
    from cnncalc.graph.node import Node, Step

MOST_SEPARATE: Final = 32
"""The most boxes that are left as they are."""

MOST_FAILURES: Final = 16
"""The most unions of a network whose boxes may die; after that no more are tried."""


class BoundingBoxes:
    """The positions, by tensor and axis, that are known to read something of the inputs on every path."""

    def __init__(self, network: Graph) -> None:
        self.network = network
        self._known: set[tuple[int, int, int]] = set()
        self._failures = 0

    def simplified(self, tensor: int, boxes: list[Box]) -> list[Box]:
        """The smallest box around boxes of a tensor, if there are many and it reads the same pixels; or the boxes."""
        if len(boxes) <= MOST_SEPARATE or self._failures == MOST_FAILURES:
            return boxes
        differing = [axis for axis, sets in enumerate(zip(*boxes, strict=True)) if any(s != sets[0] for s in sets)]
        if not all(self._reaches_inputs(tensor, axis, box[axis]) for box in boxes for axis in differing):
            self._failures += 1
            return boxes
        return [tuple(union_of(sets) for sets in zip(*boxes, strict=True))]

    def _reaches_inputs(self, tensor: int, axis: int, positions: IndexSet) -> bool:
        """Whether the position in the middle reads something on every path to an input."""
        found: set[tuple[int, int, int]] = set()
        waiting = [(tensor, axis, nearest(positions, (positions.first + positions.last) // 2))]
        while waiting:
            tensor, axis, at = place = waiting.pop()
            if place in found or place in self._known:
                continue
            found.add(place)
            producer = self.network.tensors[tensor].producer
            if producer:
                arriving = _positions_read(producer, axis, at)
                if arriving is None:
                    return False
                waiting += [(number, axis, at) for number, at in arriving]
        self._known |= found
        return True


def _positions_read(node: Node, axis: int, at: int) -> list[tuple[int, int]] | None:
    """What a position reads, as one `(tensor, position)` for each input; None where it reads nothing of one."""
    *later, own = reversed(node.steps)
    for step in later:
        found = _one_position_each(step, axis, at)
        if found is None:
            return None
        (at,) = found
    taken = _one_position_each(own, axis, at)
    return None if taken is None else list(zip(node.inputs, taken, strict=True))


def _one_position_each(step: Step, axis: int, at: int) -> list[int] | None:
    """Of each input one position that a position of the output reads: that of the same place, or the nearest to it.

    None where it reads nothing of one of them, or its axes do not stay.
    """
    found = []
    for reading, shape in zip(step.readings(), step.input_shapes, strict=True):
        if isinstance(reading, Rearrangement):
            return None
        positions = reading.accesses[axis].read_by(IndexSet.span(at, at))
        if not positions:
            return None
        found.append(nearest(positions, at * shape[axis] // step.output_shape[axis]))
    return found


def nearest(positions: IndexSet, at: int) -> int:
    """The last position up to `at`, or the first.

    >>> nearest(IndexSet.progression(0, 5, 3), 7)
    5
    """
    return (positions.between(positions.first, at) or positions.between(positions.first, positions.first)).last
