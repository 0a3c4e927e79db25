"""A row of a fan: its cone, what its units read, the padding beside it and the units that are dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from cnncalc.geometry.bits import runs
from cnncalc.geometry.index_set import EMPTY, IndexSet, union_of, whole
from cnncalc.geometry.periodic import IrregularError
from cnncalc.geometry.window import Window
from cnncalc.receptive_field.fan_results import FanRow, FanUnit, Reads, RowWindow
from cnncalc.receptive_field.fan_rows import along, box_of, hull_of, read_by

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from fractions import Fraction

    from cnncalc.geometry.boxes import Box
    from cnncalc.graph.graph import Graph
    from cnncalc.graph.node import Node
    from cnncalc.receptive_field.fan_places import PlacesOfUnits
    from cnncalc.receptive_field.fan_rows import Axes, RowTensors

MOST_LISTED: Final = 256
"""The most units of a cone that are told one by one."""

MOST_RUNS: Final = 512
"""The most runs of units of a cone that are told; of more, the first and the last unit are one."""

MOST_BITS: Final = 2**17
"""Of longer axes those units alone count as dropped that lie behind all that are read."""


class Walk(NamedTuple):
    """The walk back from a unit of a tensor: the boxes of each tensor on the way, and where units lie."""

    network: Graph
    tensor: int
    axes: Axes
    cones: dict[int, list[Box]]
    places: PlacesOfUnits


class Draft:
    """A row before it is known what is in sight."""

    def __init__(self, walk: Walk, row: RowTensors, numbers: dict[int, int]) -> None:
        self.walk = walk
        self.numbers = numbers
        self.tensors = row.tensors
        self.reads = [(node, place) for node, place in row.reads if node.inputs[place] in numbers]
        self.first = walk.network.tensors[row.tensors[0]]
        self.size = walk.places.size(self.first.number)
        self.start, self.stride, self.is_even = walk.places.of(self.first.number)
        self.cone = union_of(along(walk.cones[n], walk.axes[n]) for n in row.tensors if walk.cones.get(n))

    def centre(self, unit: int) -> Fraction:
        """Where a unit lies."""
        return self.start + unit * self.stride

    def reached(self, drafts: Sequence[Draft], *units: int) -> Iterator[Fraction]:
        """Where units lie, and the padding that they read beside those of the rows before."""
        for unit in units:
            yield self.centre(unit)
            for node, place in self.reads:
                source = drafts[self.numbers[node.inputs[place]]]
                yield from map(source.centre, _padding(node, place, self.walk.axes, unit))

    def row(self, low: Fraction, high: Fraction, most: int) -> FanRow:
        """The row, with all units that are in sight, if these are not more than so many."""
        draft = FanRow(
            name=self.first.name,
            type=self.first.producer.type if self.first.producer else "input",
            window=_window(self.first.producer, self.walk.axes),
            layers=tuple(self.walk.network.tensors[number].name for number in self.tensors if self.first.producer),
            size=self.size,
            start=self.start,
            stride=self.stride,
            is_even=self.is_even,
            cone=(self.cone.first, self.cone.last, self.cone.total),
            sources=tuple(dict.fromkeys(self.numbers[n.inputs[place]] for n, place in self.reads)),
            units=(),
            is_complete=False,
            runs=_runs(self.cone),
            dropped=_runs(self._dropped()),
        )
        seen = draft.between(low, high)
        is_complete = len(seen) <= most
        listed = seen if is_complete else self.cone.each() if self.cone.total <= MOST_LISTED else ()
        held = set(self.cone.between(seen.start, seen.stop - 1).each() if self.cone else ()) if is_complete else None
        units = tuple(FanUnit(n, held is None or n in held, tuple(self._reads_of(n))) for n in listed)
        return draft._replace(units=units, is_complete=is_complete)

    def _reads_of(self, unit: int) -> Iterator[Reads]:
        """What a unit reads of each row that is drawn."""
        axes = self.walk.axes
        by_row: dict[int, list[IndexSet]] = {}
        padding: dict[int, list[int]] = {}
        for node in dict.fromkeys(node for node, _ in self.reads):
            boxes = read_by(node, box_of(node.output_shape, axes[node.output], unit))
            for place in (place for other, place in self.reads if other is node):
                taken = node.inputs[place]
                row = self.numbers[taken]
                by_row.setdefault(row, []).append(along(boxes[place], axes[taken]))
                padding.setdefault(row, []).extend(_padding(node, place, axes, unit))
        for row, sets in by_row.items():
            yield Reads(row, _progressions(union_of(sets)), tuple(sorted(set(padding[row]))))

    def _dropped(self) -> IndexSet:
        """The units that no layer reads; none where a tensor of the row leaves the network, or is the fan's own."""
        walk, read, inside = self.walk, list[IndexSet](), set(self.tensors)
        for number in self.tensors:
            if number in walk.network.outputs or number == walk.tensor:
                return EMPTY
            for node in walk.network.tensors[number].readers:
                if node.output not in inside:
                    boxes = read_by(node, box_of(node.output_shape, None, 0))
                    read += [
                        along(boxes[n], walk.axes[number]) for n, taken in enumerate(node.inputs) if taken == number
                    ]
        return _complement(union_of(read), self.size) if read else EMPTY


def _progressions(positions: IndexSet) -> tuple[range, ...]:
    """Evenly spaced positions; where they are too irregular, all between the first and the last."""
    try:
        found = tuple(positions.progressions())
    except IrregularError:
        found = (range(positions.first, positions.last + 1),)
    return found


def _padding(node: Node, place: int, axes: Axes, unit: int) -> list[int]:
    """The places beside an input's units that the window of a unit lies on."""
    taken = axes[node.inputs[place]]
    if node.windows is None or taken is None or taken > len(node.windows) or place or axes[node.output] != taken:
        return []
    window, size = node.windows[taken - 1], node.input_shapes[place][taken]
    hull = hull_of(node, place, taken)
    if not isinstance(window, Window) or hull is None or hull.gap != window.dilation or hull.period > 1:
        return []
    first, last = hull.interval(unit)
    before = range(first, min(last + 1, 0), hull.gap)
    behind = range(last, max(first - 1, size - 1), -hull.gap)
    return [*before, *behind][: 2 * MOST_LISTED]


def _window(node: Node | None, axes: Axes) -> RowWindow | None:
    """The window of a node along its axis."""
    axis = axes[node.output] if node else None
    if node is None or node.windows is None or axis is None or axis > len(node.windows):
        return None
    window, size = node.windows[axis - 1], node.input_shapes[0][axis] if axis < len(node.input_shapes[0]) else 1
    return RowWindow(window.kernel_size, window.stride, window.dilation, window.pads(size))


def _complement(positions: IndexSet, size: int) -> IndexSet:
    """The positions of an axis of that size that are not in a set; none where the set is too irregular."""
    if positions.total == size:
        return EMPTY
    if size <= MOST_BITS:
        bits = ~positions.bits(0, size) & ((1 << size) - 1)
        return _of_bits(bits)
    if not positions.pieces:
        return union_of([whole(positions.first), whole(size - 1 - positions.last).shifted(positions.last + 1)])
    return whole(size - 1 - positions.last).shifted(positions.last + 1)


def _of_bits(bits: int) -> IndexSet:
    """The set of the bits of an integer."""
    return union_of(IndexSet.span(start, start + length - 1) for start, length in runs(bits))


def _runs(positions: IndexSet) -> tuple[tuple[int, int], ...]:
    """The first and last of each run of positions; of too many runs the first and last of all."""
    if not positions:
        return ()
    found: list[tuple[int, int]] = []
    try:
        for part in sorted(positions.progressions(), key=lambda part: part.start):
            if part.step == 1 or len(part) == 1:
                found.append((part.start, part[-1]))
            else:
                found += [(at, at) for at in part[: MOST_RUNS + 1]]
            if len(found) > MOST_RUNS:
                return ((positions.first, positions.last),)
    except IrregularError:
        return ((positions.first, positions.last),)
    return _joined(sorted(found))


def _joined(runs: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Runs in order, those that touch being one."""
    joined: list[tuple[int, int]] = []
    for first, last in runs:
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = joined[-1][0], max(joined[-1][1], last)
        else:
            joined.append((first, last))
    return tuple(joined)
