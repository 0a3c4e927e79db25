"""Boxes: what is folded into how many, every connection drawn, and layouts without faults at any width."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

import cnncalc
from cnncalc.drawing.scene import Bounds, Group, Rectangle, Scene, Text
from cnncalc.drawing.themes import THEMES
from tests.drawing.layout import bodies, faults, faults_of_boxes, wires
from tests.networks import FIRST

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Outcome

    Run = Callable[..., Outcome]

QUICK = ("resnet18", "googlenet", "crnn")
"""Networks whose layouts are looked at in every run."""

TOO_WIDE: dict[str | None, set[str]] = {
    None: set(),
    "5.5in": {"retinanet_resnet50_fpn"},
    "3.25in": {"retinanet_resnet50_fpn", "deeplabv3_resnet50", "inception_v3", "inception_v4", "keras_InceptionV3"},
}
"""The networks whose figures, going down, do not fit; going to the right, more do not."""

WIDTHS = (None, "5.5in", "3.25in")


def scene_of(spec: Any, **options: Any) -> Scene:
    """The figure of a network as boxes."""
    return cnncalc.load(spec).draw("blocks", **options).scene


def words(scene: Scene) -> list[str]:
    """The texts of a figure."""
    return [shape.text for shape in scene.all_shapes() if isinstance(shape, Text)]


@pytest.mark.parametrize(
    ("name", "boxes", "times"),
    [
        # 3, 4, 6 and 3 blocks in table 1 of He et al. 2015: the first of each stage has a projection. Stem and end are
        # input, convolution, pool, global pool, flatten and linear; a block is 3 convolutions and a sum, the first 5.
        ("resnet50", 6 + 4 * (5 + 4), ["×2", "×3", "×5", "×2"]),
        # 2 blocks a stage, in the first of which both are alike.
        ("resnet18", 6 + 3 + 3 * (4 + 3), ["×2"]),
        # Table 2 of Sandler et al. 2018: n is 1, 2, 3, 4, 3, 3, 1, the first of each has no sum; features.0, .1 and
        # .18 and the end are 1, 2, 1 and 4 boxes.
        ("mobilenet_v2", 1 + 1 + 2 + (3 + 4) + 4 * (3 + 4) + 3 + 1 + 4, ["×2", "×3", "×2", "×2"]),
        # 9 Inception modules of 7 boxes; all differ.
        ("googlenet", 1 + 5 + 9 * 7 + 15, []),
    ],
)
def test_equal_scopes_are_drawn_once(name: str, boxes: int, times: list[str]) -> None:
    scene = scene_of(name)
    assert [word for word in words(scene) if word.startswith("×")] == times
    assert len(bodies(scene)) == boxes


def test_unfolded() -> None:
    """ResNet-50 has 53 convolutions and 16 sums."""
    scene = scene_of("resnet50", unfold=True)
    assert not [word for word in words(scene) if word.startswith("×")]
    assert len([word for word in words(scene) if " conv, " in word]) == 53
    assert len(bodies(scene)) == 53 + 16 + 5


def test_stages_have_names_and_shapes() -> None:
    """The output sizes of table 1 of He et al. 2015."""
    found = words(scene_of("resnet50"))
    places = [found.index(f"layer{number}") for number in (1, 2, 3, 4)]
    assert [found[place + 1] for place in places] == ["256×56×56", "512×28×28", "1024×14×14", "2048×7×7"]


def around(x: float, y: float) -> Bounds:
    """What is less than a tenth of a point from a point."""
    return Bounds(x - 0.1, y - 0.1, x + 0.1, y + 0.1)


@pytest.mark.parametrize("direction", ["down", "right"])
@pytest.mark.parametrize("name", ["resnet18", "googlenet", "unet"])
def test_every_connection_is_drawn(name: str, direction: str) -> None:
    """Between the boxes of layers whose inputs the report has, from one edge to the other."""
    report = cnncalc.load(name).report()
    scene = scene_of(name, unfold=True, direction=direction)
    titles = {
        shape.name: shape.title
        for shape in scene.shapes
        if isinstance(shape, Group) and shape.name not in report.inputs
    }
    home = {name: name for name in report.inputs}
    for last, title in titles.items():
        home.update(dict.fromkeys(title.partition(": ")[0].split(", "), last))
    wanted = Counter(
        (home[source], home[layer.name])
        for layer in report.layers
        for source in layer.inputs
        if home[source] != home[layer.name]
    )
    known = dict(bodies(scene))
    found: Counter[tuple[str, str]] = Counter()
    for title, line, head in wires(scene):
        source, target = (home[end] for end in title.split(" to "))
        assert known[source].overlaps(around(*line.points[0]))
        assert known[target].overlaps(head, -0.01)
        found[source, target] += 1
    assert found == wanted


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", QUICK)
def test_layout(name: str, width: str | None) -> None:
    _check(name, width)


@pytest.mark.slow
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", [name for name in FIRST.values() if name not in QUICK])
def test_layout_of_all(name: str, width: str | None) -> None:
    _check(name, width)


def _check(name: str, width: str | None) -> None:
    """That a figure has no faults in any direction and theme, and is as wide as is asked for; or that none is."""
    for direction in ("down", "right"):
        try:
            scene = scene_of(name, width=width, direction=direction)
        except cnncalc.CnncalcError as error:
            found = error.message
            is_known = name in TOO_WIDE[width] if direction == "down" else width is not None
        else:
            found, is_known = "", name not in TOO_WIDE[width] or direction == "right"
            assert faults(scene) == []
            assert faults_of_boxes(scene) == []
            assert width is None or scene.width == float(width.removesuffix("in")) * 72
        assert is_known, found


@pytest.mark.parametrize("label", ["name,shape", "window,params,field"])
def test_layout_with_labels(label: str) -> None:
    scene = scene_of("resnet18", labels=label.split(","), width="5.5in")
    assert faults(scene) == faults_of_boxes(scene) == []
    assert ("64×112×112" in words(scene)) == ("shape" in label)
    assert ("params" in " ".join(words(scene))) == ("params" in label)


def test_depth() -> None:
    """Stages as single boxes, and blocks of them, equal ones once."""
    assert [word for word in words(scene_of("resnet50", depth=1)) if word.startswith("layer")] == [
        f"layer{number}" for number in (1, 2, 3, 4)
    ]
    found = words(scene_of("resnet50", depth=2))
    assert [word for word in found if word.startswith("layer") and "." in word] == [
        f"layer{stage}.{block}" for stage in (1, 2, 3, 4) for block in (0, 1)
    ]
    assert [word for word in found if word.startswith("×")] == ["×2", "×3", "×5", "×2"]


def test_scope() -> None:
    """The module of figure 2b of Szegedy et al. 2014, and the dotted shortcut of He et al. 2015."""
    found = words(cnncalc.load("googlenet").draw("blocks", scope="inception3a").scene)
    assert Counter(word for word in found if "×" in word and ", " in word) == Counter(
        ["1×1 conv, 64", "1×1 conv, 96", "3×3 conv, 128", "1×1 conv, 16", "3×3 conv, 32", "1×1 conv, 32"]
    ) + Counter(["max pool, 3×3"])


def test_what_is_too_wide_says_which_depth_fits(run: Run) -> None:
    found = run("draw", "inception_v3", "--style", "blocks", "--width", "3.25in")
    assert (found.status, found.out) == (2, "")
    assert found.err.startswith("error: the figure needs ")
    assert "hint: --depth 1 fits\n" in found.err


def test_bars_are_in_order_and_rare_ones_are_words() -> None:
    """Norm and activation are bars from left to right as they follow; of two activations the rarer is a word."""
    layers: list[Any] = [{"conv2d": {"out_channels": 8, "kernel_size": 3}}, "relu", "batch_norm"] * 2
    spec = {"input": "3x16x16", "layers": [*layers, {"conv2d": {"out_channels": 8, "kernel_size": 1}}, "sigmoid"]}
    scene = scene_of(spec)
    groups = [shape for shape in scene.shapes if isinstance(shape, Group) and "conv" in shape.title and shape.name]
    bars = [[bar.fill for bar in group.shapes[1:] if isinstance(bar, Rectangle)] for group in groups]
    assert [len(each) for each in bars] == [2, 2, 0]
    assert bars[0] == [THEMES["blue"].bars["activation"], THEMES["blue"].bars["norm"]]
    assert "1×1 conv, 8, sigmoid" in words(scene)


def test_linear_layers_of_tokens_have_the_features_that_they_make() -> None:
    """Along whichever axis: 16 tokens of 64 features become as many of 128."""
    spec = {"input": "16x64", "layers": [{"linear": {"out_features": 128, "dim": -1}}]}
    assert "linear, 128" in words(scene_of(spec))


@pytest.mark.parametrize("direction", ["down", "right"])
def test_few_boxes_are_not_broken(direction: str) -> None:
    """They stand in one column or row, however the proportions of the page are."""
    layers: list[Any] = [{"conv2d": {"out_channels": 8, "kernel_size": 3}}, "relu", {"max_pool": {"kernel_size": 2}}]
    layers += ["flatten", {"linear": {"out_features": 10}}]
    scene = cnncalc.load({"input": "3x32x32", "layers": layers}).draw("blocks", direction=direction).scene
    frames = [shape for shape in scene.all_shapes() if isinstance(shape, Rectangle) and shape.stroke]
    middles = [(frame.x + frame.width / 2, frame.y + frame.height / 2) for frame in frames]
    assert len({round(middle[direction == "right"], 3) for middle in middles}) == 1
