"""`cnncalc run`: values in, values and maps out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import yaml
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Callable

KERNEL = "[[[[1, 0, 1], [0, 1, 0], [1, 0, 1]]]]"
CONVOLUTION = f"conv2d(1, 3, bias=False, weight={KERNEL}, name=c)"
IMAGE = [[1, 1, 1, 0, 0], [0, 1, 1, 1, 0], [0, 0, 1, 1, 1], [0, 0, 1, 1, 0], [0, 1, 1, 0, 0]]
FOUND = [[4, 3, 4], [2, 4, 3], [2, 3, 4]]
"""The convolution of a lecture slide."""


def saved_as(name: str) -> str:
    """The image of the slide in a file of that name."""
    array: Any = np.array(IMAGE, float)
    if name.endswith(".npy"):
        np.save(name, array[np.newaxis])
    elif name.endswith(".npz"):
        np.savez(name, image=array[np.newaxis, np.newaxis])
    elif name.endswith(".csv"):
        Path(name).write_text("\n".join(";".join(map(str, row)) for row in IMAGE))
    else:
        Image.fromarray((array * 255).astype(np.uint8)).save(name)
    return name


def test_the_slide_by_hand(run: Callable[..., Any]) -> None:
    """The whole of what is printed: a reader counts on it."""
    outcome = run("run", CONVOLUTION, "--data", json.dumps(IMAGE), "--print")
    assert (outcome.status, outcome.err) == (0, "")
    lines = outcome.out.splitlines()
    assert lines[5:17] == [
        "input  input  1 x 5 x 5",
        "  1  1  1  0  0",
        "  0  1  1  1  0",
        "  0  0  1  1  1",
        "  0  0  1  1  0",
        "  0  1  1  0  0",
        "",
        "c  conv2d  1 x 3 x 3",
        "  4  3  4",
        "  2  4  3",
        "  2  3  4",
        "",
    ]


@pytest.mark.parametrize("source", ["x.npy", "x.npz", "x.csv", "x.png", json.dumps(IMAGE), f"input={IMAGE}"])
def test_it_comes_from_files_of_all_kinds(source: str, run: Callable[..., Any]) -> None:
    Path("net.yaml").write_text(yaml.safe_dump({"input": "1x9x9", "layers": [{"identity": {"name": "same"}}]}))
    data = saved_as(source) if source[1:2] == "." else source
    outcome = run("run", "net.yaml", "same", "--data", data, "--print", "--json")
    assert (outcome.status, outcome.err) == (0, "")
    values = json.loads(outcome.out)["layers"][0]["values"]
    assert values in ([IMAGE], [[IMAGE]])


def test_json_has_values_only_where_they_are_asked_for_and_few(run: Callable[..., Any]) -> None:
    found = json.loads(run("run", "--json").out)
    assert "input_values" not in found
    assert all("values" not in layer for layer in found["layers"])
    found = json.loads(run("run", "--json", "--print").out)
    assert found["input_values"]["input"]["values"] is None
    by_name = {layer["name"]: layer for layer in found["layers"]}
    assert by_name["c1"]["values"] is None
    assert by_name["c1"]["min"] < by_name["c1"]["mean"] < by_name["c1"]["max"]
    assert len(by_name["f6"]["values"]) == 84
    assert "top" not in by_name["output"]
    probabilities = by_name["softmax_1"]["values"]
    order = sorted(range(10), key=lambda index: -probabilities[index])[:5]
    assert by_name["softmax_1"]["top"] == [{"index": i, "probability": probabilities[i]} for i in order]
    found = json.loads(run("run", "lenet", "f6", "--json", "--print").out)
    assert [layer["name"] for layer in found["layers"] if "values" in layer] == ["f6"]


def test_values_that_are_not_finite(run: Callable[..., Any]) -> None:
    outcome = run("run", "relu(name=r)", "--data", "[1, .inf, .nan, -2]", "--print")
    assert "    1  inf  nan    0\n" in outcome.out
    found = json.loads(run("run", "relu(name=r)", "--data", "[1, .inf, .nan, -2]", "--print", "--json").out)
    layer = found["layers"][0]
    assert (layer["values"], layer["min"], layer["max"]) == ([1, None, None, 0], None, None)


UNKNOWN = [
    ("max_pool2d(2)", "[[1, 3], [4, 6]]", "1x1x1"),
    ("max_pool1d(2)", "[[1, 3], [4, 6]]", "2x1"),
    ("max_pool1d(2)", "[1, 3, 4, 6]", "1x2"),
    ("relu()", "[1, 3]", "2"),
]


@pytest.mark.parametrize(("line", "data", "shape"), UNKNOWN)
def test_layers_in_one_line_take_a_map_of_one_channel_too(
    line: str, data: str, shape: str, run: Callable[..., Any]
) -> None:
    """Where a list as it is nested does not fit."""
    found = json.loads(run("run", line, "--data", data, "--json").out)
    assert "x".join(map(str, found["layers"][0]["actual_shape"])) == shape


def test_what_fits_neither_way_is_refused_as_it_is(run: Callable[..., Any]) -> None:
    outcome = run("run", "max_pool2d(3)", "--data", "[[1, 3], [4, 6]]")
    assert outcome.status == 2
    assert "is a max_pool2d, and 2 x 2 with 1 spatial axis arrives" in outcome.err


ARCHIVES = [
    ({"a": [[1, 2]], "b": [[3, 4]]}, ["x.npz"], [[-2, -2]]),
    ({"b": [[3, 4]], "a": [[1, 2]]}, ["x.npz"], [[-2, -2]]),
    ({"a": [[1, 2]], "b": [[3, 4]], "c": [1]}, ["a=x.npz", "b=x.npz"], [[-2, -2]]),
    ({"z": [[1, 2]]}, ["a=x.npz", "b=[[3, 4]]"], [[-2, -2]]),
]


@pytest.mark.parametrize(("members", "sources", "expected"), ARCHIVES)
def test_several_inputs_of_one_archive(
    members: dict[str, Any], sources: list[str], expected: Any, run: Callable[..., Any]
) -> None:
    Path("net.yaml").write_text("inputs: {a: 1x5, b: 1x5}\nlayers:\n  - subtract: {name: d, from: [a, b]}\n")
    np.savez("x.npz", **members)
    outcome = run("run", "net.yaml", *(word for source in sources for word in ("--data", source)), "-o", "y.npy")
    assert (outcome.status, outcome.err) == (0, "")
    assert np.load("y.npy").tolist() == expected


REFUSED = [
    (["--data", "x.npz"], "x.npz has an array `c`, and net has no input `c`"),
    (["--data", "a=x.npz", "--data", "b=z.npz"], "z.npz has no array `b`"),
    (["--data", "[1, 2]"], "give --data once, or as NAME=FILE for each of a, b"),
    (["--data", "a=[1, 2]", "--data", "a=[1, 2]"], "give --data once, or as NAME=FILE for each of a, b"),
    (["--data", "c=[1, 2]", "--data", "a=[1, 2]"], "net has no input `c`"),
    (["--data", "a=[[1, 2, 3, 4, 5]]"], "net has the input `b`, and no array is given for it"),
    (
        ["--data", "a=[[[[1, 2]]]]", "--data", "b=[1]"],
        "the list of --data has 4 axes, and `a` has 2: it is 1 x 1 x 1 x 2",
    ),
    (["--print", "--format", "csv"], "--print goes with the table and json; csv has a row a layer"),
    (["nosuch"], "net has no layer `nosuch`"),
    (["nosuch", "-o", "y.npy"], "net has no layer `nosuch`"),
]


@pytest.mark.parametrize(("arguments", "message"), REFUSED)
def test_refused(arguments: list[str], message: str, run: Callable[..., Any]) -> None:
    Path("net.yaml").write_text("name: net\ninputs: {a: 1x5, b: 1x5}\nlayers:\n  - subtract: {name: d, from: [a, b]}\n")
    np.savez("x.npz", a=[[1]], b=[[1]], c=[[1]])
    np.savez("z.npz", p=[[1]], q=[[1]])
    outcome = run("run", "net.yaml", *arguments)
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.splitlines()[0] == f"error: {message}"
    assert not Path("y.npy").exists()


def test_the_output_of_a_layer_goes_into_a_file(run: Callable[..., Any]) -> None:
    """Of a layer in the midst, of one in a group, of a group, and of an input."""
    inner = "[{scale: {name: s, factor: 2.0}}, {scale: {name: t, factor: 5.0}}]"
    Path("net.yaml").write_text(f"input: 1x2x2\nlayers:\n  - {{name: g, layers: {inner}}}\n  - flatten\n")
    for layer, expected in {
        "g.s": [[[2, 4], [6, 8]]],
        "g": [[[10, 20], [30, 40]]],
        "flatten_1": [10, 20, 30, 40],
        "input": [[[1, 2], [3, 4]]],
    }.items():
        outcome = run("run", "net.yaml", layer, "--data", "[[1, 2], [3, 4]]", "-o", "y.npy")
        assert (outcome.status, outcome.err) == (0, "")
        assert np.load("y.npy").tolist() == expected
        assert "3 layers" in outcome.out


def test_all_outputs_go_into_an_archive(run: Callable[..., Any]) -> None:
    Path("net.yaml").write_text("input: 2\noutputs: [a, b]\nlayers:\n  - relu: {name: a}\n  - tanh: {name: b}\n")
    assert run("run", "net.yaml", "--data", "[1, -1]", "-o", "y.npz").status == 0
    with np.load("y.npz") as found:
        assert {name: found[name].round(2).tolist() for name in found} == {"a": [1, 0], "b": [pytest.approx(0.76), 0]}


def test_the_maps_of_a_layer_are_a_grid_with_its_scale(run: Callable[..., Any]) -> None:
    outcome = run("run", "lenet", "c1", "-o", "maps.png")
    words = "6 maps of 28 x 28, 3 in a row, 7 x 7 pixels a value; black is -0.9993, white 0.9985"
    assert (outcome.status, outcome.err) == (0, f"note: maps.png: {words}\n")
    with Image.open("maps.png") as image:
        assert (image.size, image.mode) == ((3 * 197 - 1, 2 * 197 - 1), "L")
    run("run", "lenet", "c1", "-o", "c1.npy")
    values = np.load("c1.npy")[0]
    pixels = np.asarray(Image.open("maps.png"), float)
    assert pixels[197 + 7 * 5, 197 + 7 * 3] == pytest.approx(
        (values[4, 5, 3] - values.min()) / (values.max() - values.min()) * 255, abs=0.51
    )


def test_an_image_that_is_scaled_says_so(run: Callable[..., Any]) -> None:
    outcome = run("run", "scale(4.0)", "--data", "[[[0, 0.5]]]", "-o", "y.png")
    assert outcome.err == "note: y.png: its values are scaled: black is 0, white 2\n"
    assert np.asarray(Image.open("y.png")).tolist() == [[0, 255]]
    assert run("run", "scale(2.0)", "--data", "[[[0, 0.5]]]", "-o", "y.png").err == ""


def test_maps_without_room_for_numbers_are_drawn(run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    lines = run("run", "lenet", "c1", "--print").out.splitlines()
    assert lines[-1] == "c1: blank is -0.9993, @ is 0.9985"
    start = max(number for number, line in enumerate(lines) if line.startswith("✓ 9 layers"))
    drawing = lines[start + 1 : -1]
    assert max(map(len, drawing)) <= 100
    assert set("".join(drawing)) <= set(" .:-=+*#%@")
    assert "blank" not in run("run", "lenet", "f6", "--print").out
    assert "blank" not in run("run", "lenet", "c1", "--print", "--json").out
