"""What a reader wishes to see of a summary: rows, columns, order, units and width."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Any

import pytest

import cnncalc
from cnncalc.cli import streams
from cnncalc.reports.registry import render
from cnncalc.reports.style import Style
from cnncalc.reports.view import View

if TYPE_CHECKING:
    from collections.abc import Callable


def rows_of(out: str) -> list[str]:
    """The lines below the headings, up to the legend."""
    below = out.partition("──\n")[2].splitlines()
    end = next(number for number, line in enumerate(below) if not line or re.match(r"[\w/]+: |\d+ more rows", line))
    return below[:end]


def test_a_pipe_gets_the_rows_of_the_terminal_with_exact_figures(
    run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    piped = rows_of(run("summary", "inception_v3").out)
    monkeypatch.setenv("COLUMNS", "100")
    shown = rows_of(run("summary", "inception_v3").out)
    assert [row.split()[0] for row in piped] == [row.split()[0] for row in shown]
    assert "2,048,000" in piped[-1]
    assert "2.05 M" in shown[-1]
    assert "…" not in "".join(piped)


def test_width_goes_before_the_terminal(run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    narrow = run("summary", "alexnet").out
    monkeypatch.setenv("COLUMNS", "200")
    assert run("summary", "alexnet", "--width", "60").out == narrow != run("summary", "alexnet").out
    monkeypatch.delenv("COLUMNS")
    assert run("summary", "alexnet", "--width", "60").out == narrow
    assert (
        run("receptive-field", "resnet50", "--width", "40").out
        == run("receptive-field", "resnet50", "--width", "9").out
    )


def test_full_has_every_layer(run: Callable[..., Any]) -> None:
    rows = rows_of(run("summary", "resnet18", "--full").out)
    assert len(rows) == 69
    assert rows[4].split()[:2] == ["layer1.0.conv1", "conv2d"]


def test_sixty_layers_are_shown_as_they_are(run: Callable[..., Any]) -> None:
    text = "input: 4x8\nlayers:\n  - {repeat: %d, name: 's{index}', layers: [max_pool: {kernel_size: 1}, dropout]}\n"
    assert len(rows_of(run("summary", "-", stdin=text % 30).out)) == 60
    [row, *_] = rows_of(run("summary", "-", stdin=text % 31).out)
    assert row.split("  ")[0] == "s0 to 30 (x 31)"


COLUMNS = [
    ("layer,macs", ["layer", "MACs"]),
    ("output_shape, name", ["output", "layer"]),
    ("layer,kernel,stride,padding,dilation,groups", ["layer", "kernel", "stride", "padding", "dilation", "groups"]),
    ("layer,buffers,flops,output_bytes,memory,share,field,from,type",
     ["layer", "buffers", "FLOPs", "bytes", "live", "share", "field/s/p", "from", "type"]),
    ("macs,macs", ["MACs"]),
]  # fmt: skip


@pytest.mark.parametrize(("columns", "headings"), COLUMNS)
def test_columns(columns: str, headings: list[str], run: Callable[..., Any]) -> None:
    out = run("summary", "--columns", columns).out
    assert out.splitlines()[1].split() == headings
    assert len(rows_of(out)) == 9


def test_columns_that_are_asked_for_are_never_left_out(run: Callable[..., Any]) -> None:
    every = "layer,type,output,k/s/p,params,macs,field,from"
    assert "no room for" in run("summary", "googlenet", "--full", "--width", "60").out
    out = run("summary", "googlenet", "--full", "--width", "60", "--columns", every).out
    assert out.splitlines()[1].split() == ["layer", "type", "output", "k/s/p", "params", "MACs", "field/s/p", "from"]
    assert "no room" not in out


@pytest.mark.parametrize("form", ["table", "markdown", "latex"])
def test_the_largest_first(form: str, run: Callable[..., Any]) -> None:
    out = run("summary", "alexnet", "--sort", "params", "--top", "2", "--format", form).out
    assert out.index("fc6") < out.index("fc7")
    assert "conv2" not in out
    assert "15 more rows have 10.5" in out
    assert "of the parameters" in out


def test_csv_has_the_rows_and_columns_that_are_asked_for(run: Callable[..., Any]) -> None:
    out = run(
        "summary",
        "resnet50",
        "--format",
        "csv",
        "--depth",
        "1",
        "--sort",
        "macs",
        "--top",
        "3",
        "--columns",
        "name,macs",
    ).out
    assert list(csv.reader(io.StringIO(out))) == [
        ["name", "macs"], ["layer3", "1464336384"], ["layer2", "1027604480"], ["layer4", "809238528"],
    ]  # fmt: skip


def test_csv_has_every_layer_unless_it_is_told_otherwise(run: Callable[..., Any]) -> None:
    assert len(run("summary", "resnet50", "--format", "csv").out.splitlines()) == 1 + 175
    assert (
        run("summary", "resnet50", "--format", "csv").out == run("summary", "resnet50", "--format", "csv", "--full").out
    )


def test_markdown_has_full_names(run: Callable[..., Any]) -> None:
    out = run("summary", "resnet50", "--format", "markdown").out
    assert "| layer1.1 to 2 (x 2) | 10 layers each | 256 x 56 x 56 |" in out
    assert "| layer1.1.conv1 | conv2d + batch_norm + relu | 64 x 56 x 56 | 1/1/0 | 16,512 | 51,380,224 |" in out


@pytest.mark.parametrize(("units", "params", "macs"), [("none", "34,944", "105,415,200"), ("M", "0.03 M", "105.42 M")])
def test_units(units: str, params: str, macs: str, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    for columns in ("60", "200"):
        monkeypatch.setenv("COLUMNS", columns)
        row = rows_of(run("summary", "alexnet", "--units", units).out)[0]
        assert params in row
        assert macs in row


def test_scopes_are_bold_in_a_terminal(run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(streams, "is_terminal", lambda: True)
    out = run("summary", "resnet50", "--depth", "2", "--width", "100").out
    assert "\x1b[1mlayer1\x1b[0m" in out
    assert "\x1b[1m  0" not in out
    assert "\x1b[1mmaxpool" not in out


VIEWS = [View(plot="memory"), View(depth=2), View(sort="macs", top=4), View(full=True)]


@pytest.mark.parametrize("view", VIEWS, ids=["plot", "depth", "sort", "full"])
@pytest.mark.parametrize("width", [None, 40, 80])
def test_ascii(view: View, width: int | None) -> None:
    out = render("summary", "table", cnncalc.load("resnet18").report(), Style(width, encoding="ascii", wishes=view))
    assert out.isascii()
    assert "\\u" not in out
    assert width is None or max(map(len, out.splitlines())) <= width
