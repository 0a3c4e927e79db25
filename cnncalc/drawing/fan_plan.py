"""Where the rows and the units of a fan lie on its page."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from cnncalc.drawing.options import too_narrow
from cnncalc.drawing.scene import MARGIN
from cnncalc.drawing.text_metrics import SIZE, SMALLEST, text_width

if TYPE_CHECKING:
    from fractions import Fraction

    from cnncalc.drawing.options import Options
    from cnncalc.receptive_field.fan_results import Fan, FanRow

LEADING: Final = 8.6
"""From one line of text to the next."""

BESIDE: Final = 12.0
"""Between the units and the texts on both sides."""

USUAL_PLOT: Final = 396.0
"""The most room for units where no width is asked for."""

PITCH: Final = 17.0
"""The most from one unit to the next."""

LEAST_PITCH: Final = 6.4
"""The least, where every unit in sight is a circle."""

LARGEST: Final = 5.2
LEAST: Final = 0.8
"""The radii of circles."""

LEAST_PLOT: Final = 64.0
LEAST_LABEL: Final = 52.0
"""The least room for units, and for the texts on their left."""

GAPS: Final = (29.0, 50.0)
"""The least and the most from one row to the next."""

HEIGHT: Final = 330.0
"""How high the rows are together, if the gaps allow it."""


def units_in(width: float | None) -> int:
    """How many units have room side by side on a page of a width, or on one as wide as is needed.

    >>> units_in(None), units_in(396.0), units_in(72.0)
    (61, 36, 8)
    """
    room = USUAL_PLOT if width is None else width - 160
    return max(int(room / LEAST_PITCH), 8)


def dropped_text(fan: Fan, row: FanRow) -> str:
    """What is said behind the last unit of a row, where units at that end are read by no layer; else nothing."""
    if not row.dropped or row.dropped[-1][1] != row.size - 1 or row.stride < 0 or not row.is_complete:
        return ""
    first, last = row.dropped[-1]
    if row.centre(last) > fan.high:
        return ""
    return "dropped" if first == last else f"{last - first + 1} dropped"


class Plan:
    """The places of a page: `x` of a unit of a row, `y` of a row; `left` and `right` are where texts begin."""

    def __init__(self, fan: Fan, *, left_room: float, right_room: float, plot: float, is_upside_down: bool) -> None:
        self.left = MARGIN
        self.left_room = left_room
        self.plot_room = plot
        self._low = fan.low
        self.scale = plot / float(fan.high - fan.low)
        self._x = MARGIN + left_room + BESIDE
        rows = len(fan.rows)
        self.gap = min(max(HEIGHT / max(rows - 1, 1), GAPS[0]), GAPS[1])
        pitches = [abs(float(row.stride)) * self.scale for row in fan.rows if row.is_complete and len(row.units) > 1]
        fitting = [pitch * 0.36 for pitch in pitches if pitch * 0.36 >= 2 * LEAST] or [LARGEST]
        self.radius = min(*fitting, LARGEST)
        words = ((row, text) for row in fan.rows if (text := dropped_text(fan, row)))
        ends = (self.word_at(row) + text_width(text, SMALLEST) + BESIDE / 2 for row, text in words)
        self.right = max(self._x + plot + BESIDE, *ends, 0)
        self.width = self.right + right_room + MARGIN
        self.beside_input = -self.radius - 4 if is_upside_down else self.radius + 9
        self._rows = rows
        self._is_upside_down = is_upside_down
        edge = MARGIN + max(self.radius, 13.0)
        beside = 8.0 + (LEADING if fan.left_out and fan.rows[0].layers else 0.0)
        self._edge = edge + (beside if is_upside_down else 0.0)
        self.height = 2 * edge + (rows - 1) * self.gap + beside

    def y(self, place: int) -> float:
        """Where a row lies; that of the first input is the lowest."""
        number = place if self._is_upside_down else self._rows - 1 - place
        return self._edge + number * self.gap

    def y_before(self, place: int) -> float:
        """Where words on what is left out before a row lie: between it and the one before or, of the first, beyond."""
        if place:
            return (self.y(place - 1) + self.y(place) + SIZE * 0.7) / 2
        return self.y(0) + self.beside_input + (-LEADING if self._is_upside_down else LEADING)

    def x_of(self, pixel: Fraction) -> float:
        """Where a place in pixels of the input lies."""
        return self._x + float(pixel - self._low) * self.scale

    def x(self, row: FanRow, unit: int) -> float:
        """Where a unit lies."""
        return self.x_of(row.centre(unit))

    def word_at(self, row: FanRow) -> float:
        """Where a word behind the last unit of a row begins."""
        return max(self.x(row, 0), self.x(row, row.size - 1)) + self.radius + 2

    def radius_of(self, row: FanRow) -> float:
        """The radius of a row's circles; 0 where they lie too close."""
        return self.radius if abs(float(row.stride)) * self.scale >= 2.2 * self.radius or row.size == 1 else 0.0

    def radius_of_cone(self, row: FanRow) -> float:
        """The radius of the circles of a row whose cone alone is drawn; 0 where they lie too close."""
        numbers = [unit.number for unit in row.units if unit.in_cone]
        if not numbers:
            return 0.0
        nearest = min((b - a for a, b in pairwise(numbers)), default=10**6)
        radius = min(self.radius, LARGEST * 0.6, nearest * abs(float(row.stride)) * self.scale * 0.4)
        return radius if radius >= LEAST else 0.0

    def padding_of(self, fan: Fan, place: int) -> dict[int, bool]:
        """The places of padding beside a row that units read and that are in sight; whether units of the cone do."""
        found: dict[int, bool] = {}
        for row in fan.rows:
            for unit in row.units if place in row.sources and self.is_listed(row) else ():
                for number in (number for reads in unit.reads if reads.row == place for number in reads.padding):
                    if fan.low <= fan.rows[place].centre(number) <= fan.high:
                        found[number] = found.get(number, False) or unit.in_cone
        return found

    def is_listed(self, row: FanRow) -> bool:
        """Whether units of a row have lines of their own, one by one."""
        return bool(self.radius_of(row) if row.is_complete else self.radius_of_cone(row))


def page(fan: Fan, options: Options, left: float, right: float) -> Plan:
    """The plan for texts that are so wide on both sides; raises `CnncalcError` where the width has no room for them."""
    is_upside_down = options.direction == "down"
    span = float(fan.high - fan.low)
    strides = [abs(float(row.stride)) if row.is_complete else 0.0 for row in fan.rows if row.size > 1]
    finest = min(strides, default=span)
    plot = min(max(span / finest * PITCH, LEAST_PLOT), USUAL_PLOT) if finest else USUAL_PLOT
    usual = Plan(fan, left_room=left, right_room=right, plot=plot, is_upside_down=is_upside_down)
    if options.width is None:
        return usual
    beside = usual.width - left - plot
    room = options.width - beside
    left = min(left, max(LEAST_LABEL, room * 0.4))
    plot = room - left
    if plot < LEAST_PLOT:
        need = beside + LEAST_LABEL + LEAST_PLOT
        hint = "--layer names a layer nearer to the input, whose texts are shorter"
        raise too_narrow(need, options.width, hint, "a fan of this unit")
    return Plan(fan, left_room=left, right_room=right, plot=plot, is_upside_down=is_upside_down)
