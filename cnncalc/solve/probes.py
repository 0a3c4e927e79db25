"""The other input sizes at which forms are held against the network: where they would fail if options changed there."""

from __future__ import annotations

from fractions import Fraction
from itertools import islice
from math import lcm
from typing import TYPE_CHECKING, Final

from cnncalc.shapes import MAX_SIZE
from cnncalc.solve.limits import PROBED_AXES, PROBED_FORMS, PROBED_NUMBERS, PROBED_SIZES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnncalc.graph.graph import Graph
    from cnncalc.solve.building import Root
    from cnncalc.symbolic.floor_forms import FloorForm

Sizes = dict["Root", int]

_FACTORS: Final = ("2", "3", "7", "1/2", "1/3", "3/4")
_POWERS: Final = (20, 0, 10, 5, 15, 3, 8, 12, 17, 1, 2, 4, 6, 7, 9, 11, 13, 14, 16, 18, 19)
"""The powers of two, the farthest first: a large network may be built only a few times."""


def moves(network: Graph, forms: Iterable[FloorForm]) -> Iterator[Sizes]:
    """All axes moved alike: by a few pixels, by the number at which every form grows by a whole one, and by factors."""
    period = 1
    for form in forms:
        period = lcm(period, form.period[0])
        if period >= 4096:
            period = 32
            break
    steps = [(Fraction(1), plus) for plus in (1, 2, 5, period)]
    own = own_sizes(network)
    for times, plus in (*steps, *((Fraction(factor), 0) for factor in _FACTORS)):
        yield {root: max(int(size * times) + plus, 1) for root, size in own.items()}


def searching_moves(network: Graph, forms: Iterable[FloorForm]) -> Iterator[Sizes]:
    """Sizes at which options that follow the size may become others.

    Any threshold lies between the powers of two, from 1 up to a million; each axis moves alone too, as options may
    compare axes; the numbers that stand in expressions are met from both sides, by every tensor; and last come all
    small sizes.
    """
    own = own_sizes(network)
    for power in _POWERS:
        yield dict.fromkeys(own, 1 << power)
    for root in list(own)[:PROBED_AXES] if len(own) > 1 else ():
        for other in (own[root] + 1, 2 * own[root], own[root] // 2, own[root] + 3, 16 * own[root]):
            yield {**own, root: max(other, 1)}
    different = {form.steps: form for form in forms if form.root is not None}
    for number in islice(network.blueprint.numbers(), PROBED_NUMBERS):
        for form in list(different.values())[:PROBED_FORMS]:
            first, last = form.inverse(number, number)
            for met in dict.fromkeys((first - 1, first, last, last + 1)):
                if 1 <= met <= MAX_SIZE:
                    yield dict.fromkeys(own, met)
    for size in range(1, PROBED_SIZES):
        yield dict.fromkeys(own, size)


def own_sizes(network: Graph) -> Sizes:
    """The size of every spatial axis of the network's inputs."""
    return {(name, axis): shape[axis] for name, shape in network.inputs.items() for axis in range(1, len(shape))}
