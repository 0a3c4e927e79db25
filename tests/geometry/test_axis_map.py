"""Maps with the shortest period, against trying every period."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cnncalc.geometry.axis_map import AxisMap, periods

rows = st.lists(st.integers(0, 2), min_size=1, max_size=12)


@given(rows, st.integers(1, 3))
def test_periods_are_all_shifts_that_agree(row: list[int], times: int) -> None:
    row = row * times
    shifts = range(1, len(row) + 1)
    assert list(periods(row)) == [p for p in shifts if all(row[n + p] == row[n] for n in range(len(row) - p))]


@given(rows, st.integers(1, 3), st.integers(0, 5))
def test_reduced_maps_read_the_same_and_no_shorter_ones_do(firsts: list[int], times: int, step: int) -> None:
    pattern = [(first + step * n, first + step * n + first % 2) for n in range(times) for first in firsts]
    reads = AxisMap(tuple(a for a, _ in pattern), tuple(b for _, b in pattern), step * times)
    reduced = reads.reduced()
    units = range(-reads.period, 2 * reads.period)
    assert [reduced.interval(unit) for unit in units] == [reads.interval(unit) for unit in units]
    for shorter in range(1, reduced.period):
        advance = reads.interval(shorter)[0] - reads.interval(0)[0]
        ahead = [tuple(end + advance for end in reads.interval(unit)) for unit in units]
        assert [reads.interval(unit + shorter) for unit in units] != ahead
