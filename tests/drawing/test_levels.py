"""Maps on levels: U-Net's figure as its paper draws it, and layouts without faults."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnncalc
from cnncalc.drawing.boxes import boxes
from cnncalc.drawing.levels.folding import foldings
from cnncalc.drawing.scene import Group, Line, Rectangle, Scene, Text
from cnncalc.drawing.themes import THEMES
from tests.drawing.layout import enters, faults
from tests.drawing.shapes_of_networks import NETWORKS, conv, drawn, merge, spec
from tests.networks import FIRST

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Outcome

    Run = Callable[..., Outcome]

UNET_SIZES = (
    *(572, 570, 568, 284, 282, 280, 140, 138, 136, 68, 66, 64, 32, 30, 28),
    *(56, 54, 52, 104, 102, 100, 200, 198, 196, 392, 390, 388),
)
"""The sizes in figure 1 of Ronneberger et al. 2015, from left to right; the last stands there twice."""

UNET_CHANNELS = {1: 1, 64: 5, 128: 6, 256: 6, 512: 6, 1024: 3, 2: 1}
"""How many maps of figure 1 have so many channels: 1 64 64, pool 64, 128 128, ..., 128 64 64 2."""

UNET_ARROWS = {"convolution": 18, "pooling": 4, "upsampling": 4, "copy": 4, "pointwise": 1}
"""The arrows of figure 1 by kind: 23 convolutional layers in all, as the text says, 4 of them up-convolutions."""


def texts(scene: Scene) -> list[Text]:
    """The texts of a figure."""
    return [shape for shape in scene.all_shapes() if isinstance(shape, Text)]


def arrows(scene: Scene, theme: str = "blue") -> dict[str, int]:
    """How many arrows there are of each colour of a theme."""
    drawn = Counter(shape.stroke for shape in scene.all_shapes() if isinstance(shape, Line))
    return {kind: drawn[colour] for kind, colour in THEMES[theme].arrows.items() if drawn[colour]}


@pytest.mark.parametrize("width", [None, "5.5in"])
def test_unet_is_the_figure_of_its_paper(width: str | None) -> None:
    scene = cnncalc.load("unet").draw("levels", width=width).scene
    words = [text.text for text in texts(scene)]
    assert [word for word in words if word.endswith("²")] == [f"{size}²" for size in UNET_SIZES]
    assert Counter(int(word) for word in words if word.isdecimal()) == UNET_CHANNELS
    legend = ["conv 3×3, ReLU", "max pool 2×2", "copy and crop", "up-conv 2×2", "conv 1×1"]
    assert words[-5:] == legend
    assert arrows(scene) == {kind: count + 1 for kind, count in UNET_ARROWS.items()}


WIDTHS = (None, "5.5in", "3.25in")

WIDE = ("efficientdet_d0", "keras_NASNetLarge", "wavenet")
"""Networks with too many maps that nothing folds, which no page of a paper has room for."""


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", ["unet", "segnet", "lraspp"])
def test_layout(name: str, width: str | None) -> None:
    drawing = cnncalc.load(name).draw("levels", width=width)
    assert faults(drawing.scene) == []
    if width is not None:
        assert drawing.scene.width == float(width.removesuffix("in")) * 72


@pytest.mark.parametrize("name", NETWORKS)
def test_networks_that_come_up_in_other_ways(name: str) -> None:
    """They are drawn on levels by themselves, without faults, and no arrow runs through a bar."""
    network = cnncalc.load(NETWORKS[name])
    assert network.draw().style == "levels"
    for width in WIDTHS[:2]:
        scene = network.draw("levels", width=width).scene
        assert faults(scene) == []
        assert crossed_bars(scene) == []


@given(drawn(), st.booleans())
def test_any_layers(network: dict[str, Any], unfold: bool) -> None:
    scene = cnncalc.load(network).draw("levels", unfold=unfold).scene
    assert faults(scene) == []
    assert crossed_bars(scene) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in FIRST.values() if name not in WIDE])
def test_every_layout(name: str) -> None:
    network = cnncalc.load(name)
    for width in WIDTHS:
        scene = network.draw("levels", width=width).scene
        assert faults(scene) == []
        assert crossed_bars(scene) == []


def bars(scene: Scene) -> dict[str, list[Rectangle]]:
    """The parts of the bars of all maps, by the names of their layers."""
    groups = [group for group in scene.shapes if isinstance(group, Group)]
    found = {group.name: [part for part in group.shapes if isinstance(part, Rectangle)] for group in groups}
    return {name: parts for name, parts in found.items() if parts}


def crossed_bars(scene: Scene) -> list[str]:
    """The bars that a line runs through."""
    lines = [shape for shape in scene.all_shapes() if isinstance(shape, Line)]
    segments = [segment for line in lines for segment in zip(line.points, line.points[1:], strict=False)]
    return [
        name
        for name, parts in bars(scene).items()
        if any(enters(start, end, part.bounds) for start, end in segments for part in parts)
    ]


def test_every_layer_of_unet_can_be_pointed_at() -> None:
    """Up-convolutions and crops are arrows, and halves of the bars that these lead to; all others are bars."""
    network = cnncalc.load("unet")
    scene = network.draw("levels").scene
    names = [group.name for group in scene.shapes if isinstance(group, Group)]
    assert sorted(names) == sorted(["input", *(layer.name for layer in network.report().layers)])
    halves = bars(scene)["concat1"]
    assert [part.fill for part in halves] == [THEMES["blue"].fill("merge"), THEMES["blue"].fill("convolution")]
    assert halves[0].width == pytest.approx(halves[1].width)


@pytest.mark.parametrize("name", ["unet", "yolo_v3", "retinanet", "yolov8n", "ghostnet", *NETWORKS])
def test_no_layer_is_lost_by_folding(name: str) -> None:
    """Steps stand for as many layers as there are, however much is folded."""
    every = boxes(cnncalc.load(NETWORKS.get(name, name)).report())
    for found in foldings(every):
        steps = [arrival.step for each in found.values() for arrival in each.arrivals]
        stand_for = sum(len(step.places) for step in steps)
        ends = sum(1 for each in found.values() if each.merge or not each.arrivals)
        assert stand_for + ends == len(every)


def test_merges_within_a_step_are_layers_of_it() -> None:
    layers = [*merge("add", "a", "input", "input"), *merge("add", "b", "a", "input"), *merge("add", "c", "b", "a")]
    scene = cnncalc.load(spec("3x8x8", layers)).draw("levels").scene
    assert [group.title for group in scene.shapes if isinstance(group, Group)][1:] == ["a to c: 3 layers; 3×8×8"]


@pytest.mark.parametrize(("name", "total"), [("inception_v3", 23_834_568), ("yolov8n", 3_157_200)])
@pytest.mark.parametrize("unfold", [False, True])
def test_parameters_are_those_of_all_layers(name: str, total: int, unfold: bool) -> None:
    """As many as published, of Inception v3 without its auxiliary classifier, but for labels of three digits."""
    scene = cnncalc.load(name).draw("levels", labels=("params",), unfold=unfold).scene
    found = [re.fullmatch(r"([\d.]+) ?([kM]?) params", text.text) for text in texts(scene)]
    every = [float(each[1]) * {"": 1, "k": 1e3, "M": 1e6}[each[2]] for each in found if each]
    assert sum(every) == pytest.approx(total, rel=0.003)


@pytest.mark.parametrize("theme", THEMES)
def test_themes_differ_in_colours_alone(theme: str) -> None:
    scene = cnncalc.load("unet").draw("levels", theme=theme).scene
    usual = cnncalc.load("unet").draw("levels").scene
    assert [(text.x, text.y, text.text) for text in texts(scene)] == [(t.x, t.y, t.text) for t in texts(usual)]
    assert arrows(scene, theme) == {kind: count + 1 for kind, count in UNET_ARROWS.items()}
    assert scene.background == THEMES[theme].background


def test_wider_pages_have_more_bars() -> None:
    """U-Net's pairs of convolutions are drawn once where the page is narrow, and pools too where it is a strip."""
    found = []
    for width in (None, "4in", "3.25in", "2.4in"):
        scene = cnncalc.load("unet").draw("levels", width=width).scene
        found.append(len(bars(scene)))
    assert found == [28, 19, 18, 14]


def test_labels() -> None:
    scene = cnncalc.load("unet").draw("levels", labels=("name", "params"), unfold=True).scene
    words = [text.text for text in texts(scene)]
    assert {"down1.conv1", "640 params", "36.9 k params"} <= set(words)
    assert not any(word.endswith("²") for word in words)
    assert faults(scene) == []


@pytest.mark.parametrize("labels", [("name",), ("name", "window"), ("params", "field")])
def test_repeats_are_apart_from_the_words_of_low_bars(labels: tuple[str, ...]) -> None:
    """Bars of a pixel are lower than words: the count of equal steps between them has room beside these."""
    layers = [*conv("stem", 8), {"global_avg_pool2d": {"name": "average_of_all"}}]
    layers += [layer for number in range(4) for layer in conv(f"expansion_{number}", 8, 1)]
    scene = cnncalc.load(spec("3x64x64", layers)).draw("levels", labels=labels, width="2.6in").scene
    assert "×4" in [text.text for text in texts(scene)]
    assert faults(scene) == []


CHAIN = {"input": "3x32x32", "layers": [layer for number in range(3000) for layer in conv(f"c{number}", 8)]}
BRANCHES = {
    "input": "3x32x32",
    "layers": [
        *conv("stem", 8),
        *(layer for number in range(1000) for layer in conv(f"b{number}", 8, source="stem")),
        *merge("concat", "all", *(f"b{number}" for number in range(1000))),
    ],
}


@pytest.mark.parametrize(("network", "count"), [(CHAIN, 2), (BRANCHES, 3)])
def test_many_layers(network: dict[str, Any], count: int) -> None:
    """Those of one kind, and branches that join, are one step."""
    scene = cnncalc.load(network).draw("levels").scene
    assert len(bars(scene)) == count
    assert faults(scene) == []


@pytest.mark.parametrize(
    ("arguments", "error", "hint"),
    [
        (["--width", "1.5in"], "and the page has 1.50 in", "in fits, or a part of it: --scope NAME"),
        (["--width", "3in", "--unfold"], "and the page has 3.00 in", "without --unfold equal layers are drawn once"),
        (["--direction", "down"], "levels lie below each other", "--style blocks goes down"),
    ],
)
def test_what_does_not_fit(arguments: list[str], error: str, hint: str, run: Run) -> None:
    found = run("draw", "unet", "--style", "levels", *arguments)
    assert (found.status, found.out) == (2, "")
    assert error in found.err
    assert hint in found.err


@pytest.mark.slow
def test_a_width_that_is_said_to_fit_does() -> None:
    with pytest.raises(cnncalc.CnncalcError) as raised:
        cnncalc.load("yolov8n").draw("levels", width="2in")
    [width] = re.findall(r"--width (\S+) fits", raised.value.hint or "")
    assert faults(cnncalc.load("yolov8n").draw("levels", width=width).scene) == []


def test_scopes_of_a_depth_are_one_step() -> None:
    """Names are those of scopes then; layers of no scope stay as they are."""
    scene = cnncalc.load("resnet18").draw("levels", depth=1, labels=("name",)).scene
    names = [text.text for text in texts(scene) if "×" not in text.text]
    assert names[: names.index("fc") + 1] == [
        *("input", "conv1", "maxpool", "layer1", "layer2", "layer3", "layer4", "avgpool", "flatten_1", "fc")
    ]


def test_the_legend_says_what_most_layers_have() -> None:
    """SegNet's last convolution gives scores, without the norm and the activation of the 25 others."""
    words = [text.text for text in texts(cnncalc.load("segnet").draw("levels").scene)]
    assert "conv 3×3, mostly batch norm, ReLU" in words
    assert {"max pool 2×2", "max unpool", "places of maxima", "softmax"} <= set(words)


def test_no_row_is_left_for_maps_that_are_not_drawn() -> None:
    """Of weights alone: a parameter's size lies between those of the input and of what it is enlarged to."""
    layers = [
        {"unflatten": {"name": "u", "dim": 0, "sizes": [6, 1]}},
        {"parameter": {"name": "p", "shape": [6, 1, 1, 4]}},
        {"add": {"name": "s", "from": ["p", "p"]}},
        {"upsample": {"name": "up", "size": [4, 6, 7], "from": "p"}},
    ]
    scene = cnncalc.load({"input": "6x4x4", "layers": layers}).draw("levels").scene
    assert faults(scene) == []
    bars = [shape.y for shape in scene.all_shapes() if isinstance(shape, Rectangle)]
    assert len(set(bars)) == 2
