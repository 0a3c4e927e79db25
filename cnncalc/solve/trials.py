"""An axis whose size has no closed form: the network built at each size of a range that likely holds the answer."""

from __future__ import annotations

from contextlib import suppress
from itertools import islice, zip_longest
from math import isqrt
from operator import itemgetter
from typing import TYPE_CHECKING

from cnncalc.shapes import MAX_SIZE
from cnncalc.solve.building import SpentError
from cnncalc.solve.limits import APPROACHES, LARGEST

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnncalc.solve.building import Root
    from cnncalc.solve.domain import Domain, Place

Trial = tuple[int, int | None]
"""The size of an input's axis, and that of an axis of a tensor there, None where the network cannot be built."""


def enumerated(domain: Domain, root: Root, place: Place, sizes: Iterable[int]) -> Iterator[Trial]:
    """The trials of some sizes in turn; it ends before where the question has cost as much as it may."""
    with suppress(SpentError):
        for size in sizes:
            built = domain.at(root, size)
            yield size, None if built is None else domain.size_of(built, place)


def around(domain: Domain, root: Root, place: Place, wanted: int, most: int) -> list[Trial]:
    """The trials of a range of sizes, which may visit `most` entries, in order.

    The first size is the one that is expected to give what is wanted, then its neighbours on both sides.
    """
    least = domain.least(root)
    domain.builder.begin(most)
    expected = _expected(domain, root, place, wanted)
    above, below = iter(range(expected, MAX_SIZE + 1)), iter(range(expected - 1, least - 1, -1))
    outward = (size for pair in zip_longest(above, below) for size in pair if size is not None)
    domain.builder.begin(most)
    return sorted(enumerated(domain, root, place, islice(outward, LARGEST)), key=itemgetter(0))


def _expected(domain: Domain, root: Root, place: Place, wanted: int) -> int:
    """A size that gives about the one that is wanted.

    Found as if outputs grew with inputs, and what is too large could not be built, from the sizes as they are. It is
    the last that the question's cost allowed.
    """
    least = domain.least(root)
    size = max(domain.network.inputs[root[0]][root[1]], least)
    output: int | None = domain.network.tensors[place[0]].shape[place[1]]
    low, high, expected = (0, 0), (MAX_SIZE, MAX_SIZE), size
    for turn in range(APPROACHES):
        if output == wanted:
            break
        low, high = (low, (size, output or MAX_SIZE)) if output is None or output > wanted else ((size, output), high)
        size = max(_between(low, high, wanted, turn), least)
        if not low[0] < size < high[0]:
            break
        try:
            built = domain.at(root, size)
        except SpentError:
            break
        output = None if built is None else domain.size_of(built, place)
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
