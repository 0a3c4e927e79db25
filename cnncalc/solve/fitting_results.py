"""The largest value of a parameter that fits within budgets, as plain data."""
# No postponed annotations here: named tuples compile each one that is a string.

from typing import Any, NamedTuple

from cnncalc.conversion import Convertible
from cnncalc.shapes import Shape
from cnncalc.summary.results import Totals


class Tried(NamedTuple):
    """What came of the network with one value: its totals or, where there is none, what is wrong."""

    value: int | float
    totals: Totals | None
    error: str | None


class _Fitting(NamedTuple):
    name: str
    variant: str | None
    settings: dict[str, Any]
    inputs: dict[str, Shape]
    data_format: str
    parameter: str
    value: int | float
    step: int | float
    budgets: dict[str, int]
    totals: Totals
    next: Tried | None
    complete: bool
    built: int
    tried_all: tuple[int | float, int | float] | None
    not_growing: tuple[str, ...]
    notes: tuple[str, ...]


class Fitting(Convertible, _Fitting):
    """The largest `value` of a parameter, in steps, with which all totals are within their budgets.

    `settings` have it too, and `totals` are those with it. `next` is the next larger value with a network, or the next
    if none is known: it does not fit. It is None where the value is the largest that a parameter may have. Networks of
    `built` values were built; `tried_all` is the range of which all were, as they have to be where a total is smaller
    at a larger value. `complete` is false where looking on would have taken long. `not_growing` has the names of totals
    that are no larger at the largest value than at the smallest.
    """

    __slots__ = ()
    subject = "fitting"
