"""What comes of each point of a sweep, as plain data."""
# No postponed annotations here: named tuples compile each one that is a string.

from typing import Any, NamedTuple

from cnncalc.shapes import Shape
from cnncalc.summary.results import Totals


class SweepRow(NamedTuple):
    """The totals at one point of a grid or, where there is no network at that point, what is wrong.

    `settings` are the parameters that the point sets, `inputs` the shape of each input as the spec orders axes; where
    it is not known, it is empty. Exactly one of `totals` and `error` is None.
    """

    name: str
    variant: str | None
    settings: dict[str, Any]
    inputs: dict[str, Shape]
    data_format: str
    totals: Totals | None
    error: str | None
    notes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether there is a network at that point."""
        return self.error is None
