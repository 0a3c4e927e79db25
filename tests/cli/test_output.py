"""`-o`, `--format` and `--json`: one form and one place, alike in every command."""

from __future__ import annotations

import csv
import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from cnncalc.cli import _HOMES, streams
from cnncalc.execution import executor
from tests.cli.commands import COMMANDS, OTHERS
from tests.marking import slow_but

if TYPE_CHECKING:
    from collections.abc import Callable

ENDINGS: dict[str, dict[str, list[str]]] = {
    **{
        command: {
            ".txt": [],
            ".json": ["--json"],
            ".csv": ["--format", "csv"],
            ".md": ["--format", "markdown"],
            ".tex": ["--format", "latex"],
        }
        for command in COMMANDS
    },
    "steps": {
        ".txt": [],
        ".json": ["--json"],
        ".svg": ["--format", "svg"],
        ".tex": ["--format", "tikz"],
        ".html": ["--format", "html"],
        ".csv": ["--format", "csv"],
        ".md": ["--format", "markdown"],
    },
    "show": {".yaml": [], ".yml": [], ".txt": []},
    "help": {".txt": [], ".md": ["--format", "markdown"]},
    "schema": {".json": []},
}
"""What each command can write, and how it is asked for without a file."""
EVERY = (".json", ".csv", ".md", ".tex", ".txt", ".npy", ".png", ".svg", ".html", ".jpg", ".npz", ".yaml", ".v2")


pytestmark = pytest.mark.usefixtures("few_architectures")


def test_every_command_is_here() -> None:
    assert set(COMMANDS | OTHERS) == set(_HOMES)


def untimed(command: str, text: str) -> str:
    """The text without what differs from run to run."""
    return " ".join(re.sub(r"\d+(\.\d+)?(e-\d+)?|─", "", text).split()) if command == "run" else text


@pytest.mark.parametrize(("command", "ending"), [(name, ending) for name in COMMANDS for ending in ENDINGS[name]])
def test_the_ending_says_the_form(command: str, ending: str, run: Callable[..., Any]) -> None:
    printed = run(command, *COMMANDS[command], *ENDINGS[command][ending]).out
    for name in (f"out{ending}", f"OUT{ending.upper()}"):
        assert run(command, *COMMANDS[command], "-o", name) == (0, "", "")
        assert untimed(command, Path(name).read_text(encoding="utf-8")) == untimed(command, printed)
    assert len(os.listdir()) == 2


@pytest.mark.parametrize("command", COMMANDS)
def test_other_endings_are_refused_before_any_work(command: str, run: Callable[..., Any]) -> None:
    """Before so much as SPEC is looked at."""
    arrays = (".npy", ".npz", ".png") if command == "run" else ()
    known = (*ENDINGS[command], *arrays)
    *others, last = known
    hint = f"hint: it writes {' and '.join(filter(None, (', '.join(others), last)))}\n"
    for ending in set(EVERY) - set(known):
        outcome = run(command, "nosuch", "-o", f"out{ending}")
        assert (outcome.status, outcome.out) == (2, "")
        assert outcome.err == f"error: -o out{ending}: `{command}` cannot write {ending} files\n{hint}"
    assert os.listdir() == []


CONTRADICTIONS = [
    (["--json", "-o", "x.csv"], "-o x.csv asks for csv by its ending, and --format for json"),
    (["--format", "csv", "-o", "x.json"], "-o x.json asks for json by its ending, and --format for csv"),
    (["--format", "table", "-o", "x.md"], "-o x.md asks for markdown by its ending, and --format for table"),
    (["--json", "-o", "x.jpg"], "-o x.jpg: `summary` cannot write .jpg files"),
    (["--json", "-o", "x.svg"], "-o x.svg: `summary` cannot write .svg files"),
    (["--json", "--format", "csv"], "--json and --format csv contradict each other"),
    (["-o", ""], "-o takes the name of a file, or - for standard output"),
]


@pytest.mark.parametrize(("arguments", "message"), CONTRADICTIONS)
def test_contradictions(arguments: list[str], message: str, run: Callable[..., Any]) -> None:
    outcome = run("summary", "nosuch", *arguments)
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.startswith(f"error: {message}\n")
    assert os.listdir() == []


@pytest.mark.parametrize("name", ["tmp.Ab12xY", "out.v2", "resnet18.5", "out", "out.d/x", ".hidden", "out.txt"])
def test_a_form_that_is_asked_for_goes_under_any_name(name: str, run: Callable[..., Any]) -> None:
    """As into the file of `mktemp`; `.txt` is any text."""
    Path("out.d").mkdir()
    assert run("summary", "--json", "-o", name) == (0, "", "")
    assert json.loads(Path(name).read_text())["totals"]["parameters"] == 61706


def test_a_name_without_an_ending_takes_the_table(run: Callable[..., Any]) -> None:
    for command in set(COMMANDS) - {"run"}:
        assert run(command, *COMMANDS[command], "-o", "out") == (0, "", "")
        assert Path("out").read_text(encoding="utf-8") == run(command, *COMMANDS[command]).out


@pytest.mark.parametrize("name", slow_but(["-", "/dev/stdout"], ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"]))
@pytest.mark.parametrize("command", COMMANDS)
def test_standard_output_has_names(command: str, name: str, run: Callable[..., Any]) -> None:
    usual, named = run(command, *COMMANDS[command]), run(command, *COMMANDS[command], "-o", name)
    assert (named.status, named.err) == (0, "")
    assert untimed(command, named.out) == untimed(command, usual.out) != ""


def test_a_file_has_no_width_and_no_colours(run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    run("summary", "resnet50", "-o", "piped.txt")
    monkeypatch.setattr(streams, "is_terminal", lambda: True)
    monkeypatch.setenv("COLUMNS", "50")
    monkeypatch.setenv("TERM", "xterm")
    run("summary", "resnet50", "-o", "net.txt")
    assert Path("net.txt").read_text(encoding="utf-8") == Path("piped.txt").read_text(encoding="utf-8")
    run("summary", "-o", "net.json")
    assert Path("net.json").read_text().count("\n") == 1
    assert "\x1b[" in run("summary", "-o", "-").out
    assert run("summary", "--json", "-o", "-").out.startswith('{\n  "schema_version": 1,\n')


@pytest.mark.parametrize(("command", "name"), [("draw", "net.svg"), ("page", "net.html")])
def test_who_sees_the_text_of_a_figure_is_told_of_files(
    command: str, name: str, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(command, "lenet").err == ""
    monkeypatch.setattr(streams, "is_terminal", lambda: True)
    assert run(command, "lenet").err == f"note: this is the text of a file, which -o {name} writes\n"
    assert run(command, "lenet", "-o", name).err == ""


def test_each_form_is_what_its_ending_says(run: Callable[..., Any]) -> None:
    for ending in (".json", ".csv", ".md"):
        run("summary", "-o", f"net{ending}")
    assert json.loads(Path("net.json").read_text())["totals"]["macs"] == 416520
    assert len(list(csv.DictReader(Path("net.csv").read_text().splitlines()))) == 9
    assert "\n| layer | type |" in Path("net.md").read_text()


def test_a_run_writes_its_report_or_its_array(run: Callable[..., Any]) -> None:
    for arguments in (["-o", "r.json"], ["--json", "-o", "r.json"]):
        assert run("run", *arguments) == (0, "", "")
        assert json.loads(Path("r.json").read_text())["ok"] is True
        Path("r.json").unlink()
    assert run("run", "-o", "r.txt") == (0, "", "")
    assert "✓ 9 layers and 61,706 parameters" in Path("r.txt").read_text(encoding="utf-8")
    assert json.loads(run("run", "--json", "-o", "r.npy").out)["ok"] is True
    assert run("run", "-o", "r.npy").out.startswith("LeNet-5  input 1 x 28 x 28")
    assert np.load("r.npy").shape == (1, 10)
    assert run("run", "filters:blur", "--input", "3x4x5", "-o", "R.PNG").status == 0
    with Image.open("R.PNG") as image:
        assert image.size == (5, 4)


REFUSED = [
    ("input: 4\noutputs: [a, b]\nlayers: [{relu: {name: a}}, {relu: {name: b}}]\n", "y.npy", "several outputs: a, b"),
    ("input: 10\nlayers: [relu]\n", "y.png", "a picture has two axes and channels, and the output is 1 x 10"),
    ("input: 5x4x4x4\nlayers: [relu]\n", "y.png", "two axes and channels, and the output is 1 x 5 x 4 x 4 x 4"),
]


@pytest.mark.parametrize(("spec", "name", "message"), REFUSED)
def test_arrays_that_no_file_takes_are_refused_before_the_run(
    spec: str, name: str, message: str, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(executor, "run", None)
    outcome = run("run", "-", "-o", name, stdin=spec)
    assert (outcome.status, outcome.out) == (2, "")
    assert message in outcome.err
    assert os.listdir() == []


def test_what_failed_writes_no_array(run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    original = executor.run
    monkeypatch.setattr(executor, "run", lambda *given, **named: (original(*given, **named)[0], {}))
    Path("y.npy").write_text("kept")
    run("run", "-o", "y.npy")
    assert Path("y.npy").read_text() == "kept"
    assert os.listdir() == ["y.npy"]


def test_a_check_that_fails_writes_why(run: Callable[..., Any]) -> None:
    assert run("check", "lenet", "--max-macs", "5", "-o", "why.json").status == 1
    assert json.loads(Path("why.json").read_text())["ok"] is False


def test_an_unwritable_place_is_told_before_the_work(run: Callable[..., Any]) -> None:
    for command in COMMANDS:
        ending = next(iter(ENDINGS[command]))
        outcome = run(command, "nosuch", "-o", f"no/such/out{ending}")
        error = f"error: cannot write no/such/out{ending}: No such file or directory\n"
        assert outcome == (2, "", f"{error}hint: there is no folder `no/such`\n")


@pytest.mark.skipif(os.fsencode("\udcff") != b"\xff", reason="names are always UTF-8 here")
def test_names_that_are_no_utf_8(run: Callable[..., Any]) -> None:
    spec = "net\udcff.yaml"
    Path(spec).write_text("input: 3x4x4\nlayers: [relu]\n")
    assert run("summary", spec, "-o", "out.txt") == (0, "", "")
    assert Path("out.txt").read_text().startswith("net\\udcff  input 3 x 4 x 4\n")
    assert run("summary", spec, "-o", "out\udcff.json") == (0, "", "")
    assert json.loads(Path("out\udcff.json").read_text())["name"] == "net\udcff"
    for arguments in (["no\udcff.yaml"], ["-o", "x\udcff.jpg"], ["-o", "no\udcff/x.txt"], ["--set", "\udcff"]):
        outcome = run("summary", *arguments)
        assert (outcome.status, outcome.out) == (2, "")
        assert outcome.err.startswith("error: ")
