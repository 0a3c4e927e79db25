"""`cnncalc receptive-field`: the table, a layer in words, a unit, its proof, and what may go wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cnncalc.geometry.index_set import IndexSet
from cnncalc.receptive_field import measure

if TYPE_CHECKING:
    from collections.abc import Callable

    Golden = Callable[[str, str], None]

UNIT = ["receptive-field", "alexnet", "conv2", "--input", "3x224x224", "--unit", "24,24"]

GOLDENS = [
    ("receptive_field_resnet50_80.txt", ["receptive-field", "resnet50"]),
    ("receptive_field_lenet_80.txt", ["receptive-field"]),
    ("receptive_field_conv2_80.txt", [*UNIT, "--verify"]),
    ("receptive_field_output_80.txt", ["receptive-field", "lenet", "output"]),
]


@pytest.mark.parametrize(("file", "arguments"), GOLDENS, ids=[golden[0] for golden in GOLDENS])
def test_golden(
    file: str, arguments: list[str], run: Callable[..., Any], golden: Golden, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    outcome = run(*arguments)
    assert (outcome.status, outcome.err) == (0, "")
    golden(file, outcome.out)


def test_json_of_a_unit(run: Callable[..., Any]) -> None:
    found = json.loads(run(*UNIT, "--verify", "--json").out)
    assert (found["layer"], found["unit"], found["output_shape"]) == ("conv2", [24, 24], [256, 26, 26])
    assert found["interval"] == [[176, 218], [176, 218]]
    assert found["pixels"] == [43, 43]
    assert found["receptive_field"] == {
        "size": [51, 51], "stride": [8, 8], "padding": [16, 16], "aligned": True, "global": False,
    }  # fmt: skip
    assert found["verified"] == {"ok": True, "perturbed": 448, "mismatches": []}


def test_json_of_all_layers(run: Callable[..., Any]) -> None:
    found = json.loads(run("receptive-field", "lenet", "--json").out)
    summary = json.loads(run("summary", "lenet", "--json").out)
    for key in ("name", "receptive_field", "output_shape"):
        assert [layer[key] for layer in found["layers"]] == [layer[key] for layer in summary["layers"]]


def test_a_scope_means_its_output(run: Callable[..., Any]) -> None:
    found = json.loads(run("receptive-field", "resnet50", "layer3", "--unit", "4,7", "--json").out)
    assert found["layer"].startswith("layer3.5.")
    assert found["receptive_field"]["size"] == [267, 267]
    assert found["interval"] == [[0, 197], [0, 223]]


def test_the_last_map_is_the_default(run: Callable[..., Any]) -> None:
    found = json.loads(run("receptive-field", "--unit", "4,4", "--json").out)
    assert (found["layer"], found["interval"]) == ("s4", [[14, 27], [14, 27]])


PADDED = "input: 1x4\nlayers:\n- conv: {name: c, out_channels: 1, kernel_size: 2, padding: 3}\n- flatten\n"


def test_padding_only(run: Callable[..., Any]) -> None:
    Path("net.yaml").write_text(PADDED)
    arguments = ("receptive-field", "net.yaml", "c", "--unit", "0", "--verify")
    assert "unit 0 sees padding only: no pixel can change it" in run(*arguments).out
    found = json.loads(run(*arguments, "--json").out)
    assert (found["interval"], found["pixels"], found["verified"]["ok"]) == ([None], [0], True)


def test_a_feature_of_a_vector(run: Callable[..., Any]) -> None:
    Path("net.yaml").write_text(PADDED)
    found = json.loads(run("receptive-field", "net.yaml", "flatten_1", "--unit", "3", "--json").out)
    assert found["interval"] == [[0, 1]]


def test_holes_are_counted(run: Callable[..., Any]) -> None:
    Path("net.yaml").write_text("input: 1x9\nlayers:\n- conv: {out_channels: 1, kernel_size: 3, dilation: 4}\n")
    out = run("receptive-field", "net.yaml", "--unit", "0").out
    assert "length: 0 to 8, 9 pixels, of which 3 count" in out


def test_where_paths_merge(run: Callable[..., Any]) -> None:
    branch = "{max_pool: {name: p, kernel_size: 2, stride: 1, padding: [[0, 1]]}}"
    Path("net.yaml").write_text(f"input: 1x8\nlayers:\n- residual: {{layers: [{branch}]}}\n- relu\n")
    assert "paths with different centres merge in add_1: p and input" in run("receptive-field", "net.yaml").out
    assert "in add_1 paths with different centres merge, by p and by input" in (
        run("receptive-field", "net.yaml", "relu_1").out
    )
    found = json.loads(run("receptive-field", "net.yaml", "relu_1", "--json").out)
    assert found["receptive_field"]["merge"] == {"layer": "add_1", "paths": ["p", "input"]}


def test_several_inputs_have_an_interval_each(run: Callable[..., Any]) -> None:
    Path("net.yaml").write_text(
        "inputs: {a: 1x4, b: 1x4}\nlayers:\n- conv: {from: a, name: c, out_channels: 1, kernel_size: 3, padding: 1}\n"
        "- add: {from: [c, b]}\n"
    )
    arguments = ("receptive-field", "net.yaml", "--unit", "0", "--verify")
    found = json.loads(run(*arguments, "--json").out)
    assert found["interval"] == {"a": [[0, 1]], "b": [[0, 0]]}
    assert "of b:" in run(*arguments).out
    assert run("receptive-field", "net.yaml").status == 0


ERRORS = [
    (["conv2", "--unit", "24,27"], "there is no unit 24,27 in `conv2`, which is 256 x 27 x 27: its width is 27"),
    (["conv2", "--unit", "27"], "the unit 27 has 1 number, and `conv2` is 256 x 27 x 27\nhint: give a place as Y,X"),
    (["fc6", "--unit", "4096"], "there is no unit 4096 in `fc6`, which is 4096: its size is 4096"),
    (["cnv2"], "AlexNet has no layer `cnv2`\nhint: did you mean `conv2`?"),
    (["conv2", "--unit", "a,b"], "--unit takes numbers from 0 such as 4,7, not 'a,b'"),
    (["conv2", "--unit", f"{10**30},1"], "--unit 10000000000000000000... is beyond every axis"),
    (["conv2", "--unit", "-1,0"], "--unit takes numbers from 0 such as 4,7, not '-1,0'"),
]


@pytest.mark.parametrize(("arguments", "message"), ERRORS)
def test_errors(arguments: list[str], message: str, run: Callable[..., Any]) -> None:
    outcome = run("receptive-field", "alexnet", *arguments)
    assert (outcome.status, outcome.out) == (2, "")
    assert message in outcome.err


def test_a_wrong_claim_fails_and_names_the_pixel(run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {"input": (IndexSet.span(0, 2), IndexSet.span(1, 2))}
    monkeypatch.setattr(measure, "pixels_seen", lambda *_: wrong)
    arguments = ("receptive-field", "lenet", "c1", "--unit", "0,0", "--verify")
    outcome = run(*arguments)
    assert outcome.status == 1
    assert "✗ not as claimed: 1 of 56 positions perturbed" in outcome.out
    assert "width, pixel 0: not claimed, and changes the unit" in outcome.out
    outcome = run(*arguments, "--json")
    assert outcome.status == 1
    assert json.loads(outcome.out)["verified"]["mismatches"] == [
        {"input": "input", "axis": 1, "pixel": 0, "claimed": False}
    ]


def test_a_vector_has_no_pixels_to_prove(run: Callable[..., Any]) -> None:
    Path("net.yaml").write_text("input: 9\nlayers:\n- linear: {out_features: 4}\n")
    outcome = run("receptive-field", "net.yaml", "--unit", "3", "--verify")
    assert outcome.status == 0
    assert "unit 3 can be changed by the whole input: a vector has no spatial axis\n" in outcome.out
    assert "nothing to prove: the input has no spatial axis\n" in outcome.out


def test_a_field_that_depends_on_the_place(run: Callable[..., Any]) -> None:
    Path("net.yaml").write_text(
        "input: 1x8\nlayers:\n- upsample: {scale_factor: 2}\n- conv: {out_channels: 1, kernel_size: 2}\n"
    )
    assert (
        "length: a unit sees up to 2 pixels, by its place; the one 2 further begins 1 further; unit 0 begins at 0"
        in (run("receptive-field", "net.yaml", "conv_1").out)
    )


def test_the_default_leads_to_the_first_output(run: Callable[..., Any]) -> None:
    found = json.loads(run("receptive-field", "deeplab_v3", "--unit", "1,1", "--json").out)
    assert found["layer"] == "out"


IRREGULAR = (
    "input: 1x2000000000\nlayers:\n- adaptive_avg_pool: {name: a, output_size: 1000003}\n- slice: {dim: 1, step: 2}\n"
    "- global_avg_pool\n- flatten: {name: out}\n"
)


def test_positions_without_a_pattern_are_refused_where_they_are_asked_for(
    run: Callable[..., Any], tmp_path: Path
) -> None:
    spec = tmp_path / "long.yaml"
    spec.write_text(IRREGULAR)
    refused = run("receptive-field", str(spec), "out", "--unit", "0")
    assert (refused.status, refused.out) == (2, "")
    assert refused.err.splitlines()[0] == (
        "error: the positions that `out` reads through `a` form no pattern of at most 20,000 parts"
    )
    told = run("receptive-field", str(spec), "out")
    assert (told.status, told.err) == (0, "")
    assert "2,000,000,000 pixels" in told.out
