"""What windows read, against taps that are placed one by one."""

from __future__ import annotations

from itertools import product

import pytest

from cnncalc.geometry.index_set import IndexSet
from cnncalc.geometry.window import AnyWindow, TransposedWindow, Window
from cnncalc.geometry.window_access import Chained, Covering, window_access

WINDOWS: list[AnyWindow] = [
    kind(kernel, stride, dilation, (before, 1))
    for kind in (Window, TransposedWindow)
    for kernel, stride, dilation, before in product(range(1, 6), (1, 2, 3, 4, 6), range(1, 4), (0, 1, 3))
]


def taken(window: AnyWindow, unit: int) -> list[int]:
    """The positions that a unit reads, tap by tap, of an axis without ends."""
    before = window.pads(100)[0]
    offsets = [tap * window.dilation for tap in range(window.kernel_size)]
    if isinstance(window, Window):
        return [unit * window.stride + offset - before for offset in offsets]
    moves = [unit + before - offset for offset in offsets]
    return [move // window.stride for move in moves if move % window.stride == 0]


@pytest.mark.parametrize("kind", [Window, TransposedWindow])
def test_maps_hold_the_hull_of_the_taps(kind: type[AnyWindow]) -> None:
    for window in (window for window in WINDOWS if isinstance(window, kind)):
        reads = window_access(window, 100).hull()
        assert reads is not None
        for unit in range(-3, 14):
            first, last = reads.interval(unit)
            positions = taken(window, unit)
            assert (first, last) == (min(positions), max(positions)) if positions else first > last, (window, unit)


def test_chains_of_maps_hold_the_hull_of_the_taps() -> None:
    plain = [w for w in WINDOWS if w.dilation == 1 and w.kernel_size < 4 and w.stride < 4]
    for earlier, later in product(plain, plain):
        before, after = window_access(earlier, 100).hull(), window_access(later, 100).hull()
        assert before is not None
        assert after is not None
        chain = after.compose(before)
        for unit in range(-2, 10):
            positions = [position for middle in taken(later, unit) for position in taken(earlier, middle)]
            first, last = chain.interval(unit)
            assert (first, last) == (min(positions), max(positions)) if positions else first > last, (earlier, later)


def test_a_stride_too_long_for_a_pattern_reads_everything() -> None:
    assert window_access(TransposedWindow(kernel_size=3, stride=5000), 9).hull() is None


@pytest.mark.parametrize("kind", [Window, TransposedWindow])
def test_exact_sets_are_the_taps_that_lie_inside(kind: type[AnyWindow]) -> None:
    size, units = 7, (0, 1, 2, 5, 6, 11)
    for window in (window for window in WINDOWS if isinstance(window, kind)):
        access = window_access(window, size)
        inside = {unit: {at for at in taken(window, unit) if 0 <= at < size} for unit in units}
        for unit in units:
            assert set(access.read_by(IndexSet.span(unit, unit)).each()) == inside[unit], (window, unit)
        assert set(access.read_by(IndexSet.span(0, 2)).each()) == inside[0] | inside[1] | inside[2], window


def test_unpooled_places_read_the_windows_over_them_and_all_that_those_see() -> None:
    """Windows of 3 at 0, 2 and 4 of 7 places; the eighth and ninth lie behind what was pooled."""
    window = Window(kernel_size=3, stride=2)
    covering = Covering(window, 0, positions=3, pixels=7)
    seen = Chained(covering, window_access(window, 7))
    values = [list(covering.read_by(IndexSet.span(place, place)).each()) for place in range(9)]
    positions = [list(seen.read_by(IndexSet.span(place, place)).each()) for place in range(9)]
    assert values == [[0], [0], [0, 1], [1], [1, 2], [2], [2], [], []]
    assert positions[:5] == [[0, 1, 2], [0, 1, 2], [0, 1, 2, 3, 4], [2, 3, 4], [2, 3, 4, 5, 6]]
    assert positions[7:] == [[], []]
