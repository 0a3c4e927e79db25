"""What a layer reads of its inputs, axis by axis, as the propagation of receptive fields asks for it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from cnncalc.geometry.access import Part, Preceding, Shift, Statistic, UpToWhole, Whole
from cnncalc.geometry.axis_map import IDENTITY, LONGEST_PERIOD
from cnncalc.geometry.reading import Rearrangement, ReduceAxes, UnknownReading

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cnncalc.geometry.access import Access
    from cnncalc.geometry.axis_map import AxisMap
    from cnncalc.geometry.index_set import IndexSet
    from cnncalc.graph.graph import Graph
    from cnncalc.layers.base import Layer
    from cnncalc.shapes import Shape

MOST_STEPS: Final = 40_000
"""The most steps, each of one path through one layer, that a network of few layers may take: about a second."""

STEPS_A_LAYER: Final = 10
"""The further steps that each layer of the network allows."""


class Allowance:
    """The steps, each of one path through one layer, that are left to a network."""

    def __init__(self, network: Graph) -> None:
        self.left = MOST_STEPS + STEPS_A_LAYER * len(network.nodes)

    def spend(self, steps: int) -> bool:
        """Take steps; false where there are none left for more than one path."""
        self.left -= steps
        return steps == 1 or self.left >= 0


class LayerReads:
    """What a layer's output, of shape `output`, reads of each of its inputs along each axis, channels being axis 0."""

    def __init__(self, layer: Layer, inputs: list[Shape], output: Shape, allowance: Allowance) -> None:
        self.allowance = allowance
        self.inputs = inputs
        self.output = output
        readings = layer.reads(inputs, output)
        self.moves = [reading.moves if isinstance(reading, Rearrangement) else () for reading in readings]
        self.is_rearranged = any(self.moves)
        self.accesses: list[Sequence[Access]] = [
            () if isinstance(reading, Rearrangement) else reading.accesses for reading in readings
        ]
        self.is_unknown = any(isinstance(reading, UnknownReading) for reading in readings)
        self.is_partial = [reading.is_partial for reading in readings]
        self.hulls = [[_own_hull(access) for access in accesses] for accesses in self.accesses]
        self.has_statistics = any(isinstance(access, Statistic) for access in self.accesses[0])
        self.needs_each_channel = self._distinguishes_channels()
        self.keeps_fields = len(inputs) == 1 and not self.is_rearranged and self._keeps_positions()
        self.keeps_channels = not self.is_rearranged and self.hulls[0][0] is IDENTITY

    @cached_property
    def joined_axis(self) -> int | None:
        """The axis along which the inputs lie one behind another."""
        return next((axis for axis, access in enumerate(self.accesses[0]) if isinstance(access, Part)), None)

    @cached_property
    def global_axes(self) -> list[set[int]]:
        """Of each input the axes over the whole of which statistics are taken."""
        return [
            {axis for axis, hull in enumerate(hulls) if hull is None and isinstance(accesses[axis], Statistic)}
            for accesses, hulls in zip(self.accesses, self.hulls, strict=True)
        ]

    @cached_property
    def mirrors(self) -> list[bool]:
        """Of each input whether units at the borders read pixels beside those of the hulls."""
        return [any(access.mirrors for access in accesses) for accesses in self.accesses]

    @cached_property
    def skips(self) -> list[bool]:
        """Of each input whether border positions may be read by no unit."""
        return [
            any(map(_skips, hulls, shape, self.output)) for hulls, shape in zip(self.hulls, self.inputs, strict=True)
        ]

    @cached_property
    def mixes_channels(self) -> list[bool]:
        """Of each input whether each value needs all of its channels."""
        if self.is_rearranged:
            first = (moves[0] if moves else None for moves in self.moves)
            return [isinstance(move, ReduceAxes) and 0 in move.axes for move in first]
        return [hulls[0] is None and not self.has_statistics for hulls in self.hulls]

    def uses_all(self, number: int) -> bool:
        """Whether every value of an input enters the output; False also where that would take long to find out."""
        if self.mirrors[number] or any(move.drops for move in self.moves[number]):
            return False
        axes = zip(self.hulls[number], self.inputs[number], self.output, strict=False)
        return all(hull is None or hull is IDENTITY or _covers(hull, before, after) for hull, before, after in axes)

    def all_see_all(self, number: int) -> bool:
        """Whether every value of an input enters the output, and what counts as read whole is so by every unit."""
        return not self.is_partial[number] and self.uses_all(number)

    def _keeps_positions(self) -> bool:
        """Whether output position p depends on position p of the only input alone, along every axis."""
        _, *axes = self.hulls[0]
        return bool(axes or not self._drops_channels()) and all(hull is IDENTITY for hull in axes)

    def _drops_channels(self) -> bool:
        """Whether some channels of the first input are left out."""
        access, hull = self.accesses[0][0], self.hulls[0][0]
        dropping = isinstance(access, Shift) and not isinstance(access, Part)
        return dropping and hull is not None and not _covers(hull, self.inputs[0][0], self.output[0])

    def _distinguishes_channels(self) -> bool:
        """Whether the output needs the field of each channel of the input, and not only that of all together."""
        if not self.is_rearranged:
            return self._drops_channels()
        if len(self.output) == 1:
            return False
        from cnncalc.receptive_field.moved_axes import rearranged
        from cnncalc.receptive_field.paths import Path, axis_term

        channels = self.inputs[0][0]
        found = rearranged(Path((axis_term(0, channels, IDENTITY),)), self.moves[0], self.inputs[0])
        return any(digit.axis for path in found for term in path.terms for digit in term.digits)

    def is_irregular(self, number: int, axis: int) -> bool:
        """Whether an axis counts as read whole because the pattern of what is read has no short description."""
        access = self.accesses[number][axis]
        if isinstance(access, UpToWhole):
            return self.inputs[number][axis] > 1
        is_whole = isinstance(access, (Whole, Preceding))
        return not is_whole and self.inputs[number][axis] > 1 and self.output[axis] > LONGEST_PERIOD

    def reads_exactly(self, number: int, axis: int) -> Callable[[int], IndexSet]:
        """The positions along an axis of an input that each position of the output reads."""
        from cnncalc.geometry.index_set import IndexSet

        access = self.accesses[number][axis]
        return lambda unit: access.read_by(IndexSet.span(unit, unit))


def _own_hull(access: Access) -> AxisMap | None:
    """What is read along an axis or, for a statistic beside the own position, what the statistic is of."""
    return (access.over if isinstance(access, Statistic) else access).hull()


def _skips(hull: AxisMap | None, before: int, after: int) -> bool:
    """Whether border positions of an axis may be read by no unit: windows with holes may start in the padding."""
    if hull is None or hull is IDENTITY or not hull.skips:
        return False
    first, last = hull.span(0, after - 1)
    return not hull.ordered or first < 0 or last >= before


def _covers(hull: AxisMap, before: int, after: int) -> bool:
    """Whether the `after` units together read all of the `before` positions of an axis."""
    if hull.skips:
        return False
    first, last = hull.span(0, after - 1)
    return first <= 0 and last >= before - 1
