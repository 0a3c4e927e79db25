"""Rearrangements of axes, against NumPy's reshape and transpose of the numbers of the positions."""

from __future__ import annotations

from itertools import product
from math import prod
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from cnncalc.geometry.reading import PermuteAxes, Rearrangement, ReduceAxes, ReshapeAxes
from tests.geometry.sets import made

if TYPE_CHECKING:
    from cnncalc.geometry.reading import Move

SHAPES = [(24,), (4, 6), (2, 3, 4), (4, 3, 2), (2, 12), (1, 4, 6), (2, 2, 3, 2)]


@given(st.data())
def test_boxes_are_made_of_what_numpy_puts_there(data: st.DataObject) -> None:
    shape = data.draw(st.sampled_from(SHAPES))
    numbers = np.arange(prod(shape)).reshape(shape)[..., np.newaxis]
    moves: list[Move] = []
    for _ in range(data.draw(st.integers(1, 4))):
        rank = numbers.ndim - 1
        if data.draw(st.booleans()):
            order = data.draw(st.permutations(range(rank)))
            moves.append(PermuteAxes(order))
            numbers = numbers.transpose(*order, rank)
        else:
            sizes = data.draw(st.sampled_from(SHAPES))
            moves.append(ReshapeAxes(sizes))
            numbers = numbers.reshape(*sizes, -1)
    output = numbers[..., 0]
    box = tuple(data.draw(st.frozensets(st.integers(0, size - 1), min_size=1)) for size in output.shape)
    reading = Rearrangement(shape, moves)
    assert reading.shapes[-1] == output.shape
    sources = reading.sources(tuple(map(made, box)))
    found = [np.ravel_multi_index(place, shape) for source in sources for place in product(*(a.each() for a in source))]
    assert sorted(found) == sorted(output[place] for place in product(*box))


def test_a_reduced_axis_is_read_whole() -> None:
    reading = Rearrangement((2, 3, 4), [ReduceAxes((1,)), PermuteAxes((0, 2, 1)), ReshapeAxes((2, 4))])
    [box] = reading.sources((made(frozenset({1})), made(frozenset({0, 3}))))
    assert [list(axis.each()) for axis in box] == [[1], [0, 1, 2], [0, 3]]


@given(st.sampled_from(SHAPES), st.sampled_from(SHAPES), st.data())
def test_an_axis_that_stays_one(before: tuple[int, ...], after: tuple[int, ...], data: st.DataObject) -> None:
    """Along the axis that `hulls` says stays, position p of the output holds values of position p of the input."""
    order = data.draw(st.permutations(range(len(after))))
    reading = Rearrangement(before, [ReshapeAxes(after), PermuteAxes(order)])
    kept = [axis for axis, hull in enumerate(reading.hulls()) if hull is not None]
    assume(kept)
    for axis in kept:
        position = np.indices(before)[axis].reshape(after).transpose(order)
        assert any(np.array_equal(position, along) for along in np.indices(position.shape)[1:])
