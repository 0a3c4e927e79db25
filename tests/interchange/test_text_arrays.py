"""Tables and lists of numbers: what they are read as, and what is said of those that are none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnncalc import CnncalcError
from cnncalc.interchange import text_arrays
from cnncalc.shapes import CHANNELS_FIRST, CHANNELS_LAST
from tests.rows import every_row

TABLES: list[tuple[str, Any]] = [
    ("1,2\n3,4\n", [[1, 2], [3, 4]]),
    ("1;2\n3;4", [[1, 2], [3, 4]]),
    ("1\t2\n3\t4\n\n", [[1, 2], [3, 4]]),
    ("  1   2\n3 4  \n", [[1, 2], [3, 4]]),
    (" 1 , -2.5e-1\r\n+3,.5\r\n", [[1, -0.25], [3, 0.5]]),
    ("7", [[7]]),
    ("\ufeff1,2", [[1, 2]]),
    ("1,inf\n-Inf,4", [[1, np.inf], [-np.inf, 4]]),
]


@pytest.mark.parametrize(("text", "expected"), TABLES)
def test_tables(text: str, expected: Any, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(text, encoding="utf-8", newline="")
    assert text_arrays.read_table(str(tmp_path / "x.csv")).tolist() == expected


NO_TABLES = [
    ("a,b\n1,2\n", "x.csv:1:1: 'a' is not a number\nhint: leave the heading out: every line holds numbers"),
    ("1,2\n3,b\n", "x.csv:2:3: 'b' is not a number"),
    ("1, x\n", "x.csv:1:4: 'x' is not a number"),
    ("1,,2\n", "x.csv:1:3: an empty field is not a number"),
    (",1\n", "x.csv:1:1: an empty field is not a number"),
    ("1,2,\n", "x.csv:1:5: an empty field is not a number"),
    ("1;2\n1,5;2\n", "x.csv:2:1: '1,5' is not a number\nhint: write decimal points, not commas"),
    ("1_0\n", "x.csv:1:1: '1_0' is not a number"),
    ("0x10\n", "x.csv:1:1: '0x10' is not a number"),
    ("1,2\n\n3\n", "x.csv:3: 1 number, and the first line has 2\nhint: every line has as many"),
    ("\x1b[2J\n", "x.csv:1:1: '\\x1b[2J' is not a number"),
    (" \n\n", "x.csv holds no numbers\nhint: a line of numbers for each row, with commas between them"),
]


@pytest.mark.parametrize(("text", "message"), NO_TABLES)
def test_what_is_no_table(text: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("x.csv").write_text(text)
    with pytest.raises(CnncalcError) as error:
        text_arrays.read_table("x.csv")
    assert str(error.value).splitlines() == f"error: {message}".splitlines()


def test_other_bytes_and_large_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("x.csv").write_bytes(b"\xff\xfe1")
    with pytest.raises(CnncalcError, match=r"x\.csv is not a text in UTF-8"):
        text_arrays.read_table("x.csv")
    with open("x.csv", "wb") as file:
        file.truncate(text_arrays.MOST_CSV_BYTES + 1)
    with pytest.raises(CnncalcError, match="is larger than 64 MiB, the most for text"):
        text_arrays.read_table("x.csv")


LISTS: list[tuple[str, Any]] = [
    ("[1, 2]", [1, 2]),
    ("[[1,3],[4,6]]", [[1, 3], [4, 6]]),
    ("[[[1e-5, .inf]]]", [[[1e-5, np.inf]]]),
    ("[[1, 3],\n [4, 6]]", [[1, 3], [4, 6]]),
]


@pytest.mark.parametrize(("text", "expected"), LISTS)
def test_lists(text: str, expected: Any) -> None:
    assert text_arrays.parse_list(text).tolist() == expected


NO_LISTS = [
    ("[]", "--data: the list is empty\nhint: write numbers, such as [[1, 3], [4, 6]]"),
    ("[[]]", "--data: the list at [0] is empty\nhint: write numbers, such as [[1, 3], [4, 6]]"),
    ("[[1, true]]", "--data: true at [0][1] is not a number"),
    ("[1, [2]]", "--data: [2] at [1] is not a number"),
    ("[a]", "--data: 'a' at [0] is not a number"),
    (
        "[[1, 2], [3]]",
        "--data: a list of 2 values must stand at [1], as in the lists before, and there is a list of 1 value\n"
        "hint: lists at one depth have equal lengths",
    ),
    (
        "[[1], 2]",
        "--data: a list of 1 value must stand at [1], as in the lists before, and there is no list\n"
        "hint: lists at one depth have equal lengths",
    ),
    ("[" + "1," * 50_000 + "1]", "--data: a list of 100,003 characters, and 100,000 are the most\nhint: numpy.save"),
]


@every_row(("text", "message"), NO_LISTS)
def test_what_is_no_list(text: str, message: str) -> None:
    with pytest.raises(CnncalcError) as error:
        text_arrays.parse_list(text)
    assert str(error.value).startswith(f"error: {message}")


SHAPED = [
    # table, input, as it is read with channels first and last; None: as the table is
    ((1, 4), (4,), (4,), (4,)),
    ((4, 1), (4,), (4,), (4,)),
    ((3, 4), (4,), (3, 4), (3, 4)),
    ((1, 9), (1, 5), (1, 9), (9, 1)),
    ((9, 1), (1, 5), (1, 9), (9, 1)),
    ((3, 9), (3, 5), (3, 9), (3, 9)),
    ((5, 6), (1, 4, 4), (1, 5, 6), (5, 6, 1)),
    ((5, 6), (3, 4, 4), (5, 6), (5, 6)),
    ((5, 6), None, (1, 5, 6), (5, 6, 1)),
    ((5, 6), (1, 2, 4, 4), (5, 6), (5, 6)),
]


@every_row(("table", "own", "first", "last"), SHAPED)
def test_a_table_becomes_the_input_that_it_is_for(table: Any, own: Any, first: Any, last: Any) -> None:
    array: Any = np.arange(table[0] * table[1]).reshape(table)
    for layout, shape in ((CHANNELS_FIRST, first), (CHANNELS_LAST, last)):
        found = text_arrays.table_as_input(array, own, layout)
        assert found.shape == shape
        assert found.ravel().tolist() == array.ravel().tolist()


def test_a_list_may_leave_out_the_axis_of_one_channel() -> None:
    array: Any = np.zeros((5, 6))
    assert text_arrays.list_as_input(array, (1, 4, 4), CHANNELS_FIRST).shape == (1, 5, 6)
    assert text_arrays.list_as_input(array, (1, 4, 4), CHANNELS_LAST).shape == (5, 6, 1)
    assert text_arrays.list_as_input(array, (3, 4, 4), CHANNELS_FIRST).shape == (5, 6)
    assert text_arrays.list_as_input(array, (1, 4), CHANNELS_FIRST).shape == (5, 6)
    assert text_arrays.list_as_input(array, None, CHANNELS_FIRST).shape == (5, 6)
