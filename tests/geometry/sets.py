"""Sets of positions for tests: made of Python's sets, and held against them."""

from __future__ import annotations

import itertools

from hypothesis import strategies as st

from cnncalc.geometry.index_set import IndexSet, union_of

evenly = st.tuples(st.integers(-20, 20), st.integers(1, 7), st.integers(1, 40))
"""Evenly spaced positions: the first, the step and their number."""


def made(values: frozenset[int]) -> IndexSet:
    return union_of(IndexSet.span(value, value) for value in sorted(values))


def holds(found: IndexSet, expected: set[int]) -> None:
    """The set has these positions, and its pieces are well formed."""
    assert list(found.each()) == sorted(expected)
    assert (found.total, bool(found)) == (len(expected), bool(expected))
    assert set().union(*found.progressions()) == expected
    if expected:
        assert (found.first, found.last) == (min(expected), max(expected))
        assert found.bits(found.first - 1, 9) == sum(1 << at for at in range(9) if found.first - 1 + at in expected)
    for piece, after in itertools.pairwise((*found.pieces, None)):
        assert after is None or piece is None or piece.last < after.first
        assert piece is None or (piece.bits & 1 and piece.bits.bit_length() <= piece.period)
