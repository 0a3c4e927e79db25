"""`cnncalc summary`: what a person and what a program reads."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cnncalc.cli import streams
from tests.marking import slow_but

if TYPE_CHECKING:
    from collections.abc import Callable

    Golden = Callable[[str, str], None]

GOLDENS = [
    ("summary_alexnet_80.txt", "80", ["summary", "alexnet"]),
    ("summary_alexnet_200.txt", "200", ["summary", "alexnet"]),
    ("summary_alexnet_piped.txt", None, ["summary", "alexnet"]),
    ("summary_lenet_50.txt", "50", ["summary"]),
    ("summary_resnet18_80.txt", "80", ["summary", "resnet18"]),
    ("summary_resnet50_depth.txt", "80", ["summary", "resnet50", "--depth", "1", "--batch", "8", "--dtype", "float16"]),
    ("summary_efficientnet_80.txt", "80", ["summary", "efficientnet_b0", "--depth", "2"]),
    ("summary_densenet_80.txt", "80", ["summary", "densenet121"]),
    ("summary_resnet50_80.txt", "80", ["summary", "resnet50"]),
    ("summary_resnet50_piped.txt", None, ["summary", "resnet50"]),
    ("summary_unet_80.txt", "80", ["summary", "unet"]),
    ("summary_unet_120.txt", "120", ["summary", "unet"]),
    ("summary_sorted_80.txt", "80", ["summary", "resnet50", "--sort", "params", "--top", "4"]),
    ("summary_memory_80.txt", "80", ["summary", "unet", "--plot", "memory"]),
    ("summary_field_60.txt", "60", ["summary", "resnet18", "--depth", "2", "--plot", "field"]),
    ("summary_lenet.md", None, ["summary", "--format", "markdown"]),
    ("summary_lenet.tex", None, ["summary", "--format", "latex"]),
    ("summary_lenet.csv", None, ["summary", "--format", "csv"]),
    ("summary_resnet18_as_fvcore_80.txt", "80", ["summary", "resnet18", "--as", "fvcore"]),
    ("summary_lenet_as_calflops_120.txt", "120", ["summary", "--as", "calflops"]),
    ("summary_lenet_as_ultralytics_40.txt", "40", ["summary", "--as", "ultralytics-thop"]),
    ("summary_lenet_as_torch.md", None, ["summary", "--as", "torch", "--format", "markdown"]),
    ("show_lenet.txt", None, ["show", "lenet"]),
]


@pytest.mark.parametrize(("file", "columns", "arguments"), GOLDENS, ids=[golden[0] for golden in GOLDENS])
def test_golden(
    file: str,
    columns: str | None,
    arguments: list[str],
    run: Callable[..., Any],
    golden: Golden,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if columns:
        monkeypatch.setenv("COLUMNS", columns)
    outcome = run(*arguments)
    assert (outcome.status, outcome.err) == (0, "")
    golden(file, outcome.out)


@pytest.mark.parametrize("columns", slow_but({40, 80}, [40, 60, 80, 100, 120, 200]))
@pytest.mark.parametrize("spec", ["lenet", "alexnet", "resnet50", "efficientnet_b0"])
def test_no_line_is_wider_than_the_terminal(
    spec: str, columns: int, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = run("summary", spec).out.splitlines()
    assert max(map(len, lines)) <= columns


def test_the_table_has_the_exact_figures(run: Callable[..., Any]) -> None:
    """Piped, no name and no count is cut."""
    out = run("summary", "alexnet").out
    for figure in ("37,752,832", "60,965,224", "724,406,816", "local_response_norm", "195/32/64", "3 x 227 x 227"):
        assert figure in out
    assert "…" not in out


def test_json_is_one_line_of_exact_figures(run: Callable[..., Any]) -> None:
    outcome = run("summary", "alexnet", "--json")
    assert outcome.out.count("\n") == 1
    found = json.loads(outcome.out)
    assert list(found) == [
        "schema_version", "name", "variant", "settings", "input_shape", "inputs", "data_format", "notes", "batch_size",
        "dtype", "layers", "outputs", "totals",
    ]  # fmt: skip
    assert found["variant"] == "alexnet"
    assert found["input_shape"] == [3, 227, 227]
    assert found["inputs"] == {"input": [3, 227, 227]}
    assert found["outputs"] == ["prob"]
    assert found["totals"]["parameters"] == 60965224
    assert found["totals"]["macs"] == 724406816
    keys = {
        "name", "type", "inputs", "input_shapes", "output_shape", "parameters", "buffers", "weights", "macs", "flops",
        "output_bytes", "receptive_field",
    }  # fmt: skip
    assert all(keys <= set(layer) for layer in found["layers"])
    assert [layer["name"] for layer in found["layers"] if "kernel_size" in layer] == [
        "conv1", "pool1", "conv2", "pool2", "conv3", "conv4", "conv5", "pool5",
    ]  # fmt: skip
    flatten = next(layer for layer in found["layers"] if layer["type"] == "flatten")
    assert flatten["weights"] == {}
    assert flatten["receptive_field"] == {
        "size": [227, 227], "stride": None, "padding": None, "aligned": True, "global": True,
    }  # fmt: skip


def test_without_variants_there_is_no_variant(run: Callable[..., Any]) -> None:
    assert json.loads(run("summary", "--json").out)["variant"] is None


def test_a_fractional_stride_is_a_word(run: Callable[..., Any]) -> None:
    text = "input: 1x8\nlayers:\n  - upsample: {scale_factor: 2}\n"
    found = json.loads(run("summary", "-", "--json", stdin=text).out)
    assert found["layers"][0]["receptive_field"]["stride"] == ["1/2"]


def test_several_inputs_have_an_object_each(run: Callable[..., Any]) -> None:
    text = "inputs: {a: 1x8, b: 1x8}\nlayers:\n  - add\n"
    field = json.loads(run("summary", "-", "--json", stdin=text).out)["layers"][0]["receptive_field"]
    assert field["b"] == {"size": [1], "stride": [1], "padding": [0], "aligned": True, "global": False}


def test_csv_adds_up(run: Callable[..., Any]) -> None:
    rows = list(csv.DictReader(io.StringIO(run("summary", "alexnet", "--format", "csv").out)))
    assert sum(int(row["parameters"]) for row in rows) == 60965224


@pytest.mark.parametrize(
    "arguments", [["--json"], [], ["--format", "csv"], ["--format", "markdown"], ["--format", "latex"]]
)
def test_to_a_file(arguments: list[str], run: Callable[..., Any]) -> None:
    printed = run("summary", *arguments).out
    outcome = run("summary", *arguments, "-o", "out.txt")
    assert (outcome.status, outcome.out, outcome.err) == (0, "", "")
    assert Path("out.txt").read_text(encoding="utf-8") == printed
    assert [path.name for path in Path().iterdir()] == ["out.txt"]


def test_a_file_is_left_alone_where_the_spec_is_bad(run: Callable[..., Any]) -> None:
    Path("out.txt").write_text("kept")
    assert run("summary", "-", "-o", "out.txt", stdin="layers: []\n").status == 2
    assert Path("out.txt").read_text() == "kept"


COLOURS = [({}, False, False), ({}, True, True), ({"NO_COLOR": "1"}, True, False), ({"TERM": "dumb"}, True, False)]


@pytest.mark.parametrize(("environment", "terminal", "coloured"), COLOURS)
def test_colours_are_for_terminals(
    environment: dict[str, str],
    terminal: bool,
    coloured: bool,
    run: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(streams, "is_terminal", lambda: terminal)
    assert ("\x1b[" in run("summary").out) is coloured


def test_json_is_indented_for_a_person(run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "is_terminal", lambda: True)
    assert run("summary", "--json").out.startswith('{\n  "schema_version": 1,\n')


def test_parameters_are_set(run: Callable[..., Any]) -> None:
    text = "input: 1x8\nparameters: {width: 4, act: null}\nlayers:\n  - conv: {out_channels: =width, kernel_size: 1}\n"
    arguments = ["--set", "width=6", "--set", "act=relu"]
    assert json.loads(run("summary", "-", "--json", *arguments, stdin=text).out)["totals"]["parameters"] == 12


CHANNELS_FIRST = "hint: channels come first: 3x224x224, or `data_format: channels_last`\n"


def test_channels_given_last_are_recognised(run: Callable[..., Any]) -> None:
    assert run("summary", "alexnet", "--input", "224x224x3").err.endswith(CHANNELS_FIRST)
    assert "the smallest input is 3 x 67 x 67" in run("summary", "alexnet", "--input", "3x50x50").err
