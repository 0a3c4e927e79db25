"""The fan of a unit along one axis, as plain data: rows of units, at their centres, and what each of them reads."""
# No postponed annotations here: named tuples compile each one that is a string.

from fractions import Fraction
from math import ceil, floor
from typing import NamedTuple


class Reads(NamedTuple):
    """What a unit reads of an earlier row: evenly spaced positions of its units, and those that are padding."""

    row: int
    taps: tuple[range, ...]
    padding: tuple[int, ...] = ()


class FanUnit(NamedTuple):
    """A unit: its number, whether the unit whose fan it is depends on it, and what it reads of earlier rows."""

    number: int
    in_cone: bool
    reads: tuple[Reads, ...] = ()


class RowWindow(NamedTuple):
    """The window of a row's layer along the axis."""

    kernel_size: int
    stride: int
    dilation: int
    padding: tuple[int, int]


class FanRow(NamedTuple):
    """The units of a layer, and of all `layers` whose units read nothing but the unit of the same place before them.

    `name`, `type` and `window` are those of the first of them, an input having no layers. Unit 0 of the `size` units
    lies at `start`, in pixels of the input, and each further one by `stride` behind it; `is_even` says that the units
    are spread evenly because they have no centres, as they read all there is or lie along several axes. Of the `cone`,
    which are the units that the fan's unit depends on, there are the first, the last and how many. `sources` are the
    places of the rows that are read and drawn. `units` are those to be drawn: where `is_complete` all in sight, else
    those of the cone alone, and none where these are too many; `runs` are then those of the cone, first and last.
    `dropped` are units that no layer reads.
    """

    name: str
    type: str
    window: RowWindow | None
    layers: tuple[str, ...]
    size: int
    start: Fraction
    stride: Fraction
    is_even: bool
    cone: tuple[int, int, int]
    sources: tuple[int, ...]
    units: tuple[FanUnit, ...]
    is_complete: bool
    runs: tuple[tuple[int, int], ...]
    dropped: tuple[tuple[int, int], ...]

    def centre(self, unit: int) -> Fraction:
        """Where a unit lies, or the place of padding beside them, in pixels of the input."""
        return self.start + unit * self.stride

    def between(self, low: Fraction, high: Fraction) -> range:
        """The units that lie between two places."""
        ends = sorted(((low - self.start) / self.stride, (high - self.start) / self.stride))
        return range(max(ceil(ends[0]), 0), min(floor(ends[1]) + 1, self.size))


class Fan(NamedTuple):
    """What one unit of a layer reads of the layers before it, along one axis.

    `rows` are in the order of execution, those of inputs first and that of the `layer` last. `unit` is its number along
    the `axis`. All between `low` and `high`, in pixels of the `input`, whose size is `pixels`, is in sight. `left_out`
    rows behind those of the inputs are not there, as they are too many.
    """

    name: str
    layer: str
    axis: str
    unit: int
    input: str
    pixels: int
    rows: tuple[FanRow, ...]
    low: Fraction
    high: Fraction
    left_out: int = 0
