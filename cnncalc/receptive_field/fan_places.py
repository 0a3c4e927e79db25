"""Where the units of a tensor lie, in pixels of an input: at the centres of what they see of it."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from cnncalc.receptive_field.propagation import receptive_fields

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.graph.graph import Graph
    from cnncalc.receptive_field.fan_rows import Axes
    from cnncalc.receptive_field.field import Field


class Places(NamedTuple):
    """Where unit 0 lies, how far the next one is, and whether units were spread because they have no centres."""

    start: Fraction
    stride: Fraction
    is_even: bool = False


class PlacesOfUnits:
    """The places of the units of every tensor, in pixels of one input, along the axes of all."""

    def __init__(self, network: Graph, axes: Axes, input_: int, on_the_way: Sequence[int]) -> None:
        self.tensors = network.tensors
        self.axes = axes
        self.input = input_
        self.inputs = [number for number in on_the_way if network.tensors[number].producer is None]
        self.fields = receptive_fields(network)

    def size(self, tensor: int) -> int:
        """How many units a tensor has along its axis."""
        axis = self.axes[tensor]
        return 1 if axis is None else self.tensors[tensor].shape[axis]

    def of(self, tensor: int) -> Places:
        """The places of a tensor's units.

        Where their fields do not all advance alike they lie on the line through the centres of a whole period. Where
        they have no fields that advance at all they share what a tensor before them takes up.
        """
        before: int | None = tensor
        while before is not None:
            found = self._own(before)
            if found is not None:
                break
            node = self.tensors[before].producer
            before = next((n for n in node.inputs if self.axes.get(n) is not None), None) if node else None
        if before == tensor and found is not None:
            return found
        start, stride, _ = found if before is not None and found is not None else Places(Fraction(0), Fraction(1))
        shared = stride * self.size(self.input if before is None else before) / self.size(tensor)
        paths = any(field.paths for fields in self.fields[tensor].values() for field in fields)
        return Places(start + (shared - stride) / 2, shared, not paths)

    def _own(self, tensor: int) -> Places | None:
        """The places by the fields; None where these do not tell."""
        of_inputs = self.fields[tensor]
        found = next((n for n in (self.input, *self.inputs) if self.tensors[n].name in of_inputs), None)
        axis = None if found is None else self.axes[found]
        if found is None or axis is None:
            return None
        line = centres(of_inputs[self.tensors[found].name][axis - 1], self.axes[tensor])
        if line is None:
            return None
        scale = Fraction(self.size(self.input), self.size(found))
        return Places((line.start + Fraction(1, 2)) * scale - Fraction(1, 2), line.stride * scale)


def centres(field: Field, axis: int | None) -> Places | None:
    """Where the centres of units along an axis lie; None where they have no field that advances along it.

    Where fields do not all advance alike it is the line through the centres of a whole period.
    """
    reads = field.local
    if reads is None or field.paths or field.axis != axis or not reads.step:
        return None
    stride = Fraction(reads.step, reads.period)
    starts = [
        Fraction(first + last, 2) - number * stride
        for number, (first, last) in enumerate(zip(reads.firsts, reads.lasts, strict=True))
        if first <= last
    ]
    return Places(sum(starts, Fraction(0)) / len(starts), stride)
