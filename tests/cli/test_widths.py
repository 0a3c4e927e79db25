"""The tables in terminals of every width: no figure and no heading is cut, and nothing is left out in silence."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.marking import slow_but

if TYPE_CHECKING:
    from collections.abc import Callable

QUICK = ["list video", "summary resnet50", "receptive-field yolo_v3", "run lenet"]
TABLES = [*QUICK, "list mobilenet", "summary densenet121", "receptive-field keras_NASNetMobile", "run nin_cifar10"]


def table(out: str) -> tuple[list[str], list[str]]:
    """The lines of the table, from its headings on, and all that follow it."""
    lines = out.splitlines()
    rule = next(number for number, line in enumerate(lines) if line.startswith("──"))
    rows = [lines[rule - 1]]
    notes = lines[rule + 1 :]
    while notes and notes[0] and not re.match(r"[\w/]+: |[*~] |no room|\d+ layers in|\(x 2\)", notes[0]):
        rows.append(notes.pop(0))
    return rows, notes


@pytest.mark.parametrize("columns", slow_but({80}, [40, 60, 80, 100, 120]))
@pytest.mark.parametrize("arguments", slow_but(QUICK, TABLES))
def test_only_names_are_cut(
    arguments: str, columns: int, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    command, *rest = arguments.split()
    out = run(command, *rest).out
    assert max(map(len, out.splitlines())) <= columns
    assert out.splitlines() == [line.rstrip() for line in out.splitlines()]
    (headings, *rows), notes = table(out)
    assert "…" not in headings
    for row in rows:
        assert not re.search(r"\d…|…$", row.split(" ", 3)[-1].rpartition("  ")[2])
    gone = {"file", "input", "type", "output", "k/s/p", "share", "field/s/p", "mean", "deviation"}
    gone -= set(headings.split())
    possible = {
        "list": {"file", "input"},
        "summary": {"type", "k/s/p", "share", "field/s/p"},
        "receptive-field": {"output"},
        "run": {"type", "mean", "deviation"},
    }[command]
    note = " ".join(line.strip() for line in notes).partition("no room for ")[2].partition(":")[0]
    assert set(re.findall(r"[\w/]+", note)) - {"and"} == gone & possible


@pytest.mark.slow
@pytest.mark.parametrize("command", ["summary", "receptive-field"])
@pytest.mark.parametrize("spec", ["yolo_v3", "densenet121", "inception_v2", "keras_NASNetMobile"])
def test_no_two_layers_look_alike(
    spec: str, command: str, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    layers = json.loads(run(command, spec, "--json").out)["layers"]
    for columns in (60, 80, 100):
        monkeypatch.setenv("COLUMNS", str(columns))
        (_, *rows), _ = table(run(command, spec, "--full").out)
        rows = [row for row in rows if not row.startswith(" ")]  # those are of what the row above reads
        names = [row.split()[0] for row in rows]
        assert len(set(names)) == len(names) == len(layers), columns


def test_a_legend_is_of_what_is_shown(run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    out = run("summary", "resnet50", "--full").out
    assert "kernel/stride" not in out
    assert "every path" not in out
    assert "no room for k/s/p and field/s/p: see a wider terminal or\n  --json\n" in out
    monkeypatch.setenv("COLUMNS", "100")
    out = run("summary", "efficientnet_b0", "--full").out
    assert "no room" not in out
    assert "field/s/p: receptive field" in out
    assert "* some path sees the whole map" in out


def test_marks_of_the_receptive_field(run: Callable[..., Any]) -> None:
    out = run("receptive-field", "efficientnet_b0", "--full").out
    assert re.search(r"features.1.0.block.2.0 .* 7     2       3        \*\n", out)
    assert "* some path sees the whole map; the figures are those of the other paths\n" in out
    assert "~" not in out
    assert "*" not in run("receptive-field", "lenet").out


@pytest.mark.slow
def test_the_list_counts_as_the_report_does(run: Callable[..., Any]) -> None:
    rows = json.loads(run("list", "torchvision", "--json").out)
    assert rows
    for row in [*rows[:3], *json.loads(run("list", "wavenet", "--json").out)]:
        report = json.loads(run("summary", row["address"], "--json").out)
        keys = ("name", "variant", "input_shape")
        assert [row[key] for key in keys] == [report[key] for key in keys]
        assert (row["parameters"], row["macs"]) == (report["totals"]["parameters"], report["totals"]["macs"])
