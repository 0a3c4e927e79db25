"""The largest value of a parameter with which the totals stay within budgets.

Totals that grow with the parameter are within their budgets up to one value, and above one of them from there on: that
value is found by doubling and halving. As nobody has promised that they grow, values above the one that is found are
built too, near and far; where one of them fits, or a total is smaller at a larger value, all values of a range are.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from cnncalc import arguments
from cnncalc.checking.check import budget_counts
from cnncalc.errors import CnncalcError, value_text
from cnncalc.layers import LAYERS
from cnncalc.shapes import MAX_SIZE
from cnncalc.solve.fitting_results import Fitting
from cnncalc.solve.fitting_trials import Trials
from cnncalc.spec.variant import ChosenVariant, check_parameter
from cnncalc.sweeping.grid import GridPoint
from cnncalc.sweeping.points import PointCounter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cnncalc.layers.base import Layer
    from cnncalc.spec.document import Spec

DEFAULT_STEP: Final = Decimal("0.01")
"""The step of a parameter whose default is a fraction."""
CONFIRMED: Final = 32
"""So many values above the one that is found are built, and as many far above."""
FAR: Final = 16
"""How many times as large those are, at most."""
DOUBLES: Final = 16
"""So many doubles of it are built, too."""
FEWEST_IN_RANGE: Final = 256
RANGE: Final = 4
"""Where all values are tried, they go to 256 at least, and to four times the largest that is known to fit."""


def largest_fitting(
    spec: Spec,
    variant: str | None,
    parameter: str,
    budgets: Mapping[str, int | str],
    *,
    settings: Mapping[str, Any] | None = None,
    override: Any = None,
    step: Any = None,
    batch: int = 1,
    dtype: str = "float32",
    layers: Mapping[str, type[Layer]] = LAYERS,
) -> Fitting:
    """The largest value of a parameter of a spec with which every total is within its budget.

    `budgets` are the most that totals may be, by name: 300000000 or "300M". `step` is the difference between values: 1,
    or 0.01 of a parameter whose default is a fraction, unless it is given. `settings` are the other parameters that are
    set, `override` is the input's shape as written. Raises `CnncalcError` where nothing fits.

    >>> from cnncalc.spec.sources import spec_and_variant
    >>> spec, _ = spec_and_variant("mobilenet", None)
    >>> found = largest_fitting(spec, None, "alpha", {"macs": "300M"})
    >>> found.value, found.totals.macs, found.next.value, found.next.totals.macs
    (0.72, 299816242, 0.73, 306572464)
    """
    counts = budget_counts(arguments.budgets(budgets))
    if not counts:
        raise CnncalcError("there is no budget to fit into", hint="give one or more, such as --max-macs 300M")
    check_parameter(spec, parameter)
    others = {name: value for name, value in (settings or {}).items() if name != parameter}
    default = _default(spec, variant, parameter, others)
    size = _step(default, step)
    point = GridPoint(variant, others, override)
    trials = Trials(PointCounter(spec, layers, batch, dtype), point, parameter, size, counts)
    start = 1 if default is None else max(1, round(Decimal(str(default)) / size))
    search = _Search(trials)
    place = search.largest(min(start, trials.last_place))
    if place is None:
        raise trials.nothing_fits()
    return _fitting(search, place, counts)


def _default(spec: Spec, variant: str | None, parameter: str, settings: dict[str, Any]) -> int | float | None:
    """The value that a parameter has unless it is set, a number; None where it has none."""
    changes = spec.variants[variant or next(iter(spec.variants))].values if spec.variants else {}
    node = changes.get(parameter, spec.parameters[parameter][1])
    if not node.dynamic and node.plain() is None:
        return None
    value = ChosenVariant(spec, variant, settings).values[parameter]
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) <= MAX_SIZE:
        fact = f"`{parameter}` is {value_text(value)}, and only a number can be solved for"
        raise CnncalcError(fact, hint=f"`sweep --set {parameter}=VALUE,VALUE` tries the values that it is given")
    return value


def _step(default: float | None, step: Any) -> Decimal:
    """The difference between values: the one that is given, or else by the default."""
    if step is None:
        return DEFAULT_STEP if isinstance(default, float) else Decimal(1)
    return arguments.step(step)


def _fitting(search: _Search, place: int, budgets: dict[str, int]) -> Fitting:
    """The result, once the largest place that fits is known."""
    trials = search.trials
    row = trials.row(place)
    assert row.totals is not None
    return Fitting(
        name=row.name,
        variant=row.variant,
        settings=row.settings,
        inputs=row.inputs,
        data_format=row.data_format,
        parameter=trials.parameter,
        value=trials.value(place),
        step=trials.value(1),
        budgets=budgets,
        totals=row.totals,
        next=trials.next_too_large(place),
        complete=search.complete,
        built=len(trials.rows),
        tried_all=search.tried_all and (trials.value(search.tried_all[0]), trials.value(search.tried_all[1])),
        not_growing=tuple(trials.not_growing()),
        notes=row.notes,
    )


class _Search:
    """Looks for the largest place that fits.

    `tried_all` is the range of places that were all built, where that was necessary; `complete` is false where looking
    for larger ones was given up, as it would have taken long.
    """

    def __init__(self, trials: Trials) -> None:
        self.trials = trials
        self.tried_all: tuple[int, int] | None = None
        self.complete = True

    def largest(self, start: int) -> int | None:
        """The largest place that fits, as far as is looked; None where none does."""
        low = self._some_fitting(start)
        if low is not None:
            low = self._between(*self._bounds(low))
            self._confirm(low)
        trials = self.trials
        largest = trials.largest_fitting()
        if largest == trials.last_place:
            return largest
        if largest is None or largest != low or trials.falling():
            self._try_all(largest or start)
        return trials.largest_fitting()

    def _some_fitting(self, start: int) -> int | None:
        """A place that fits: the start or, first, the nearest of its halves or doubles; None where none does.

        Doubles are for totals that fall where the parameter grows, as they do with a stride.
        """
        trials = self.trials
        for power in range(start.bit_length()):
            found = trials.nearest_valid(start >> power, 0, 2 * start)
            if found is not None and trials.fits(found):
                return found
        return next((place for place in self._doubles(start) if trials.fits(place)), None)

    def _doubles(self, place: int) -> Iterator[int]:
        """The doubles of a place, as long as there are networks."""
        while (place := 2 * place) <= self.trials.last_place and not self.trials.is_spent:
            if not self.trials.is_valid(place):
                return
            yield place

    def _bounds(self, low: int) -> tuple[int, int]:
        """A place that fits, and a larger one that does not: the first of its doubles."""
        trials = self.trials
        while low < trials.last_place:
            if trials.is_spent:
                self.complete = False
                break
            double = min(2 * low, trials.last_place)
            found = trials.nearest_valid(double, low, 2 * double)
            if found is None or not trials.fits(found):
                return low, double if found is None else found
            low = found
        return low, low + 1

    def _between(self, low: int, high: int) -> int:
        """The largest place that fits, between one that does and one that does not, where all totals grow."""
        trials = self.trials
        while high - low > 1:
            found = trials.nearest_valid((low + high) // 2, low, high)
            if found is None:  # and so there is no network near the middle: what is left is tried one by one
                return self._first(range(high - 1, low, -1)) or low
            if trials.fits(found):
                low = found
            else:
                high = found
        return low

    def _first(self, places: Iterable[int]) -> int | None:
        """The first of some places that fits, as far as trying them may cost."""
        for place in places:
            if self.trials.is_spent:
                self.complete = False
                return None
            if self.trials.fits(place):
                return place
        return None

    def _confirm(self, low: int) -> None:
        """Build at values above one that fits: near, far, and at its doubles as long as there are networks."""
        for _ in islice(self._doubles(low), DOUBLES):
            pass  # they are built on the way
        near = range(low + 1, low + CONFIRMED + 1)
        far = (low + 1 + (FAR - 1) * low * number // CONFIRMED for number in range(1, CONFIRMED + 1))
        for place in (*near, *far):
            if place <= self.trials.last_place and not self.trials.is_spent:
                self.trials.row(place)

    def _try_all(self, known: int) -> None:
        """Build at all values of a range that goes beyond one that fits, as far as that may cost."""
        last = min(max(RANGE * known, FEWEST_IN_RANGE), self.trials.last_place)
        place = 0
        while place < last and not self.trials.is_spent:
            place += 1
            self.trials.row(place)
        self.tried_all = (1, place)
        self.complete = self.complete and place == last
