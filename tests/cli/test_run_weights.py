"""`cnncalc run --weights`, and what other commands make of a file of weights."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from cnncalc.interchange import weight_files

if TYPE_CHECKING:
    from collections.abc import Callable

SPEC = """
input: 3
WEIGHTS
layers:
  - linear: {name: fc, out_features: 2}
"""
ARRAYS: dict[str, Any] = {"fc.weight": np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), "fc.bias": np.array([10.0, 20.0])}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a spec that names its weights, one that does not, and files of weights."""
    monkeypatch.chdir(tmp_path)
    Path("drawn.yaml").write_text(SPEC.replace("WEIGHTS", "name: drawn"), encoding="utf-8")
    Path("nets").mkdir()
    Path("nets/net.yaml").write_text(SPEC.replace("WEIGHTS", "weights: own.npz"), encoding="utf-8")
    np.savez("nets/own.npz", **ARRAYS)
    np.savez("other.npz", **{name: -array for name, array in ARRAYS.items()})
    np.save("x.npy", np.array([1.0, 0.0, 1.0]))
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "values", "file"),
    [
        (["nets/net.yaml"], [14, 30], "nets/own.npz"),
        (["drawn.yaml", "--weights", "nets/own.npz"], [14, 30], "nets/own.npz"),
        (["nets/net.yaml", "--weights", "other.npz"], [-14, -30], "other.npz"),
    ],
)
def test_values(run: Callable[..., Any], arguments: list[str], values: list[float], file: str) -> None:
    done = run("run", *arguments, "--data", "x.npy", "-o", "y.npy", "--dtype", "float64")
    assert done.status == 0
    assert done.out.splitlines()[0].endswith(f"float64, seed 0, weights of {file}")
    np.testing.assert_array_equal(np.load("y.npy"), values)
    assert json.loads(run("run", *arguments, "--json").out)["weights"] == file


def test_without_a_file(run: Callable[..., Any]) -> None:
    done = run("run", "drawn.yaml")
    assert "weights of" not in done.out
    assert json.loads(run("run", "drawn.yaml", "--json").out)["weights"] is None


def test_a_file_that_does_not_fit(run: Callable[..., Any]) -> None:
    np.savez("nets/own.npz", **{"fc.weight": ARRAYS["fc.weight"].T})
    told = (
        "nets/net.yaml:3:10: nets/own.npz does not fit net: "
        "it lacks `fc.bias` (2); `fc.weight` is 3 x 2 and not 2 x 3\n"
        "    3 | weights: own.npz\n"
        "      |          ^^^^^^^\n"
        "hint: weights are laid out as in PyTorch: (out, in / groups, *kernel), of a linear layer (out, in)\n"
    )
    for command in ("run", "check"):
        done = run(command, "nets/net.yaml")
        assert (done.status, done.err) == (2, f"error: {told}")
    [spec] = json.loads(run("check", "nets/net.yaml", "--json").out)["specs"]
    [fault] = spec["faults"]
    assert (fault["code"], fault["line"], fault["column"]) == ("weights", 3, 10)


def test_check_holds_what_is_there(run: Callable[..., Any]) -> None:
    assert run("check", "nets/net.yaml").status == 0


def test_values_that_are_not_finite_are_noted(run: Callable[..., Any]) -> None:
    np.savez("nets/own.npz", **ARRAYS | {"fc.bias": np.array([np.nan, 0])})
    done = run("run", "nets/net.yaml")
    assert done.status == 0
    assert done.err == (
        "note: `fc.bias` of nets/own.npz has 1 value that is not finite; what follows from it is no fault of a layer\n"
    )


@pytest.mark.parametrize(
    "arguments",
    [["summary"], ["explain"], ["receptive-field"], ["receptive-field", "--verify"], ["solve"], ["compare", "lenet"]],
)
def test_other_commands_do_not_open_it(
    run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    def opened(*_: object) -> None:
        pytest.fail("the file is opened")

    monkeypatch.setattr(weight_files, "opened", opened)
    command, *options = arguments
    path = Path("nets/net.yaml")
    path.write_text(path.read_text(encoding="utf-8").replace("input: 3", "input: 1x3"), encoding="utf-8")
    path.write_text(path.read_text(encoding="utf-8").replace("linear: {name: fc, out_features: 2}", "relu"))
    assert run(command, "nets/net.yaml", *options).status == 0
