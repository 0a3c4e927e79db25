"""The figure of a fan: texts apart and on the page, circles where the units are, and what cannot be drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import cnncalc
from cnncalc.drawing.scene import Circle, Group, Text
from tests.drawing.layout import faults
from tests.marking import slow_but
from tests.networks import FIRST

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Outcome

    Run = Callable[..., Outcome]

PADDED = "conv1d(4,3,padding=1)|conv1d(4,3,stride=2,padding=1)|conv1d(4,3,padding=1)|max_pool1d(2)"

FIGURES: dict[str, tuple[str, str | None, dict[str, Any]]] = {
    "all of a small network": (PADDED, "3x25", {"unit": 1}),
    "gridding": ("conv1d(4,3,dilation=2)|" * 2 + "conv1d(4,3,dilation=2)", "3x25", {"unit": 6}),
    "one layer": ("conv2d(4,3)", "3x8x8", {}),
    "a long axis": ("conv1d(1,3,padding=1)|max_pool1d(2)", "1x1000000", {"unit": 250_000}),
    "three axes": ("conv3d(4,3)|conv3d(4,3)", "3x9x9x9", {"axis": "depth"}),
    "past rows": ("resnet18", None, {"layer": "layer1"}),
    "rows left out": ("resnet18", None, {}),
    "rows left out of a scope": ("ghostnet", None, {"scope": "blocks", "unfold": True}),
    "a scope": ("resnet18", None, {"scope": "layer2.0", "unfold": True}),
    "a tree": ("wavenet", None, {"layer": "layer9.onwards", "unit": 8000}),
    "branches": ("googlenet", None, {"layer": "inception3a"}),
    "up again": ("unet", None, {}),
    "statistics": ("efficientnet_b0", None, {}),
    "several inputs": ("siamese", None, {}),
}

TOO_WIDE = {"a tree"}
"""What does not fit in a column of 3.25 inches."""


@pytest.mark.parametrize("name", slow_but(["all of a small network", "gridding", "one layer", "a long axis"], FIGURES))
@pytest.mark.parametrize("width", [None, "3.25in", "7in"])
@pytest.mark.parametrize("direction", [None, "down"])
def test_layout(name: str, width: str | None, direction: str | None) -> None:
    spec, shape, options = FIGURES[name]
    network = cnncalc.load(spec, input=shape)
    if width == "3.25in" and name in TOO_WIDE:
        with pytest.raises(cnncalc.CnncalcError, match="a fan of this unit needs"):
            network.draw("fan", width=width, direction=direction, **options)
        return
    scene = network.draw("fan", width=width, direction=direction, **options).scene
    assert faults(scene) == []
    assert width is None or scene.width == pytest.approx(float(width[:-2]) * 72)


@pytest.mark.slow
@pytest.mark.parametrize("name", FIRST.values())
def test_bundled_networks(name: str) -> None:
    network = cnncalc.load(name)
    if len(network.tensors[network.tensor()].shape) > 1:
        scene = network.draw("fan").scene
        assert faults(scene) == []
        assert scene.width < 800


def test_units_are_where_they_look() -> None:
    """Each row is a group of circles at equal distances, those of the cone filled alike, and its words say which."""
    scene = cnncalc.load(PADDED, input="3x25").draw("fan", unit=1).scene
    rows = [shape for shape in scene.shapes if isinstance(shape, Group)]
    circles = [[shape for shape in row.shapes if isinstance(shape, Circle) and not shape.dash] for row in rows]
    assert [len(row) for row in circles] == [25, 25, 13, 13, 6]
    top = circles[-1][1]
    assert [sum(circle.fill == top.fill for circle in row) for row in circles] == [11, 9, 4, 2, 1]
    pixel = circles[0][1].x - circles[0][0].x
    assert top.x == pytest.approx(circles[0][0].x + 5 * pixel)
    texts = {shape.text for shape in scene.all_shapes() if isinstance(shape, Text)}
    assert {"0 to 10: 11 of 11", "2 to 3: 2 of 2", "unit 1", "dropped", "13 units, stride 2"} <= texts


def test_rows_are_told_in_words_alike() -> None:
    """Where one row has no room for "stride 2", no row says so: a figure has one way to write a stride."""
    network = cnncalc.load("conv2d(8,5,stride=2,padding=2)|max_pool2d(2)|conv2d(8,3,padding=1)", input="3x64x64")
    found = set()
    for width in (234, 260, 300, 396):
        texts = [shape.text for shape in network.draw("fan", width=width).scene.all_shapes() if isinstance(shape, Text)]
        told = tuple(text for text in texts if text.startswith(("conv 5", "max pool 2")))
        assert told in {("conv 5, stride 2", "max pool 2, stride 2"), ("conv 5, /2", "max pool 2, /2")}
        found.add(told)
    assert len(found) == 2


@pytest.mark.parametrize("theme", ["blue", "amber", "grey", "dark"])
def test_themes_keep_the_layout(theme: str) -> None:
    scene = cnncalc.load("lenet").draw("fan", theme=theme, unit=0).scene
    assert faults(scene) == []


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["lenet", "--unit", "5"], "there is no unit 2,5 in `s4`, which is 16 x 5 x 5: its width is 5, and 5 is asked"),
        (["lenet", "--unit", "1,2,3"], "the unit 1,2,3 has 3 numbers, and `s4` is 16 x 5 x 5"),
        (["lenet", "--unit", "-1"], "takes numbers from 0 such as 4,7, not '-1'"),
        (["lenet", "--layer", "f6"], "`f6` is a vector, and has no map whose units could be drawn"),
        (["lenet", "--layer", "input"], "`input` is an input, and no layer"),
        (["lenet", "--layer", "c9"], "LeNet-5 has no layer `c9`"),
        (["lenet", "--axis", "length"], "`s4` has no length, but height and width"),
        (["lenet", "--axis", "time"], "--axis must be height, width, depth or length, not 'time'"),
        (["lenet", "--scope", "c1", "--layer", "c3"], "`c3` is no layer of `c1`"),
        (["lenet", "--width", "1.5in"], "a fan of this unit needs"),
        (["linear(3)|relu", "--input", "8"], "`relu_1` is a vector"),
    ],
)
def test_what_cannot_be_drawn(arguments: list[str], error: str, run: Run) -> None:
    found = run("draw", *arguments, "--style", "fan")
    assert (found.status, found.out) == (2, "")
    assert error in found.err
