"""Sets of positions, against Python's sets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cnncalc.geometry import periodic
from cnncalc.geometry.axis_map import AxisMap
from cnncalc.geometry.index_set import IndexSet, whole
from cnncalc.geometry.periodic import IrregularError, Piece
from cnncalc.geometry.quotient_windows import read_by_spans
from tests.geometry.sets import evenly, holds, made
from tests.rows import every_row

if TYPE_CHECKING:
    from collections.abc import Callable

sets = st.frozensets(st.integers(-9, 20), max_size=8)


@pytest.mark.usefixtures("limits")
@given(sets, sets, st.integers(1, 4), st.integers(1, 5), st.integers(-3, 3))
def test_operations(a: frozenset[int], b: frozenset[int], step: int, taps: int, by: int) -> None:
    first, second = made(a), made(b)
    holds(first, set(a))
    holds(first.union(second), set(a | b))
    assert first.covers(second) == (a >= b)
    assert (first == second, first != second) == (a == b, a != b)
    assert a != b or hash(first) == hash(second)
    holds(first.shifted(by), {value + by for value in a})
    holds(first.mirrored(), {-value for value in a})
    holds(first.scaled(step), {value * step for value in a})
    holds(first.subsampled(step, by), {(v - by) // step for v in a if (v - by) % step == 0})
    holds(first.dilated_by_taps(taps, step), {value + tap * step for value in a for tap in range(taps)})
    holds(first.plus(second), {value + other for value in a for other in b})
    holds(first.within(11), {value for value in a if 0 <= value < 11})
    holds(first.between(by, 7), {value for value in a if by <= value <= 7})
    holds(first.clamped(11), {min(max(value, 0), 10) for value in a})


operations = st.tuples(
    st.sampled_from(["union", "spread", "thinned", "reaching", "between", "plus", "mirrored"]),
    st.integers(0, 9),
    st.integers(1, 6),
    st.integers(1, 20),
)


def applied(pool: list[tuple[IndexSet, set[int]]], chosen: tuple[str, int, int, int]) -> tuple[IndexSet, set[int]]:
    """An operation on one of the sets, or two, by ours and by Python's."""
    name, number, a, b = chosen
    (one, x), (other, y) = pool[number % len(pool)], pool[(number + a) % len(pool)]
    assume(name != "plus" or len(x) * len(y) < 5000)
    ways: dict[str, Callable[[], tuple[IndexSet, set[int]]]] = {
        "union": lambda: (one.union(other.shifted(b)), x | {value + b for value in y}),
        "plus": lambda: (one.plus(other), {value + more for value in x for more in y}),
        "between": lambda: (one.between(-b, 10 * a), {value for value in x if -b <= value <= 10 * a}),
        "spread": lambda: (one.scaled(a), {value * a for value in x}),
        "thinned": lambda: (one.subsampled(a, b), {(value - b) // a for value in x if (value - b) % a == 0}),
        "mirrored": lambda: (one.mirrored(), {-value for value in x}),
        "reaching": lambda: (one.dilated_by_taps(a, b), {value + tap * b for value in x for tap in range(a)}),
    }
    return ways[name]()


@pytest.mark.usefixtures("limits")
@given(st.lists(evenly, min_size=1, max_size=3), st.lists(operations, min_size=1, max_size=8))
def test_operations_one_after_another(
    rows: list[tuple[int, int, int]], chosen: list[tuple[str, int, int, int]]
) -> None:
    pool = [(IndexSet.progression(*row), {row[0] + row[1] * number for number in range(row[2])}) for row in rows]
    for operation in chosen:
        found, expected = applied(pool, operation)
        holds(found, expected)
        assert all(found.covers(known) == (expected >= values) for known, values in pool)
        if expected and max(expected) - min(expected) < 5000:
            pool.append((found, expected))


ends = st.lists(st.tuples(st.integers(-3, 3), st.integers(-2, 3)), min_size=1, max_size=3)


@pytest.mark.usefixtures("limits")
@given(sets, ends, st.integers(1, 4), st.integers(1, 2), st.integers(1, 2))
def test_maps(a: frozenset[int], ends: list[tuple[int, int]], step: int, gap: int, times: int) -> None:
    """Phases that are alike, one after another, are read together."""
    alike = [pair for pair in ends for _ in range(times)]
    reads = AxisMap(tuple(first for first, _ in alike), tuple(first + more for first, more in alike), step, gap)
    expected = {at for unit in a for at in range(reads.interval(unit)[0], reads.interval(unit)[1] + 1, gap)}
    holds(made(a).read(reads), expected)


@pytest.mark.usefixtures("limits")
@given(st.frozensets(st.integers(0, 60), min_size=1, max_size=30), st.integers(1, 60), st.integers(1, 60))
def test_windows_of_adaptive_pools(units: frozenset[int], before: int, after: int) -> None:
    def ends(unit: int) -> tuple[int, int]:
        return unit * before // after, -(-(unit + 1) * before // after) - 1

    expected = {at for unit in units for at in range(ends(unit)[0], ends(unit)[1] + 1)}
    holds(read_by_spans(made(units), ends, (after, before), dense_step=1), expected)


def test_a_set_without_holes_is_its_ends() -> None:
    """However it came about; whether all of an axis is read is decided by comparing with `whole`."""
    evens, odds = IndexSet.progression(0, 2, 5000), IndexSet.progression(1, 2, 5000)
    assert evens.union(odds) == whole(10_000)
    assert IndexSet.progression(-1, 2, 7).dilated_by_taps(9, 3).between(3, 33) == IndexSet.span(3, 33)
    assert IndexSet.of(Piece(0, 5000, 1, (1 << 5000) - 1), Piece(5000, 1, 7, 1)) == whole(5007)


MAX = 2**31 - 1


def seventh(unit: int) -> tuple[int, int]:
    return unit * MAX // 7, -(-(unit + 1) * MAX // 7) - 1


HUGE = {
    "all": (whole(MAX), 0, MAX - 1, MAX, 1),
    "every third": (IndexSet.progression(0, 3, 7 * 10**8), 0, 3 * (7 * 10**8 - 1), 7 * 10**8, 1),
    "two of three": (whole(7 * 10**8).scaled(3).dilated_by_taps(2), 0, 2099999998, 14 * 10**8, 1),
    "the largest dilation": (IndexSet.span(0, 0).dilated_by_taps(3, MAX), 0, 2 * MAX, 3, 1),
    "the largest of all": (IndexSet.span(0, 9).scaled(MAX).dilated_by_taps(MAX, MAX), 0, (MAX + 8) * MAX, MAX + 9, 1),
    "windows that overlap": (whole(1951).scaled(512).dilated_by_taps(1024), 0, 999423, 999424, 1),
    "thinned": (whole(MAX).scaled(6).subsampled(4), 0, 3 * (2**30 - 1), 2**30, 1),
    "residues": (whole(4 * 10**8).scaled(5).dilated_by_taps(2, 10**6 + 3), 0, 2000999998, 8 * 10**8, 4),
    "mirrored": (whole(10**9).scaled(2).mirrored(), -(2 * 10**9 - 2), 0, 10**9, 1),
    "seven windows": (read_by_spans(whole(7), seventh, (7, MAX), 1), 0, MAX - 1, MAX, 1),
}  # fmt: skip
"""Sets on axes that no bits can hold: the first, the last, how many, and at most how many pieces."""


@every_row(("found", "first", "last", "total", "most"), HUGE.values(), ids=HUGE)
def test_huge_axes_take_few_pieces(found: IndexSet, first: int, last: int, total: int, most: int) -> None:
    assert (found.first, found.last, found.total) == (first, last, total)
    assert len(found.parts()) <= most
    assert sum(piece.bits.bit_length() for piece in found.parts()) < 1000
    assert found.covers(found.between(first + 1, last - 1))
    assert found.union(found) == found


def test_two_strides_meet_at_their_common_multiple() -> None:
    """Of 0, 6, 12... and 0, 10, 20...: 6 in 30."""
    both = IndexSet.progression(0, 6, 10**8).union(IndexSet.progression(0, 10, 6 * 10**7))
    assert both.total == 10**8 + 6 * 10**7 - 2 * 10**7
    assert max(piece.period for piece in both.pieces) <= 30


def test_a_numerical_semigroup() -> None:
    """``997 i + 1009 j`` is missing 996 * 1008 / 2 numbers before the first from which on it has all."""
    found = whole(10**6).scaled(997).dilated_by_taps(10**5, 1009)
    assert found.between(0, 996 * 1008).total == 996 * 1008 // 2 + 1
    assert not found.between(996 * 1008 - 1, 996 * 1008 - 1)
    assert found.between(996 * 1008, 10**8).total == 10**8 - 996 * 1008 + 1


def test_what_has_no_pattern_is_refused() -> None:
    """Strides of two large primes have a common period of 10^8, and 200,000 positions each."""
    first, second = IndexSet.progression(0, 10007, 2 * 10**5), IndexSet.progression(0, 10009, 2 * 10**5)
    with pytest.raises(IrregularError, match="the positions that are read form no pattern of at most 20,000 parts"):
        first.union(second)


def test_pieces_are_turned_where_they_are_cut() -> None:
    """Of blocks 0, 1 and 3 the part from 1 on: blocks 1, 3, 5 of the same period, and the rest of the last one."""
    assert periodic.cut(Piece(0, 5, 100, 0b1011), 1, 10**9) == [Piece(1, 5, 99, 0b10101), Piece(496, 2, 2, 1)]
