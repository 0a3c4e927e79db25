"""Calculations as figures, moving figures and pages: laid out without faults, and safe for any name."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

import cnncalc
from cnncalc.drawing.scene import Rectangle, Text
from cnncalc.drawing.text_metrics import SMALLEST
from cnncalc.drawing.themes import THEMES
from cnncalc.steps.figure import scenes
from cnncalc.steps.grids import CELL
from cnncalc.steps.matrix_figure import matrix_scene
from cnncalc.steps.palettes import DARK, LIGHT, PALETTES
from tests.drawing.layout import faults
from tests.marking import slow_after
from tests.steps.cases import LAYERS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Outcome

    Run = Callable[..., Outcome]

OTHERS = [
    ("conv2d(64, 3, padding=1)", "512x28x28"),
    ("conv2d(96, 11, stride=4)", "3x227x227"),
    ("max_pool2d(3, stride=2)", "1x500x400"),
    ("conv2d(1, 3, dilation=20)", "1x100x100"),
    ("conv1d(1, 16, stride=16)", "1x400"),
    ("linear(7)", "9216"),
    ("softmax()", "1000"),
]
SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("drawn", ["small", "run"])
@pytest.mark.parametrize(("layer", "input_"), slow_after(10, [*OTHERS, *LAYERS]))
def test_nothing_meets_or_leaves_the_page(layer: str, input_: str, drawn: str) -> None:
    found = cnncalc.load(layer, input=input_).steps(drawn=drawn, turned=layer.startswith("conv2d"))
    for scene in scenes(found):
        assert faults(scene) == []
        assert scene.width < 1100


def test_the_planes_of_a_padded_convolution() -> None:
    """The window with its factors, in the padding too, and the output up to the unit."""
    kernel = [[1, 0, -1], [2, 0, -2], [1, 0, -1]]
    network = cnncalc.load(f"conv2d(1, 3, stride=2, padding=1, bias=false, weight=[[{kernel}]])", input="1x5x5")
    image = [[[1, 2, 0, 1, 3], [0, 1, 2, 3, 1], [2, 1, 0, 1, 0], [1, 0, 1, 2, 2], [3, 1, 2, 0, 1]]]
    [step] = network.steps(unit=(0, 1), data=image).steps
    input_, taps = step.planes[0]
    assert [*input_.size, *input_.first, len(input_.values)] == [5, 5, -1, -1, 7]
    assert list(input_.window) == [(row, column) for row in (-1, 0, 1) for column in (1, 2, 3)]
    assert list(input_.factors) == [factor for row in kernel for factor in row]
    assert [list(row) for row in taps.values] == kernel
    assert step.output is not None
    assert [list(row) for row in step.output.values] == [[-5, 0, None], [None] * 3, [None] * 3]
    assert step.output.marked == (0, 1)
    assert step.result == 0


def test_nothing_stands_around_the_input_of_a_transposed_convolution() -> None:
    """Its padding is cut from the output."""
    network = cnncalc.load("conv_transpose2d(1, 3, stride=2, padding=1, output_padding=1)", input="1x2x3")
    for step in network.steps(unit="all", data=[[[1, 2, 3], [4, 5, 6]]]).steps:
        for plane in (row[0] for row in step.planes):
            assert (plane.first, plane.values) == ((0, 0), ((1, 2, 3), (4, 5, 6)))


def test_parts_of_maps_say_which_rows_and_columns_they_are() -> None:
    """Unit 100,99 of windows of 3 in steps of 2 reads rows 200 to 202; a whole map has no places beside it."""
    [scene] = scenes(cnncalc.load("max_pool2d(3, stride=2)", input="1x500x400").steps(unit=(100, 99)))
    places = [int(text.text) for text in scene.all_shapes() if isinstance(text, Text) and text.size == SMALLEST]
    assert places == [*range(196, 204), *range(200, 208), *range(99, 105), *range(99, 105)]
    [scene] = scenes(cnncalc.load("max_pool2d(2)", input="1x4x4").steps(unit=(0, 0)))
    assert not [text for text in scene.all_shapes() if isinstance(text, Text) and text.size == SMALLEST]


def test_the_largest_value_of_a_window_is_marked_within_its_line() -> None:
    [scene] = scenes(cnncalc.load("max_pool2d(2)", input="1x2x2").steps(data=[[[4, 3], [2, 1]]]))
    window, mark, _ = (each for each in scene.all_shapes() if isinstance(each, Rectangle) and each.line > 1)
    assert (window.stroke, mark.stroke) == (LIGHT.window_edge, LIGHT.output_edge)
    assert (mark.x - window.x, mark.y - window.y) == pytest.approx((1.8, 1.8))
    assert mark.width < window.width / 2


def test_matrices_are_drawn() -> None:
    for layer, input_ in (("conv2d(2, 3, padding=1, groups=2)", "2x4x4"), ("linear(100)", "100")):
        assert faults(matrix_scene(cnncalc.load(layer, input=input_).layer_matrices())) == []


def test_a_matrix_and_its_product_with_the_input_stand_side_by_side() -> None:
    """T of a transposed convolution has a row for each of 25 values: one below the other they fill no page."""
    scene = matrix_scene(cnncalc.load("conv_transpose2d(1, 3, stride=2)", input="1x2x2").layer_matrices())
    heads = {text.text.split(": ")[0]: text for text in scene.all_shapes() if isinstance(text, Text) and text.bold}
    assert heads["T"].y == heads["T x"].y
    assert scene.height < 26 * CELL + 40


def test_a_moving_figure_has_no_script(run: Run, tmp_path: Path) -> None:
    """Each unit is a group that is shown for a share of the time; without motion it is the last one."""
    run("steps", "conv2d(1, 3)", "--input", "1x4x4", "-o", "a.svg")
    root = ET.fromstring((tmp_path / "a.svg").read_text(encoding="utf-8"))
    frames = [each for each in root.iter(f"{SVG}g") if each.get("class") == "frame"]
    assert [frame.get("visibility") for frame in frames] == ["hidden", "hidden", "hidden", None]
    assert not list(root.iter(f"{SVG}script"))
    style = "".join(root.find(f"{SVG}style").itertext())  # type: ignore[union-attr]
    assert "prefers-reduced-motion: no-preference" in style
    assert "25.0000%" in style
    results = ["".join(list(frame.iter(f"{SVG}text"))[-1].itertext()) for frame in frames]
    found = cnncalc.load("conv2d(1, 3)", input="1x4x4").steps(unit="all")
    assert [int(text.replace("−", "-")) for text in results] == [step.result for step in found.steps]


class Page(HTMLParser):
    """The elements of a page that ask for something, and what is told of each unit."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.asked: list[str] = []
        self.said: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.asked += [name for name, _ in attributes if name in ("src", "href") or name.startswith("on")]
        self.said += [value or "" for name, value in attributes if name == "data-said"]


def test_a_page_stands_alone(run: Run, tmp_path: Path) -> None:
    run("steps", "conv2d(1, 3, stride=2, padding=1)", "--input", "1x5x5", "-o", "a.html")
    text = (tmp_path / "a.html").read_text(encoding="utf-8")
    page = Page(text)
    assert not page.asked
    assert page.tags.count("script") == 1
    assert len(page.said) == 9
    assert page.said[1].startswith("Y[0,1] = sum over a, b of X[0*2-1+a, 1*2-1+b]*K[a,b] + bias = ")
    assert len(text) < 100_000
    pairs = zip(LIGHT, DARK, strict=True)
    assert all(f'svg [fill="{light}"] {{ fill: {dark}; }}' in text for light, dark in pairs)


def test_a_folder_has_a_file_for_each_unit(run: Run, tmp_path: Path) -> None:
    run("steps", "conv2d(2, 3)", "--input", "1x4x4", "--channels", "1", "-o", "frames/")
    names = sorted(path.name for path in (tmp_path / "frames").iterdir())
    assert names == ["001_000_000.svg", "001_000_001.svg", "001_001_000.svg", "001_001_001.svg"]
    run("steps", "conv2d(2, 3)", "--input", "1x4x4", "--unit", "1,1", "--format", "json", "-o", "frames/")
    assert '"unit": [0, 1, 1]' in (tmp_path / "frames/000_001_001.json").read_text()


EVIL = "</text><script>alert(1)</script>&\"'\\input{x}$%^^4d\n"


def test_names_do_no_harm(run: Run, tmp_path: Path) -> None:
    """In none of the notations: that of a network may have any character."""
    text = "input: 1x4x4\nlayers:\n  - conv2d: {out_channels: 1, kernel_size: 3}\n"
    (tmp_path / "net.yaml").write_text(f"name: {json.dumps(EVIL)}\n{text}")
    for ending in ("svg", "html", "tex", "txt", "json", "md", "csv"):
        for given in ((), ("--as", "matrix")):
            assert run("steps", "net.yaml", *given, "-o", f"a.{ending}").status == 0
            written = (tmp_path / f"a.{ending}").read_text(encoding="utf-8")
            if ending == "svg":
                assert not list(ET.fromstring(written).iter(f"{SVG}script"))
            if ending == "html":
                assert Page(written).tags.count("script") == (not given)
            if ending == "tex":
                assert not re.search(r"^[^%]*\\input\b", written, flags=re.MULTILINE)


def test_every_theme_has_a_palette() -> None:
    """And is filled where figures of that theme are."""
    assert {name: palette.background for name, palette in PALETTES.items()} == {
        name: theme.background for name, theme in THEMES.items()
    }
