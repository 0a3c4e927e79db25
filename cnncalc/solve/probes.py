"""The other input sizes at which closed forms are compared with the network that is built there."""

from __future__ import annotations

from itertools import islice
from math import lcm
from typing import TYPE_CHECKING, Final

from cnncalc.shapes import MAX_SIZE
from cnncalc.solve.limits import PROBED_AXES, PROBED_FORMS, PROBED_NUMBERS, PROBED_SIZES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnncalc.graph.graph import Graph
    from cnncalc.solve.building import Variable
    from cnncalc.symbolic.floor_forms import FloorForm

AxisSizes = dict["Variable", int]
"""A size for each axis of the inputs."""

LONGEST_COMMON_PERIOD: Final = 4096
"""From here on 32 is probed instead of the common period of the forms, as networks of so many more pixels cost much."""

_FACTORS: Final = ((2, 1), (3, 1), (7, 1), (1, 2), (1, 3), (3, 4))
"""Numerators and denominators; `fractions` takes milliseconds to import."""
_POWERS: Final = (20, 0, 10, 5, 15, 3, 8, 12, 17, 1, 2, 4, 6, 7, 9, 11, 13, 14, 16, 18, 19)
"""The powers of two, the farthest first: a large network may be built only a few times."""


def common_probes(network: Graph, forms: Iterable[FloorForm]) -> Iterator[AxisSizes]:
    """Sizes with all axes changed alike: by a few pixels, by the common period of the forms, and by factors."""
    period = 1
    for form in forms:
        period = lcm(period, form.period[0])
        if period >= LONGEST_COMMON_PERIOD:
            period = 32
            break
    own = own_sizes(network)
    for plus in (1, 2, 5, period):
        yield {variable: size + plus for variable, size in own.items()}
    for times, over in _FACTORS:
        yield {variable: max(size * times // over, 1) for variable, size in own.items()}


def threshold_probes(network: Graph, forms: Iterable[FloorForm]) -> Iterator[AxisSizes]:
    """Sizes at which options that follow the size may become others.

    Any threshold lies between two of the powers of two, from 1 up to a million. Each axis changes alone too, as options
    may compare axes. The numbers that stand in expressions are approached from both sides by the size of every tensor.
    Last come all small sizes.
    """
    own = own_sizes(network)
    for power in _POWERS:
        yield dict.fromkeys(own, 1 << power)
    for variable in list(own)[:PROBED_AXES] if len(own) > 1 else ():
        for other in (own[variable] + 1, 2 * own[variable], own[variable] // 2, own[variable] + 3, 16 * own[variable]):
            yield {**own, variable: max(other, 1)}
    different = {form.steps: form for form in forms if form.variable is not None}
    for number in islice(network.blueprint.numbers(), PROBED_NUMBERS):
        for form in list(different.values())[:PROBED_FORMS]:
            first, last = form.inverse(number, number)
            for size in dict.fromkeys((first - 1, first, last, last + 1)):
                if 1 <= size <= MAX_SIZE:
                    yield dict.fromkeys(own, size)
    for size in range(1, PROBED_SIZES):
        yield dict.fromkeys(own, size)


def own_sizes(network: Graph) -> AxisSizes:
    """The size of every spatial axis of the network's inputs."""
    return {(name, axis): shape[axis] for name, shape in network.inputs.items() for axis in range(1, len(shape))}
