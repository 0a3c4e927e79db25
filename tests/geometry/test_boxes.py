"""Boxes of positions and their places in other shapes, against Python's sets."""

from __future__ import annotations

import itertools
from math import prod

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cnncalc.geometry import boxes
from cnncalc.geometry.boxes import Box, BoxUnion, reshape_box, row_of, split
from cnncalc.geometry.index_set import IndexSet, union_of
from tests.geometry.sets import evenly, made


def places(boxes: list[Box]) -> set[tuple[int, ...]]:
    return {place for box in boxes for place in itertools.product(*(axis.each() for axis in box))}


small = st.frozensets(st.integers(0, 3), min_size=1)


@pytest.mark.usefixtures("limits")
@given(st.lists(st.tuples(small, small, small), max_size=6), st.integers(0, 3))
def test_unions_of_boxes(given_boxes: list[tuple[frozenset[int], ...]], compared: int) -> None:
    union = BoxUnion()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(boxes, "COMPARED", compared)
        for axes in given_boxes:
            union.add(tuple(map(made, axes)))
    expected = {place for axes in given_boxes for place in itertools.product(*axes)}
    assert places(union.boxes()) == expected


shapes = st.sampled_from([(24,), (4, 6), (6, 4), (2, 3, 4), (4, 1, 6), (1, 24), (2, 12), (2, 2, 6), (3, 8, 1)])


@pytest.mark.usefixtures("limits")
@given(shapes, shapes, st.data())
def test_the_same_values_laid_out_anew(before: tuple[int, ...], after: tuple[int, ...], data: st.DataObject) -> None:
    axes = [data.draw(st.frozensets(st.integers(0, size - 1), min_size=1)) for size in before]

    def row(place: tuple[int, ...], shape: tuple[int, ...]) -> int:
        return sum(at * prod(shape[axis + 1 :]) for axis, at in enumerate(place))

    found = places(reshape_box(tuple(map(made, axes)), before, after))
    assert {row(place, after) for place in found} == {row(place, before) for place in itertools.product(*axes)}


@pytest.mark.usefixtures("limits")
@given(evenly, st.integers(1, 7), st.integers(1, 9))
def test_rows_are_split_and_put_together(row: tuple[int, int, int], size: int, taps: int) -> None:
    found = IndexSet.progression(*row).dilated_by_taps(taps, 3).within(7 * size * 5)
    assume(found)
    sizes = (7, size, 5)
    assert union_of(row_of(box, sizes) for box in split(found, sizes)) == found
