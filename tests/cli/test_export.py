"""`cnncalc export`: what it says, and what it refuses before any work."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import onnx
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable


def test_it_says_what_it_wrote_and_whose_weights_it_has(run: Callable[..., Any]) -> None:
    outcome = run("export", "lenet", "--seed", "7", "-o", "net.onnx")
    note = "note: the weights are drawn, from seed 7; --weights FILE writes trained ones\n"
    size = f"{os.path.getsize('net.onnx'):,}"
    assert outcome == (0, "", f"wrote net.onnx: {size} bytes\n{note}")
    onnx.checker.check_model("net.onnx", full_check=True)


def test_without_weights_there_is_no_note(run: Callable[..., Any]) -> None:
    outcome = run("export", "lenet", "--no-weights", "--dynamic-batch", "--opset", "17", "-o", "net.onnx")
    assert outcome == (0, "", f"wrote net.onnx: {os.path.getsize('net.onnx'):,} bytes\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["lenet", "--opset", "12", "-o", "net.onnx"],
            "error: opset 12 cannot be written\nhint: 13 to 26 can\n",
        ),
        (
            ["lenet", "--weights", "w.npz", "--no-weights", "-o", "net.onnx"],
            "error: --no-weights leaves out what --weights names\n",
        ),
        (
            ["lenet", "--batch", "2", "--dynamic-batch", "-o", "net.onnx"],
            "error: --batch fixes the number of samples, and --dynamic-batch leaves it open\n",
        ),
    ],
)
def test_what_is_refused(arguments: list[str], message: str, run: Callable[..., Any]) -> None:
    outcome = run("export", *arguments)
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.startswith(message)
    assert not Path("net.onnx").exists()


def test_another_ending_is_an_error_before_the_spec_is_looked_for(run: Callable[..., Any]) -> None:
    outcome = run("export", "no such spec", "-o", "net.pt")
    assert outcome.status == 2
    assert outcome.err.startswith("error: net.pt: `export` cannot write .pt files\nhint: it writes .onnx")
