"""Where a size has no closed form: the network built at each input size of a range that likely holds the answer."""

from __future__ import annotations

from contextlib import suppress
from itertools import islice, zip_longest
from math import isqrt
from operator import itemgetter
from typing import TYPE_CHECKING

from cnncalc.shapes import MAX_SIZE
from cnncalc.solve.building import BudgetSpentError
from cnncalc.solve.limits import APPROACHES, MOST_TRIED_SIZES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnncalc.solve.building import Variable
    from cnncalc.solve.domain import Domain, TensorAxis

Trial = tuple[int, int | None]
"""The size of an input's axis, and that of an axis of a tensor there, None where the network cannot be built."""


def build_each(domain: Domain, variable: Variable, tensor_axis: TensorAxis, sizes: Iterable[int]) -> Iterator[Trial]:
    """The trial of each size in turn, as far as the budget of the question goes."""
    with suppress(BudgetSpentError):
        for size in sizes:
            built = domain.at(variable, size)
            yield size, None if built is None else domain.size_of(built, tensor_axis)


def trials_around(domain: Domain, variable: Variable, tensor_axis: TensorAxis, wanted: int, most: int) -> list[Trial]:
    """The trials of a range of sizes, in order; to build them may visit `most` entries.

    The range grows on both sides of the size that is expected to give the one that is wanted.
    """
    least = domain.least(variable)
    domain.builder.begin_question(most)
    expected = _expected(domain, variable, tensor_axis, wanted)
    above, below = iter(range(expected, MAX_SIZE + 1)), iter(range(expected - 1, least - 1, -1))
    outward = (size for pair in zip_longest(above, below) for size in pair if size is not None)
    domain.builder.begin_question(most)
    return sorted(build_each(domain, variable, tensor_axis, islice(outward, MOST_TRIED_SIZES)), key=itemgetter(0))


def _expected(domain: Domain, variable: Variable, tensor_axis: TensorAxis, wanted: int) -> int:
    """A size that gives about the one that is wanted.

    Found as if outputs grew with inputs, and what is too large could not be built, from the sizes as they are. It is
    the last that the question's cost allowed.
    """
    least = domain.least(variable)
    size = max(domain.network.inputs[variable[0]][variable[1]], least)
    output: int | None = domain.network.tensors[tensor_axis[0]].shape[tensor_axis[1]]
    low, high, expected = (0, 0), (MAX_SIZE, MAX_SIZE), size
    for turn in range(APPROACHES):
        if output == wanted:
            break
        low, high = (low, (size, output or MAX_SIZE)) if output is None or output > wanted else ((size, output), high)
        size = max(_between(low, high, wanted, turn), least)
        if not low[0] < size < high[0]:
            break
        try:
            built = domain.at(variable, size)
        except BudgetSpentError:
            break
        output = None if built is None else domain.size_of(built, tensor_axis)
        expected = size
    return expected


def _between(low: tuple[int, int], high: tuple[int, int], wanted: int, turn: int) -> int:
    """A size between two, whose outputs are less and more: by interpolation, and by halving where that is slow.

    Without one that is more, in proportion.
    """
    (first, less), (last, more) = low, high
    if last == MAX_SIZE and less:
        return min(first * wanted // less, MAX_SIZE)
    if turn % 2:
        return isqrt((first + 1) * last)
    return first + (wanted - less) * (last - first) // max(more - less, 1)
