"""Every report that is named can be made, from its result and a style alone."""

from __future__ import annotations

import ast
import csv
import inspect
import io
import json
import re
from importlib import import_module
from pathlib import Path

import pytest

from cnncalc import reports
from cnncalc.reports.registry import ENDINGS, REPORTS, TABULAR, formats, render
from cnncalc.reports.style import PLAIN, Style
from tests.reports.results import LINES, result
from tests.rows import every_row

FOLDER = Path(reports.__file__).parent

EVERY = [(subject, format_) for subject in REPORTS for format_ in REPORTS[subject]]


@pytest.mark.parametrize(("subject", "format_"), EVERY)
def test_every_report_is_made_of_a_result_and_a_style(subject: str, format_: str) -> None:
    text = render(subject, format_, result(subject), PLAIN)
    assert text.endswith("\n")
    if format_ == "json":
        assert all(map(json.loads, text.splitlines() if subject in LINES else [text]))


def shape_of(row: str) -> int:
    """The number of cells in a row of Markdown."""
    return row.replace(r"\|", "").count("|")


@every_row("subject", [subject for subject in REPORTS if "csv" in REPORTS[subject]])
def test_tables_are_rectangular(subject: str) -> None:
    """Every line of CSV has a cell for each heading, every row of a Markdown table too, and LaTeX as many."""
    lines = list(csv.reader(io.StringIO(render(subject, "csv", result(subject), PLAIN))))
    assert len({len(line) for line in lines}) == 1
    assert len(lines) > 1
    assert len(set(lines[0])) == len(lines[0])
    assert all(lines[0])
    for part in render(subject, "markdown", result(subject), PLAIN).split("\n\n"):
        rows = [line for line in part.splitlines() if line.startswith("|")]
        assert len({shape_of(row) for row in rows}) <= 1
    latex = render(subject, "latex", result(subject), PLAIN)
    for columns, body in re.findall(r"begin\{tabular\}\{(\w+)\}\n(.*?)\\end\{tabular\}", latex, re.DOTALL):
        rows = [line for line in body.splitlines() if line.endswith(r" \\")]
        assert {len(re.findall(r"(?<!\\)&", row)) for row in rows} == {len(columns) - 1}


@every_row("subject", [name for name in REPORTS if "json" in REPORTS[name] and name not in LINES])
def test_json_is_the_same_however_it_is_indented(subject: str) -> None:
    narrow, wide = (render(subject, "json", result(subject), Style(indent=indent)) for indent in (None, 2))
    assert narrow.count("\n") == 1 < wide.count("\n")
    assert json.loads(narrow) == json.loads(wide)


@every_row(("subject", "format_"), EVERY)
def test_modules_bear_the_name_of_their_subject_and_ask_for_nothing_else(subject: str, format_: str) -> None:
    module = import_module(f"cnncalc.reports.{REPORTS[subject][format_]}")
    is_tables = module.__name__.endswith(REPORTS[subject].get("csv", "-"))
    kind = "text" if format_ == "table" else "tables" if is_tables else format_
    assert module.__name__.rpartition(".")[2] == f"{subject}_{kind}"
    names = ("tables", "records") if kind == "tables" else ("pieces", "render")
    for function in (getattr(module, name) for name in names if hasattr(module, name)):
        assert [*inspect.signature(function).parameters][1:] == ["style"]


def test_every_module_with_a_renderer_is_in_the_registry() -> None:
    known = {module for modules in REPORTS.values() for module in modules.values()}
    assert {path.stem for path in FOLDER.glob("*_tables.py")} == {name for name in known if name.endswith("_tables")}
    rendering = {
        path.stem
        for path in FOLDER.glob("*.py")
        if any(
            isinstance(node, ast.FunctionDef) and node.name in {"render", "pieces"}
            for node in ast.parse(path.read_text(encoding="utf-8")).body
        )
    }
    assert rendering == {name for name in known if not name.endswith("_tables")} | {
        "registry",
        "table_html",
        *TABULAR.values(),
    }


def test_no_renderer_knows_the_network() -> None:
    """Not even for its type: results are complete in themselves."""
    for path in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                assert node.module not in ("cnncalc.graph.graph", "cnncalc.graph.node", "cnncalc.api"), path


def test_every_format_has_endings() -> None:
    assert {format_ for _, format_ in EVERY} == set(ENDINGS)


@pytest.mark.parametrize(
    ("subject", "other"),
    [
        ("receptive_fields", "receptive_field"),
        ("layer_types", "layer_type"),
        ("topics", "topic"),
        ("summary", "convention"),
    ],
)
def test_subjects_of_one_command_have_the_same_formats(subject: str, other: str) -> None:
    assert formats(subject) == formats(other) == formats(subject, other)


def test_what_not_all_have_is_no_format_of_a_command() -> None:
    assert formats("check", "summary") == ("table", "json", "csv", "markdown", "latex")
    assert formats("spec") == ("yaml",)
