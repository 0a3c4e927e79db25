"""What tensors of whole numbers count in: a scale that the file has, or one that is known when the network runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cnncalc.models.onnx.constants import Constant, Numbers

if TYPE_CHECKING:
    from cnncalc.models.onnx.flows import Flow


class Scale(NamedTuple):
    """What a whole number counts in, and which one stands for zero: one for all, or one for each place of an axis."""

    scale: Constant
    zero: Constant | None
    axis: int | None

    def equals(self, other: Scale) -> bool:
        """Whether numbers stand for the same values by both."""
        nought = Numbers([0] * self.scale.size, self.scale.shape, "int64")
        zeros = (self.zero or nought, other.zero or nought)
        return _equal(self.scale, other.scale) and _equal(*zeros) and self.axis == other.axis


def _equal(first: Constant, second: Constant) -> bool:
    return first.key == second.key or (first.size == second.size and first.numbers() == second.numbers())


class RunningScale:
    """What whole numbers count in, and which one is zero, as the values of `x` say while the network runs.

    `times` is a constant that it is multiplied with.
    """

    __slots__ = ("times", "x")

    def __init__(self, x: Flow, times: Constant | None = None) -> None:
        self.x = x
        self.times = times

    def equals(self, other: RunningScale) -> bool:
        """Whether both are of the same values, and multiplied with nothing."""
        return self.x.source == other.x.source and self.times is other.times is None
