"""Where each tensor lies: with the border that its readers need, inside another, in memory that is used again.

A map ``(C, H, W)`` lies as ``(N, H, W, C)``, a vector as such a map of one pixel, and a sequence as one that is one
pixel wide. Around a map there is a border of zeros, as wide as the convolutions that read it want.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from cnncalc.memory.placement import Life, end_of, smallest
from cnncalc.sessions.lowering import by_levels
from cnncalc.sessions.operations import NO_BORDER, Convolve, Join, Layered, with_two_axes

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from cnncalc.kernels import Array
    from cnncalc.sessions.lowering import Lowered
    from cnncalc.sessions.operations import Border, Operation
    from cnncalc.shapes import Shape

MORE_MEMORY: Final = 1.05
"""How many times the memory tensors may take so that threads wait less often."""
ALIGNED: Final = 16
"""Values: those of float32 in a line of the cache, at the beginning of which each home begins."""


class Home:
    """A map that stands by itself in memory: its size, its border, when it is needed, and where it begins.

    `start` and `values` are of one sample; for a batch both are so many times as large. `is_reused` says that other
    homes have the same memory at other times, so that its border is not always of zeros.
    """

    def __init__(self, number: int, shape: Shape) -> None:
        self.number = number
        self.channels, self.height, self.width = with_two_axes(shape)
        self.border = NO_BORDER
        self.first = -1
        self.last = -1
        self.start = 0
        self.is_reused = False

    @property
    def shape(self) -> tuple[int, int, int]:
        """``(H, W, C)`` with the border."""
        above, below, left, right = self.border
        return (self.height + above + below, self.width + left + right, self.channels)

    @property
    def values(self) -> int:
        """How many values a sample takes, rounded up to whole lines of the cache."""
        height, width, channels = self.shape
        return -(-height * width * channels // ALIGNED) * ALIGNED

    def widen(self, border: Border) -> None:
        """At least so wide a border."""
        a, b, c, d = (max(pair) for pair in zip(self.border, border, strict=True))
        self.border = (a, b, c, d)

    def within(self, memory: Array, batch: int) -> Array:
        """The home with its border ``(N, H, W, C)`` in the memory of all of them, as values."""
        height, width, channels = self.shape
        size = batch * height * width * channels
        return memory[self.start * batch : self.start * batch + size].reshape(batch, height, width, channels)


class Part(NamedTuple):
    """Some channels of a home, from the first on."""

    home: Home
    first: int
    channels: int

    def within(self, whole: Array, border: Border = NO_BORDER) -> Array:
        """The part of an array that is the home, with a border of so much."""
        home = self.home
        above, below, left, right = border
        rows = slice(home.border[0] - above, home.border[0] + home.height + below)
        columns = slice(home.border[2] - left, home.border[2] + home.width + right)
        return whole[:, rows, columns, self.first : self.first + self.channels]


class Places:
    """The place of every tensor that an operation of ours reads or makes; others are made anew in each run.

    `size` is how many values of one sample the homes take together.
    """

    def __init__(self, lowered: Lowered) -> None:
        self.lowered = lowered
        self.parts = _parts(lowered)
        self.homes = list(dict.fromkeys(part.home for part in self.parts.values()))
        for operation in lowered.operations:
            if isinstance(operation, Convolve):
                self.parts[operation.inputs[0]].home.widen(operation.border(lowered.shapes))
        self._set_lives()
        lives = [Life(home.values, home.first, home.last) for home in self.homes]
        starts = smallest(lives)
        for home, start in zip(self.homes, starts, strict=True):
            home.start = start
        self.size = end_of(lives, starts)
        _mark_reused(self.homes)

    def misplaced(self, join: Join) -> list[tuple[int, int]]:
        """The inputs of a joint tensor that do not lie in it, each with its first channel there: they are copied."""
        joint, first, found = self.parts[join.output], 0, []
        for number in join.inputs:
            home, start, channels = self.parts[number]
            if (home, start) != (joint.home, joint.first + first):
                found.append((number, first))
            first += channels
        return found

    def _set_lives(self) -> None:
        """From which operation to which each home is needed; inputs from before the first, outputs to the end."""
        lowered, count = self.lowered, len(self.lowered.operations)
        needed = [(-1, number) for number in (*lowered.inputs, *lowered.constants)]
        for moment, operation in enumerate(lowered.operations):
            needed += [(moment, number) for number in (*operation.takes, operation.output)]
        needed += [(count, lowered.source(number)) for number in (*lowered.outputs, *lowered.constants)]
        for home in self.homes:
            home.first, home.last = count, -1
        for moment, number in needed:
            if number in self.parts:
                home = self.parts[number].home
                home.first, home.last = min(home.first, moment), max(home.last, moment)


def placed(lowered: Lowered) -> Places:
    """The places of tensors, with operations side by side unless these take much more memory than one after another."""
    in_order = Places(lowered)
    side_by_side = Places(lowered._replace(operations=by_levels(lowered.operations)))
    return side_by_side if side_by_side.size <= MORE_MEMORY * in_order.size else in_order


def _mark_reused(homes: list[Home]) -> None:
    """Say of each home whether another has some of its memory."""
    furthest: Home | None = None
    for home in sorted(homes, key=lambda one: one.start):
        if furthest is not None and home.start < furthest.start + furthest.values:
            home.is_reused = furthest.is_reused = True
        if furthest is None or home.start + home.values > furthest.start + furthest.values:
            furthest = home


def _parts(lowered: Lowered) -> dict[int, Part]:
    """The part of which home each tensor is that an operation of ours reads or makes."""
    fixed: dict[int, None] = {}
    for operation in lowered.operations:
        if not isinstance(operation, Layered):
            fixed.update(dict.fromkeys([*operation.takes, operation.output]))
    inside = _insides(lowered, fixed)
    parts: dict[int, Part] = {}
    for number in fixed:
        outer, first, way = number, 0, [number]
        while outer in inside and outer not in parts:
            outer = inside[outer][0]
            way.append(outer)
        if outer not in parts:
            parts[outer] = Part(Home(outer, lowered.shapes[outer]), 0, lowered.shapes[outer][0])
        for one in reversed(way[:-1]):
            outer, first = inside[one]
            home, before, _ = parts[outer]
            parts[one] = Part(home, before + first, lowered.shapes[one][0])
    return parts


def _insides(lowered: Lowered, fixed: Mapping[int, None]) -> dict[int, tuple[int, int]]:
    """Which tensors lie inside another, the joint one, and from which channel on.

    Each lies in the last that it is a part of; a joint one whose parts all lie in another in a row lies there too, as
    those of a dense block do.
    """
    inside: dict[int, tuple[int, int]] = {}
    movable = fixed.keys() - {*lowered.inputs, *lowered.constants}
    for operation in reversed(lowered.operations):
        if isinstance(operation, Join):
            _put_inside(operation, lowered.shapes, movable, inside)
    return inside


def _put_inside(
    operation: Operation, shapes: Mapping[int, Shape], movable: Collection[int], inside: dict[int, tuple[int, int]]
) -> None:
    """Put the inputs of a joint tensor into it, or it into the one in which all of them lie in a row."""
    first = 0
    for number in operation.inputs:
        if number in movable and number not in inside:
            inside[number] = operation.output, first
        first += shapes[number][0]
    within = [inside.get(number) for number in operation.inputs]
    outer = within[0]
    if outer is None or outer[0] == operation.output or operation.output in inside:
        return
    place, starts = outer[1], []
    for number in operation.inputs:
        starts.append((outer[0], place))
        place += shapes[number][0]
    if within == starts:
        inside[operation.output] = outer
