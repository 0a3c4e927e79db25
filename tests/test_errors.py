"""How an error shows the line at fault."""

from __future__ import annotations

from cnncalc import CnncalcError
from cnncalc.errors import Place, did_you_mean, nearest, value_text
from cnncalc.text import printable
from tests.rows import every_row
from tests.spec.reading import error_of


def excerpt(place: Place) -> list[str]:
    """The line, with its number and the bar cut off, and the marker under it."""
    return [line[8:] for line in str(CnncalcError("x", place=place)).split("\n")[1:]]


@every_row(
    ("text", "column", "length", "expected"),
    [
        ("  - relux", 5, 5, ["  - relux", "    ^^^^^"]),
        ("a\tb", 3, 1, ["a b", "  ^"]),
        ("a: b", 5, 3, ["a: b", "    ^"]),
        ("日本: [語, x]", 9, 1, ["日本: [語, x]", " " * 11 + "^"]),
        ("日本: [語, x]", 6, 1, ["日本: [語, x]", " " * 7 + "^^"]),
        ("e\u0301: x", 5, 1, ["e\u0301: x", "   ^"]),
        ("a\x1b[2Jb", 2, 1, ["a\\x1b[2Jb", " ^^^^"]),
        ("x" * 300, 200, 5, ["…" + "x" * 98 + "…", " " * 50 + "^" * 5]),
        ("x" * 300, 1, 400, ["x" * 99 + "…", "^" * 100]),
        ("x" * 300, 298, 3, ["…" + "x" * 99, " " * 97 + "^^^"]),
        ("x" * 100, 100, 1, ["x" * 100, " " * 99 + "^"]),
        ("   ", 2, 1, []),
    ],
)
def test_the_excerpt(text: str, column: int, length: int, expected: list[str]) -> None:
    assert excerpt(Place("f", 7, column, length, text)) == expected


def test_the_number_of_the_line_stands_before_it() -> None:
    text = str(CnncalcError("wrong", place=Place("a/b.yaml", 1234, 3, 2, "  ab"), hint="mend it"))
    assert text == "error: a/b.yaml:1234:3: wrong\n 1234 |   ab\n      |   ^^\nhint: mend it"


def test_nothing_reaches_the_terminal_unprinted() -> None:
    error = error_of('input: 3x8x8\nlayers: [{type: relu, name: "a\\e[2J"}]\n')
    assert "\x1b" not in str(error)
    assert printable("a\x1b\u202eb\tc") == "a\\x1b\\u202eb\\tc"


@every_row(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (3, "3"),
        (1.5, "1.5"),
        ("a", "'a'"),
        ([1, [True, None]], "[1, [true, null]]"),
        ({"a": 1, "b": False}, "{a: 1, b: false}"),
        (list(range(20)), "[0, 1, 2, 3, 4, 5, 6, 7, …]"),
        ("x" * 100, "'" + "x" * 58 + "…"),
        (10**30, "10000000000000000…"),
    ],
)
def test_values_in_errors(value: object, text: str) -> None:
    assert value_text(value) == text


def test_a_huge_number_in_errors() -> None:
    assert value_text(10**5000) == "a huge number"


def test_the_nearest_word() -> None:
    assert nearest("Kernal_Size", ["kernel_size", "stride"]) == "kernel_size"
    assert nearest("zzz", ["kernel_size", "stride"]) is None
    assert did_you_mean("zzz", ["a", "b"], "options") == "options: a, b"
    assert did_you_mean("zzz", []) is None
    assert did_you_mean("zzz", [f"name{n}" for n in range(30)]) is None


def test_a_monstrous_word_is_cut() -> None:
    text = str(error_of(f"input: 3x8x8\nlayers: [{'x' * 100_000}]\n"))
    assert len(text) < 2000
    assert text.startswith("error: <text>:2:10: unknown layer type `xxxx")
