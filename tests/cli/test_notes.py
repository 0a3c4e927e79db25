"""Inputs whose channels stand at the wrong end are noted, in every command; and what every JSON object has."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import cnncalc
from cnncalc import CnncalcError
from cnncalc.shapes import CHANNELS_FIRST, LAYOUTS
from cnncalc.spec import bundled
from cnncalc.spec.sources import choose_all
from tests.rows import every_row

if TYPE_CHECKING:
    from collections.abc import Callable

TURNED = "input: 224x224x3\nlayers:\n  - conv2d: {name: c, out_channels: 64, kernel_size: 3, padding: same}\n"
HINT = "channels come first: 3x224x224, or `data_format: channels_last`"
NOTE = f"`input` is 224 channels of 224 x 3; {HINT}"
COMMANDS = [
    ["summary"], ["run"], ["explain"], ["explain", "SPEC", "c"], ["receptive-field"], ["receptive-field", "SPEC", "c"],
    ["receptive-field", "--unit", "1,1"], ["solve"], ["check"],
]  # fmt: skip


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("size", ["spec", "option"])
def test_every_command_notes_it_once(size: str, arguments: list[str], run: Callable[..., Any]) -> None:
    text = TURNED if size == "spec" else TURNED.replace("224x224x3", "3x224x224")
    option = [] if size == "spec" else ["--input", "224x224x3"]
    Path("net.yaml").write_text(text)
    command, *rest = arguments
    rest = ["net.yaml", *(word for word in rest if word != "SPEC"), *option]
    outcome = run(command, *rest)
    assert (outcome.status, outcome.err) == (0, f"note: {NOTE}\n")
    outcome = run(command, *rest, "--json")
    assert outcome.err == f"note: {NOTE}\n"
    found = json.loads(outcome.out)
    assert found["notes"] == [NOTE]
    assert found["schema_version"] == 1
    assert found["name"] == ("check" if command == "check" else "net")


def test_channels_last_was_meant(run: Callable[..., Any]) -> None:
    """3 x 3 weights of 3 channels and a bias for each of 64 filters."""
    Path("net.yaml").write_text(f"data_format: channels_last\n{TURNED}")
    outcome = run("summary", "net.yaml", "--json")
    assert (outcome.err, json.loads(outcome.out)["totals"]["parameters"]) == ("", (3 * 3 * 3 + 1) * 64)


# Written shape, the spec's own, and what is meant; None where nothing is to be said.
SHAPES = [
    ("channels_first", "224x224x3", None, "3x224x224"),
    ("channels_first", "28x28x1", None, "1x28x28"),
    ("channels_first", "100x50x4", None, "4x100x50"),
    ("channels_first", "16x112x112x3", None, "3x16x112x112"),
    ("channels_first", "3x224x224", None, None),
    ("channels_first", "1x28x28", None, None),
    ("channels_first", "224x224x2", None, None),
    ("channels_first", "64x64x5", None, None),
    ("channels_first", "64x64x5", "5x32x32", "5x64x64"),
    ("channels_first", "100x1x1", None, None),
    ("channels_first", "3x3x3", None, None),
    ("channels_first", "512x4x4", None, None),
    ("channels_first", "1x100x4", None, None),
    ("channels_first", "16000x1", None, None),
    ("channels_first", "300x4", None, None),
    ("channels_first", "56x300", "300x56", "300x56"),
    ("channels_first", "784", None, None),
    ("channels_first", "785", "784", None),
    ("channels_last", "3x224x224", None, "224x224x3"),
    ("channels_last", "224x224x3", None, None),
    ("channels_last", "5x64x64", "32x32x5", "64x64x5"),
    ("channels_last", "1x16000", None, None),
]


@every_row(("data_format", "written", "own", "meant"), SHAPES)
def test_what_is_noted(data_format: str, written: str, own: str | None, meant: str | None) -> None:
    own = own or written
    text = f"input: {own}\ndata_format: {data_format}\nlayers: [relu]\n"
    network = cnncalc.load(text, input=written)
    other = next(name for name in LAYOUTS if name != data_format)
    end = data_format.removeprefix("channels_")
    assert [note.partition("; ")[2] for note in network.notes] == (
        [f"channels come {end}: {meant}, or `data_format: {other}`"] if meant else []
    )
    assert network.report().notes == network.notes


def test_each_of_several_inputs(run: Callable[..., Any]) -> None:
    text = "inputs: {left: 64x64x3, right: 3x64x64}\noutputs: [relu_1, relu_2]\n"
    text += "layers:\n  - relu: {from: left}\n  - relu: {from: right}\n"
    outcome = run("summary", "-", stdin=text)
    note = "`left` is 64 channels of 64 x 3; channels come first: 3x64x64, or `data_format: channels_last`"
    assert outcome.err == f"note: {note}\n"


def test_a_note_for_a_file_and_not_for_each_variant(run: Callable[..., Any]) -> None:
    Path("net.yaml").write_text(f"{TURNED}variants: {{a: {{}}, b: {{}}}}\n")
    Path("other.yaml").write_text(TURNED)
    assert run("check", "net.yaml").err == f"note: {NOTE}\n"
    assert run("check", "net.yaml", "other.yaml").err == f"note: net.yaml: {NOTE}\nnote: other.yaml: {NOTE}\n"


@every_row("spec", bundled.names())
def test_the_bundled_networks_have_their_channels_first(spec: str) -> None:
    for choice in choose_all(spec, None, {}):
        assert list(choice.spec.layout.order_doubts(choice.inputs, choice.inputs)) == []


FAILING = [
    ("224x224x3", HINT),
    ("3x5x5", "with this network the smallest input is 3 x 11 x 11"),
    ("50x11x11", "with this network the smallest input is 50 x 11 x 13"),
]


@pytest.mark.parametrize(("shape", "hint"), FAILING)
def test_the_hint_where_a_window_fails(shape: str, hint: str, run: Callable[..., Any]) -> None:
    text = f"input: {shape}\nlayers:\n  - conv2d: {{out_channels: 64, kernel_size: [11, 13]}}\n"
    err = run("summary", "-", stdin=text.replace("[11, 13]", "11" if shape == "3x5x5" else "[11, 13]")).err
    assert err.endswith(f"hint: {hint}\n")
    assert "note: " not in err


def test_another_error_has_the_note_beside_it(run: Callable[..., Any]) -> None:
    text = "input: 32x32x3\nlayers:\n  - conv2d: {out_channels: 9, kernel_size: 3, groups: 3}\n"
    outcome = run("summary", "-", stdin=text)
    assert outcome.status == 2
    assert "note: `input` is 32 channels of 32 x 3; channels come first: 3x32x32, or" in outcome.err


# The shape of an array, and what is said of it; the network takes 3 x 256 x 256.
DATA = [
    ((48, 48, 3), "x.npy is 48 x 48 x 3, and `input` takes 3 channels\nhint: channels come first: 3x48x48, or"),
    ((2, 48, 48, 3), "x.npy is 48 x 48 x 3, and `input` takes 3 channels\nhint: channels come first: 3x48x48, or"),
    (
        (1, 48, 48),
        "x.npy is 1 x 48 x 48, and `input` takes 3 channels\nhint: --data sets the spatial sizes: give it 3 x H x W\n",
    ),
    (
        (48, 48, 1),
        "x.npy is 48 x 48 x 1, and `input` takes 3 channels\nhint: --data sets the spatial sizes: give it 3 x H x W\n",
    ),
    (
        (48, 48),
        "x.npy has 2 axes, and `input` has 3: it is 48 x 48\nhint: give it 3 x H x W, with or without a batch axis",
    ),
    ((), "x.npy has 0 axes, and `input` has 3\nhint: give it 3 x H x W, with or without a batch axis before it\n"),
]


@pytest.mark.parametrize(("shape", "message"), DATA)
def test_data_has_the_channels_of_the_spec(shape: tuple[int, ...], message: str, run: Callable[..., Any]) -> None:
    np.save("x.npy", np.zeros(shape))
    outcome = run("run", "filters:blur", "--data", "x.npy")
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.startswith(f"error: {message}")


def test_data_for_a_model_is_moved_for_its_order_is_fixed(run: Callable[..., Any]) -> None:
    Path("net.cfg").write_text("[net]\nwidth=48\nheight=48\nchannels=3\n[maxpool]\nsize=2\n", encoding="utf-8")
    array = np.random.default_rng(0).normal(size=(2, 48, 64, 3))
    np.save("x.npy", array)
    outcome = run("run", "net.cfg", "--data", "x.npy")
    assert (outcome.status, outcome.err) == (
        2,
        "error: x.npy is 48 x 64 x 3, and `input` takes 3 channels\n"
        "hint: channels come first: 3x48x64, as numpy.moveaxis(array, -1, -3) gives\n",
    )
    np.save("x.npy", np.moveaxis(array, -1, -3))
    assert run("run", "net.cfg", "--data", "x.npy").status == 0


SPECS_TURNED = [
    ("input: 32x32x3\n", (3, 8, 8), "in the spec `input` is 32 channels of 32 x 3; channels come first: 3x32x32, or"),
    (
        "input: 3x32x32\ndata_format: channels_last\n",
        (8, 8, 3),
        "in the spec `input` is 32 channels of 3 x 32; channels come last: 32x32x3, or",
    ),
    ("input: 32x32x3\n", (5, 8, 8), "--data sets the spatial sizes: give it 32 x H x W\n"),
]


@pytest.mark.parametrize(("begin", "shape", "hint"), SPECS_TURNED)
def test_data_that_is_right_where_the_spec_is_not(
    begin: str, shape: tuple[int, ...], hint: str, run: Callable[..., Any]
) -> None:
    np.save("x.npy", np.zeros(shape))
    outcome = run("run", "-", "--data", "x.npy", stdin=f"{begin}layers: [relu]\n")
    assert (outcome.status, outcome.out) == (2, "")
    assert f"\nhint: {hint}" in outcome.err


def test_no_note_where_the_input_of_a_spec_is_put_right(run: Callable[..., Any]) -> None:
    for order, right in (("first", "3x32x32"), ("last", "32x32x3")):
        wrong = {"3x32x32": "32x32x3"}.get(right, "3x32x32")
        text = f"input: {wrong}\ndata_format: channels_{order}\nlayers: [relu]\n"
        outcome = run("summary", "-", "--input", right, "--json", stdin=text)
        assert (outcome.status, outcome.err) == (0, "")
        assert json.loads(outcome.out)["notes"] == []


# A shape for a conv2d with another number of axes; the hint where it is given for LeNet, and where it is the spec's.
AXES = [
    ("1x3x32x32", "the batch is no part of a shape: 3x32x32", "the batch is no part of a shape: 3x32x32"),
    ("28x28", "channels are part of a shape: 1x28x28", "channels are part of a shape: 1x28x28 or 3x28x28"),
    ("3x100", "channels are part of a shape: 1x3x100", "write `conv1d`, or `conv`, which takes any rank"),
    ("784", "every size is part of a shape: 1x784x784", "it needs a map: channels x height x width, such as 3x224x224"),
]


@pytest.mark.parametrize(("shape", "of_option", "of_spec"), AXES)
def test_the_hint_where_axes_are_missing_or_too_many(
    shape: str, of_option: str, of_spec: str, run: Callable[..., Any]
) -> None:
    text = f"input: {shape}\nlayers: [{{conv2d: {{out_channels: 4, kernel_size: 3}}}}]\n"
    for outcome, hint in (
        (run("summary", "lenet", "--input", shape), of_option),
        (run("summary", "-", stdin=text), of_spec),
    ):
        assert outcome.status == 2
        assert outcome.err.endswith(f"\nhint: {hint}\n")


def test_the_note_of_a_bad_spec_in_the_json_of_check(run: Callable[..., Any]) -> None:
    Path("net.yaml").write_text("input: 32x32x3\nlayers: [{conv2d: {out_channels: 9, kernel_size: 3, groups: 3}}]\n")
    [spec] = json.loads(run("check", "net.yaml", "--json").out)["specs"]
    assert spec["notes"] == [
        "`input` is 32 channels of 32 x 3; channels come first: 3x32x32, or `data_format: channels_last`"
    ]


def test_data_for_a_vector_and_with_channels_last(run: Callable[..., Any]) -> None:
    np.save("x.npy", np.zeros((2, 5)))
    outcome = run("run", "-", "--data", "x.npy", stdin="input: 4\nlayers: [relu]\n")
    assert outcome.err == "error: x.npy has 5 features, and `input` takes 4\n"
    np.save("y.npy", np.zeros((3, 8, 8)))
    text = "input: 16x16x3\ndata_format: channels_last\nlayers: [relu]\n"
    outcome = run("run", "-", "--data", "y.npy", stdin=text)
    assert outcome.err == (
        "error: y.npy is 3 x 8 x 8, and `input` takes 3 channels\n"
        "hint: channels come last: 8x8x3, or `data_format: channels_first`\n"
    )
    np.save("z.npy", np.zeros((8, 9, 3)))
    found = json.loads(run("run", "-", "--data", "z.npy", "--json", stdin=text).out)
    assert (found["ok"], found["input_shape"]) == (True, [8, 9, 3])


def test_data_sets_the_whole_input_where_the_spec_has_none(run: Callable[..., Any]) -> None:
    np.save("x.npy", np.zeros((48, 48, 3)))
    outcome = run("run", "-", "--data", "x.npy", stdin="layers: [relu]\n")
    assert outcome.status == 0
    assert outcome.err.startswith("note: `input` is 48 channels of 48 x 3; channels come first: 3x48x48, or")


def test_arrays_from_python() -> None:
    network = cnncalc.load("input: 3x8x8\nlayers: [relu]\n")
    with pytest.raises(CnncalcError) as error:
        network.forward(np.zeros((8, 8, 3)))
    assert str(error.value) == (
        "error: `input` is 8 x 8 x 3, and the network takes 3 x 8 x 8\n"
        "hint: channels come first: 3x8x8, or `data_format: channels_last`"
    )


JSON = [
    (["summary"], "LeNet-5"), (["run"], "LeNet-5"), (["explain"], "LeNet-5"), (["receptive-field"], "LeNet-5"),
    (["receptive-field", "lenet", "c1"], "LeNet-5"), (["solve"], "LeNet-5"), (["check", "lenet"], "check"),
    (["layers", "conv"], "conv"), (["layers"], None), (["list", "lenet"], None),
]  # fmt: skip


@pytest.mark.usefixtures("few_architectures")
@pytest.mark.parametrize(("arguments", "name"), JSON)
def test_every_object_says_what_it_is(arguments: list[str], name: str | None, run: Callable[..., Any]) -> None:
    found = json.loads(run(*arguments, "--json").out)
    for whole in found if isinstance(found, list) else [found]:
        assert (whole["schema_version"], whole["notes"]) == (1, [])
        assert whole["name"] == name or name is None
    if name == "LeNet-5":
        assert (found["variant"], found["settings"], found["data_format"]) == (None, {}, CHANNELS_FIRST.name)
        assert found["inputs"] == {"input": [1, 28, 28]}


def test_settings_are_those_that_were_set(run: Callable[..., Any]) -> None:
    Path("net.yaml").write_text(f"{TURNED}parameters: {{a: 1, b: 2, c: 3}}\nvariants: {{v: {{b: 4}}}}\n")
    for command in ("summary", "run", "explain", "receptive-field", "solve"):
        found = json.loads(run(command, "net.yaml", "--set", "a=[1, .inf]", "--set", "c=x", "--json").out)
        assert (found["variant"], found["settings"]) == ("v", {"a": [1, ".inf"], "c": "x"})
