"""What every unit sees as plain numbers: sequences in runs that grow evenly, and each table once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from cnncalc.geometry.bits import runs
from cnncalc.receptive_field.axis_tables import AxisTable
from cnncalc.receptive_field.every_unit import sights

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cnncalc.graph.graph import Graph
    from cnncalc.receptive_field.every_unit import Sight

    Integers = NDArray[np.int64]

PERIODS: Final = (1, 2, 3, 4, 8, 16, 32)
"""After how many positions a sequence may repeat itself, higher by a step."""

Run = tuple[int, ...]
"""How many numbers, the step, and the numbers of a period: each period is higher by the step than the one before."""


class SetTable(NamedTuple):
    """The pixels that each place along an axis sees: the first and the last of them, and where they have holes a form.

    The last pixel of a place that sees nothing is -1. A form is a row of lengths from the first pixel on: of what is
    seen, of a hole, and so on in turn; `forms` are those that there are, and `form` tells which each place has.
    """

    first: tuple[Run, ...]
    last: tuple[Run, ...]
    form: tuple[Run, ...] = ()
    forms: tuple[tuple[int, ...], ...] = ()


class UnitSight(NamedTuple):
    """What units see of an input, by its number: for each axis of it an axis of the layer, None for none, and a table.

    `alive` are further pairs, of an axis of the layer and a table that tells which places see nothing. Tables are
    given by their numbers. A unit that a table tells sees nothing sees nothing at all.
    """

    input: int
    axes: tuple[tuple[int | None, int], ...]
    alive: tuple[tuple[int, int], ...] = ()


class UnitSets(NamedTuple):
    """The tables, and for each layer the number of its sights; None where the units of a layer are not told of."""

    tables: tuple[SetTable, ...]
    sights: tuple[tuple[UnitSight, ...], ...]
    layers: tuple[int | None, ...]


def unit_sets(network: Graph) -> UnitSets:
    """What every unit of every layer sees.

    >>> import cnncalc
    >>> found = unit_sets(cnncalc.load("lenet"))
    >>> found.sights[found.layers[0]], found.tables[0].first
    ((UnitSight(input=0, axes=((0, 0), (1, 0)), alive=()),), ((3, 0, 0), (25, 1, 1)))
    """
    collected = _Collected(network)
    layers = tuple(collected.number(own) for own in sights(network)[len(network.inputs) :])
    return UnitSets(tuple(collected.tables), tuple(collected.sights), layers)


class _Collected:
    """Tables and sights that are there once each."""

    def __init__(self, network: Graph) -> None:
        self.inputs = list(network.inputs)
        self.tables: dict[SetTable, int] = {}
        self.sights: dict[tuple[UnitSight, ...], int] = {}
        self._known: dict[int, int] = {}

    def number(self, own: tuple[Sight, ...] | None) -> int | None:
        """The number of these sights."""
        if own is None:
            return None
        found = tuple(self._sight(sight) for sight in own)
        return self.sights.setdefault(found, len(self.sights))

    def _sight(self, sight: Sight) -> UnitSight:
        axes = tuple((axis, self._table(table)) for axis, table in sight.axes)
        masks = {axis: AxisTable(np.zeros(len(mask), np.int64), mask - 1) for axis, mask in sight.alive.items()}
        return UnitSight(
            self.inputs.index(sight.input), axes, tuple((axis, self._table(mask)) for axis, mask in masks.items())
        )

    def _table(self, table: AxisTable) -> int:
        found = set_table(table)
        return self.tables.setdefault(found, len(self.tables))


def set_table(table: AxisTable) -> SetTable:
    """A table in runs.

    >>> set_table(AxisTable.identity(5))
    SetTable(first=((5, 1, 0),), last=((5, 1, 0),), form=(), forms=())
    """
    first, last = in_runs(table.first), in_runs(table.last)
    if table.bits is None:
        return SetTable(first, last)
    forms: dict[tuple[int, ...], int] = {}
    lowest = table.first.tolist()
    numbers = [
        forms.setdefault(_form(bits >> start), len(forms)) for bits, start in zip(table.bits, lowest, strict=True)
    ]
    return SetTable(first, last, in_runs(np.array(numbers, np.int64)), tuple(forms))


def _form(bits: int) -> tuple[int, ...]:
    """The lengths of ones and of zeros in turn, from the lowest bit on.

    >>> _form(0b1001110011)
    (2, 2, 3, 2, 1)
    """
    found: list[int] = []
    end = 0
    for start, length in runs(bits) if bits else ():
        found += [start - end, length] if start else [length]
        end = start + length
    return tuple(found)


def in_runs(numbers: Integers) -> tuple[Run, ...]:
    """A sequence in runs, each the one that takes the fewest numbers for those that it has.

    >>> in_runs(np.array([0, 0, 1, 3, 5, 7, 9, 9]))
    ((5, 5, 0, 0, 1, 3), (3, 2, 7, 9))
    """
    breaks = {period: _breaks(numbers, period) for period in PERIODS if period < len(numbers)}
    found: list[Run] = []
    start = 0
    while start < len(numbers):
        best: tuple[float, int, int] = (0.0, 1, 1)
        for period, places in breaks.items():
            if start + period < len(numbers):
                length = int(places[np.searchsorted(places, start)]) + period + 1 - start
                best = max(best, (length / (period + 2), length, period), key=lambda one: (one[0], -one[2]))
        _, length, period = best
        step = int(numbers[start + period] - numbers[start]) if length > period else 0
        found.append((length, step, *numbers[start : start + min(period, length)].tolist()))
        start += length
    return tuple(found)


def _breaks(numbers: Integers, period: int) -> Integers:
    """The last place of each stretch in which a number and the one a period further differ alike."""
    steps = numbers[period:] - numbers[:-period]
    return np.append(np.flatnonzero(steps[1:] != steps[:-1]), len(steps) - 1)
