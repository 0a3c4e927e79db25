"""What placing works with: the room that something takes, ways and wires.

All of it is in coordinates across and along: along is where the data flows to. What is placed has an axis, on which the
way comes in and goes out.
"""
# No postponed annotations here: named tuples compile each one that is a string.

from collections.abc import Sequence
from typing import Final, NamedTuple, Protocol

from cnncalc.drawing.blocks.folding import Fold
from cnncalc.drawing.blocks.plan import Plan
from cnncalc.drawing.scene import Point

GAP: Final = 11.0
"""Between a box and the next: room for a way to turn, and for a head."""

TURN: Final = 6.5
"""How far before a box ways turn."""

LANE: Final = 9.0
BESIDE: Final = 10.0
"""Between branches."""

PAD: Final = 5.5
"""Between a frame and what is in it."""


class Extent(NamedTuple):
    """How far something reaches before and after its axis, and along it."""

    before: float
    after: float
    along: float


class Body(NamedTuple):
    """The size of an item: half of what it is across, along, and the room that it takes before the axis."""

    half: float
    along: float
    before: float

    @property
    def extent(self) -> Extent:
        """The room that it takes."""
        return Extent(max(self.half, self.before), self.half, self.along)


class Way(NamedTuple):
    """The way so far from an item: the points, across and along. It may end at the side of the item behind."""

    source: int
    points: tuple[Point, ...]
    aside: bool = False


class Wire(NamedTuple):
    """A way from an item to another that reads it."""

    source: int
    target: int
    points: tuple[Point, ...]


class Framed(NamedTuple):
    """A rectangle that stands for several."""

    before: float
    start: float
    after: float
    stop: float
    fold: Fold


class Placer(Protocol):
    """What ladders ask of who places the plans in them."""

    dots: list[Point]

    def extent(self, plan: Plan) -> Extent:
        """How much room a plan takes."""

    def place(self, plan: Plan, axis: float, start: float, ways: Sequence[Way]) -> list[Way]:
        """Put a plan on an axis; the ways that come to it, and those that leave it."""
