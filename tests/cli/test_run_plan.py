"""`cnncalc run --plan`: what a session runs, and that its outputs are those of the pass layer by layer."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from cnncalc.sessions import measuring
from cnncalc.sessions.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(autouse=True)
def _measure_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "MEASURED_SECONDS", 0)
    monkeypatch.setattr(measuring, "OPERATIONS_SECONDS", 0)


def test_table(run: Callable[..., Any]) -> None:
    outcome = run("run", "lenet", "--plan", "--threads", "2", "--batch", "3")
    lines = outcome.out.splitlines()
    assert (outcome.status, outcome.err) == (0, "")
    assert lines[0] == "LeNet-5  input 1 x 28 x 28, batch of 3, float32, seed 0"
    assert lines[1].split() == ["layers", "kernel", "output", "MACs", "weights", "at", "bytes", "ms", "GMAC/s"]
    assert lines[3].split()[:2] == ["c1", "column"]
    assert lines[-1] == "✓ outputs are those of the pass layer by layer: no value differs"


def test_json(run: Callable[..., Any]) -> None:
    found = json.loads(run("run", "squeezenet", "--input", "3x64x64", "--plan", "--json", "--threads", "1").out)
    assert (found["ok"], found["faults"], found["runs"]) == (True, [], 1)
    assert found["seconds"] > 0 < found["preparing_seconds"]
    [(name, apart)] = found["differences"].items()
    assert apart < 1e-5 < found["tolerance"]
    totals, operations = found["totals"], found["operations"]
    assert (totals["operations"], totals["threads"], totals["waits"]) == (len(operations), 1, 0)
    assert sum(operation["macs"] for operation in operations) == totals["macs"]
    assert name == "flatten_1"
    assert sorted(name for one in operations for name in one["layers"]) == sorted(
        layer["name"]
        for layer in json.loads(run("summary", "squeezenet", "--input", "3x64x64", "--json").out)["layers"]
        if layer["name"] not in found["idle"]
    )
    assert max(one["offset"] + one["bytes"] for one in operations if one["bytes"]) == totals["tensor_bytes"]


def test_csv(run: Callable[..., Any]) -> None:
    written = run(
        "run",
        "conv2d(64, 3)|batch_norm|relu|flatten|linear(9)",
        "--input",
        "3x64x64",
        "--plan",
        "--threads",
        "2",
        "--format",
        "csv",
    )
    rows = list(csv.DictReader(io.StringIO(written.out)))
    assert [row["layers"] for row in rows] == ["conv2d_1, batch_norm_1, relu_1", "flatten_1", "linear_1"]
    assert [row["waits"] for row in rows] == ["false", "true", "true"]
    assert rows[-1]["kernel"] == "vector x matrix"


def test_without_operations(run: Callable[..., Any]) -> None:
    lines = run("run", "dropout(0.5)", "--input", "2x8x8", "--plan").out.splitlines()
    assert lines[1:3] == ["nothing is run for dropout_1", ""]
    assert lines[3].split() == ["operations", "0", "of", "1", "layers"]  # As wide as the time below it.


def test_layers_without_a_kernel_bear_the_name_of_their_type(run: Callable[..., Any]) -> None:
    spec = "conv3d(2, 3, activation=gelu)|relu"
    written = json.loads(run("run", spec, "--input", "2x4x4x4", "--plan", "--json").out)
    kernels = [one["kernel"] for one in written["operations"]]
    assert kernels == [f"the layer's own: {of}" for of in ("conv3d", "gelu", "relu")]


@pytest.mark.parametrize("batch", [[], ["--batch", "2"]])
def test_the_output_is_that_of_a_run(batch: list[str], run: Callable[..., Any]) -> None:
    spec = ["squeezenet", "--input", "3x48x48", *batch]
    assert run("run", *spec, "--plan", "-o", "planned.npy").status == 0
    assert run("run", *spec, "-o", "wanted.npy").status == 0
    planned, wanted = np.load("planned.npy"), np.load("wanted.npy")
    assert (planned.shape, planned.dtype) == (wanted.shape, wanted.dtype)
    np.testing.assert_allclose(planned, wanted, rtol=0, atol=1e-5 * np.abs(wanted).max())


def test_data_and_weights(run: Callable[..., Any]) -> None:
    Path("net.yaml").write_text(
        "name: net\ninputs: {a: 1x4x4, b: 1x4x4}\noutputs: [s, c]\n"
        "layers:\n  - add: {name: s, from: [a, b]}\n  - conv2d: {name: c, out_channels: 1, kernel_size: 2}\n"
    )
    a, b = np.arange(16.0).reshape(1, 4, 4), np.ones((1, 4, 4))
    a[0, 0, 0] = np.nan
    arrays: dict[str, Any] = {"c.weight": np.ones((1, 1, 2, 2)), "c.bias": np.array([3.0])}
    np.savez("weights.npz", **arrays)
    np.save("a.npy", a)
    np.save("b.npy", b)
    data = ("--data", "a=a.npy", "--data", "b=b.npy")
    outcome = run("run", "net.yaml", *data, "--weights", "weights.npz", "--plan", "-o", "y.npz")
    assert outcome.status == 0, outcome
    assert "float32, seed 0, weights of weights.npz" in outcome.out
    assert "`a` has 1 value that is not finite" in outcome.err
    total = a + b
    wanted = 3 + total[:, :-1, :-1] + total[:, 1:, :-1] + total[:, :-1, 1:] + total[:, 1:, 1:]
    with np.load("y.npz") as found:
        np.testing.assert_array_equal(found["s"], total)
        np.testing.assert_array_equal(found["c"], wanted)


def test_exact_has_no_winograd(run: Callable[..., Any]) -> None:
    spec = "conv2d(32, 3, padding=1)|conv2d(32, 3, padding=1)"
    kernels = [
        {
            one["kernel"]
            for one in json.loads(run("run", spec, "--input", "32x48x48", "--plan", "--json", *given).out)["operations"]
        }
        for given in ([], ["--exact"])
    ]
    assert kernels == [{"Winograd F(4x4, 3x3)"}, {"columns x filters"}]


def test_outputs_that_differ_are_a_fault(run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def off(self: Session, array: Any) -> Any:
        found: Any = given(self, array)
        found.reshape(-1)[found.argmax()] *= 1.25
        return found

    given = Session.run
    monkeypatch.setattr(Session, "run", off)
    outcome = run("run", "relu()|relu", "--input", "3x8x8", "--plan")
    assert outcome.status == 1
    assert outcome.out.splitlines()[-1] == (
        "✗ relu_2 differs from that of the pass layer by layer by 0.25 of its largest value: 0.001 is the most"
    )
    found = json.loads(run("run", "relu()|relu", "--input", "3x8x8", "--plan", "--json").out)
    assert (found["ok"], found["differences"]) == (False, {"relu_2": pytest.approx(0.25)})


def test_a_batch_beyond_memory_is_refused_before_it_is_drawn(run: Callable[..., Any]) -> None:
    outcome = run("run", "lenet", "--plan", "--batch", "100000000")
    assert outcome.status == 2
    assert "error: LeNet-5 " in outcome.err
    assert "hint: try a smaller input or batch" in outcome.err


WRONG = [
    (
        ["--exact"],
        "--exact goes with --plan: the pass layer by layer, which is made without, is always exact",
    ),
    (["c1", "--plan"], "--plan is of the whole network; leave LAYER out"),
    (["--plan", "--print"], "--plan has a row an operation and no values; leave --print out"),
    (["--plan", "--compare"], "--plan compares with the pass layer by layer; leave --compare out"),
    (
        ["--plan", "--engine", "onnxruntime"],
        "--plan is of what NumPy executes; onnxruntime does not tell what it makes of a network",
    ),
    (
        ["--plan", "--data", "x.npy", "--batch", "2"],
        "--data sets the input size and the batch; leave --input and --batch out",
    ),
    (["--plan", "--threads", "0"], "invalid value for '--threads': '0' is not a whole number from 1 to 1024"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "message"), WRONG)
def test_what_does_not_go_together(arguments: list[str], message: str, run: Callable[..., Any]) -> None:
    outcome = run("run", "lenet", *arguments)
    assert outcome.status == 2
    assert outcome.out == ""
    assert f"error: {message}\n" in outcome.err


@pytest.mark.slow
def test_what_rounding_makes_of_a_chaotic_network_is_no_fault(run: Callable[..., Any]) -> None:
    """A hundred narrow layers of drawn weights: inputs changed in their last digit change the output as a whole."""
    Path("deep.yaml").write_text(
        "input: 4x8x8\nlayers:\n  - repeat: 160\n"
        "    layers: [{conv2d: {out_channels: 4, kernel_size: 3, padding: 1}}, relu]\n"
    )
    np.save("x.npy", np.random.default_rng(0).normal(size=(4, 8, 8)))
    outcome = run("run", "deep.yaml", "--plan", "--data", "x.npy")
    assert outcome.status == 0
    assert "note: `relu_160` tells nothing of the session, which differs by" in outcome.err
    assert "inputs that are changed in their last digit change it by" in outcome.err


def test_values_that_are_not_finite_are_not_compared_where_they_spread(run: Callable[..., Any]) -> None:
    array = np.ones((32, 48, 48))
    array[0, 9, 9] = np.nan
    np.save("x.npy", array)
    arguments = ("run", "conv2d(32, 3, padding=1)", "--input", "32x48x48", "--plan")
    assert run(*arguments).err == ""
    Path("net.yaml").write_text("input: 32x48x48\nlayers: [{conv2d: {out_channels: 32, kernel_size: 3, padding: 1}}]\n")
    outcome = run("run", "net.yaml", "--data", "x.npy", "--plan")
    assert outcome.status == 0
    assert "spread over tiles of Winograd's convolutions" in outcome.err
    outcome = run("run", "net.yaml", "--data", "x.npy", "--plan", "--exact")
    assert outcome.status == 0
    assert "Winograd" not in outcome.err
