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


def test_prose_is_wrapped_but_not_within_code() -> None:
    text = "of `two words` and `cnncalc summary net.yaml` and more"
    plain = Canvas(Style(width=40))
    plain.prose(text, "- ", "  ")
    assert drawn(plain) == ["- of `two words` and", "  `cnncalc summary net.yaml` and more"]
    coloured = Canvas(Style(width=40, colours=True))
    coloured.prose(text, "- ", "  ")
    bold = "\x1b[1m{}\x1b[0m"
    assert drawn(coloured) == [
        f"- of {bold.format('two words')} and",
        f"  {bold.format('cnncalc summary net.yaml')} and more",
    ]


def test_code_that_is_longer_than_a_line_is_broken_and_stays_bold() -> None:
    canvas = Canvas(Style(width=40, colours=True))
    canvas.prose(f"see `{'a' * 50}` there")
    assert "".join(drawn(canvas)).replace("\x1b[1m", "<").replace("\x1b[0m", ">").count("<") == 2
    plain = Canvas(Style(width=40))
    plain.prose(f"see `{'a' * 50}` there")
    assert "".join(drawn(plain)).count("`") == 2
    assert max(map(len, drawn(plain))) <= 40


def test_a_heading_is_underlined_where_it_cannot_be_bold() -> None:
    plain, coloured = Canvas(), Canvas(Style(colours=True))
    for canvas in (plain, coloured):
        canvas.heading("The rules")
    assert drawn(plain) == ["The rules", "─────────"]
    assert drawn(coloured) == ["\x1b[1mThe rules\x1b[0m"]


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
