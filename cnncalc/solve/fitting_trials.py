"""The networks at values of a parameter, each built once."""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING, Final

from cnncalc.errors import CnncalcError
from cnncalc.shapes import MAX_SIZE
from cnncalc.solve.fitting_results import Tried

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from cnncalc.sweeping.grid import GridPoint
    from cnncalc.sweeping.points import PointCounter
    from cnncalc.sweeping.results import SweepRow

NEIGHBOURS: Final = 16
"""Where a value has no network, as it may have to be a multiple of another, so many on either side are tried."""
VISITS: Final = 100_000
MOST_BUILT: Final = 2_000
"""What trying may cost, in entries visited and in networks: a few seconds."""


class Trials:
    """What came of each value of a parameter that was tried; a value is known by its place, its number of steps."""

    def __init__(
        self, counter: PointCounter, point: GridPoint, parameter: str, step: Decimal, budgets: dict[str, int]
    ) -> None:
        self.counter = counter
        self.point = point
        self.parameter = parameter
        self.step = step
        self.budgets = budgets
        self.last_place = int(MAX_SIZE / step)
        self.rows: dict[int, SweepRow] = {}
        self.unit = 0
        """The greatest common divisor of all places where there is a network."""

    @property
    def is_spent(self) -> bool:
        """Whether trying has cost what it may, or would with a network of twice the size of the last."""
        return len(self.rows) >= MOST_BUILT or self.counter.visits + 2 * self.counter.last_visits > VISITS

    def value(self, place: int) -> int | float:
        """The value at a place: whole unless the step is a fraction."""
        value = place * self.step
        return int(value) if self.step == int(self.step) else float(value)

    def row(self, place: int) -> SweepRow:
        """The totals at a place, or what is wrong there."""
        row = self.rows.get(place)
        if row is None:
            settings = {**self.point.settings, self.parameter: self.value(place)}
            row = self.rows[place] = self.counter.row(self.point._replace(settings=settings))
            if row.ok:
                self.unit = gcd(self.unit, place)
        return row

    def tried(self, place: int) -> Tried:
        """The value at a place, and what came of it."""
        row = self.row(place)
        return Tried(self.value(place), row.totals, row.error)

    def is_valid(self, place: int) -> bool:
        """Whether there is a network at a place."""
        return self.row(place).ok

    def fits(self, place: int) -> bool:
        """Whether there is a network at a place, and all its totals are within their budgets."""
        totals = self.row(place).totals
        return totals is not None and all(getattr(totals, name) <= most for name, most in self.budgets.items())

    def largest_fitting(self) -> int | None:
        """The largest place that fits, of those that were tried."""
        return max(filter(self.fits, self.rows), default=None)

    def nearest_valid(self, place: int, low: int, high: int) -> int | None:
        """The nearest place strictly between two others where there is a network; None where none is found."""
        for near in self._near(place):
            if low < near < high and near <= self.last_place and self.is_valid(near):
                return near
        return None

    def _near(self, place: int) -> Iterator[int]:
        """A place, multiples of what divides all that have a network on either side of it, and its neighbours."""
        yield place
        if self.unit > 1:
            below = place - place % self.unit
            yield from (below, below + self.unit)
        for distance in range(1, NEIGHBOURS + 1):
            yield from (place - distance, place + distance)

    def next_too_large(self, place: int) -> Tried | None:
        """What came of the next larger place with a network, or of the next if none is known; None if that fits."""
        known = (other for other in sorted(self.rows) if other > place and self.rows[other].ok)
        following = next(known, place + 1)
        if following > self.last_place or (self.is_spent and following not in self.rows) or self.fits(following):
            return None
        return self.tried(following)

    def falling(self) -> bool:
        """Whether a total is smaller at some larger value."""
        return any(counts != sorted(counts) for counts in map(self._counts, self.budgets))

    def not_growing(self) -> list[str]:
        """The totals that are not larger at the largest value that was tried than at the smallest."""
        found = {name: self._counts(name) for name in self.budgets}
        return [name for name, counts in found.items() if len(counts) > 1 and counts[-1] <= counts[0]]

    def _counts(self, name: str) -> list[int]:
        """A total at all places that were tried and have a network, in order."""
        rows = (row for _, row in sorted(self.rows.items()))
        return [getattr(row.totals, name) for row in rows if row.totals is not None]

    def nothing_fits(self) -> CnncalcError:
        """The error where no value fits: how far the smallest is from it, or why there is no network."""
        tried = f"no value of `{self.parameter}` from {self.value(1)} on fits"
        budget = next(iter(self.budgets))
        counts = ((getattr(row.totals, budget), place) for place, row in self.rows.items() if row.ok)
        _, place = min(counts, default=(0, None))
        if place is None:
            first, row = next(iter(self.rows.items()))
            return CnncalcError(f"{tried}: at {self.value(first)} {row.error}")
        totals = self.rows[place].totals
        above = [
            f"{name} is {getattr(totals, name):,}, and {most:,} is the most"
            for name, most in self.budgets.items()
            if getattr(totals, name) > most
        ]
        return CnncalcError(f"{tried}: at {self.value(place)} {', '.join(above)}")
