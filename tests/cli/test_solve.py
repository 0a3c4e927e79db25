"""`cnncalc solve`: the inputs that give an output."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

ALEXNET = """\
AlexNet (alexnet)  input 3 x 227 x 227

conv1  output 96 x 55 x 55
  height = floor((H - 7) / 4), and width alike
  55 at H and W = 227 to 230

smallest input: 3 x 67 x 67
no layer drops a pixel, not even of padding: H and W = 32 k + 3: 67, 99, 131, 163, 195, ...
"""

FITS = """\
name: fits
input: 3x224x224
layers:
  - conv2d: {name: c, out_channels: 4, kernel_size: 11, stride: 4}
  - max_pool2d: {name: p, kernel_size: 2}
  - flatten
  - linear: {name: fc, out_features: 4, in_features: FEATURES}
"""


def test_alexnet(run: Callable[..., Any]) -> None:
    assert run("solve", "alexnet", "--layer", "conv1", "--output", "55") == (0, ALEXNET, "")


def test_json(run: Callable[..., Any]) -> None:
    found = json.loads(run("solve", "alexnet", "--output", "6x13", "--json").out)
    assert found["layer"] == "pool5"
    assert [axis["inputs"] for axis in found["axes"]] == [[[227, 258]], [[451, 482]]]
    assert found["axes"][0] == {
        "axis": "height",
        "input_axis": "height",
        "symbol": "H",
        "closed_form": "floor((H - 35) / 32)",
        "size": 6,
        "output": 6,
        "inputs": [[227, 258]],
        "enumerated": None,
        "modulus": 1,
        "residues": [0],
        "following": [],
    }
    assert found["smallest_input"] == [3, 67, 67]
    assert found["no_pixel_dropped"][0] == {
        "symbol": "H",
        "modulus": 32,
        "residues": [3],
        "least": 67,
        "first_sizes": [67, 99, 131, 163, 195],
    }


def test_a_spec_that_does_not_fit_is_solved(run: Callable[..., Any]) -> None:
    """Its linear layer wants another map than the input gives."""
    spec = FITS.replace("FEATURES", "676")
    assert run("summary", "-", stdin=spec).status == 2
    outcome = run("solve", "-", stdin=spec)
    assert outcome.status == 0
    assert "fc takes 676 features\n  4 x 13 x 13: input of 111 to 118 by 111 to 118\n" in outcome.out
    shapes = json.loads(run("solve", "-", "--json", stdin=spec).out)["fits"][0]["shapes"]
    assert {prod[1] * prod[2] for prod in (shape["map_shape"] for shape in shapes)} == {169}
    assert len(shapes) == 3
    unfit = run("solve", "-", stdin=FITS.replace("FEATURES", "675"))
    assert "fc takes 675 features and no input gives so many\n" in unfit.out


@pytest.mark.slow
def test_sizes_that_follow_the_input_by_an_expression_are_enumerated(run: Callable[..., Any]) -> None:
    spec = 'name: f\ninput: 1x8\nlayers:\n  - upsample: {name: u, size: "=in_shape[1] * in_shape[1]"}\n'
    out = run("solve", "-", "--output", "81", stdin=spec).out
    assert "  length has no closed form; built at each size from 1 to 4096\n  81 at L = 9\n" in out
    assert run("solve", "-", "--output", "80", stdin=spec).err == (
        "error: no input from 1 to 4096 gives `u` a length of 80\nhint: the nearest: 64 at 8, and 81 at 9\n"
    )


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["alexnet", "--layer", "conv9"], "error: AlexNet has no layer `conv9`\nhint: did you mean `conv5`?\n"),
        (
            ["alexnet", "--layer", "fc6"],
            "error: `fc6` has no spatial axis: its output is a vector\n"
            "hint: name one before the map is flattened, such as `pool5`\n",
        ),
        (
            ["alexnet", "--layer", "conv1", "--output", "3"],
            "error: no input gives `conv1` a height of 3\nhint: the nearest: 15 at 67 to 70\n",
        ),
        pytest.param(
            ["unet", "--output", "390"],
            "error: no input gives `output` a height of 390\n"
            "hint: the nearest: 388 at 572 to 587, and 404 at 588 to 603\n",
            marks=pytest.mark.slow,
        ),
        (
            ["alexnet_torchvision", "--layer", "avgpool", "--output", "7"],
            "error: the height of `avgpool` is 6 whatever the input, and never 7\n",
        ),
        (
            ["alexnet", "--output", "5x5x5"],
            "error: the output has 3 sizes, and `pool5` has 2 spatial axes\n"
            "hint: give one size for all axes, or one for each, such as 55 or 55x55\n",
        ),
        (
            ["alexnet", "--output", "s.json"],
            "error: --output takes a size such as 55 or 55x27, not 's.json'\n"
            "hint: -o FILE writes to a file here, as --output is the size\n",
        ),
        (["alexnet", "--output", "five"], "error: --output takes a size such as 55 or 55x27, not 'five'\n"),
        (["alexnet", "--output", "0"], "error: --output must have sizes from 1 to 2147483647, not 0\n"),
        (
            ["alexnet", "conv1", "--layer", "conv2"],
            "error: give the layer once: LAYER conv1 or --layer conv2\n"
            "hint: `cnncalc solve --help` lists what it takes\n",
        ),
    ],
)
def test_errors(arguments: list[str], error: str, run: Callable[..., Any]) -> None:
    assert run("solve", *arguments) == (2, "", error)


@pytest.mark.slow
@pytest.mark.parametrize("spec", ["resnet50", "yolo_v3", "c3d", "segnet", "raw_audio"])
def test_it_fits_a_terminal(spec: str, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    outcome = run("solve", spec)
    assert outcome.status == 0
    assert max(map(len, outcome.out.splitlines())) <= 80


TWO = """\
name: two
inputs: {left: 3x32x32, right: 1x16x16}
layers:
  - conv: {name: a, from: left, out_channels: 4, kernel_size: 3, stride: 2, padding: 1}
  - conv: {name: b, from: right, out_channels: 4, kernel_size: 3, padding: 1}
  - add: {name: s, from: [a, b]}
  - max_pool: {name: p, kernel_size: 2}
"""


def test_inputs_that_have_to_follow(run: Callable[..., Any]) -> None:
    found = run("solve", "-", "--output", "10", stdin=TWO).out
    assert "10 at right.H and right.W = 20, with left.H and left.W = 39 to 40\n" in found
    assert "10 at right.H and right.W = 21, with left.H and left.W = 41 to 42\n" in found
    axis = json.loads(run("solve", "-", "--layer", "a", "--output", "10", "--json", stdin=TWO).out)["axes"][0]
    assert axis["inputs"] == [[19, 20]]
    assert axis["following"] == [{"inputs": [19, 20], "others": {"right.H": [[10, 10]]}}]


def test_a_linear_layer_behind_another_is_fitted_by_no_map(run: Callable[..., Any]) -> None:
    """Its features are those of the other, whatever the input."""
    spec = (
        "name: two\ninput: 8x2x2\nlayers:\n  - relu\n  - flatten\n  - linear: {out_features: 32, in_features: 32}\n"
        "  - linear: {out_features: 4, in_features: 32}\n"
    )
    fits = json.loads(run("solve", "-", "--json", stdin=spec).out)["fits"]
    assert [shape["map_shape"] for shape in fits[0]["shapes"]] == [[8, 2, 2], [8, 1, 4], [8, 4, 1]]
    assert len(fits) == 1


def test_a_map_made_of_a_vector_has_its_size_whatever_the_input(run: Callable[..., Any]) -> None:
    layers = "  - unflatten: {dim: 0, sizes: [1, 4, 4]}\n  - max_pool: {name: p, kernel_size: 2}\n"
    spec = f"name: v\ninput: 16\nlayers:\n{layers}"
    assert "  2 at any input\n" in run("solve", "-", "p", "--output", "2", stdin=spec).out
    error = "error: the height of `p` is 2 whatever the input, and never 3\n"
    assert run("solve", "-", "p", "--output", "3", stdin=spec) == (2, "", error)


@pytest.mark.slow
def test_the_last_map_is_solved_for_though_its_size_has_no_closed_form(run: Callable[..., Any]) -> None:
    """Up to 20 the pool is left out: 7 - 2 - 2 = 3."""
    Path("net.yaml").write_text(
        "input: 1x40\nlayers:\n- conv: {out_channels: 1, kernel_size: 3}\n"
        "- max_pool: {when: \"=size('input')[0] > 20\", kernel_size: 2}\n- conv: {out_channels: 1, kernel_size: 3}\n"
    )
    out = run("solve", "net.yaml", "--output", "3").out
    assert "conv_2  output 1 x 17" in out
    assert "3 at L = 7" in out


def test_a_size_where_a_file_is_named(run: Callable[..., Any]) -> None:
    outcome = run("solve", "alexnet", "conv1", "-o", "55x27")
    assert (outcome.status, outcome.out) == (0, "")
    assert outcome.err == "note: -o names a file, `55x27`; a size is asked for with --output 55x27\n"
    assert Path("55x27").read_text().startswith("AlexNet")
    assert run("solve", "alexnet", "conv1", "--output", "55", "-o", "55").err == ""
    assert run("solve", "alexnet", "conv1", "-o", "55.txt").err == ""
