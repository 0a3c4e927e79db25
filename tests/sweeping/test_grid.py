"""The points of a grid, against those of nested loops."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc import CnncalcError
from cnncalc.sweeping.grid import Axis, Grid, GridPoint, grid_of
from tests.rows import every_row


@given(st.lists(st.integers(0, 4), max_size=4))
def test_the_last_axis_varies_fastest(sizes: list[int]) -> None:
    axes = [Axis("parameter", f"p{number}", tuple(range(size))) for number, size in enumerate(sizes)]
    loops = [dict(zip((axis.name for axis in axes), row, strict=True)) for row in itertools.product(*map(range, sizes))]
    grid = Grid(axes)
    assert [point.settings for point in grid] == loops
    assert [list(point.settings) for point in grid] == [list(row) for row in loops]
    assert len(grid) == len(loops)
    assert list(grid[1:3]) == list(grid)[1:3]
    assert loops == [] or grid[-1] == list(grid)[-1]


def test_points_have_variants_parameters_and_shapes() -> None:
    grid = Grid([Axis("variant", "", ("a", "b")), Axis("input", "x", ("1", "2")), Axis("input", "y", ("3",))])
    assert grid[3] == GridPoint("b", {}, {"x": "2", "y": "3"})
    assert Grid([])[0] == GridPoint(None, {}, None)
    with pytest.raises(IndexError):
        grid[4]


def test_a_large_grid_is_refused_and_never_made() -> None:
    values = tuple(range(100_000))
    assert len(Grid([Axis("parameter", "a", values), Axis("parameter", "b", values[:10])])) == 1_000_000
    with pytest.raises(CnncalcError) as raised:
        Grid([Axis("parameter", "a", values), Axis("parameter", "b", values)])
    assert str(raised.value) == (
        "error: the grid has 100,000 x 100,000 = 10,000,000,000 points, and 1,000,000 is the most\n"
        "hint: take larger steps, or fewer values"
    )


GIVEN: list[tuple[dict[str, Any], list[Axis]]] = [
    ({"a": [1, 2]}, [Axis("parameter", "a", (1, 2))]),
    ({"a": 1}, [Axis("parameter", "a", (1,))]),
    ({"a": range(3)}, [Axis("parameter", "a", (0, 1, 2))]),
    ({"a": np.arange(2) / 2}, [Axis("parameter", "a", (0.0, 0.5))]),
    ({"a": "0:1:0.5"}, [Axis("parameter", "a", (0.0, 0.5, 1.0))]),
    ({"input": "3x8x8"}, [Axis("input", "", ("3x8x8",))]),
    ({"input": [(3, 8, 8), [3, 9, 9]]}, [Axis("input", "", ((3, 8, 8), [3, 9, 9]))]),
    ({"input": {"l": ["3", "4"], "r": "5"}}, [Axis("input", "l", ("3", "4")), Axis("input", "r", ("5",))]),
    ({"variant": ["x", "y"], "a": [1]}, [Axis("variant", "", ("x", "y")), Axis("parameter", "a", (1,))]),
]


@every_row(("given_", "axes"), GIVEN)
def test_grids_of_python(given_: dict[str, Any], axes: list[Axis]) -> None:
    assert list(grid_of(given_, {"a": None}).axes) == axes


def test_a_parameter_goes_before_the_word() -> None:
    assert grid_of({"input": [1]}, {"input": None}).axes == (Axis("parameter", "input", (1,)),)


def test_an_axis_has_values() -> None:
    with pytest.raises(CnncalcError, match="`a` has no values to sweep over"):
        grid_of({"a": []}, {"a": None})
