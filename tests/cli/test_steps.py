"""`cnncalc steps`: what is printed, whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

GOLDENS = [
    ("steps_lenet_c3_80.txt", "80", ["lenet", "c3", "--channels", "5", "--values", "run"]),
    ("steps_groups_40.txt", "40", ["conv2d(4, 3, groups=2, padding=1, stride=2)", "--input", "4x6x6", "--flip"]),
    ("steps_transposed_80.txt", "80", ["conv_transpose2d(2, 3, stride=2)", "--input", "1x2x2"]),
    ("steps_softmax_80.txt", "80", ["softmax()", "--input", "40", "--unit", "3"]),
    ("steps_group_norm_80.txt", "80", ["group_norm(2)", "--input", "4x2x2"]),
    ("steps_matrix_80.txt", "80", ["conv2d(2, 2, stride=2, padding=1)", "--input", "1x3x3", "--as", "matrix"]),
    ("steps_pool.md", "", ["avg_pool2d(2, padding=1, stride=2)", "--input", "1x3x3", "--format", "markdown"]),
]


@pytest.mark.parametrize(("file", "columns", "arguments"), GOLDENS, ids=[golden[0] for golden in GOLDENS])
def test_golden(
    file: str,
    columns: str,
    arguments: list[str],
    run: Callable[..., Any],
    golden: Callable[[str, str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    outcome = run("steps", *arguments)
    assert (outcome.status, outcome.err) == (0, "")
    golden(file, outcome.out)
