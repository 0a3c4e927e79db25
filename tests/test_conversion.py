"""Results as dicts, rows, data frames, text and HTML: what a program and a notebook have of them."""

from __future__ import annotations

import csv
import io
import json
import pickle
import re
import subprocess
import sys
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

import cnncalc
from cnncalc.reports.registry import REPORTS, render
from cnncalc.reports.style import PLAIN, Style
from tests.reports.results import LINES, RESULTS, result
from tests.rows import every_row

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cnncalc.conversion import Convertible
    from tests.conftest import Outcome

PLAIN_DATA = ("architectures", "layer_types", "layer_type")
"""Subjects whose results are tuples of what there is, without methods of their own."""

SUBJECTS = [subject for subject in RESULTS if "csv" in REPORTS[subject] and subject not in PLAIN_DATA]


def cell(value: object) -> str:
    """A value as CSV has it."""
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


SAVED: dict[str, tuple[list[str], Callable[[], Convertible]]] = {
    "steps": (["steps", "lenet", "c1", "--unit", "3,4"], lambda: cnncalc.load("lenet").steps("c1", unit=(3, 4))),
    "matrices": (
        ["steps", "linear(2)", "--input", "3", "--as", "matrix"],
        lambda: cnncalc.load("linear(2)", input="3").layer_matrices(),
    ),
    "summary": (["summary", "lenet"], lambda: cnncalc.load("lenet").report()),
    "explanation": (["explain", "lenet", "c3"], lambda: cnncalc.load("lenet").explain("c3")),
    "memory": (["memory", "lenet"], lambda: cnncalc.load("lenet").memory()),
}


@pytest.mark.parametrize("name", SAVED)
def test_what_is_saved_is_what_a_command_writes(name: str, run: Callable[..., Outcome], tmp_path: Path) -> None:
    """In every form; another ending is refused before there is a file."""
    command, make = SAVED[name]
    found = make()
    drawn = [".svg", ".html"] if name in ("steps", "matrices") else []
    for ending in (".txt", ".json", ".csv", ".md", ".tex", *drawn):
        assert run(*command, "-o", f"a{ending}").status == 0
        found.save(tmp_path / f"b{ending}")
        assert (tmp_path / f"b{ending}").read_bytes() == (tmp_path / f"a{ending}").read_bytes(), ending
    for ending in ("", ".pdf"):
        with pytest.raises(cnncalc.CnncalcError, match=r"this result cannot be written as"):
            found.save(tmp_path / f"c{ending}")
    assert not list(tmp_path.glob("c*"))


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_dict_is_the_json_and_rows_are_the_csv(subject: str) -> None:
    found: Convertible = result(subject)
    assert found.subject == subject
    text = render(subject, "json", found, PLAIN)
    rows = found.to_dict()["rows"] if subject in LINES else [found.to_dict()]
    assert rows == [json.loads(line) for line in text.splitlines()]
    lines = list(csv.DictReader(io.StringIO(render(subject, "csv", found, PLAIN))))
    rows = found.to_rows()
    assert [[*row] for row in rows] == [[*line] for line in lines]
    assert [[*map(cell, row.values())] for row in rows] == [[*line.values()] for line in lines]
    assert list(found.to_frame().columns) == [*rows[0]]
    assert len(found.to_frame()) == len(rows)


def test_figures_of_a_frame_add_up() -> None:
    report = cnncalc.load("resnet18").report()
    frame = report.to_frame()
    assert frame.parameters.sum() == 11_689_512
    assert frame.macs.sum() == report.totals.macs
    assert frame.groupby("type").parameters.sum()["linear"] == 513_000
    assert frame.kernel_height.max() == 7
    assert pd.isna(frame[frame.type == "linear"].kernel_height).all()


class Cells(HTMLParser):
    """The texts of the cells of all tables, by row."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        del attrs
        self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] in (["td"], ["th"]):
            self.rows[-1][-1] += data


def test_a_notebook_shows_the_tables() -> None:
    network = cnncalc.load(
        "name: <b>&\ninput: 1x8x8\nlayers:\n  - conv2d: {name: a, out_channels: 2, kernel_size: 3}\n"
    )
    reader = Cells()
    reader.feed(network._repr_html_())
    assert reader.open == []
    assert reader.rows[1] == ["a", "conv2d", "2 x 6 x 6", "3/1/0", "20", "648", "3/1/0"]
    assert network._repr_html_() == network.report()._repr_html_()
    assert "<strong>&lt;b&gt;&amp;</strong>" in network._repr_html_()


@every_row("subject", SUBJECTS)
def test_every_result_has_a_page_for_notebooks(subject: str) -> None:
    reader = Cells()
    reader.feed(result(subject)._repr_html_())
    assert reader.open == []
    assert len(reader.rows) > 1


def test_text_is_what_the_command_prints() -> None:
    network = cnncalc.load("lenet")
    report = network.report()
    assert report.to_text() == render("summary", "table", report, PLAIN)
    assert report.to_text("latex") == render("summary", "latex", report, PLAIN)
    assert report.to_text(width=60) == render("summary", "table", report, Style(width=60))
    assert str(network) == str(report) == report.to_text().rstrip("\n")
    assert repr(network) == "<Network LeNet-5: 9 layers, input 1 x 28 x 28>"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"format": "docx"}, "error: `format` takes table, json, csv, markdown or latex, not 'docx'"),
        ({"width": 0}, "error: `width` takes a whole number from 1 to 2147483647, not 0"),
        ({"width": "80"}, "error: `width` takes a whole number from 1 to 2147483647, not '80'"),
    ],
)
def test_wrong_arguments(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(cnncalc.CnncalcError) as error:
        cnncalc.load("lenet").report().to_text(**arguments)
    assert str(error.value) == message


def test_without_pandas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(cnncalc.CnncalcError) as error:
        cnncalc.load("lenet").report().to_frame()
    assert str(error.value) == "error: a data frame needs pandas\nhint: pip install pandas"


def test_results_stay_plain() -> None:
    """They are equal where their fields are, can be sent to another process, and changed ones keep their class."""
    report = cnncalc.load("lenet").report()
    assert pickle.loads(pickle.dumps(report)) == report
    assert type(report._replace(name="x")) is type(report)
    assert not hasattr(report, "__dict__")


def test_pandas_and_reports_are_imported_when_asked_for() -> None:
    code = (
        "import sys, cnncalc; report = cnncalc.load('lenet').report()\n"
        "print([name for name in sys.modules if re.match('pandas|numpy|rich|cnncalc.reports', name)])"
    )
    done = subprocess.run([sys.executable, "-c", f"import re, {code[7:]}"], capture_output=True, text=True, check=True)
    assert re.fullmatch(r"\[\]\n", done.stdout)
