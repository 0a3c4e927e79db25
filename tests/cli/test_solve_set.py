"""`cnncalc solve --set NAME=?`: the largest value of a parameter within budgets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

# (16 x 16) x 27 w MACs and 28 w parameters.
NET = """input: 3x16x16
parameters: {w: 8, v: null}
layers:
  - conv2d: {out_channels: =w, kernel_size: 3, padding: =v}
"""
ARGUMENTS = ("--set", "v=1", "--set", "w=?", "--max-macs", "1M")


@pytest.mark.parametrize("width", [80, 40])
def test_the_answer(width: int, run: Any, golden: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    Path("net.yaml").write_text(NET)
    outcome = run("solve", "net.yaml", *ARGUMENTS, "--max-parameters", "1G")
    assert (outcome.status, outcome.err) == (0, "")
    golden(f"solve_set_{width}.txt", outcome.out)


def test_json(run: Callable[..., Any]) -> None:
    found = json.loads(run("solve", "-", *ARGUMENTS, "--json", stdin=NET).out)
    largest = 10**6 // (256 * 27)
    assert (found["parameter"], found["value"], found["step"], found["budgets"]) == ("w", largest, 1, {"macs": 10**6})
    assert found["settings"] == {"v": 1, "w": largest}
    assert found["totals"]["macs"] == 256 * 27 * largest
    assert found["next"]["value"] == largest + 1
    assert found["next"]["totals"]["macs"] == 256 * 27 * (largest + 1)
    assert (found["complete"], found["tried_all"], found["not_growing"]) == (True, None, [])


def test_a_parameter_without_a_value_is_asked_for(run: Callable[..., Any]) -> None:
    """Without it there is no network yet."""
    spec = NET.replace("w: 8", "w: null")
    outcome = run("solve", "-", *ARGUMENTS, "--json", stdin=spec)
    assert json.loads(outcome.out)["value"] == 10**6 // (256 * 27)


def test_the_step_and_the_input(run: Callable[..., Any]) -> None:
    arguments = (*ARGUMENTS, "--step", "8", "--input", "3x8x8", "--json")
    found = json.loads(run("solve", "-", *arguments, stdin=NET).out)
    assert found["value"] == 10**6 // (64 * 27) // 8 * 8
    assert found["input_shape"] == [3, 8, 8]


def test_what_is_said_where_totals_do_not_grow(run: Callable[..., Any]) -> None:
    spec = "input: 3x8x8\nparameters: {k: 1}\nlayers: [{conv2d: {out_channels: 2, kernel_size: =k}}]\n"
    lines = run("solve", "-", "--set", "k=?", "--max-macs", "500", stdin=spec).out.splitlines()
    assert "k = 8: the largest that fits" in lines
    assert "macs does not grow with k" in lines, "it is 384 at 1 and at 8, and more between"
    assert "a total is smaller at some larger value: every value from 1 to 256 was built" in lines
    error = "<stdin>:3:11: `conv2d_1` cannot take 3 x 8 x 8: its window spans 9 pixels, the height has 8"
    assert f"at 9: {error}" in lines


HINT = "as in --set 'width=?' --max-macs 300M; `check` holds a network against budgets"
MISTAKES = [
    (("--max-macs", "5"), f"--max-macs needs a parameter to solve for\nhint: {HINT}\n"),
    (("--step", "5"), f"--step needs a parameter to solve for\nhint: {HINT}\n"),
    (("--set", "alpha=?"), "there is no budget to fit into\nhint: give one or more, such as --max-macs 300M\n"),
    (("--set", "alpha=?", "--set", "classes=?"), "one parameter can be solved for at a time, not alpha and classes\n"),
    (
        ("--set", "alpha=?", "--output", "5"),
        "--set alpha=? asks for a parameter, and a layer's size is another question",
    ),
    (("conv1", "--set", "alpha=?"), "--set alpha=? asks for a parameter, and a layer's size is another question"),
    (("--set", "alhpa=?", "--max-macs", "5"), "mobilenet.yaml has no parameter `alhpa`\nhint: did you mean `alpha`?\n"),
    (("--set", "alpha=?", "--max-macs", "5Q"), "invalid value for '--max-macs': '5Q' is not a count such as 5000000"),
    (
        ("--set", "alpha=?", "--max-macs", "5", "--step", "x"),
        "invalid value for '--step': it takes a number from 1e-09 to 2147483647, not 'x'\n",
    ),
    (
        ("--set", "alpha=?", "--max-macs", "5", "--step", "100000000"),
        "no value of `alpha` from 100000000 on fits: at 100000000 mobilenet.yaml:68:41: `conv1`: `out_channels` ",
    ),
]


@pytest.mark.parametrize(("arguments", "message"), MISTAKES)
def test_mistakes(arguments: tuple[str, ...], message: str, run: Callable[..., Any]) -> None:
    outcome = run("solve", "mobilenet", *arguments)
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.startswith(f"error: {message}")


@pytest.mark.parametrize("command", ["summary", "check", "run"])
def test_other_commands_say_who_answers(command: str, run: Callable[..., Any]) -> None:
    outcome = run(command, "mobilenet", "--set", "alpha=?")
    assert outcome.status == 2
    assert outcome.err.startswith("error: --set alpha=? asks for a value, as `solve` finds it for a budget\n")
