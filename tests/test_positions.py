"""Sets of positions, boxes of them, and their places in other shapes, against Python's sets."""

from __future__ import annotations

import itertools
from math import prod

from hypothesis import given, settings
from hypothesis import strategies as st

from cnncalc.boxes import Box, added, relaid
from cnncalc.positions import Positions, union_of
from cnncalc.receptive import AxisMap

drawn = settings(max_examples=200, deadline=None, derandomize=True, database=None)
sets = st.frozensets(st.integers(-9, 20), max_size=8)


def made(values: frozenset[int]) -> Positions:
    return union_of(Positions.span(value, value) for value in sorted(values))


@drawn
@given(sets, sets, st.integers(1, 4), st.integers(1, 5), st.integers(-3, 3))
def test_operations(a: frozenset[int], b: frozenset[int], step: int, taps: int, by: int) -> None:
    first, second = made(a), made(b)
    assert list(first.each()) == sorted(a)
    assert first.total == len(a)
    assert set(first.union(second).each()) == a | b
    assert first.covers(second) == (a >= b)
    assert set(first.moved(by).each()) == {value + by for value in a}
    assert set(first.spread(step).each()) == {value * step for value in a}
    assert set(first.thinned(step, by).each()) == {(v - by) // step for v in a if (v - by) % step == 0}
    assert set(first.reaching(taps, step).each()) == {value + tap * step for value in a for tap in range(taps)}
    assert set(first.within(11).each()) == {value for value in a if 0 <= value < 11}


@drawn
@given(sets, st.lists(st.tuples(st.integers(-3, 3), st.integers(-2, 3)), min_size=1, max_size=3), st.integers(1, 4))
def test_maps(a: frozenset[int], ends: list[tuple[int, int]], step: int) -> None:
    reads = AxisMap(tuple(first for first, _ in ends), tuple(first + more for first, more in ends), step)
    expected = {at for unit in a for at in range(reads.interval(unit)[0], reads.interval(unit)[1] + 1)}
    assert set(made(a).read(reads).each()) == expected


def places(boxes: list[Box]) -> set[tuple[int, ...]]:
    return {place for box in boxes for place in itertools.product(*(axis.each() for axis in box))}


small = st.frozensets(st.integers(0, 3), min_size=1)


@drawn
@given(st.lists(st.tuples(small, small, small), max_size=6))
def test_unions_of_boxes(given_boxes: list[tuple[frozenset[int], ...]]) -> None:
    boxes: list[Box] = []
    for axes in given_boxes:
        added(boxes, tuple(map(made, axes)))
    assert places(boxes) == {place for axes in given_boxes for place in itertools.product(*axes)}


shapes = st.sampled_from([(24,), (4, 6), (6, 4), (2, 3, 4), (4, 1, 6), (1, 24), (2, 12), (2, 2, 6), (3, 8, 1)])


@drawn
@given(shapes, shapes, st.data())
def test_the_same_values_laid_out_anew(before: tuple[int, ...], after: tuple[int, ...], data: st.DataObject) -> None:
    axes = [data.draw(st.frozensets(st.integers(0, size - 1), min_size=1)) for size in before]

    def row(place: tuple[int, ...], shape: tuple[int, ...]) -> int:
        return sum(at * prod(shape[axis + 1 :]) for axis, at in enumerate(place))

    found = places(relaid(tuple(map(made, axes)), before, after))
    assert {row(place, after) for place in found} == {row(place, before) for place in itertools.product(*axes)}
