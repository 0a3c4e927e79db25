"""How fields grow: sizes and places by `receptive-field`, nested squares, names beside them, and pictures."""

from __future__ import annotations

import base64
import io
import re
from typing import TYPE_CHECKING, Any

import pytest

import cnncalc
from cnncalc.drawing.growth_fields import growth_of
from cnncalc.drawing.options import options
from cnncalc.drawing.scene import Group, Picture, Rectangle, Text
from tests.drawing.layout import faults
from tests.marking import slow_but
from tests.networks import FIRST

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Outcome

    Run = Callable[..., Outcome]

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)

NETWORKS = {"lenet": None, "alexnet": (0, 5), "resnet18": None, "c3d": None, "unet": None, "tcn": None}
"""With the unit around whose place fields lie."""


@pytest.mark.parametrize("name", slow_but(["lenet", "alexnet"], NETWORKS))
def test_fields_are_those_of_units(name: str) -> None:
    """Each is what some unit of its layer sees, cut off at the borders, and each holds the one before it."""
    network = cnncalc.load(name)
    growth = growth_of(network, None, options(unit=NETWORKS[name]))
    axes = [("length",), ("height", "width"), ("depth", "height", "width")][len(network.inputs["input"]) - 2]
    for field, larger in zip(growth.fields, [*growth.fields[1:], None], strict=True):
        unit = [(size - 1) // 2 for size in network.tensors[network.tensor(field.layer)].shape[1:]]
        for axis, number in zip(growth.axes, field.unit, strict=True):
            unit[axes.index(axis)] = number
        seen = network.receptive_field(field.layer, tuple(unit)).seen
        assert seen is not None
        for axis, first, size in zip(growth.axes, field.first, field.size, strict=True):
            pixel_count = network.inputs["input"][1 + axes.index(axis)]
            clipped = max(first, 0), min(first + size, pixel_count) - 1
            assert seen.interval[growth.input][axes.index(axis)] == clipped
        if larger is not None:
            for first, size, outer, outer_size in zip(field.first, field.size, larger.first, larger.size, strict=True):
                assert outer <= first
                assert first + size <= outer + outer_size


def test_names_and_squares() -> None:
    scene = cnncalc.load("alexnet").draw("growth").scene
    squares = [shape for shape in scene.shapes if isinstance(shape, Group) and isinstance(shape.shapes[0], Rectangle)]
    assert [square.title for square in squares] == [
        "pool5: 195×195", "conv5: 163×163", "conv4: 131×131", "conv3: 99×99", "pool2: 67×67", "conv2: 51×51",
        "pool1: 19×19", "conv1: 11×11",
    ]  # fmt: skip
    widths = [square.shapes[1].width for square in squares if isinstance(square.shapes[1], Rectangle)]
    assert widths[0] / widths[-1] == pytest.approx(195 / 11)
    texts = {shape.text for shape in scene.all_shapes() if isinstance(shape, Text)}
    assert {"conv1", "11×11", "pool5", "195×195"} <= texts


def test_what_goes_over_the_edge_is_dashed() -> None:
    scene = cnncalc.load("resnet18").draw("growth").scene
    dashed = {
        shape.name: isinstance(line, Rectangle) and line.dash is not None
        for shape in scene.shapes
        if isinstance(shape, Group)
        for line in shape.shapes[-1:]
    }
    assert (dashed["layer3.1.conv1"], dashed["layer4.1.conv2"]) == (False, True)


@pytest.mark.parametrize(("axis", "unit"), [("width", "4"), ("width", "2,4"), ("height", "4")])
def test_a_number_along_the_axis_is_a_unit(axis: str, unit: str) -> None:
    """S4 of LeNet sees 16 pixels from -2 on, each unit 4 further on."""
    growth = growth_of(cnncalc.load("lenet"), None, options(axis=axis, unit=unit))
    assert growth.axes == (axis,)
    assert growth.fields[-1][:4] == ("s4", (4,), (-2 + 4 * 4,), (16,))


def test_many_fields_are_few_names() -> None:
    layers = "- conv: {out_channels: 3, kernel_size: 3, padding: 1}\n" * 300
    network = cnncalc.load(f"input: 3x64x64\nlayers:\n{layers}")
    growth = growth_of(network, None, options())
    assert len(growth.fields) == 24
    assert growth.fields[0].size == (3, 3)
    assert growth.fields[-1].size == (601, 601)
    assert sum(field.more + 1 for field in growth.fields) == 300
    assert faults(network.draw("growth").scene) == []


CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "squares": ("lenet", {}),
    "beyond the picture": ("resnet18", {"unit": "0,6"}),
    "bars": ("wavenet", {"layer": "layer9.onwards"}),
    "bars of one axis": ("unet", {"axis": "height"}),
    "of a scope": ("resnet18", {"scope": "layer2"}),
    "of three axes": ("c3d", {}),
    "statistics": ("efficientnet_b0", {}),
    "all seen": ("alexnet", {"layer": "fc8"}),
}


@pytest.mark.parametrize("name", slow_but(["squares", "bars of one axis", "all seen"], CASES))
@pytest.mark.parametrize("width", [None, "3.25in", "7in"])
@pytest.mark.parametrize("theme", ["blue", "dark"])
def test_layout(name: str, width: str | None, theme: str) -> None:
    network, wishes = CASES[name]
    scene = cnncalc.load(network).draw("growth", width=width, theme=theme, **wishes).scene
    assert faults(scene) == []
    assert width is None or scene.width == pytest.approx(float(width[:-2]) * 72, abs=0.02)


@pytest.mark.slow
@pytest.mark.parametrize("name", FIRST.values())
def test_bundled_networks(name: str) -> None:
    assert faults(cnncalc.load(name).draw("growth").scene) == []


def test_a_picture_is_part_of_the_figure(run: Run, tmp_path: Path) -> None:
    """Over all of the input, upright, and without what a camera writes beside it, such as where it was."""
    image = pytest.importorskip("PIL.Image")
    exif = image.Exif()
    exif[0x0112] = 6  # the top of the picture is at the right of the file
    exif[0x010F] = "a camera"
    image.new("RGB", (3000, 2000), "red").save(tmp_path / "photo.jpg", exif=exif)
    found = run("draw", "lenet", "--style", "growth", "--picture", "photo.jpg")
    assert (found.status, found.err) == (0, "")
    [encoded] = re.findall('href="data:image/jpeg;base64,([^"]*)"', found.out)
    with image.open(io.BytesIO(base64.b64decode(encoded))) as small:
        assert small.size == (683, 1024)
        assert not small.getexif()
    scene = cnncalc.load("lenet").draw("growth", picture=tmp_path / "photo.jpg").scene
    [picture] = [shape for shape in scene.all_shapes() if isinstance(shape, Picture)]
    assert picture.width == picture.height


def test_a_picture_of_another_shape_is_cut_and_not_stretched(tmp_path: Path) -> None:
    """Of a wide one of three squares, red, green and blue, the green one is seen, at all four corners."""
    pytest.importorskip("resvg_py")
    image = pytest.importorskip("PIL.Image")
    wide = image.new("RGB", (900, 300))
    for number, colour in enumerate(((255, 0, 0), (0, 255, 0), (0, 0, 255))):
        wide.paste(colour, (300 * number, 0, 300 * number + 300, 300))
    wide.save(tmp_path / "wide.png")
    drawing = cnncalc.load("lenet").draw("growth", picture=tmp_path / "wide.png")
    [box] = [shape.bounds for shape in drawing.scene.all_shapes() if isinstance(shape, Picture)]
    drawing.save(tmp_path / "net.png")
    with image.open(tmp_path / "net.png") as found:
        pixels = found.convert("RGB")
    for x in (box.left + 3, box.right - 3):
        for y in (box.top + 3, box.bottom - 3):
            red, green, blue = pixels.getpixel((round(x * 4), round(y * 4)))
            assert green > 200  # Large pixels fade into each other.
            assert max(red, blue) < 100


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["--picture", "none.png"], "cannot read none.png: No such file or directory"),
        (["--picture", "text.txt"], "text.txt is not an image"),
        (["--picture", "."], "cannot read .: it is not a regular file"),
        (["--picture", "photo.png", "-o", "net.tex"], "a .tex file has no room for the pixels of a picture"),
        (["--unit", "0,9"], "there is no unit 0,9 in `s4`"),
        (["--layer", "input"], "`input` reads no input that is a map"),
        (["--scope", "c1", "--layer", "c3"], "`c3` is no layer of `c1`"),
        (["--axis", "length"], "`input` has no length, but height and width"),
        (["--width", "1.2in"], "a figure of these fields needs"),
    ],
)
def test_what_cannot_be_drawn(arguments: list[str], error: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "photo.png").write_bytes(PNG)
    (tmp_path / "text.txt").write_text("text")
    found = run("draw", "lenet", "--style", "growth", *arguments)
    assert (found.status, found.out) == (2, "")
    assert error in found.err


def test_where_nothing_grows(run: Run) -> None:
    found = run("draw", "conv2d(8,1)|relu", "--input", "3x8x8", "--style", "growth")
    assert "no unit on the way to `relu_1` sees more than a pixel and less than all" in found.err
