"""`cnncalc summary --as`: how another tool counts, beside ours."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import click
import pytest

from cnncalc.cli.summary import summary_command
from cnncalc.conventions.registry import CONVENTIONS

if TYPE_CHECKING:
    from collections.abc import Callable

    Golden = Callable[[str, str], None]


def test_json_has_what_the_tool_prints_and_why(run: Callable[..., Any]) -> None:
    found = json.loads(run("summary", "resnet18", "--as", "calflops", "--json").out)
    assert found["convention"] == {"name": "calflops", "tool": "calflops", "version": "0.3.2"}
    assert found["totals"] == {"flops": 3636250112, "macs": 1814073344, "parameters": 11689512}
    flops, macs = found["quantities"]
    assert (flops["compared_with"], flops["theirs"]) == ("flops", 3636250112)
    assert flops["ours"] + flops["difference"] == flops["theirs"]
    assert (macs["compared_with"], macs["difference"]) == ("macs", 0)
    assert {kind["kind"]: kind["difference"] for kind in flops["kinds"] if kind["difference"]} == {
        "max_pool2d": 802816 - 8 * 200704,
        "add": -752640,
        "linear": -1000,
    }
    assert found["parameters"]["rule"] == "all that can be trained"


def test_csv_has_a_line_a_kind(run: Callable[..., Any]) -> None:
    lines = list(csv.DictReader(io.StringIO(run("summary", "--as", "torch", "--format", "csv").out)))
    assert [(line["quantity"], line["kind"], line["theirs"]) for line in lines][:2] == [
        ("flops", "conv2d", str(2 * (117600 + 240000))),
        ("flops", "tanh", "0"),
    ]


def test_what_the_graph_does_not_tell_is_noted(run: Callable[..., Any]) -> None:
    outcome = run("summary", "googlenet", "--as", "ptflops", "--json")
    assert outcome.err == "note: torchvision calls these as functions, not as modules: relu\n"
    assert json.loads(outcome.out)["notes"] == [outcome.err.removeprefix("note: ").rstrip()]
    assert run("summary", "googlenet", "--as", "fvcore", "--json").err == ""
    assert run("summary", "googlenet", "--as", "ptflops", "--functional", "max_pool2d", "--json").err == outcome.err
    assert run("summary", "lenet", "--as", "ptflops", "--functional", "tanh", "--json").err == ""


REFUSED = [
    (["--functional", "relu"], "--functional belongs to --as"),
    (["--as", "thop", "--depth", "1"], "--as counts operations of one sample, by kind: leave --depth out"),
    (["--as", "thop", "--batch", "2"], "--as counts operations of one sample, by kind: leave --batch out"),
    (["--as", "thop", "--dtype", "int8"], "--as counts operations of one sample, by kind: leave --dtype out"),
    (["--as", "pytorch"], "there is no convention `pytorch`"),
    (["--as", "thop", "--functional", "nosuch"], "LeNet-5 has no layer, scope or type `nosuch`"),
]


@pytest.mark.parametrize(("arguments", "message"), REFUSED)
def test_refused(arguments: list[str], message: str, run: Callable[..., Any]) -> None:
    outcome = run("summary", *arguments)
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.splitlines()[0] == f"error: {message}"


def test_help_names_every_tool() -> None:
    (option,) = (known for known in summary_command.params if known.name == "convention")
    assert isinstance(option, click.Option)
    assert option.help is not None
    names = option.help.partition(": ")[2].rstrip(".").split(", ")
    assert names == list(CONVENTIONS)


@pytest.mark.parametrize("columns", [40, 60, 80])
@pytest.mark.parametrize("tool", ["ultralytics-thop", "calflops", "onnx-tool"])
def test_no_line_is_wider_than_the_terminal(
    tool: str, columns: int, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = run("summary", "mobilenet_v3_large", "--as", tool).out.splitlines()
    assert max(map(len, lines)) <= columns
