"""Values in lines: a matrix a channel, with its columns aligned."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import cnncalc
from cnncalc.reports.value_lines import value_lines
from tests.rows import every_row

LINES: list[tuple[str, Any, str, list[str]]] = [
    ("3", [1.0, -0.5, 1e-9], "channels_first", ["      1   -0.5  1e-09"]),
    (
        "2x3",
        [[1, 2, 3], [4, 5, 123456]],
        "channels_first",
        ["          1          2          3", "          4          5  1.235e+05"],
    ),
    ("1x2x2", [[[1, 3], [4, 6]]], "channels_first", ["  1  3", "  4  6"]),
    (
        "2x2x2",
        [[[1, 3], [4, 6]], [[0.25, 0], [-0.0, 1]]],
        "channels_first",
        ["  channel 0", "  1  3", "  4  6", "  channel 1", "  0.25     0", "     0     1"],
    ),
    (
        "1x2x2",
        [[[1, 2], [3, 4]]],
        "channels_last",
        ["  channel 0", "  1  3", "  channel 1", "  2  4"],
    ),
    ("3x1x1", [[[1]], [[3]], [[2]]], "channels_first", ["  1  3  2"]),
    ("1x1x3", [[[1, 3, 2]]], "channels_last", ["  1  3  2"]),
    ("2x1x1x1", [[[[1]]], [[[3]]]], "channels_first", ["  1  3"]),
    ("2x1", [[1], [3]], "channels_last", ["  1", "  3"]),
    (
        "1x2x1x2",
        [[[[1, 2]], [[3, 4]]]],
        "channels_first",
        ["  depth 0", "  1  2", "  depth 1", "  3  4"],
    ),
    (
        "2x2x1x1",
        [[[[1]], [[2]]], [[[3]], [[4]]]],
        "channels_first",
        [
            *("  channel 0, depth 0", "  1", "  channel 0, depth 1", "  2"),
            *("  channel 1, depth 0", "  3", "  channel 1, depth 1", "  4"),
        ],
    ),
]


def printed(spec: str, data: Any, width: int = 80) -> list[str]:
    """The lines of the values of the only layer."""
    report = cnncalc.load(spec).run(np.array(data, float), values=True, layer="same").report
    assert report.layers[0].output is not None
    return list(value_lines(report.layers[0].output, report, width))


@every_row(("shape", "data", "data_format", "lines"), LINES)
def test_lines(shape: str, data: Any, data_format: str, lines: list[str]) -> None:
    spec = f"data_format: {data_format}\ninput: {shape}\nlayers:\n  - identity: {{name: same}}\n"
    assert printed(spec, data) == lines


def test_samples_are_numbered() -> None:
    spec = "input: 1x1x2\nlayers:\n  - identity: {name: same}\n"
    assert printed(spec, [[[[1, 2]]], [[[3, 4]]]]) == ["  sample 0", "  1  2", "  sample 1", "  3  4"]


def test_what_has_no_room_goes_on_in_the_next_line() -> None:
    spec = "input: 7\nlayers:\n  - identity: {name: same}\n"
    assert printed(spec, range(7), width=14) == ["  0  1  2", "    3  4  5", "    6"]


def test_of_many_values_there_is_the_range() -> None:
    spec = "input: 201\nlayers:\n  - identity: {name: same}\n"
    assert printed(spec, range(201)) == ["  from 0 to 200, mean 100"]
    assert printed(spec, [np.inf, *range(200)]) == ["  values that are not finite"]


@pytest.mark.parametrize("width", [40, 60, 80])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    text = cnncalc.load("lenet").run(values=True).report.to_text(width=width)
    assert max(map(len, text.splitlines())) <= width
