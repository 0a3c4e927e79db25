"""Where things begin in memory: apart from each other while they are needed, and not far from as tight as can be."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc.sessions import arena
from cnncalc.sessions.accesses import Spans
from cnncalc.sessions.arena import Life, arranged, end_of

FEW = st.integers(0, 9)
LIVES = st.lists(st.builds(lambda size, first, more: Life(size, first, first + more), FEW, FEW, FEW), max_size=24)


@pytest.mark.parametrize("most", [0, 2000])
@given(LIVES)
def test_what_is_needed_at_one_moment_lies_apart(most: int, lives: list[Life]) -> None:
    """By either way to place them, in no less than is needed at once, and no more than all of them take."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arena, "MOST_COMPARED", most)
        starts = arranged(lives)
    taken: dict[int, set[int]] = {}
    for life, start in zip(lives, starts, strict=True):
        for moment in range(life.first, life.last + 1):
            places = set(range(start, start + life.size))
            assert not places & taken.setdefault(moment, set())
            taken[moment] |= places
    needed = max((len(places) for places in taken.values()), default=0)
    assert needed <= end_of(lives, starts) <= sum(life.size for life in lives)


def best(lives: list[Life]) -> int:
    """The least memory: of all orders in which each is placed as low as those placed before it allow."""
    least = sum(life.size for life in lives)
    for order in permutations(lives):
        placed: list[tuple[int, Life]] = []
        for life in order:
            start = 0
            for begin, other in sorted(placed):
                if other.first <= life.last and life.first <= other.last:
                    if begin >= start + life.size:
                        break
                    start = max(start, begin + other.size)
            placed.append((start, life))
        least = min(least, max(start + life.size for start, life in placed))
    return least


CHAIN = [Life(size, moment, moment + 1) for moment, size in enumerate([3, 64, 64, 32, 32, 16, 8])]
BLOCK = [Life(9, 0, 3), Life(4, 1, 2), Life(4, 2, 3), Life(9, 3, 4)]
"""A residual block: its input is needed until the sum."""
ODD = [Life(4, 0, 1), Life(8, 1, 2), Life(6, 2, 3), Life(5, 1, 3)]


@pytest.mark.parametrize(("lives", "size"), [(CHAIN, 128), (BLOCK, 22), (ODD, 19), ([Life(5, 0, 0)] * 3, 15)])
def test_known_sizes_are_the_best(lives: list[Life], size: int) -> None:
    assert end_of(lives, arranged(lives)) == size == best(lives)


def test_a_long_chain_takes_what_two_of_it_take() -> None:
    lives = [Life(8, moment, moment + 1) for moment in range(5000)]
    assert end_of(lives, arranged(lives)) == 16


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 6))), st.integers(0, 46), st.integers(1, 6))
def test_spans_meet_what_was_added(added: list[tuple[int, int]], first: int, size: int) -> None:
    spans, known = Spans(), set[int]()
    for start, length in added:
        spans.add(start, start + length)
        known |= set(range(start, start + length))
    assert spans.overlap(first, first + size) == bool(known & set(range(first, first + size)))
