"""The rows of a fan: which tensors are one row of units, and along which axis of each the units lie."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cnncalc.geometry.access import Statistic
from cnncalc.geometry.boxes import BoxUnion
from cnncalc.geometry.index_set import IndexSet, union_of, whole
from cnncalc.geometry.reading import Rearrangement
from cnncalc.receptive_field.dependency import walk_back

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from cnncalc.geometry.access import Access
    from cnncalc.geometry.axis_map import AxisMap
    from cnncalc.geometry.boxes import Box
    from cnncalc.geometry.reading import Reading
    from cnncalc.graph.graph import Graph
    from cnncalc.graph.node import Node
    from cnncalc.shapes import Shape


class RowTensors(NamedTuple):
    """The tensors of a row, in order, and what it reads: pairs of a node of the row and the number of its input."""

    tensors: list[int]
    reads: list[tuple[Node, int]]


Axes = dict[int, int | None]
"""The axis of each tensor along which its units lie; None where all of it is one unit."""


def axes_behind(network: Graph, tensor: int, axis: int, on_the_way: Sequence[int]) -> Axes:
    """The axis of each tensor on the way to one that corresponds to an axis of that one.

    >>> import cnncalc
    >>> network = cnncalc.load("conv2d(8,3)|permute(dims=[0,2,1])|conv2d(8,3)", input="3x8x9")
    >>> axes_behind(network, 3, 2, range(4))
    {3: 2, 2: 2, 1: 1, 0: 1}
    """
    usual = axis, len(network.tensors[tensor].shape)
    found: Axes = {tensor: axis}
    for number in reversed(on_the_way):
        node = network.tensors[number].producer
        for taken, reading in zip(node.inputs, node.steps[0].readings(), strict=True) if node else ():
            if taken not in found and node is not None:
                found[taken] = _axis_before(node, node.inputs.index(taken), reading, found[number], usual)
    return found


def _axis_before(node: Node, place: int, reading: Reading, axis: int | None, usual: tuple[int, int]) -> int | None:
    """The axis of a node's input that an axis of its output corresponds to."""
    shape = node.input_shapes[place]
    if len(shape) == 1:
        return None
    if axis is not None and not isinstance(reading, Rearrangement):
        return axis if axis < len(shape) else None
    if axis is not None and node.output_shape[axis] > 1:
        ends = (read_by(node, box_of(node.output_shape, axis, at))[place] for at in (0, node.output_shape[axis] - 1))
        first, last = ([union_of(sets) for sets in zip(*boxes, strict=True)] for boxes in ends)
        differing = [number for number in range(1, len(shape)) if first and last and first[number] != last[number]]
        if differing and usual[0] not in differing:
            return differing[0]
    return usual[0] if usual[1] == len(shape) else len(shape) - 1


def box_of(shape: Shape, axis: int | None, unit: int) -> Box:
    """All values of a unit along an axis."""
    return tuple(IndexSet.span(unit, unit) if number == axis else whole(size) for number, size in enumerate(shape))


def read_by(node: Node, wanted: Box) -> list[list[Box]]:
    """The boxes of each of a node's inputs that a box of its output is computed from."""
    unions = [BoxUnion() for _ in node.inputs]
    walk_back(node, [wanted], unions)
    return [union.boxes() for union in unions]


def along(boxes: Sequence[Box], axis: int | None) -> IndexSet:
    """The units that boxes have along an axis."""
    if axis is None:
        return IndexSet.span(0, 0) if boxes else IndexSet.span(0, -1)
    return union_of(box[axis] for box in boxes)


def rows_of(
    network: Graph, axes: Axes, on_the_way: Sequence[int], within: Container[int], *, unfold: bool
) -> list[RowTensors]:
    """The rows of the tensors on the way; those that are not `within` are the first rows, and read nothing.

    Unless it is to `unfold`, a layer belongs to the row before it where its units read the units of the same place
    alone, or besides those of an earlier row that this one reads at the same places anyway, as a residual does behind
    dilated convolutions. Windows that are equal and read the same rows are one row.
    """
    return _Rows(network, axes, unfold=unfold).of(on_the_way, within)


class _Rows:
    """The rows so far; `places` says in which a tensor is."""

    def __init__(self, network: Graph, axes: Axes, *, unfold: bool) -> None:
        self.network = network
        self.axes = axes
        self.unfold = unfold
        self.rows: list[RowTensors] = []
        self.places: dict[int, int] = {}
        self.windows: dict[object, int] = {}

    def of(self, on_the_way: Sequence[int], within: Container[int]) -> list[RowTensors]:
        """The rows of all tensors, when each has been looked at."""
        for number in on_the_way:
            node = self.network.tensors[number].producer
            is_read = node is not None and number in within and any(taken in self.places for taken in node.inputs)
            found = self._row_for(node) if node is not None and is_read and not self.unfold else None
            if found is None or found == len(self.rows):
                found = len(self.rows)
                self.rows.append(RowTensors([], []))
                if node is not None and is_read:
                    reads = [(node, i) for i, taken in enumerate(node.inputs) if taken in self.places]
                    self.rows[found].reads.extend(reads)
            self.rows[found].tensors.append(number)
            self.places[number] = found
        return self.rows

    def _row_for(self, node: Node) -> int | None:
        """The row that a node belongs to; None, or the number of the next row, where it begins one."""
        if not all(taken in self.places for taken in node.inputs):
            return None
        sources = {self.places[taken] for taken in node.inputs}
        if all(self._keeps_places(node, place, reading) for place, reading in enumerate(node.steps[0].readings())):
            last = max(sources)
            others = sources - {last}
            if self.rows[last].reads and all(self._reads_own_place(last, other) for other in others):
                return last
            return None
        return self.windows.setdefault(key, len(self.rows)) if (key := self._window_key(node)) else None

    def _window_key(self, node: Node) -> object:
        """The same for windows that read the same at the same places; None for what is no window."""
        axis = self.axes[node.output]
        if node.windows is None or axis is None or not 0 < axis <= len(node.windows):
            return None
        return node.inputs, node.type, axis, node.windows[axis - 1]

    def _reads_own_place(self, row: int, source: int) -> bool:
        """Whether every unit of a row reads the unit of an earlier one that has its number."""
        for node, place in self.rows[row].reads:
            taken = node.inputs[place]
            if self.places[taken] == source and self._sizes(node, place):
                hull = hull_of(node, place, self.axes[taken])
                if hull and hull.period == 1 == hull.step and 0 in range(hull.firsts[0], hull.lasts[0] + 1, hull.gap):
                    return True
        return False

    def _keeps_places(self, node: Node, place: int, reading: Reading) -> bool:
        """Whether each unit of a node reads the unit of an input that has its number, and no other."""
        if not self._sizes(node, place):
            return False
        taken = self.axes[node.inputs[place]]
        if taken is None:
            return self.axes[node.output] is None
        if taken != self.axes[node.output]:
            return False
        readings = (reading, *(step.readings()[0] for step in node.steps[1:]))
        return all(not isinstance(r, Rearrangement) and _is_own_place(r.accesses[taken]) for r in readings)

    def _sizes(self, node: Node, place: int) -> bool:
        """Whether there are as many units as in an input."""
        before, after = self.axes[node.inputs[place]], self.axes[node.output]
        if before is None or after is None:
            return before is after
        return node.input_shapes[place][before] == node.output_shape[after]


def hull_of(node: Node, place: int, axis: int | None) -> AxisMap | None:
    """What the units of a node read along an axis of an input, not clipped; None where that is not one map."""
    reading = node.steps[0].readings()[place]
    if axis is None or isinstance(reading, Rearrangement) or isinstance(reading.accesses[axis], Statistic):
        return None
    return reading.accesses[axis].hull()


def _is_own_place(access: Access) -> bool:
    """Whether each unit reads the position of its own number alone."""
    hull = access.hull()
    return hull is not None and hull[:3] == ((0,), (0,), 1) and not isinstance(access, Statistic)
