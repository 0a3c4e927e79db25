"""The summary as LaTeX: no name ends a cell, a row or the table, and none is shown as another."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnncalc
from cnncalc.reports import latex_text
from cnncalc.reports.registry import render
from cnncalc.reports.style import Style
from cnncalc.reports.view import View
from cnncalc.text import printable

TOKEN = re.compile(
    r"\\(?P<escaped>[_&%#${},])|\{(?P<grouped>[\[*])\}|\\text(?P<named>[a-z]+)\{\}|(?P<joining>[-,'`!?])\{\}"
    r"|\$\\(?P<sign>times)\$"
    r"|(?P<plain>[^\\_&%#${}~^<>|\[*])"
)
NAMED = {"backslash": "\\", "asciitilde": "~", "asciicircum": "^", "less": "<", "greater": ">", "bar": "|"}
SIGNS = {"times": "x"}
JOINED = re.compile("--|,,|''|``|[!?]`")
NAMES = st.text(st.sampled_from("\\{}_&%#$~^[]*<>|-,'`!?ab9 \x1b\u202eé"), min_size=1, max_size=12)


def read(latex: str) -> str:
    """What LaTeX shows, with commas for gaps in numbers; a character that stands for more than itself is an error."""
    found, at = "", 0
    while at < len(latex):
        token = TOKEN.match(latex, at)
        assert token, latex[at:]
        kind, text = token.lastgroup, token[token.lastgroup or 0]
        found += {"named": NAMED, "sign": SIGNS}.get(kind or "", {}).get(text, text)
        at = token.end()
    return found


def rows(latex: str) -> list[list[str]]:
    """The cells of the rows of all tables, headings among them."""
    lines = [line.removesuffix(r" \\") for line in latex.splitlines() if line.endswith(r" \\")]
    return [[read(cell) for cell in re.split(r"(?<!\\)&", line)] for line in lines]


@given(NAMES)
def test_any_text_is_shown_as_it_is(text: str) -> None:
    latex = latex_text.escaped(text)
    assert read(latex) == printable(text)
    assert not JOINED.search(latex)
    assert not latex.startswith(("[", "*"))


@given(NAMES)
def test_numbers_and_signs_do_not_change_what_is_said(text: str) -> None:
    assert read(latex_text.shown(text)) == printable(text)


def test_numbers_are_written_alike_wherever_they_stand() -> None:
    """With thin gaps in cells with a ratio or a sign, and in what is said below, as in cells of their own."""
    latex = cnncalc.compare("resnet18", "resnet50", "mobilenet_v2").to_text("latex")
    assert r"& 11\,689\,512 & 25\,557\,032 ($\times$ 2.19) & 3\,504\,872 ($\times$ 0.3)" in latex
    assert r"3 $\times$ 224 $\times$ 224" in latex
    assert r"& +53\,120 &" in cnncalc.load("resnet50").count_as("torchinfo").to_text("latex")
    assert r"bn1 3\,211\,264 B" in cnncalc.load("resnet18").report().to_text("latex")


@pytest.mark.parametrize("name", ["a & b \\\\ % $x$", "[2ex]", "*", "\x1b[31m^~#_"])
def test_names_stay_in_their_cells(name: str) -> None:
    report = cnncalc.load("input: 3x8x8\nlayers: [relu]\n").report()
    named = report._replace(name=name, layers=(report.layers[0]._replace(name=name),))
    latex = render("summary", "latex", named, Style())
    found = rows(latex)
    assert found[1][0].strip() == printable(name).strip()
    assert {len(cells) for cells in found[:2]} == {7}
    assert {len(cells) for cells in found[2:]} == {4}
    assert f"\\caption{{{latex_text.escaped(name)}}}" in latex


@pytest.mark.parametrize("depth", [None, 1, 2])
def test_it_says_what_markdown_says(depth: int | None) -> None:
    """All rows and totals; with a depth those of scopes."""
    report = cnncalc.load("resnet18").report(batch=2)
    latex, markdown = (
        render("summary", form, report, Style(wishes=View(depth=depth))) for form in ("latex", "markdown")
    )
    lines = [line for line in markdown.splitlines() if line.startswith("|") and "---" not in line]
    cells = [[cell.strip().replace("\\", "") for cell in line[1:-1].split("|")] for line in lines]
    assert [[cell.strip() for cell in row] for row in rows(latex)] == cells


@pytest.mark.parametrize("architecture", ["lenet", "resnet50", "lraspp", "raw_audio"])
def test_what_is_begun_is_ended(architecture: str) -> None:
    latex = render("summary", "latex", cnncalc.load(architecture).report(), Style())
    open_: list[str] = []
    for what, name in re.findall(r"\\(begin|end)\{(\w+)\}", latex):
        assert what == "begin" or open_.pop() == name
        open_ += [name] if what == "begin" else []
    assert open_ == []
