"""Names that someone wrote to do harm: none of their characters reaches a terminal as it is."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from cnncalc.cli import _HOMES
from tests.marking import slow_but

if TYPE_CHECKING:
    from collections.abc import Callable

EVIL = "e\x1b[2J\x07\u202ev\n\r\t\u200b\x9b|`*_ <b>[x](y)#\u2028\ufeff"
WRITTEN = json.dumps(EVIL)
NAME = "net\x1b[31m\u202e\r.yaml"
TEXT = f"""\
name: {WRITTEN}
source: {WRITTEN}
description: {WRITTEN}
parameters: {{n: 4}}
variants: {{{WRITTEN}: {{n: 5}}}}
inputs: {{größe: 3x9x9, "\u3164": 3x9x9}}
layers:
  - concat: {{from: [größe, "\u3164"]}}
  - conv2d: {{name: 畳み込み, out_channels: =n, kernel_size: 3, stride: 2}}
  - relu: {{name: "a\u3164"}}
"""
WRONG = [
    f"input: 3x8x8\nlayers: [{{type: {WRITTEN}}}]\n",
    f"input: 3x8x8\nlayers: [{{type: relu, name: {WRITTEN}}}]\n",
    f"input: 3x8x8\nlayers: [{{type: relu, from: {WRITTEN}}}]\n",
    f"input: 3x8x8\nlayers: [{{conv2d: {{{WRITTEN}: 1}}}}]\n",
    f"input: 3x8x8\nlayers: [{{conv2d: {{out_channels: {WRITTEN}}}}}]\n",
    f"input: {WRITTEN}\nlayers: [relu]\n",
    f"input: 3x8x8\nparameters: {{{WRITTEN}: 1}}\nlayers: [relu]\n",
    f"input: 3x8x8\nvariants: {{{WRITTEN}: {{m: 1}}}}\nlayers: [relu]\n",
    f"input: 3x8x8\nexpect: {{{WRITTEN}: 1}}\nlayers: [relu]\n",
    f"input: 3x8x8\nexpect: {{macs: {WRITTEN}}}\nlayers: [relu]\n",
    f"input: 3x8x8\nblocks: {{{WRITTEN}: {{layers: [relu]}}}}\nlayers: [relu]\n",
    f"{WRITTEN}: 3x8x8\nlayers: [relu]\n",
    "input: 3x8x8\nlayers: [relu \u202e]\n",
]
TABLES = [
    ["summary"], ["summary", "--format", "markdown"], ["summary", "--depth", "1"], ["run"], ["explain"],
    ["run", "--plan"], ["explain", "畳み込み"], ["receptive-field"], ["receptive-field", "--unit", "1,1", "--verify"],
    ["steps", "畳み込み"], ["solve"], ["solve", "--output", "3"], ["check"], ["memory"], ["draw"], ["page"],
    ["draw", "--format", "tikz"],
]  # fmt: skip
SEVERAL = [
    (["sweep", "--set", "n=4,5,0"], 1), (["sweep", "--set", "n=4,x", "--format", "markdown"], 1),
    (["sweep", "--set", "n=4", "--variant", EVIL], 0), (["compare", "--set", "n=4,5"], 0),
    (["compare", "--set", "n=4,5", "--format", "latex"], 0), (["solve", "--set", "n=?", "--max-macs", "99k"], 0),
]  # fmt: skip
"""Of several networks, whose long names are cut, and what the exit status is."""
ECHOED = [
    ["summary", EVIL], ["summary", "lenet", "--variant", EVIL], ["summary", "lenet", "--set", f"{EVIL}=1"],
    ["summary", "resnet", "--set", f"depths={EVIL}"], ["summary", "lenet", "--input", EVIL],
    ["summary", "lenet", "--input", f"{EVIL}=1x8x8"], ["explain", "lenet", EVIL], ["show", EVIL], ["list", EVIL],
    ["layers", EVIL], ["check", EVIL], ["check", "lenet", "--max-macs", EVIL], ["solve", "lenet", "--output", EVIL],
    ["steps", "lenet", EVIL], ["steps", "lenet", "c1", "--unit", EVIL], ["steps", "lenet", "c1", "--channels", EVIL],
    ["receptive-field", "lenet", "--unit", EVIL], [EVIL], ["summary", f"--{EVIL}"], ["run", "lenet", "--data", EVIL],
    ["summary", "lenet", "--format", EVIL], ["sweep", "lenet", "--input", EVIL],
    ["sweep", "resnet", "--set", f"depths={EVIL},1"],
    ["sweep", "resnet", "--variant", EVIL], ["compare", "lenet", EVIL], ["compare", "lenet", "--set", f"{EVIL}=1,2"],
    ["solve", "lenet", "--set", f"{EVIL}=?"], ["solve", "mobilenet", "--set", "alpha=?", "--step", EVIL],
    ["help", EVIL], ["init", f"no/such/{EVIL}"], ["completion", EVIL], ["schema", EVIL],
    ["export", EVIL, "-o", "net.onnx"], ["export", "lenet", "-o", EVIL], ["import", EVIL],
]  # fmt: skip


def raw(text: str) -> set[str]:
    """The characters in a text that a terminal would obey or not show."""
    kinds = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    return {c for c in text if c != "\n" and (unicodedata.category(c) in kinds or c == "\u3164")}


@pytest.mark.parametrize("columns", ["", "60", "80"])
@pytest.mark.parametrize("arguments", TABLES, ids=" ".join)
def test_tables(arguments: list[str], columns: str, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    Path(NAME).write_text(TEXT, encoding="utf-8")
    command, *rest = arguments
    outcome = run(command, NAME, *rest)
    assert outcome.status == 0, outcome
    assert not raw(outcome.out + outcome.err)
    assert r"\x1b" in outcome.out
    assert r"\u202e" in outcome.out.replace("\n    ", "")
    assert "\\\n" not in outcome.out


@pytest.mark.parametrize("columns", ["", "60", "40"])
@pytest.mark.parametrize(("arguments", "status"), SEVERAL)
def test_tables_of_several_networks(
    arguments: list[str], status: int, columns: str, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    Path(NAME).write_text(TEXT, encoding="utf-8")
    command, *rest = arguments
    outcome = run(command, NAME, *rest)
    assert outcome.status == status, outcome
    assert not raw(outcome.out + outcome.err)
    assert "x1b" in outcome.out


def test_a_heading_and_cells_of_markdown_stay_whole(run: Callable[..., Any]) -> None:
    Path("net.yaml").write_text(TEXT, encoding="utf-8")
    lines = run("summary", "net.yaml", "--format", "markdown").out.splitlines()
    spelled = r"e\x1b\[2J\x07\u202ev\n\r\t\u200b\x9b\|\`\*\_ \<b\>\[x\](y)\#\u2028\ufeff"
    assert lines[0] == f"### {spelled} ({spelled})"  # the name and the variant
    assert lines[1] == ""
    assert {len(re.findall(r"(?<!\\)[|]", line)) for line in lines[2:7]} == {9}


def test_json_and_csv_keep_what_is_written(run: Callable[..., Any]) -> None:
    Path("net.yaml").write_text(TEXT, encoding="utf-8")
    outcome = run("summary", "net.yaml", "--json")
    assert outcome.out.isascii()
    found = json.loads(outcome.out)
    assert (found["name"], found["variant"]) == (EVIL.strip(), EVIL)
    assert [layer["name"] for layer in found["layers"]] == ["concat_1", "畳み込み", "a\u3164"]
    rows = list(csv.DictReader(io.StringIO(run("summary", "net.yaml", "--format", "csv").out)))
    assert [row["name"] for row in rows] == ["concat_1", "畳み込み", "a\u3164"]


@pytest.mark.parametrize("text", WRONG)
def test_errors(text: str, run: Callable[..., Any]) -> None:
    Path(NAME).write_text(text, encoding="utf-8")
    for command in ("summary", "check"):
        outcome = run(command, NAME)
        assert outcome.status == 2, outcome
        assert not raw(outcome.out + outcome.err)
        assert r"error: net\x1b[31m\u202e\r.yaml:" in outcome.err


@pytest.mark.parametrize("arguments", ECHOED)
def test_what_is_given_is_echoed_spelled_out(arguments: list[str], run: Callable[..., Any]) -> None:
    outcome = run(*arguments)
    assert (outcome.status, outcome.out.count("✓")) == (2, 0)
    assert not raw(outcome.out + outcome.err)
    assert outcome.err.startswith("error: ")


def test_candidates_of_a_shell(run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """What no terminal shows is no candidate, and no part of a description."""
    Path("net.yaml").write_text(TEXT.replace("{n: 4}", f"{{n: {WRITTEN}}}"), encoding="utf-8")
    monkeypatch.setenv("_CNNCALC_COMPLETE", "fish_complete")
    assert run("summary", "net.yaml", "--variant", "") == (0, "", "")
    outcome = run("summary", "net.yaml", "--set", "")
    assert not raw(outcome.out.replace("\t", ""))
    assert outcome.out.startswith("n=\tdefault 'e\\x1b")


def test_data_files(run: Callable[..., Any]) -> None:
    np.save("x\x1b.npy", np.zeros((48, 48, 3)))
    outcome = run("run", "filters:blur", "--data", "x\x1b.npy")
    assert outcome.err.startswith(r"error: x\x1b.npy is 48 x 48 x 3, and `input` takes 3 channels")


@pytest.mark.parametrize("encoding", slow_but((), ["ascii", "latin-1"]))
def test_without_utf_8(encoding: str, tmp_path: Path) -> None:
    """A tick and a cross stay two things, and tables keep their columns."""
    Path(tmp_path, "net.yaml").write_text(TEXT + "expect: {macs: 1}\n", encoding="utf-8")
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "COLUMNS": "80"}
    command = [sys.executable, "-m", "cnncalc"]

    def out(*arguments: str) -> str:
        done = subprocess.run(
            [*command, *arguments], env=environment, cwd=tmp_path, capture_output=True, encoding=encoding, check=False
        )
        assert done.stderr == ""
        return done.stdout

    lines = out("check", "lenet", "net.yaml").splitlines()
    assert lines[0] == "ok lenet  2 figures hold"
    assert lines[1].startswith(r"FAIL net.yaml:e\x1b[2J")
    whole = out("run", "net.yaml").splitlines()
    rule = next(number for number, line in enumerate(whole) if line.startswith("---"))
    heading, *rows = whole[rule - 1], *whole[rule + 1 : rule + 4]
    assert [row.split()[:2] for row in rows] == [
        ["ok", "concat_1"], ["ok", r"\u7573\u307f\u8fbc\u307f"], ["ok", r"a\u3164"],
    ]  # fmt: skip
    end = heading.index("output") + len("output")
    assert [row[:end].split()[-1] for row in rows] == ["6x9x9", "5x4x4", "5x4x4"]
    assert "ok 3 layers and 275 parameters executed in " in "\n".join(whole[rule + 4 :])
    assert json.loads(out("summary", "net.yaml", "--json"))["layers"][1]["name"] == "畳み込み"
    out("summary", "net.yaml", "-o", "net.txt")
    assert "畳み込み" in Path(tmp_path, "net.txt").read_text(encoding="utf-8")


def test_every_command_is_tried() -> None:
    tried = {arguments[0] for arguments in (*TABLES, *(line for line, _ in SEVERAL), *ECHOED)}
    assert set(_HOMES) <= tried
