"""Lines, notes and tables as they are drawn."""

from __future__ import annotations

from cnncalc.reports.canvas import Canvas
from cnncalc.reports.style import Style


def drawn(canvas: Canvas) -> list[str]:
    return canvas.text().splitlines()


def test_what_is_wrapped_hangs() -> None:
    canvas = Canvas(Style(width=40))
    canvas.title("A network of a name", "with a remark that is as long as that")
    canvas.note("a note that does not have any room on one line")
    canvas.line("  width: a line that is set in and starts at the pixel -16")
    assert drawn(canvas) == [
        "A network of a name  with a remark that",
        "    is as long as that",
        "a note that does not have any room on",
        "  one line",
        "  width: a line that is set in and",
        "    starts at the pixel -16",
    ]


def test_a_line_that_fits_stays() -> None:
    canvas = Canvas()
    canvas.line("  x" * 200)
    canvas.line()
    assert drawn(canvas) == ["  x" * 200, ""]


def test_columns_are_as_wide_as_they_need() -> None:
    canvas = Canvas(Style(width=40))
    canvas.table(["name", "", "n"], [["畳み込み", "✓", "1"], ["b", "", "0"], ["c", "✗", ""]], right=["n"])
    assert drawn(canvas) == [
        "name         n",
        "──────────────",
        "畳み込み  ✓  1",
        "b            0",
        "c         ✗",
    ]


def test_what_has_no_room_is_neither_cut_nor_broken() -> None:
    canvas = Canvas(Style(width=40))
    canvas.table(["a", "b"], [["x" * 30, "9" * 30]])
    assert drawn(canvas)[2] == "x" * 30 + "  " + "9" * 30


def test_no_blanks_at_the_ends_of_coloured_lines() -> None:
    canvas = Canvas(Style(width=40, colours=True))
    canvas.title("LeNet-5", "")
    canvas.table(["layer", "count", "of"], [["a", "0", ""], ["bcd", "12", "c"]])
    assert drawn(canvas) == [
        "\x1b[1mLeNet-5\x1b[0m",
        "\x1b[1mlayer\x1b[0m  \x1b[1mcount\x1b[0m  \x1b[1mof\x1b[0m",
        "────────────────",
        "a      \x1b[2m0\x1b[0m",
        "bcd    12     c",
    ]


def test_a_table_without_utf_8_keeps_its_columns() -> None:
    canvas = Canvas(Style(width=40, encoding="ascii"))
    canvas.table(["", "layer", "n"], [["✓", "conv", "1"], ["✗", "größe", "0"]], right=["n"])
    assert drawn(canvas) == [
        "      layer        n",
        "--------------------",
        "ok    conv         1",
        r"FAIL  gr\xf6\xdfe  0",
    ]


def test_whatever_is_drawn_is_spelled_out() -> None:
    canvas = Canvas(Style(width=40))
    evil = "a\x1b[2J\n\u202e"
    canvas.title(evil, evil)
    canvas.note(evil)
    canvas.line(evil)
    canvas.lines([evil, evil])
    canvas.table([evil], [[evil]], bare=True)
    shown = r"a\x1b[2J\n\u202e"
    assert drawn(canvas) == [f"{shown}  {shown}", *[shown] * 5]


def test_wide_characters_are_wrapped_by_their_columns() -> None:
    canvas = Canvas(Style(width=40))
    canvas.line("畳み込み層の名前はとても長い場合があります" * 2)
    assert drawn(canvas) == [
        "畳み込み層の名前はとても長い場合がありま",
        "  す畳み込み層の名前はとても長い場合があ",
        "  ります",
    ]
