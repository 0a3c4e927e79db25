"""Bars of a summary's rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import cnncalc
from cnncalc.cli.summary import PLOTS
from cnncalc.reports.registry import render
from cnncalc.reports.style import Style
from cnncalc.reports.view import View
from cnncalc.text import columns
from tests.marking import slow_but

if TYPE_CHECKING:
    from cnncalc.summary.results import Report

CHAIN = """\
input: 1x100
layers:
  - conv: {name: a, out_channels: 4, kernel_size: 1, bias: false}
  - conv: {name: b, out_channels: 1, kernel_size: 5, bias: false}
  - max_pool: {name: p, kernel_size: 2}
"""


def plotted(kind: str, report: Report | None = None, width: int | None = 40, **wishes: str | int) -> list[str]:
    """The lines below the titles."""
    style = Style(width, encoding=str(wishes.pop("encoding", "utf-8")), wishes=View(plot=kind, **wishes))  # type: ignore[arg-type]
    return render("summary", "table", report or cnncalc.load(CHAIN).report(), style).splitlines()[2:]


def test_the_longest_bar_fills_the_line() -> None:
    """4 x 100 and 5 x 4 x 96 MACs: 400 and 1,920, of which the larger has 40 - 1 - 2 - 1 - 6 columns."""
    assert plotted("macs") == [
        "a  " + "█" * 6 + "▎ 400",
        "b  " + "█" * 30 + " 1.92 k",
        "p  0",
    ]


def test_figures_are_exact_in_a_pipe() -> None:
    assert plotted("macs", width=None)[1].endswith("█ 1,920")
    assert plotted("macs", units="k")[0].endswith(" 0.40 k")


def test_memory_marks_the_peak() -> None:
    """400, 400 + 96 and 96 + 48 values of 4 bytes, the input's 100 beside the first."""
    lines = plotted("memory", width=None)
    assert [line.partition("█ ")[2] or line.split()[-2:] for line in lines[:2]] == ["2,000 B peak", ["1,984", "B"]]
    assert lines[3:] == ["peak at a: a 1,600 B + input 400 B"]


def test_fields_are_beside_the_input() -> None:
    """Sizes 1, 5 and 6 of 100 pixels: in ASCII 26 columns are the input's."""
    assert plotted("field", encoding="ascii") == [
        "a  #" + " " * 33 + "| 1",
        "b  ##" + " " * 32 + "| 5",
        "p  ##" + " " * 32 + "| 6",
        "| the input, 100",
    ]


def test_a_field_beyond_the_input() -> None:
    report = cnncalc.load(
        "input: 1x8\nlayers:\n  - conv: {name: c, out_channels: 1, kernel_size: 15, padding: 7}\n"
    ).report()
    assert plotted("field", report, encoding="ascii") == ["c  " + "#" * 34 + " 15", "| the input, 8"]


def test_rows_are_those_of_the_view() -> None:
    report = cnncalc.load("resnet18").report()
    assert [line.split()[0] for line in plotted("macs", report, depth=1)[:4]] == [
        "conv1",
        "maxpool",
        "layer1",
        "layer2",
    ]
    sorted_ = plotted("parameters", report, sort="params", top=2)
    assert [line.split()[0] for line in sorted_[:2]] == ["layer4.0.conv2", "layer4.1.conv1"]
    assert sorted_ == plotted("parameters", report, top=2)
    most = plotted("memory", report, top=2)
    assert [line.split()[0] for line in most[:2]] == ["conv1", "maxpool"]
    assert most[2] == "30 more rows"
    assert sorted_[2] == "30 more rows have 59.6% of the"


@pytest.mark.parametrize("kind", ["parameters", "macs", "memory", "field"])
@pytest.mark.parametrize("width", slow_but({40, 80}, [40, 57, 80, 200]))
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_no_line_is_wider_than_the_terminal(kind: str, width: int, encoding: str) -> None:
    lines = plotted(kind, cnncalc.load("unet").report(), width, encoding=encoding)
    assert max(map(columns, lines)) <= width
    assert "\n".join(lines).isascii() == (encoding == "ascii")


def test_networks_without_the_figure_have_no_bars() -> None:
    report = cnncalc.load("input: 4\nlayers:\n  - relu: {name: a}\n  - dropout: {name: b}\n").report()
    assert plotted("macs", report) == ["a  0", "b  0"]
    assert plotted("field", report)[:2] == ["a", "b"]


@pytest.mark.parametrize(("depth", "end"), [(2, ""), (3, "; the rows below it are of the first")])
def test_what_copies_are_is_said_as_below_the_table(depth: int, end: str) -> None:
    """At depth 2 the rows of ResNet-50 that stand for several blocks are closed, at depth 3 they are open."""
    [note] = [line for line in plotted("macs", cnncalc.load("resnet50").report(), None, depth=depth) if "(x N)" in line]
    assert note == f"(x N): a row for N equal parts, with the sum of all{end}"


@pytest.mark.parametrize("kind", PLOTS)
def test_all_that_the_option_offers_is_drawn(kind: str) -> None:
    assert any("█" in line for line in plotted(kind, cnncalc.load("lenet").report()))
