"""The way back in plain text."""

from __future__ import annotations

import pytest

import cnncalc
from cnncalc.reports import solution_text
from cnncalc.solve.solver import solve

POOL = "- max_pool: {name: p, kernel_size: 3, stride: 2}"


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        (POOL, ["  height = floor((H - 1) / 2), and width alike", "  14 at H and W = 29 to 30"]),
        (
            f"- permute: {{dims: [0, 2, 1]}}\n{POOL}",
            [
                "  height = floor((W - 1) / 2)",
                "  14 at W = 29 to 30",
                "  width = floor((H - 1) / 2)",
                "  14 at H = 29 to 30",
            ],
        ),
        (
            "- max_pool: {name: p, kernel_size: [3, 4], stride: 2}",
            [
                "  height = floor((H - 1) / 2)",
                "  14 at H = 29 to 30",
                "  width = floor((W - 2) / 2)",
                "  14 at W = 30 to 31",
            ],
        ),
    ],
)
def test_axes_are_alike_where_each_follows_its_own(layers: str, expected: list[str]) -> None:
    found = solve(cnncalc.load(f"input: 3x30x30\nlayers:\n{layers}\n"), "p", [14])
    lines = solution_text.render(found).splitlines()
    assert lines[3 : 3 + len(expected)] == expected
    assert not lines[3 + len(expected)]
