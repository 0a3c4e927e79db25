"""Where things begin in memory: apart from each other while they are needed, and not far from as tight as can be."""

from __future__ import annotations

from functools import partial
from itertools import permutations
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc.memory.placement import Life, bound, by_breadth, by_size, end_of, needed, smallest
from cnncalc.memory.spans import Spans
from tests.marking import slow_but

if TYPE_CHECKING:
    from collections.abc import Callable

FEW = st.integers(0, 9)
LIVES = st.lists(st.builds(lambda size, first, more: Life(size, first, first + more), FEW, FEW, FEW), max_size=24)
WAYS: dict[str, Callable[[list[Life]], list[int]]] = {
    "size": by_size,
    "earlier": partial(by_size, earlier_first=True),
    "breadth": by_breadth,
    "smallest": smallest,
}


def in_order(lives: list[Life], order: list[int]) -> list[int]:
    """Where each begins if, in this order, it is put at the lowest byte that is free at all of its steps."""
    starts = [0] * len(lives)
    taken: set[tuple[int, int]] = set()
    for number in order:
        size, first, last = lives[number]
        steps = range(first, last + 1)
        while any((step, start) in taken for step in steps for start in range(starts[number], starts[number] + size)):
            starts[number] += 1
        taken |= {(step, start) for step in steps for start in range(starts[number], starts[number] + size)}
    return starts


@given(LIVES)
def test_each_is_placed_as_low_as_those_before_it_allow(lives: list[Life]) -> None:
    """In the order of sizes, or of the steps at which most is needed, worked out byte by byte."""
    numbers = range(len(lives))
    alive = {step: [n for n in numbers if lives[n].first <= step <= lives[n].last] for step in range(19)}
    largest_first = sorted(numbers, key=lambda n: (-lives[n].size, -n))
    widest = sorted(alive, key=lambda step: -sum(lives[n].size for n in alive[step]))
    broadest_first = list(dict.fromkeys(n for step in widest for n in largest_first if n in alive[step]))
    assert by_size(lives) == in_order(lives, largest_first)
    assert by_breadth(lives) == in_order(lives, broadest_first)
    most = max(sum(lives[n].size for n in alive[step]) for step in alive)
    assert bound(lives) == most <= end_of(lives, smallest(lives))
    assert end_of(lives, smallest(lives)) == min(end_of(lives, way(lives)) for way in WAYS.values())


def best(lives: list[Life]) -> int:
    """The least memory: of all orders in which each is placed as low as those placed before it allow."""
    return min(end_of(lives, in_order(lives, list(order))) for order in permutations(range(len(lives))))


CHAIN = [Life(size, moment, moment + 1) for moment, size in enumerate([3, 32, 32, 16, 8])]
BLOCK = [Life(9, 0, 3), Life(4, 1, 2), Life(4, 2, 3), Life(9, 3, 4)]
"""A residual block: its input is needed until the sum."""
ODD = [Life(4, 0, 1), Life(8, 1, 2), Life(6, 2, 3), Life(5, 1, 3)]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("lives", "size"), [(CHAIN, 64), (BLOCK, 22), (ODD, 19), ([Life(5, 0, 0)] * 3, 15)])
def test_known_sizes_are_the_best(way: str, lives: list[Life], size: int) -> None:
    assert end_of(lives, WAYS[way](lives)) == size == best(lives)


SMALL = st.lists(st.builds(lambda size, first, more: Life(size, first, first + more), FEW, FEW, FEW), max_size=5)


@given(SMALL)
def test_none_is_better_than_the_best_of_all_placements(lives: list[Life]) -> None:
    assert bound(lives) <= best(lives) <= end_of(lives, smallest(lives))


SIZE_IS_WORSE = [Life(3, 0, 2), Life(3, 1, 2), Life(4, 2, 3), Life(4, 3, 3)]
BREADTH_IS_WORSE = [Life(2, 0, 2), Life(1, 1, 2), Life(1, 2, 3), Life(3, 3, 3)]


@pytest.mark.parametrize(
    ("lives", "least", "size", "breadth"), [(SIZE_IS_WORSE, 10, 11, 10), (BREADTH_IS_WORSE, 4, 4, 6)]
)
def test_neither_way_is_always_the_better_one(lives: list[Life], least: int, size: int, breadth: int) -> None:
    """Worked out by hand; the smallest of all is what is needed at once."""
    assert (end_of(lives, by_size(lives)), end_of(lives, by_breadth(lives))) == (size, breadth)
    assert bound(lives) == best(lives) == end_of(lives, smallest(lives)) == least


LONG = {
    "chain": [Life(8 + step * 7919 % 64, step, step + 1) for step in range(10_000)],
    "all at the end": [Life(8 + step * 7919 % 640, step, 10_000) for step in range(10_000)],
}


@pytest.mark.parametrize("name", slow_but({"chain"}, LONG))
@pytest.mark.parametrize("way", slow_but({"size"}, ["size", "breadth"]))
def test_thousands_are_placed_without_comparing_pairs(way: str, name: str) -> None:
    """Both take no more than is needed at once; comparing fifty million pairs would take minutes."""
    lives = LONG[name]
    assert end_of(lives, WAYS[way](lives)) == bound(lives) == max(needed(lives))


def test_nothing_needs_nothing() -> None:
    assert [(way([]), end_of([], [])) for way in WAYS.values()] == [([], 0)] * len(WAYS)
    assert bound([]) == 0


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 6))), st.integers(0, 46), st.integers(1, 6))
def test_spans_meet_what_was_added(added: list[tuple[int, int]], first: int, size: int) -> None:
    spans, known = Spans(), set[int]()
    for start, length in added:
        spans.add(start, start + length)
        known |= set(range(start, start + length))
    assert spans.overlap(first, first + size) == bool(known & set(range(first, first + size)))
    free = next(start for start in range(first, 100) if not known & set(range(start, start + size)))
    assert spans.gap(first, size) == free
