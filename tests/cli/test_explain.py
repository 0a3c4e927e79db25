"""`cnncalc explain`: formulas for a person and for a program."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.test_summary import GOLDEN

if TYPE_CHECKING:
    from collections.abc import Callable

GOLDENS = [
    ("explain_alexnet_conv2_80.txt", ["alexnet", "conv2"]),
    ("explain_lenet_80.txt", ["lenet"]),
    ("explain_lenet_c1_80.txt", ["lenet", "c1"]),
]


@pytest.mark.parametrize(("file", "arguments"), GOLDENS, ids=[golden[0] for golden in GOLDENS])
def test_golden(file: str, arguments: list[str], run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    outcome = run("explain", *arguments)
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out == (GOLDEN / file).read_text(encoding="utf-8")


@pytest.mark.parametrize("columns", [60, 80, 120])
@pytest.mark.parametrize(
    "arguments", [["googlenet"], ["alexnet", "conv2"], ["efficientnet_b0", "features.1"], ["unet"]]
)
def test_no_line_is_wider_than_the_terminal(
    arguments: list[str], columns: int, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    assert max(map(len, run("explain", *arguments).out.splitlines())) <= columns


def test_json_has_every_line(run: Callable[..., Any]) -> None:
    outcome = run("explain", "alexnet", "conv1", "--input", "3x224x224", "--json")
    assert outcome.out.count("\n") == 1
    found = json.loads(outcome.out)
    assert found["input_shape"] == [3, 224, 224]
    [layer] = found["layers"]
    assert layer["output_shape"] == [96, 54, 54]
    [size] = [line for line in layer["formulas"] if line["quantity"] == "output" and line["left"] == "H_out"]
    assert size == {
        "quantity": "output",
        "left": "H_out",
        "symbols": "floor((H_in + 2 x padding - kernel_size) / stride) + 1",
        "numbers": "floor((224 - 11) / 4) + 1",
        "result": 54,
        "axes": ["height", "width"],
        "note": "the floor drops 1 pixel",
    }
    whole = json.loads(run("explain", "alexnet", "--json").out)
    assert len(whole["layers"]) == whole["totals"]["layers"] == 17
    assert whole["totals"]["macs"] == 724406816


def test_a_variant_and_parameters_may_be_chosen(run: Callable[..., Any]) -> None:
    narrow = json.loads(run("explain", "mobilenet", "--set", "alpha=0.5", "--json").out)
    assert narrow["layers"][0]["output_shape"] == [16, 112, 112]
    assert run("explain", "resnet", "layer1", "--variant", "resnet34").out.count("conv2d  ") == 6


def test_paths_are_told_by_their_hull(run: Callable[..., Any]) -> None:
    out = run("explain", "resnet18", "layer1.0.add_1").out
    assert "padding_out = max(padding_1, padding_2) = max(13, 5) = 13\n" in out


@pytest.mark.parametrize("colour", [True, False])
def test_a_terminal_sees_bold_names_unless_it_asks_not_to(
    run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, colour: bool
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("NO_COLOR", "" if colour else "1")
    monkeypatch.setenv("TERM", "xterm")
    assert ("\x1b[" in run("explain", "lenet", "c1").out) is colour


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["alexnet", "conv22"], "error: AlexNet has no layer `conv22`\nhint: did you mean `conv2`?\n"),
        (["resnet18", "layer5"], "error: ResNet has no layer `layer5`\nhint: did you mean `layer4`?\n"),
        (["resnet18", "qq"], "error: ResNet has no layer `qq`\nhint: `cnncalc summary` lists all of them\n"),
    ],
)
def test_unknown_names(arguments: list[str], error: str, run: Callable[..., Any]) -> None:
    assert run("explain", *arguments) == (2, "", error)
