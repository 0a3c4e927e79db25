"""`cnncalc run`: data in, data out, and the verdict."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Callable

KERNEL = "input: 1x4x4\nlayers:\n  - conv2d: {out_channels: 1, kernel_size: 2, weight: 1, bias: false}\n"


def test_every_layer_has_a_row(run: Callable[..., Any]) -> None:
    outcome = run("run", "--input", "1x28x28")
    lines = outcome.out.splitlines()
    assert (outcome.status, outcome.err) == (0, "")
    assert lines[0] == "LeNet-5  input 1 x 28 x 28, float32, seed 0"
    assert run("run", "filters:blur", "--input", "3x9x9").out.startswith(
        "Image filters (blur)  input 3 x 9 x 9, float32"
    )
    assert [line[0] for line in lines[3:12]] == ["✓"] * 9
    assert lines[-1].startswith("✓ 9 layers and 61,706 parameters executed in ")


def test_json(run: Callable[..., Any]) -> None:
    found = json.loads(run("run", "alexnet", "--json", "--seed", "3").out)
    assert (found["name"], found["input_shape"], found["seed"]) == ("AlexNet", [3, 227, 227], 3)
    assert (found["ok"], found["mismatches"], found["parameters"]) == (True, 0, 60965224)
    keys = {"name", "type", "expected_shape", "actual_shape", "ok", "seconds", "mean", "std", "finite"}
    assert all(keys <= set(layer) for layer in found["layers"])
    assert found["layers"][0]["actual_shape"] == [96, 55, 55]
    assert found["seconds"] >= sum(layer["seconds"] for layer in found["layers"]) > 0


@pytest.mark.parametrize("shape", [(1, 5, 6), (2, 1, 5, 6)])
def test_data_in_and_out(shape: tuple[int, ...], run: Callable[..., Any]) -> None:
    """The data sets the size, and the output has a batch axis where the data has."""
    Path("net.yaml").write_text(KERNEL)
    image = np.arange(np.prod(shape), dtype=np.float64).reshape(shape)
    np.save("x.npy", image)
    outcome = run("run", "net.yaml", "--data", "x.npy", "-o", "y.npy")
    assert outcome.status == 0
    expected = image[..., :-1, :-1] + image[..., 1:, :-1] + image[..., :-1, 1:] + image[..., 1:, 1:]
    np.testing.assert_allclose(np.load("y.npy"), expected)


def test_several_inputs(run: Callable[..., Any]) -> None:
    Path("net.yaml").write_text("inputs: {a: 1x4, b: 1x4}\nlayers:\n  - subtract: {from: [a, b]}\n")
    np.save("a.npy", np.full((1, 4), 7))
    np.save("b.npy", np.full((1, 4), 3))
    assert run("run", "net.yaml", "--data", "a=a.npy", "--data", "b=b.npy", "-o", "y.npy").status == 0
    assert np.load("y.npy").tolist() == [[4, 4, 4, 4]]


def test_values_of_the_input_that_are_not_finite_are_no_fault_of_a_layer(run: Callable[..., Any]) -> None:
    Path("net.yaml").write_text("name: net\ninput: 1x4\nlayers:\n  - relu: {name: first}\n  - tanh\n")
    np.save("x.npy", np.array([[1, 2, np.nan, -np.inf]]))
    outcome = run("run", "net.yaml", "--data", "x.npy")
    assert outcome.status == 0
    assert "`input` has 2 values that are not finite; what follows from it is no fault of a layer" in outcome.err
    assert outcome.out.splitlines()[-1].startswith("✓ 2 layers")
    found = json.loads(run("run", "net.yaml", "--data", "x.npy", "--json").out)
    assert (found["ok"], found["mismatches"], len(found["notes"])) == (True, 0, 1)
    for layer in found["layers"]:
        assert (layer["ok"], layer["mean"], layer["std"], layer["finite"]) == (True, None, None, False)


def test_what_makes_them_of_finite_values_fails_alone(run: Callable[..., Any]) -> None:
    """Beside an input that has some, and before layers that only pass them on."""
    Path("net.yaml").write_text(
        "name: net\ninputs: {good: 1x4, bad: 1x4}\noutputs: [last]\nlayers:\n"
        "  - scale: {name: one, factor: 1.0e300, from: bad}\n"
        "  - scale: {name: two, factor: 1.0e300, from: good}\n"
        "  - scale: {name: over, factor: 1.0e300}\n"
        "  - add: {name: last, from: [one, over]}\n"
    )
    np.save("good.npy", np.ones((1, 4)))
    np.save("bad.npy", np.array([[1, 2, np.inf, 4]]))
    data = ("--data", "good=good.npy", "--data", "bad=bad.npy", "--dtype", "float64")
    outcome = run("run", "net.yaml", *data)
    assert outcome.status == 1
    assert "`bad` has 1 value that is not finite" in outcome.err
    assert "✗ over has values that are not finite" in outcome.out
    assert outcome.out.endswith("✗ 1 of 4 layers are not as computed\n")
    layers = json.loads(run("run", "net.yaml", *data, "--json").out)["layers"]
    assert [layer["finite"] for layer in layers] == [False, True, False, False]


HEADER = b"{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999,), }"
LYING = b"\x93NUMPY\x01\x00\x76\x00" + HEADER.ljust(117) + b"\n"
"""A header that promises 800 GB, and nothing behind it."""

BAD_DATA = [
    (b"not an array", "x.npy is neither an .npy file nor a PNG or JPEG image\n"),
    (b"\x80\x04K\x01.", "x.npy is neither an .npy file nor a PNG or JPEG image\n"),
    (b"", "x.npy is empty"),
    (LYING, "x.npy is not an .npy file of numbers"),
    (LYING[:10] + b"x" * 118, "x.npy is not an .npy file of numbers: "),
    (LYING[:10] + b"(" * 118, "x.npy is not an .npy file of numbers: its header cannot be read\n"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "message"), BAD_DATA)
def test_files_that_are_no_arrays(content: bytes, message: str, run: Callable[..., Any]) -> None:
    Path("x.npy").write_bytes(content)
    outcome = run("run", "--data", "x.npy")
    assert outcome.status == 2
    assert message in outcome.err


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros((28, 28)), "x.npy has 2 axes, and `input` has 3"),
        (np.zeros((1, 28, 28), complex), "`input` holds complex128, not real numbers"),
        (np.zeros((1, 3, 3)), "cannot take"),
    ],
)
def test_arrays_that_do_not_fit(array: Any, message: str, run: Callable[..., Any]) -> None:
    np.save("x.npy", array)
    outcome = run("run", "--data", "x.npy")
    assert outcome.status == 2
    assert message in outcome.err


def test_several_outputs_do_not_go_into_one_file(run: Callable[..., Any]) -> None:
    Path("net.yaml").write_text("input: 4\noutputs: [a, b]\nlayers:\n  - relu: {name: a}\n  - relu: {name: b}\n")
    outcome = run("run", "net.yaml", "-o", "y.npy")
    assert outcome.status == 2
    assert "has several outputs: a, b" in outcome.err
    assert not Path("y.npy").exists()


def test_an_image_goes_through_a_filter(run: Callable[..., Any]) -> None:
    """A blur of 3 x 3 pixels, by the definition; the border is padded with zeros."""
    image = np.random.default_rng(0).integers(0, 256, (7, 9, 3), np.uint8)
    Image.fromarray(image).save("photo.png")
    assert run("run", "filters:blur", "--data", "photo.png", "-o", "blurred.png").status == 0
    padded = np.pad(image.astype(float), [(1, 1), (1, 1), (0, 0)])
    mean = sum(padded[y : y + 7, x : x + 9] for y in range(3) for x in range(3)) / 9
    blurred = np.asarray(Image.open("blurred.png"), float)
    assert blurred.shape == (7, 9, 3)
    assert np.abs(blurred - mean).max() <= 0.501


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P", "1"])
@pytest.mark.parametrize("data_format", ["channels_first", "channels_last"])
def test_images_of_any_mode_become_what_the_network_takes(mode: str, data_format: str, run: Callable[..., Any]) -> None:
    shape = "1x5x6" if data_format == "channels_first" else "5x6x1"
    Path("net.yaml").write_text(f"input: {shape}\ndata_format: {data_format}\nlayers: [identity]\n")
    Image.fromarray(np.full((4, 8), 255, np.uint8)).convert(mode).save("x.png")
    assert run("run", "net.yaml", "--data", "x.png", "-o", "y.png").status == 0
    assert np.asarray(Image.open("y.png")).tolist() == [[255] * 8] * 4


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["alexnet", "--data", "broken.png"], "broken.png is not an image"),
        (["alexnet", "--data", "missing.png"], "cannot read missing.png: No such file or directory"),
        (["lenet", "-o", "y.png"], "a picture has two axes and channels, and the output is 1 x 10"),
        (["lenet", "c1", "--batch", "2", "-o", "y.png"], "a picture has one sample, and the output is 2 x 6 x 28 x 28"),
        (["lenet", "--data", "image=x.npy"], "LeNet-5 has no input `image`"),
    ],
)
def test_images_that_cannot_be(arguments: list[str], message: str, run: Callable[..., Any]) -> None:
    Path("broken.png").write_bytes(b"\x89PNG nothing")
    outcome = run("run", *arguments)
    assert outcome.status == 2
    assert message in outcome.err
    assert not Path("y.png").exists()


def test_without_pillow_the_error_says_how_to_get_it(run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)
    outcome = run("run", "filters:blur", "--data", "x.png")
    assert outcome == (2, "", "error: cannot read x.png: No such file or directory\n")
    Path("x.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    for arguments in (["--data", "x.png"], ["-o", "y.png"]):
        outcome = run("run", "filters:blur", *arguments)
        hint = "hint: pip install 'cnncalc[image]', or use .npy files\n"
        assert outcome == (2, "", f"error: images need Pillow, which is not installed\n{hint}")
