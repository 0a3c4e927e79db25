"""What a terminal would obey or not show is spelled out, and what its encoding lacks has another form."""

from __future__ import annotations

import ast
import codecs
import unicodedata
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from cnncalc.reports.wrapping import wrapped
from cnncalc.text import ASCII_FORMS, columns, fitting, printable, unencodable
from tests.rows import every_row

SPELLED = [
    ("a\x1b[31mb", r"a\x1b[31mb"),
    ("a\nb\rc\td", r"a\nb\rc\td"),
    ("a\0b\x07\x7f", r"a\x00b\x07\x7f"),
    ("\x9b2J\x85", r"\x9b2J\x85"),
    ("abc\u202edef", r"abc\u202edef"),
    ("\u2066x\u2069\u200e\u061c", r"\u2066x\u2069\u200e\u061c"),
    ("a\u200bb\u200cc\u200dd\u2060e\ufeff", r"a\u200bb\u200cc\u200dd\u2060e\ufeff"),
    ("a\u2028b\u2029", r"a\u2028b\u2029"),
    ("a\xa0b\xad\u2003", r"a\xa0b\xad\u2003"),
    ("a\ufe0f\u3164\U000e0041\U000e0100", r"a\ufe0f\u3164\U000e0041\U000e0100"),
    ("\udcff\ud800", r"\udcff\ud800"),
    ("\ue000\U0010ffff", r"\ue000\U0010ffff"),
]
KEPT = [
    "conv1",
    "größe",
    "畳み込み\u3000層",
    "свёртка",
    "שכבה",
    "e\u0301",
    "층",
    "🦜",
    "x → y",
    "ß_1.a-b/c+d",
    r"C:\new\x1b",
]


@every_row(("text", "shown"), SPELLED)
def test_what_a_terminal_would_obey_is_spelled_out(text: str, shown: str) -> None:
    assert printable(text) == shown


@every_row("text", KEPT)
def test_letters_stay(text: str) -> None:
    assert printable(text) == text


@given(st.text())
def test_nothing_raw_is_left(text: str) -> None:
    shown = printable(text)
    assert not {unicodedata.category(c) for c in shown} & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert printable(shown) == shown
    assert printable(text, "ascii").isascii()


@every_row(
    ("text", "encoding", "shown"),
    [
        ("✓ done", "ascii", "ok done"),
        ("✗ bad", "latin-1", "FAIL bad"),
        ("✗ bad…", "cp1252", "FAIL bad…"),
        ("✓", "utf-8", "✓"),
        ("✓", "UTF-16", "✓"),
        ("größe 層", "ascii", r"gr\xf6\xdfe \u5c64"),
        ("größe 層", "latin-1", r"größe \u5c64"),
        ("──", "ascii", "--"),
        ("x", "no-such-encoding", "x"),
    ],
)
def test_what_an_encoding_lacks(text: str, encoding: str, shown: str) -> None:
    assert printable(text, encoding) == shown
    if encoding in {"ascii", "latin-1", "cp1252"}:
        codecs.register_error("spelled", unencodable)
        assert text.encode(encoding, "spelled").decode(encoding) == shown


def test_every_symbol_of_ours_has_an_ascii_form() -> None:
    """In the texts of the program and in the documentation that it shows: that of commands and of layers."""
    ours: set[str] = set()
    package = Path(__file__).parent.parent / "cnncalc"
    for path in package.rglob("*.py"):
        if path.is_relative_to(package / "drawing"):
            continue  # figures are no text of a terminal
        text = path.read_text(encoding="utf-8")
        if text.isascii() and "\\" not in text:
            continue
        tree = ast.parse(text)
        shown = path.parent.name in {"cli", "layers"}
        quiet = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and not shown}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in quiet:
                ours.update(c for c in node.value if not c.isascii() and printable(c) == c)
    only_read = {"\u3000", "\u11ff", "\N{MULTIPLICATION SIGN}"}
    only_read |= {"\N{EN DASH}", "\N{EM DASH}", "\N{BULLET}", "\N{MINUS SIGN}"}
    only_read |= {
        "\N{LEFT DOUBLE QUOTATION MARK}",
        "\N{RIGHT DOUBLE QUOTATION MARK}",
        "\N{DOUBLE LOW-9 QUOTATION MARK}",
    }
    assert ours - only_read == set(ASCII_FORMS)


HALF, FULL = "\uff71", "\uff21"
WIDTHS = [
    ("conv", 4), ("畳み込み", 8), ("e\u0301", 1), ("a\u3000b", 4), ("층", 2), ("🦜", 2), (HALF, 1), (FULL, 2), ("…", 1),
    ("\u1112\u1161\u11ab", 2), ("น้ำ", 2),
]  # fmt: skip


@every_row(("text", "width"), WIDTHS)
def test_columns_of_a_terminal(text: str, width: int) -> None:
    """As wcwidth 0.2 counts them."""
    assert columns(text) == width


@given(text=st.text("ab 層\u0301", max_size=40), room=st.integers(0, 20))
def test_what_fits_is_the_longest_that_does(text: str, room: int) -> None:
    length = fitting(text, room)
    assert columns(text[:length]) <= room
    assert length == len(text) or columns(text[: length + 1]) > room


@given(text=st.text("ab 層", max_size=60), width=st.integers(6, 20), indent=st.sampled_from(["", "  "]))
def test_lines_have_the_width_and_all_the_text(text: str, width: int, indent: str) -> None:
    lines = wrapped(text, width, indent)
    assert lines
    assert all(columns(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())
