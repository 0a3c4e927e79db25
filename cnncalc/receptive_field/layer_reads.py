"""What a layer reads of its inputs, axis by axis, as the propagation of receptive fields asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.geometry.axis_map import IDENTITY, LONGEST_PERIOD

if TYPE_CHECKING:
    from collections.abc import Callable

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
        self.layer = layer
        self.allowance = allowance
        self.inputs = inputs
        self.output = output
        self.channels = layer.channel_reads(inputs, output)
        spatial = layer.reads(inputs, output)
        self.reads = [(channels, *axes) for channels, axes in zip(self.channels, spatial, strict=True)]
        self.moves = layer.rearranges(inputs[0], output)
        self.joins = layer.joins(inputs)
        self.global_axes = [{axis + 1 for axis in layer.global_axes(shape)} for shape in inputs]
        if layer.keeps_places and self.channels[0] is None:
            self.global_axes[0].add(0)
        self.skips = [
            any(map(self._skips, reads, shape, output)) for reads, shape in zip(self.reads, inputs, strict=True)
        ]
        self.asks = self._tells_channels_apart()
        self.mixes = [by is None and not layer.keeps_places for by in self.channels]
        self.passes = len(inputs) == 1 and not (self.global_axes[0] - {0} or self.moves) and self._leaves_axes()
        self.passes_channels = self.channels[0] is IDENTITY

    @staticmethod
    def _skips(reads: AxisMap | None, before: int, after: int) -> bool:
        """Whether border positions of an axis may be read by no unit: windows with holes may start in the padding."""
        if reads is None or reads is IDENTITY or not reads.skips:
            return False
        first, last = reads.span(0, after - 1)
        return not reads.ordered or first < 0 or last >= before

    def uses_all(self, number: int) -> bool:
        """Whether every value of an input enters the output; False also where that would take long to find out."""
        if self.joins is not None or self.moves:
            return True
        if self.layer.drops_values or self.layer.reads_mirrored_border:
            return False
        axes = zip(self.reads[number], self.inputs[number], self.output, strict=False)
        return all(by is None or by is IDENTITY or _covers(by, before, after) for by, before, after in axes)

    def _leaves_axes(self) -> bool:
        """Whether output position p depends on position p of the only input alone, along every axis."""
        _, *axes = self.reads[0]
        return bool(axes or not self.layer.drops_values) and all(reads is IDENTITY for reads in axes)

    def _tells_channels_apart(self) -> bool:
        """Whether the output needs the field of each channel of the input, and not only that of all together."""
        if not self.moves:
            return self.layer.drops_values and self.channels[0] is not IDENTITY
        if len(self.output) == 1:
            return False
        from cnncalc.receptive_field.moved_axes import rearranged
        from cnncalc.receptive_field.paths import Path, whole_axis

        channels = self.inputs[0][0]
        found = rearranged(Path((whole_axis(0, channels, IDENTITY),)), self.moves, self.inputs[0])
        return any(digit.axis for path in found for term in path.terms for digit in term.digits)

    def is_irregular(self, number: int, axis: int) -> bool:
        """Whether an axis counts as read whole because the pattern of what is read has no short description."""
        windowed = self.layer.channelwise or self.layer.windows(self.inputs[number]) is not None
        return windowed and self.inputs[number][axis] > 1 and self.output[axis] > LONGEST_PERIOD

    def taps(self, number: int, axis: int) -> Callable[[int], IndexSet]:
        """The positions along an axis of an input that each position of the output reads."""
        from cnncalc.geometry.index_set import IndexSet

        return lambda unit: self.layer.taps(number, axis, IndexSet.span(unit, unit), self.inputs, self.output)


def _covers(reads: AxisMap, before: int, after: int) -> bool:
    """Whether the `after` units together read all of the `before` positions of an axis."""
    if reads.skips:
        return False
    first, last = reads.span(0, after - 1)
    return first <= 0 and last >= before - 1
