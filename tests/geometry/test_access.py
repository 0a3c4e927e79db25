"""Exact sets and hulls of the ways to read an axis, against their definitions carried out by NumPy."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from cnncalc.geometry.access import SAME, Access, Mirrored, Part, Shift, Statistic, Whole
from cnncalc.geometry.group_access import Interleaved, grouped
from cnncalc.geometry.quotient_access import Resampled, Source, adaptive
from tests.geometry.sets import holds, made
from tests.rows import every_row

if TYPE_CHECKING:
    from collections.abc import Sequence

AXIS = np.arange(12)
"""The numbers of the positions of an axis, which layers that only move values can be executed on."""


def moved(output: Any) -> list[set[int]]:
    """What each unit reads, from the numbers of positions that stand there; none where there is a -1."""
    return [{int(at)} - {-1} for at in output]


def padded(before: int, after: int, mode: Any, **options: Any) -> list[set[int]]:
    return moved(np.pad(AXIS, (before, after), mode, **options))


def split(parts: int, units: int) -> list[set[int]]:
    """Each of `units` reads its part of the axis, cut into as many."""
    rows = [set(map(int, row)) for row in np.split(AXIS, parts)]
    return [rows[unit * parts // units] for unit in range(units)]


def pooled(units: int) -> list[set[int]]:
    """The windows of an adaptive pool as PyTorch documents them: from floor(i I / O) to ceil((i + 1) I / O)."""
    starts = [int(np.floor(unit * len(AXIS) / units)) for unit in range(units)]
    ends = [int(np.ceil((unit + 1) * len(AXIS) / units)) for unit in range(units)]
    return [set(range(start, end)) for start, end in zip(starts, ends, strict=True)]


def interpolated(units: int) -> list[set[int]]:
    """Linear interpolation at half-pixel centres: `np.interp` of one position that is raised after the other."""
    at = (np.arange(units) + 0.5) * len(AXIS) / units - 0.5
    rows = np.stack([np.interp(at, AXIS, raised) for raised in np.eye(len(AXIS))])
    return [{int(place) for place in np.flatnonzero(column > 1e-12)} for column in rows.T]


EVERYTHING = set(map(int, AXIS))
CASES: list[tuple[str, Access, Sequence[set[int]]]] = [
    ("same", SAME, moved(AXIS)),
    ("whole", Whole(12), [EVERYTHING] * 5),
    ("statistic", Statistic(Whole(12)), [EVERYTHING] * 12),
    ("slice", Shift(3, size=12, step=2), moved(AXIS[3::2])),
    ("crop", Shift(2, size=12), moved(AXIS[2:9])),
    ("constant pad", Shift(-3, size=12), padded(3, 2, "constant", constant_values=-1)),
    ("first part", Part(0, size=12), [*moved(AXIS), set(), set()]),
    ("later part", Part(4, size=12), [*[set()] * 4, *moved(AXIS), set()]),
    ("reflect", Mirrored(5, 12, "reflect"), padded(5, 11, "reflect")),
    ("replicate", Mirrored(15, 12, "replicate"), padded(15, 20, "edge")),
    ("circular", Mirrored(12, 12, "circular"), padded(12, 3, "wrap")),
    ("one group", grouped(12, 4, 1), split(1, 4)),
    ("groups", grouped(12, 8, 4), split(4, 8)),
    ("a channel each", grouped(12, 24, 12), split(12, 24)),
    ("interleaved", Interleaved(12, 3), moved(AXIS.reshape(3, 4).T.ravel())),
    *((f"adaptive to {units}", adaptive(12, units), pooled(units)) for units in (1, 5, 8, 12, 18)),
    *(
        (f"linear to {units}", Resampled(Source(2 * 12, 12 - units, 2 * units), "linear", 12), interpolated(units))
        for units in (5, 8, 12, 18, 24, 36)
    ),
    ("nearest", Resampled(Source(1, 0, 2), "nearest", 12), moved(np.repeat(AXIS, 2))),
]


@pytest.mark.parametrize(("access", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_units_read_what_their_definition_says(access: Access, expected: Sequence[set[int]]) -> None:
    """Each by itself, all from one to another, and every third."""
    count = len(expected)
    for first, past, step in product(range(count), range(1, count + 1), (1, 3)):
        units = range(first, past, step)
        holds(access.read_by(made(frozenset(units))), set().union(*(expected[unit] for unit in units)))


@every_row(("access", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_hulls_clipped_to_the_axis_are_the_ends_of_what_is_read(access: Access, expected: Sequence[set[int]]) -> None:
    hull = access.hull()
    for unit, positions in enumerate(expected):
        first, last = (0, 11) if hull is None else hull.interval(unit)
        inside = EVERYTHING & set(range(first, last + 1))
        if isinstance(access, Statistic):
            assert inside == {unit}
        elif access.mirrors:
            assert inside <= positions
        else:
            assert (min(inside, default=0), max(inside, default=0)) == (
                min(positions, default=0),
                max(positions, default=0),
            )


def test_access_that_copies_reads_one_position_or_none() -> None:
    for _, access, expected in CASES:
        if access.copies:
            assert all(len(positions) <= 1 for positions in expected)
