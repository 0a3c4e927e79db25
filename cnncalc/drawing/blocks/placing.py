"""A plan in points: how large everything is, where it is, and the ways between."""
# No postponed annotations here: named tuples compile each one that is a string.

from collections import Counter
from collections.abc import Sequence
from math import sqrt
from typing import Final, NamedTuple

from cnncalc.drawing.blocks import ladder
from cnncalc.drawing.blocks.geometry import BESIDE, GAP, LANE, PAD, TURN, Body, Extent, Framed, Way, Wire
from cnncalc.drawing.blocks.items import Item
from cnncalc.drawing.blocks.plan import Frame, Leaf, Parallel, Plan, Series
from cnncalc.drawing.scene import Point

UNEVEN: Final = 1.5
"""How much longer a branch is than all others, if it is the main one and the others are beside it."""


HEADS: Final = 3.6
"""From one head to the next, where an item reads another more than once."""


class _Arrangement(NamedTuple):
    """How branches lie: the offsets of their axes and those of lanes, and whether one way keeps the axis."""

    axes: tuple[float, ...]
    lanes: tuple[float, ...]
    extent: Extent
    is_uneven: bool
    is_straight: bool


class Placing:
    """What is placed so far: `places` has axis and start of each item; `loose` are those in frames of no plan."""

    def __init__(self, every: Sequence[Item], bodies: Sequence[Body], label: float) -> None:
        self.every = every
        self.bodies = bodies
        self.label = label
        self.loose: set[int] = set()
        self.places: dict[int, Point] = {}
        self.wires: list[Wire] = []
        self.frames: list[Framed] = []
        self.dots: list[Point] = []
        self._extents: dict[int, tuple[Plan, Extent]] = {}
        self._arranged: dict[int, _Arrangement] = {}

    def extent(self, plan: Plan) -> Extent:
        """How much room a plan takes."""
        known = self._extents.get(id(plan))
        if known is None:
            known = self._extents[id(plan)] = (plan, self._extent(plan))
        return known[1]

    def _extent(self, plan: Plan) -> Extent:
        if isinstance(plan, Leaf):
            extent = self.bodies[plan.place].extent
            beside = PAD + self.label if plan.place in self.loose else 0.0
            return extent._replace(before=extent.before + beside)
        if isinstance(plan, Frame):
            inner = self.extent(plan.inner)
            return Extent(inner.before + PAD + self.label, inner.after + PAD, _lead(plan) + inner.along + PAD)
        if isinstance(plan, Series):
            parts = [self.extent(part) for part in plan.parts]
            along = sum(part.along for part in parts) + GAP * (len(parts) - 1)
            return Extent(max(part.before for part in parts), max(part.after for part in parts), along)
        if isinstance(plan, Parallel):
            return self.arranged(plan).extent
        return ladder.extent(self, plan)

    def place(self, plan: Plan, axis: float, start: float, ways: Sequence[Way]) -> list[Way]:
        """Put a plan on an axis; the ways that come to it, and those that leave it."""
        if isinstance(plan, Leaf):
            return self.put(plan.place, axis, start, ways)
        if isinstance(plan, Series):
            for part in plan.parts:
                ways = self.place(part, axis, start, ways)
                start += self.extent(part).along + GAP
            return list(ways)
        if isinstance(plan, Frame):
            inner = self.extent(plan.inner)
            stop = start + self.extent(plan).along
            self.frames.append(Framed(axis - inner.before - PAD, start, axis + inner.after + PAD, stop, plan.fold))
            return self.place(plan.inner, axis, start + _lead(plan), _joined(ways, axis, start))
        if isinstance(plan, Parallel):
            return self._place_branches(plan, axis, start, ways)
        return ladder.place(self, plan, axis, start, ways)

    def put(self, place: int, axis: float, start: float, ways: Sequence[Way]) -> list[Way]:
        """Put an item on an axis, and end the ways to it."""
        body = self.bodies[place]
        self.places[place] = (axis, start)
        missing = Counter(self.every[place].inputs)
        reading = [way for way in ways if way.source in missing]
        for way in reading:
            self.wires.append(Wire(way.source, place, self._ended(way, body, axis, start)))
            missing[way.source] -= 1
        again = [way for way in {way.source: way for way in reading}.values() for _ in range(missing[way.source])]
        for number, way in enumerate(again, 1):
            aside = min(HEADS * number, 0.75 * body.half * number / len(again))
            self.wires.append(Wire(way.source, place, self._ended(way, body, axis, start, aside)))
        return [Way(place, ((axis, start + body.along),))]

    def _ended(self, way: Way, body: Body, axis: float, start: float, aside: float = 0.0) -> tuple[Point, ...]:
        """The points of a way up to an item, or up to a place `aside` of that where another such way ends."""
        across = way.points[-1][0]
        if abs(across - axis) < 0.01 and not aside:
            return (*way.points, (axis, start))
        inside = body.half - sqrt(body.half**2 - aside**2) if body.along == 2 * body.half else 0.0
        if way.aside and across >= axis + body.half + 4:
            aside = min(aside, 0.75 * body.along / 2)
            middle = start + body.along / 2 - aside
            return (*way.points, (across, middle), (axis + body.half - inside, middle))
        return (*way.points, (across, start - TURN), (axis - aside, start - TURN), (axis - aside, start + inside))

    def _place_branches(self, plan: Parallel, axis: float, start: float, ways: Sequence[Way]) -> list[Way]:
        """Put branches beside each other."""
        arranged = self.arranged(plan)
        turn = start - TURN
        found: list[Way] = []
        if arranged.is_straight:
            found += [way._replace(points=(*way.points, (axis, turn))) for way in ways]
        for offset in arranged.lanes:
            corners = ((axis, turn), (axis + offset, turn))
            found += [Way(way.source, (*way.points, *corners), aside=True) for way in ways]
        for branch, offset in zip(plan.branches, arranged.axes, strict=True):
            room = arranged.extent.along - self.extent(branch.series).along
            down = room / 2 if branch.is_through else 0.0 if branch.enters else room
            at = axis + offset
            incoming = []
            if branch.enters:
                aside = ((axis, turn), (at, turn)) if offset else ()
                incoming = [way._replace(points=(*way.points, *aside)) for way in ways]
            outgoing = self.place(branch.series, at, start + down, incoming)
            if branch.leaves:
                found += [way._replace(aside=way.aside or (arranged.is_uneven and offset > 0)) for way in outgoing]
        return found

    def arranged(self, plan: Parallel) -> _Arrangement:
        """How the branches of a plan lie: a long one on the axis and others to the right, or all of them beside."""
        known = self._arranged.get(id(plan))
        if known is None:
            known = self._arranged[id(plan)] = self._arrangement(plan)
        return known

    def _arrangement(self, plan: Parallel) -> _Arrangement:
        extents = [self.extent(branch.series) for branch in plan.branches]
        through = [number for number, branch in enumerate(plan.branches) if branch.is_through]
        if not through and not plan.direct:
            through = list(range(len(extents)))
        main = _main(through, extents, plan)
        axes = [0.0] * len(extents)
        behind = self.bodies[plan.behind].half if plan.behind is not None else 0.0
        if main is not None or not through:
            before = extents[main].before if main is not None else 2.0
            after = max(extents[main].after if main is not None else 2.0, behind)
        else:
            before, after = _side_by_side(through, extents, axes)
        lanes = []
        for _ in range(plan.direct if through else plan.direct - 1):
            after += LANE
            lanes.append(after)
        if lanes:
            after += 1.0
        for number, extent in enumerate(extents):
            if number != main and (main is not None or number not in through):
                axes[number] = after + BESIDE + extent.before
                after = axes[number] + extent.after
        along = max((extent.along for extent in extents), default=0.0)
        is_uneven = main is not None or not through
        return _Arrangement(
            tuple(axes), tuple(lanes), Extent(before, after, along), is_uneven, bool(plan.direct and not through)
        )


def _main(through: Sequence[int], extents: Sequence[Extent], plan: Parallel) -> int | None:
    """The branch that keeps the axis; None where all are beside each other."""
    if not through:
        return None
    longest = max(through, key=lambda number: (extents[number].along, -number))
    others = [extents[number].along for number in through if number != longest]
    if not others or (extents[longest].along >= UNEVEN * max(others) and (len(others) == 1 or plan.direct)):
        return longest
    return None


def _side_by_side(through: Sequence[int], extents: Sequence[Extent], axes: list[float]) -> tuple[float, float]:
    """Put branches on both sides of the axis; how far they reach before and after it."""
    at = 0.0
    for number in through:
        axes[number] = at + extents[number].before
        at = axes[number] + extents[number].after + BESIDE
    width = at - BESIDE
    middle = width / 2
    nearest = min(through, key=lambda number: abs(axes[number] - middle))
    if abs(axes[nearest] - middle) < LANE:
        middle = axes[nearest]
    for number in through:
        axes[number] -= middle
    return middle, width - middle


def _lead(frame: Frame) -> float:
    """Between the start of a frame and what is in it: room for a way to turn, if it branches at once."""
    return PAD if isinstance(frame.inner.parts[0], (Leaf, Frame)) else GAP


def _joined(ways: Sequence[Way], axis: float, start: float) -> list[Way]:
    """The ways led to the start of an axis."""
    found = []
    for way in ways:
        across = way.points[-1][0]
        corners = () if abs(across - axis) < 0.01 else ((across, start - TURN), (axis, start - TURN))
        found.append(way._replace(points=(*way.points, *corners), aside=False))
    return found
