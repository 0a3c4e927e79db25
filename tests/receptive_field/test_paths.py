"""Receptive fields where axes are moved, cut, joined and held in pieces, against the pixels that each unit sees."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import cnncalc
from cnncalc.receptive_field import layer_reads
from cnncalc.receptive_field.measure import field_figures
from cnncalc.receptive_field.results import Merge
from tests.rows import every_row

if TYPE_CHECKING:
    from collections.abc import Callable


STEM = "input: 1x14x14\nlayers:\n- conv: {name: c, out_channels: 4, kernel_size: 3, padding: 1}\n"
LINE = "input: 4x20\nlayers:\n"

ANCHORS: list[tuple[str, str, tuple[Any, ...]]] = [
    ("height as channels", f"{STEM}- permute: {{dims: [1, 2, 0]}}\n", ((14, 3), (None, (1, 1)), (None, 1), True)),
    (
        "and back",
        f"{STEM}- permute: {{dims: [1, 2, 0]}}\n- permute: {{dims: [2, 0, 1]}}\n",
        ((3, 3), ((1, 1), (1, 1)), (1, 1), False),
    ),
    (
        "beside the convolution",
        f"{STEM}- permute: {{dims: [1, 2, 0]}}\n- permute: {{dims: [2, 0, 1]}}\n- add: {{from: [c, permute_2]}}\n",
        ((3, 3), ((1, 1), (1, 1)), (1, 1), False),
    ),
    ("tokens", f"{STEM}- flatten: {{start_dim: 1}}\n", ((3, 3), ((1, 14), None), (1, 1), False)),
    (
        "tokens mixed by a linear layer and laid out again",
        f"{STEM}- flatten: {{start_dim: 1}}\n- permute: {{dims: [1, 0]}}\n- linear: {{dim: -1, out_features: 8}}\n"
        "- permute: {dims: [1, 0]}\n- reshape: {shape: [8, 14, 14]}\n- conv: {out_channels: 2, kernel_size: 3}\n",
        ((5, 5), ((1, 1), (1, 1)), (1, 1), False),
    ),
    (
        "cuts that do not fit",  # of 49 places in a row those of 4 rows, and 14 x 14 again
        f"{STEM}- reshape: {{shape: [4, 4, 49]}}\n- reshape: {{shape: [4, 14, 14]}}\n",
        ((3, 3), ((1, 1), (1, 1)), (1, 1), False),
    ),
    (
        "a row's end and the next row's start",  # token -1 would be of row -1, and see row -2
        f"{STEM}- flatten: {{start_dim: 1}}\n- depthwise_conv: {{kernel_size: 3, padding: 1}}\n",
        ((4, 16), ((1, 14), None), (2, 1), False),
    ),
    (
        "a map and its transpose",  # unit (0, 13) sees rows -1 to 14
        f"{STEM}- permute: {{name: p, dims: [0, 2, 1]}}\n- add: {{from: [c, p]}}\n",
        ((16, 16), (None, None), (1, 1), False),
    ),
    (
        "ConvNeXt",
        "input: 3x64x64\nlayers:\n- conv: {out_channels: 8, kernel_size: 4, stride: 4}\n"
        "- depthwise_conv: {kernel_size: 7, padding: 3}\n- permute: {dims: [1, 2, 0]}\n- layer_norm: {dims: [-1]}\n"
        "- linear: {dim: -1, out_features: 32}\n- permute: {dims: [2, 0, 1]}\n"
        "- conv: {out_channels: 4, kernel_size: 3, padding: 1}\n",
        ((36, 36), ((4, 1), (4, 1)), (16, 16), False),
    ),
    (
        "channel attention by reshape",
        f"{STEM}- global_avg_pool\n- reshape: {{shape: [1, 4]}}\n"
        "- conv: {out_channels: 1, kernel_size: 3, padding: 1}\n"
        "- reshape: {name: g, shape: [4, 1, 1]}\n- multiply: {from: [c, g]}\n",
        ((3, 3), ((1, 1), (1, 1)), (1, 1), True),
    ),
    (
        "channel attention by permute",
        f"{STEM}- global_avg_pool\n- permute: {{dims: [1, 2, 0]}}\n- linear: {{dim: -1, out_features: 4}}\n"
        "- permute: {name: g, dims: [2, 0, 1]}\n- multiply: {from: [c, g]}\n",
        ((3, 3), ((1, 1), (1, 1)), (1, 1), True),
    ),
    (
        "coordinate attention",
        "input: 1x14x10\nlayers:\n- conv: {name: c, out_channels: 4, kernel_size: 3, padding: 1}\n"
        "- adaptive_avg_pool: {name: ph, output_size: [14, 1]}\n"
        "- adaptive_avg_pool: {name: pw, from: c, output_size: [1, 10]}\n- permute: {name: t, dims: [0, 2, 1]}\n"
        "- concat: {from: [ph, t], dim: 1}\n- conv: {name: mix, out_channels: 4, kernel_size: 1}\n"
        "- slice: {name: sh, from: mix, dim: 1, end: 14}\n- slice: {from: mix, dim: 1, start: 14}\n"
        "- permute: {name: sw, dims: [0, 2, 1]}\n- multiply: {from: [c, sh, sw]}\n",
        ((3, 3), ((1, 1), (1, 1)), (1, 1), True),
    ),
    (
        "channels that were not convolved",
        f"{LINE}- slice: {{name: a, end: 2}}\n- slice: {{from: input, start: 2}}\n"
        "- conv: {name: b, out_channels: 2, kernel_size: 3, padding: 1}\n- concat: {from: [a, b]}\n"
        "- channel_shuffle: {groups: 2}\n- slice: {step: 2}\n",
        ((1,), ((1, 1),), (0,), False),
    ),
    (
        "channels that were",
        f"{LINE}- slice: {{name: a, end: 2}}\n- slice: {{from: input, start: 2}}\n"
        "- conv: {name: b, out_channels: 2, kernel_size: 3, padding: 1}\n- concat: {from: [a, b]}\n"
        "- channel_shuffle: {groups: 2}\n- slice: {start: 1, end: 2}\n",
        ((3,), ((1, 1),), (1,), False),
    ),
    (
        "halves joined again",
        f"{LINE}- slice: {{name: a, dim: 1, end: 9}}\n- slice: {{name: b, from: input, dim: 1, start: 9}}\n"
        "- concat: {dim: 1, from: [a, b]}\n- conv: {out_channels: 2, kernel_size: 3, padding: 1}\n",
        ((3,), ((1, 1),), (1,), False),
    ),
    (
        "end to start",  # a window across the border of the two sees pixels 19 and 0
        f"{LINE}- concat: {{dim: 1, from: [input, input]}}\n- conv: {{out_channels: 2, kernel_size: 2}}\n",
        ((20,), (None,), (0,), False),
    ),
    (
        "pixels to channels of their own",
        f"{LINE}- pixel_unshuffle: {{downscale_factor: 2}}\n- slice: {{start: 1, step: 2}}\n",
        ((1,), ((2, 1),), (-1,), False),
    ),
]


@every_row(("text", "expected"), [case[1:] for case in ANCHORS], ids=[case[0] for case in ANCHORS])
def test_worked_by_hand(text: str, expected: tuple[Any, ...]) -> None:
    network = cnncalc.load(text)
    for field in (network.report().layers[-1], field_figures(network)[-1]):
        found = field.receptive_field["input"]
        assert (found.size, found.stride, found.padding, found.is_global) == expected
        assert found.exact


@pytest.mark.parametrize("text", [case[1] for case in ANCHORS], ids=[case[0] for case in ANCHORS])
def test_units_are_as_proven(text: str, run: Callable[..., Any]) -> None:
    """A unit far from the borders sees no more than the figures say, and its pixels are proven."""
    network = cnncalc.load(text)
    unit = tuple(size // 2 for size in network.tensors[-1].shape[1:])
    Path("net.yaml").write_text(text)
    name = network.tensors[-1].name
    outcome = run("receptive-field", "net.yaml", name, "--unit", ",".join(map(str, unit)), "--verify", "--json")
    found = json.loads(outcome.out)
    assert (outcome.status, found["verified"]["ok"]) == (0, True)
    field = found["receptive_field"]
    for size, (first, last) in zip(field["size"], found["interval"], strict=True):
        assert field["global"] or last - first < size


def test_what_is_told_of_tokens(run: Callable[..., Any]) -> None:
    Path("net.yaml").write_text(f"{STEM}- flatten: {{start_dim: 1}}\n")
    assert "3     1:14x-" in run("receptive-field", "net.yaml").out
    assert "-: neighbours do not advance evenly" in run("receptive-field", "net.yaml").out
    assert "3/1:14x-/1" in run("summary", "net.yaml").out
    told = run("receptive-field", "net.yaml", "flatten_1").out
    assert "height: a unit sees up to 3 pixels, by its place; the one 14 further begins 1 further" in told
    assert (
        "width: a unit sees up to 3 pixels, by its place; neighbours do not advance evenly; unit 0 begins at -1" in told
    )
    assert json.loads(run("summary", "net.yaml", "--json").out)["layers"][-1]["receptive_field"] == {
        "size": [3, 3], "stride": ["1/14", None], "padding": [1, 1], "aligned": True, "global": False,
    }  # fmt: skip
    assert "neighbours do not advance evenly" in run("explain", "net.yaml", "flatten_1").out


@pytest.mark.parametrize(
    ("layers", "size", "stride", "padding", "told"),
    [
        # unit 6 sees pixel 0, as behind 6 pixels of padding
        ("- concat: {dim: 1, from: [b, a]}\n", 1, (1, 1), 6, "the next begins 1 further; unit 0 begins at -6"),
        ("- concat: {dim: 1, from: [b, a]}\n- upsample: {scale_factor: 2}\n", 1, (1, 2), 6, "unit 0 begins at -6"),
        ("- concat: {dim: 1, from: [b, a]}\n- slice: {dim: 1, start: 2}\n", 1, (1, 1), 4, "unit 0 begins at -4"),
        ("- concat: {dim: 1, from: [b, a, a]}\n", 1, None, 0, "the first that sees any begins at 0"),
        (
            "- concat: {dim: 1, from: [b, a]}\n- conv: {out_channels: 1, kernel_size: 3, stride: 2}\n",
            *(3, None, 0, "the first that sees any begins at 0"),
        ),
    ],
)
def test_unit_0_sees_nothing_of_what_stands_behind_another(
    layers: str, size: int, stride: tuple[int, int] | None, padding: int, told: str, run: Callable[..., Any]
) -> None:
    Path("net.yaml").write_text(f"inputs: {{a: 2x6, b: 2x6}}\nlayers:\n{layers}")
    network = cnncalc.load("net.yaml")
    for field in (network.report().layers[-1], field_figures(network)[-1]):
        found = field.receptive_field["a"]
        assert (found.size, found.stride, found.padding) == ((size,), (stride,), (padding,))
    lines = run("receptive-field", "net.yaml", network.tensors[-1].name).out.splitlines()
    assert next(line for line in lines if line.startswith("  length of a")).endswith(told)


def test_a_path_of_later_units_does_not_tell_where_unit_0_begins() -> None:
    """Of 5 rows of 420, unit 0 sees the first of rows 0 and 1, pixels 0 and 420; the last come from the upsampling."""
    network = cnncalc.load(
        "input: 1x700\nlayers:\n- upsample: {name: u, scale_factor: 2}\n- concat: {dim: 1, from: [input, u]}\n"
        "- unflatten: {dim: 1, sizes: [5, 420]}\n- depthwise_conv: {kernel_size: [2, 1]}\n"
    )
    assert network.report().layers[-1].receptive_field["input"].padding == (0,)


def test_behind_a_class_token() -> None:
    """Tokens of 4 x 4 patches from token 1 on: the one 4 further is 8 pixels lower."""
    network = cnncalc.load(
        "inputs: {image: 3x32x32, token: 8x1}\nlayers:\n"
        "- conv: {from: image, out_channels: 8, kernel_size: 8, stride: 8}\n"
        "- flatten: {name: t, start_dim: 1}\n- concat: {dim: 1, from: [token, t]}\n"
    )
    field = network.report().layers[-1].receptive_field["image"]
    assert (field.size, field.stride, field.padding) == ((8, 8), ((2, 1), None), (8, 0))


@pytest.mark.parametrize("last", ["", "- permute: {dims: [1, 0, 2]}\n"])
def test_what_is_too_irregular_is_said_whatever_follows(last: str) -> None:
    """Channels of 11.5 rows each: a unit sees two of the 23, and so 6 of the 8 pixels that all see together."""
    network = cnncalc.load(
        "input: 1x8x12\nlayers:\n"
        "- conv_transpose: {out_channels: 1, kernel_size: [4, 1], stride: [3, 2], padding: [1, 0], "
        "output_padding: [0, 1]}\n"
        f"- layer_norm: {{dims: [2]}}\n- reshape: {{shape: [2, 69, 4]}}\n{last}"
    )
    for fields in (network.report().layers[2], field_figures(network)[2]):
        found = fields.receptive_field["input"]
        assert (found.size[0], found.padding[0], found.exact) == (8, None, False)


def test_a_merge_behind_a_joint_is_named() -> None:
    network = cnncalc.load(
        f"{LINE}- relu: {{name: a}}\n- concat: {{name: j, dim: 1, from: [input, a]}}\n"
        "- conv: {out_channels: 1, kernel_size: 2}\n"
    )
    assert field_figures(network)[1].merges == {}
    assert field_figures(network)[2].merges == {"input": Merge("j", ("input", "a"))}


def test_an_input_of_other_channels_is_not_seen(run: Callable[..., Any]) -> None:
    Path("net.yaml").write_text(
        "inputs: {a: 2x9, b: 2x9}\nlayers:\n- concat: {from: [a, b]}\n- slice: {name: s, start: 1, end: 2}\n"
    )
    found = json.loads(run("receptive-field", "net.yaml", "s", "--unit", "4", "--verify", "--json").out)
    assert {name: field["size"] for name, field in found["receptive_field"].items()} == {"a": [1], "b": [0]}
    assert (found["interval"], found["verified"]["ok"]) == ({"a": [[4, 4]], "b": [None]}, True)
    assert "length of b: no path leads to it" in run("receptive-field", "net.yaml", "s").out
    for command, row in (("summary", "a 1/1/0, b 0"), ("receptive-field", "b   0")):
        out = run(command, "net.yaml").out
        assert row in out
        assert "every path" not in out


def gates(count: int) -> str:
    """Gates one behind the other, each of every second position."""
    return "input: 2x9\nlayers:\n" + "".join(
        f"- slice: {{name: s{n}, dim: 1, step: 2}}\n- global_avg_pool: {{name: g{n}}}\n"
        f"- multiply: {{name: m{n}, from: [{f'm{n - 1}' if n else 'input'}, g{n}]}}\n"
        for n in range(count)
    )


def test_what_many_gates_see_is_exact() -> None:
    report = cnncalc.load(gates(400)).report()
    assert {layer.receptive_field["input"].size for layer in report.layers if layer.name.startswith("g")} == {(9,)}
    assert all(layer.receptive_field["input"].exact for layer in report.layers)


def test_what_is_seen_through_few_positions() -> None:
    """One position of eight, and of that what the window sees."""
    layers = "- conv: {out_channels: 1, kernel_size: 2}\n- slice: {dim: 1, start: 5, step: 9}\n- flatten\n"
    assert cnncalc.load(f"input: 1x9\nlayers:\n{layers}").report().layers[-1].receptive_field["input"].size == (2,)


def test_a_gate_that_sees_padding_only_sees_nothing() -> None:
    text = (
        "input: 1x9\nlayers:\n- global_avg_pool\n"
        "- conv: {out_channels: 1, kernel_size: 1, stride: 2, padding: 1}\n- flatten\n"
    )
    assert cnncalc.load(text).report().layers[-1].receptive_field["input"].size == (0,)


@pytest.mark.parametrize("shape", ["1x6000", "1x2x6000"])
def test_patterns_that_are_too_irregular_are_told(shape: str) -> None:
    """The places of 5,999 of 6,000 positions repeat after 5,999, and count as seeing all of them."""
    size = 5999 if shape == "1x6000" else [2, 5999]
    field = cnncalc.load(f"input: {shape}\nlayers:\n- upsample: {{size: {size}}}\n").report().layers[0].receptive_field
    assert (field["input"].exact, field["input"].is_global) == (False, True)
    linear = f"input: {shape}\nlayers:\n- linear: {{dim: -1, out_features: 5000}}\n"
    assert cnncalc.load(linear).report().layers[0].receptive_field["input"].exact


def test_where_there_are_too_many_pieces_it_is_said(run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layer_reads, "MOST_STEPS", -1000)
    text = ANCHORS[-4][1]
    assert not cnncalc.load(text).report().layers[-1].receptive_field["input"].exact
    Path("net.yaml").write_text(text)
    assert "< at most these: there are too many paths," in run("summary", "net.yaml").out
    assert "a unit may see less: there are too many paths" in run("receptive-field", "net.yaml", "slice_2").out
    assert json.loads(run("summary", "net.yaml", "--json").out)["layers"][-1]["receptive_field"]["exact"] is False
