"""`cnncalc explain`: formulas for a person and for a program."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.marking import slow_but

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Golden = Callable[[str, str], None]

GOLDENS = [
    ("explain_alexnet_conv2_80.txt", ["alexnet", "conv2"]),
    ("explain_lenet_80.txt", ["lenet"]),
    ("explain_lenet_c1_80.txt", ["lenet", "c1"]),
    ("explain_lenet_c1.tex", ["lenet", "c1", "--format", "latex"]),
    ("explain_lenet_c1.md", ["lenet", "c1", "--format", "markdown"]),
    ("explain_lenet.md", ["lenet", "--format", "markdown"]),
]


@pytest.mark.parametrize(("file", "arguments"), GOLDENS, ids=[golden[0] for golden in GOLDENS])
def test_golden(
    file: str, arguments: list[str], run: Callable[..., Any], golden: Golden, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    outcome = run("explain", *arguments)
    assert (outcome.status, outcome.err) == (0, "")
    golden(file, outcome.out)


WIDE = ["alexnet conv2", "efficientnet_b0 features.1", "unet", "googlenet", "densenet121 features"]


@pytest.mark.parametrize("columns", slow_but({80}, [60, 80, 120]))
@pytest.mark.parametrize("arguments", slow_but(WIDE[:2], WIDE))
def test_no_line_is_wider_than_the_terminal(
    arguments: str, columns: int, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = run("explain", *arguments.split()).out.splitlines()
    assert max(map(len, lines)) <= columns
    assert [line for line in lines if line != line.rstrip()] == []


@pytest.mark.slow
def test_a_title_wraps_between_shapes(run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    out = run("explain", "densenet121", "features.denseblock1.denselayer2.concat_1").out
    title = "features.denseblock1.denselayer2.concat_1  concat\n    96 x 56 x 56, 32 x 56 x 56 -> 128 x 56 x 56\n"
    assert title in out
    monkeypatch.delenv("COLUMNS")
    assert title.replace("\n   ", " ") in run("explain", "densenet121").out


def test_no_formula_breaks_in_a_pipe_but_at_its_equals_signs(run: Callable[..., Any]) -> None:
    out = run("explain", "efficientnet_b0", "features.1").out
    assert max(map(len, out.splitlines())) > 80
    broken = [line for line in out.splitlines() if line.startswith(" " * 7) and " = " not in f" {line.strip()}"]
    assert broken == []


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
    assert whole["totals"]["macs"] == whole["selected_totals"]["macs"] == 724406816


def test_json_has_the_receptive_field_of_every_layer(run: Callable[..., Any]) -> None:
    found = json.loads(run("explain", "dcgan", "--json").out)
    by_name = {layer["name"]: layer["receptive_field"] for layer in found["layers"]}
    told = json.loads(run("receptive-field", "dcgan", "--json").out)
    assert by_name == {layer["name"]: layer["receptive_field"] for layer in told["layers"]}
    assert by_name["main.up1"]["stride"] == ["1/2", "1/2"]


def test_the_layers_of_a_scope_are_summed_up(run: Callable[..., Any]) -> None:
    found = json.loads(run("explain", "resnet18", "layer1", "--json").out)
    assert found["selected_totals"] == {
        "layers": len(found["layers"]),
        "parameters": 4 * (9 * 64 * 64 + 2 * 64),
        "frozen": 0,
        "buffers": 4 * 2 * 64,
        "macs": 4 * 9 * 64 * 64 * 56 * 56,
        "flops": sum(
            line["result"] for layer in found["layers"] for line in layer["formulas"] if line["left"] == "FLOPs"
        ),
    }
    out = run("explain", "resnet18", "layer1").out
    assert out.endswith(
        "\nthese 14 layers together\n  parameters      147,968\n  MACs        462,422,016\n  FLOPs       927,653,888\n"
    )
    assert "together" not in run("explain", "resnet18", "layer1.0.conv1").out


def test_a_variant_and_parameters_may_be_chosen(run: Callable[..., Any]) -> None:
    narrow = json.loads(run("explain", "mobilenet", "--set", "alpha=0.5", "--json").out)
    assert narrow["layers"][0]["output_shape"] == [16, 112, 112]
    assert run("explain", "resnet", "layer1", "--variant", "resnet34").out.count("conv2d  ") == 6


def test_paths_are_told_by_their_hull(run: Callable[..., Any]) -> None:
    lines = run("explain", "resnet18", "layer1.0.add_1").out.splitlines()
    at = lines.index("  receptive field, height and width")
    assert lines[at + 1 : at + 7] == [
        "    size_out = max(size_1 - padding_1, size_2 - padding_2) + max(padding_1, padding_2)",
        "             = max(27 - 13, 11 - 5) + max(13, 5)",
        "             = 27",
        "    stride_out = stride_1 = stride_2 = 4",
        "    padding_out = max(padding_1, padding_2) = max(13, 5) = 13",
        "  closed form, height and width",
    ]


@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        (["unet", "upconv4"], ["    size_out = 140", "    stride_out = 8", "    padding_out = 0"]),
        (["dcgan", "main.up1"], ["    size_out = 5", "    stride_out = 1/2", "    padding_out = 4"]),
        (["alexnet", "fc6"], ["    every path sees the whole map: 227 pixels of the input"]),
        (["unet", "concat4"], ["      not aligned: paths with different centres merge"]),
        (
            ["efficientnet_b0", "features.1.0.block.1"],
            ["      some path sees the whole map; the figures are those of the others"],
        ),
    ],
)
def test_fields_without_a_formula_are_told_in_words(
    arguments: list[str], lines: list[str], run: Callable[..., Any]
) -> None:
    """Before the closed form, as those with one."""
    out = run("explain", *arguments).out.split("  receptive field, height and width\n", 1)[1].split("  closed form")[0]
    assert [line for line in lines if line not in out.splitlines()] == []


@pytest.mark.slow
def test_the_steps_tell_what_there_is_to_tell(run: Callable[..., Any]) -> None:
    steps = run("explain", "unet").out
    assert (
        "\ncrop4  crop  512 x 64 x 64 -> 512 x 56 x 56\n    H, W       = size = 56\n\n"
        "concat4  concat  512 x 56 x 56, 512 x 56 x 56 -> 1024 x 56 x 56\n    C          = 512 + 512 = 1,024\n\n"
    ) in steps
    assert "max(" not in steps


def test_help_says_what_the_symbols_stand_for(run: Callable[..., Any]) -> None:
    out = run("explain", "--help").out
    assert max(map(len, out.splitlines())) <= 80
    for symbol in ("H_in", "H_out", "H_1", "padding", "pad_before", "extent", "size_in", "ceil", "FLOPs"):
        assert symbol in out


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
        (
            ["resnet18", "qq"],
            "error: ResNet has no layer `qq`\nhint: its summary lists its layers\n",
        ),
    ],
)
def test_unknown_names(arguments: list[str], error: str, run: Callable[..., Any]) -> None:
    assert run("explain", *arguments) == (2, "", error)


def test_the_one_layer_of_a_spec_needs_no_name(run: Callable[..., Any]) -> None:
    """Its formulas have symbols too, as those of a layer that is named."""
    one, named = (
        run("explain", "conv2d(16, 3, stride=2, padding=1)", *layer, "--input", "3x32x32")
        for layer in ([], ["conv2d_1"])
    )
    assert one == named
    assert "    H_out = floor((H_in + 2 x padding - kernel_size) / stride) + 1\n" in one.out


def test_a_network_says_whose_arrays_they_are(run: Callable[..., Any], tmp_path: Path) -> None:
    spec = tmp_path / "twins.yaml"
    spec.write_text(
        "input: 2x4x4\nlayers: [conv2d: {name: a, out_channels: 2, kernel_size: 1, trainable: false}, {share: a}]\n",
        encoding="utf-8",
    )
    owner, sharer = run("explain", str(spec)).out.split("\n\n")[1:3]
    assert "    parameters = 2 x 2 x 1 x 1 + 2 = 6\n      frozen\n    MACs " in owner
    assert "= 6\n      the arrays of a, and counted there, frozen\n    MACs " in sharer
