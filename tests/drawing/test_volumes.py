"""Maps in perspective: the shapes of papers, sizes true to each other, and layouts without faults at any width."""

from __future__ import annotations

from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

import cnncalc
from cnncalc.drawing.options import LABELS
from cnncalc.drawing.scene import Group, Polygon, Rectangle, Scene, Text
from cnncalc.drawing.themes import THEMES
from tests.drawing.layout import faults
from tests.marking import slow_but

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Outcome

    Run = Callable[..., Outcome]

CHAINS = (
    *("alexnet", "alexnet_torchvision", "all_convolutional", "autoencoder", "c3d", "crnn", "darknet19", "dcgan"),
    *("effnet", "espcn", "fcn32s", "filters", "fsrcnn", "keras_mobilenet", "lenet", "mobilenet", "nin", "raw_audio"),
    *("repvgg_a0", "srcnn", "tiny_yolo_v2", "vdcnn_9", "vgg16", "vgg19", "zfnet"),
)
"""Bundled networks in which no layer has two inputs."""

WIDTHS = (None, "5.5in", "3.25in")


def texts(scene: Scene) -> list[Text]:
    """The texts of a figure."""
    return [shape for shape in scene.all_shapes() if isinstance(shape, Text)]


def words(scene: Scene, *, bold: bool = False, size: float = 7.0) -> list[str]:
    """The texts in ink that are bold or not, in the order in which they were drawn, without those of the legend."""
    ink = THEMES["blue"].ink
    legend = {round(shape.y + shape.height) for shape in scene.shapes if isinstance(shape, Rectangle)}
    found = [
        text for text in texts(scene) if (text.bold, text.size) == (bold, size) and round(text.y + 0.6) not in legend
    ]
    return [text.text for text in found if text.colour in (ink, THEMES["blue"].edge("pooling"))]


def groups(scene: Scene) -> dict[str, Group]:
    """The shapes of each layer."""
    return {shape.name: shape for shape in scene.shapes if isinstance(shape, Group)}


@pytest.mark.parametrize("name", slow_but(("alexnet", "crnn"), CHAINS))
def test_layout(name: str) -> None:
    """In all widths and themes: no text meets another, none is small, and all are on a page as wide as it is to be."""
    network = cnncalc.load(name)
    for width in WIDTHS:
        for theme in THEMES if width else ("blue",):
            drawing = network.draw(width=width, theme=theme)
            assert drawing.style == "volumes"
            assert faults(drawing.scene) == []
            if width is not None:
                assert drawing.scene.width == float(width.removesuffix("in")) * 72


PUBLISHED = {
    # Krizhevsky et al. 2012, with the input of 227 that their sizes come from
    "alexnet": (
        ["3×227×227", "96×55×55", "256×27×27", "384×13×13", "384×13×13", "256×13×13", "4096", "1000"],
        ["27×27", "13×13", "6×6"],
    ),
    # LeCun et al. 1998, figure 2: 6@28x28, 16@10x10, 120, 84, 10, and their samplings
    "lenet": (["1×28×28", "6×28×28", "16×10×10", "120", "84", "10"], ["14×14", "5×5"]),
    # Simonyan and Zisserman 2014, table 1, configuration D
    "vgg16": (
        ["3×224×224", "64×224×224", "128×112×112", "256×56×56", "512×28×28", "512×14×14", "4096", "1000"],
        ["112×112", "56×56", "28×28", "14×14", "7×7"],
    ),
    # Radford et al. 2015, figure 1, at half of its channels
    "dcgan": (["100×1×1", "512×4×4", "256×8×8", "128×16×16", "64×32×32", "3×64×64"], []),
}
"""The shapes of published figures and tables, and the sizes behind their pools."""


@pytest.mark.parametrize("name", PUBLISHED)
def test_shapes_are_those_of_papers(name: str) -> None:
    for width in WIDTHS:
        scene = cnncalc.load(name).draw(width=width).scene
        shapes, pools = PUBLISHED[name]
        assert words(scene) == shapes
        assert words(scene, size=6.0) == pools


def test_a_larger_map_is_drawn_larger() -> None:
    """VGG's stages: each half as high and as wide as the one before, with twice or as many channels."""
    shown = groups(cnncalc.load("vgg16").draw().scene)
    stages = [shown[f"features.{number}"] for number in (3, 8, 15, 22, 29)]
    sides = [_side(stage) for stage in stages]
    heights, depths = ([round(measure, 2) for measure in each] for each in zip(*map(_extent, sides), strict=True))
    assert heights == sorted(set(heights), reverse=True)
    assert depths == sorted(set(depths), reverse=True)
    first, second, third, fourth, fifth = (round(_thickness(stage), 2) for stage in stages)
    assert first < second < third < fourth == fifth


@pytest.mark.parametrize(
    ("name", "layer", "share"),
    [("lenet", "c1", 5 / 28), ("lenet", "c3", 5 / 14), ("srcnn", "patch_extraction", 9 / 33)],
)
def test_windows_are_true_to_scale(name: str, layer: str, share: float) -> None:
    """As high and wide, in the side that they look at, as the kernel is in the map."""
    shown = list(groups(cnncalc.load(name).draw().scene).values())
    place = next(number for number, group in enumerate(shown) if group.name == layer)
    window, side = shown[place].shapes[0], _side(shown[place - 1])
    assert isinstance(window, Polygon)
    for part, whole in zip(_extent(window), _extent(side), strict=True):
        assert part / whole == pytest.approx(share)


def _side(group: Group) -> Polygon:
    """The side of a volume, its tallest polygon."""
    found = [shape for shape in group.shapes if isinstance(shape, Polygon)]
    return max(found, key=lambda shape: shape.bounds.bottom - shape.bounds.top)


def _extent(side: Polygon) -> tuple[float, float]:
    """The length of the left edge of a side, and how far to the right it goes."""
    (_, one), (_, other) = sorted(side.points)[:2]
    return abs(one - other), side.bounds.right - side.bounds.left


def _thickness(group: Group) -> float:
    """From the left of a front to the side: what the top is wider than the side."""
    polygons = [shape.bounds for shape in group.shapes if isinstance(shape, Polygon)]
    return _side(group).bounds.left - min(bounds.left for bounds in polygons[1:])


def test_what_repeats_itself_is_drawn_once() -> None:
    """MobileNet's table 1 has 5 x (depthwise, pointwise) at 14 x 14."""
    network = cnncalc.load("mobilenet")
    folded, unfolded = network.draw().scene, network.draw(unfold=True).scene
    assert [word for word in words(folded, bold=True) if word.startswith("×")] == ["×5"]
    assert words(folded).count("512×14×14") == 3
    assert words(unfolded).count("512×14×14") == 11


def test_labels_are_those_asked_for() -> None:
    """The parameters of AlexNet's layers: 11*11*3*96 + 96 and so on; the fields are 11, 51, 99, 131, 163."""
    scene = cnncalc.load("alexnet").draw(labels=["params", "field"]).scene
    said = [text.text for text in texts(scene)]
    assert [word for word in said if "params" in word][:2] == ["34.9 k params", "307 k params"]
    assert [word for word in said if "sees" in word][:5] == [f"sees {n}×{n}" for n in (11, 51, 99, 131, 163)]
    assert words(scene, bold=True) == words(scene, size=6.0) == []


def test_labels_of_several_layers_cannot_be_read_as_windows() -> None:
    """VGG's windows are all 3 x 3; "3 x 3x3" would be one of a volume. How many are drawn as one stands above it."""
    assert {text.text for text in texts(cnncalc.load("vgg16").draw().scene) if "3×3" in text.text} == {"3×3 each"}
    chain = cnncalc.load(" | ".join(["conv2d(4, 3, padding=1)"] * 40), input="3x9x9").draw("volumes", width="3.25in")
    assert {"×40", "3×3 each"} <= {text.text for text in texts(chain.scene)}


@pytest.mark.parametrize("name", ["alexnet", "vgg16", "lenet"])
def test_legends_are_whole_in_a_column(name: str) -> None:
    said = [text.text for text in texts(cnncalc.load(name).draw(width="3.25in").scene)]
    assert {"convolution", "activation", "pooling", "fully connected"} <= set(said)


def test_titles_tell_of_what_is_not_drawn() -> None:
    group = groups(cnncalc.load("alexnet").draw().scene)["pool5"]
    assert group.title == "pool5, flatten_1: max pool, 3×3, /2, flatten; 256×6×6"
    assert groups(cnncalc.load("mobilenet").draw().scene)["block7.relu_2"].title.endswith("; 512×14×14; 5 alike")


def test_scopes_are_volumes_where_layers_are_none(run: Run) -> None:
    found = run("draw", "resnet18", "--style", "volumes")
    assert (found.status, found.out) == (2, "")
    assert found.err.endswith("hint: --style blocks draws it, and --depth 2 its scopes as volumes\n")
    scene = cnncalc.load("resnet18").draw("volumes", depth=2).scene
    assert faults(scene) == []
    assert words(scene)[:3] == ["3×224×224", "64×112×112", "64×56×56"]


def spec(*layers: str, shape: str = "[8, 16, 16]") -> str:
    """A spec of layers of a line each."""
    return "\n".join(["name: N", f"input: {shape}", "layers:", *(f"  - {layer}" for layer in layers), ""])


def conv(channels: int, more: str = "") -> str:
    return f"{{type: conv2d, out_channels: {channels}, kernel_size: 3, padding: 1{more}}}"


CONV_1D = "conv1d: {out_channels: 3, kernel_size: 3}"

DRAWN = {
    "one": spec(conv(8)),
    "a run of 500": spec(*[conv(8)] * 500),
    "two by turns": spec(*[conv(8), conv(9)] * 200),
    "one pixel": spec("conv2d: {out_channels: 1, kernel_size: 1}", shape="[1, 1, 1]"),
    "huge": spec("conv2d: {out_channels: 4, kernel_size: 3, stride: 2}", shape="[100000, 100000, 100000]"),
    "a row": spec("conv2d: {out_channels: 4, kernel_size: [1, 3], stride: 2}", shape="[3, 1, 100000]"),
    "vectors": spec("linear: {out_features: 100000}", "relu: {}", "linear: {out_features: 1}", shape="[7]"),
    "tokens": spec(
        "embedding: {num_embeddings: 9, embedding_dim: 64}", "conv1d: {out_channels: 3, kernel_size: 3}", shape="[50]"
    ),
    "nothing but an activation": spec("relu: {}"),
    "pools alone": spec("max_pool2d: {kernel_size: 2}", "max_pool2d: {kernel_size: 2}"),
    "volumes": spec(
        "conv3d: {out_channels: 8, kernel_size: 3}", "max_pool3d: {kernel_size: 2}", shape="[1, 9, 40, 60]"
    ),
    "long names": spec(*(conv(n, f", name: {'層' * n}{'x' * 50}") for n in range(4, 9))),
    "branches": spec(conv(8, ", name: a"), *(conv(n + 1, ", from: [a]") for n in range(3))),
    "two inputs": spec(conv(3, ", from: [a]"), conv(4, ", from: [b]")).replace(
        "input: [8, 16, 16]", "inputs: {a: [3, 8, 8], b: [4, 9, 9]}"
    ),
}
"""Networks that are small, large, flat, or none that such a figure was made for."""


@pytest.mark.parametrize("name", DRAWN)
def test_any_chain_is_drawn(name: str, tmp_path: Path) -> None:
    file = tmp_path / "net.yaml"
    file.write_text(DRAWN[name], encoding="utf-8")
    network = cnncalc.load(file)
    for width in WIDTHS:
        scene = network.draw("volumes", width=width).scene
        assert faults(scene) == []
        assert len(list(scene.all_shapes())) < 200


LAYERS = (
    *("conv2d: {out_channels: 64, kernel_size: 3, padding: 1}", "conv2d: {out_channels: 9, kernel_size: [5, 1]}"),
    *("conv2d: {out_channels: 300, kernel_size: 1}", "max_pool2d: {kernel_size: 2}", "relu: {}", "batch_norm: {}"),
    *("conv_transpose2d: {out_channels: 8, kernel_size: 2, stride: 2}", "upsample: {scale_factor: 3}", "dropout: {}"),
    *("global_avg_pool2d: {}", "adaptive_avg_pool2d: {output_size: 7}", "softmax: {dim: 0}"),
)
"""Layers that follow each other on a map that is large enough."""


WIDE_ENOUGH = 144
"""The width in points at which 40 layers fit, labels and all."""


@given(
    layers=st.lists(st.sampled_from(LAYERS), min_size=1, max_size=40),
    width=st.none() | st.integers(72, 700),
    labels=st.lists(st.sampled_from(LABELS), unique=True),
    unfold=st.booleans(),
)
def test_any_layers_at_any_width(layers: list[str], width: int | None, labels: list[str], unfold: bool) -> None:
    """The figure is without faults; it need not fit a width of two inches."""
    try:
        network = cnncalc.load(spec(*layers, shape="[3, 90, 120]"))
    except cnncalc.CnncalcError:
        reject()
    fits = width is None or width > WIDE_ENOUGH
    with nullcontext() if fits else suppress(cnncalc.CnncalcError):
        scene = network.draw("volumes", width=width, labels=labels, unfold=unfold).scene
        assert faults(scene) == []
        assert width in (None, scene.width)


OUTPUTS = f"outputs: [{', '.join(f'conv2d_{number}' for number in range(1, 41))}]\n"

REFUSED = {
    "200 different": (
        spec(*(conv(n + 1) for n in range(200))),
        [],
        "201 volumes are too many for a figure of them, which has 150 at most",
        "--style blocks draws more, and --scope a part",
    ),
    "40 branches": (
        spec(conv(8, ", name: a"), *(conv(n + 1, ", from: [a]") for n in range(40))) + OUTPUTS,
        [],
        "N has 40 chains of volumes, and a figure of this style 12 at most",
        "--style blocks draws it",
    ),
    "down": (
        spec(conv(8)),
        ["--direction", "down"],
        "volumes flow to the right, and not down",
        "--style blocks flows down",
    ),
    "narrow": (
        DRAWN["one pixel"],
        ["--width", "72pt"],
        "the figure needs 1.15 in, and the page has 1.00 in",
        "--label name leaves more room, and --scope draws a part",
    ),
}
"""What is no such figure: the network, the wishes, and what is said."""


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_figure_is_said(name: str, run: Run, tmp_path: Path) -> None:
    text, wishes, fact, hint = REFUSED[name]
    (tmp_path / "net.yaml").write_text(text, encoding="utf-8")
    found = run("draw", str(tmp_path / "net.yaml"), "--style", "volumes", *wishes)
    assert (found.status, found.out) == (2, "")
    assert found.err == f"error: {fact}\nhint: {hint}\n"


def test_another_style_draws_what_this_one_does_not() -> None:
    """Where nobody asks for a style."""
    network = cnncalc.load("lenet")
    drawing = network.draw(direction="down")
    assert drawing.style == "blocks"
    assert drawing.notes == ("drawn in blocks: volumes flow to the right, and not down",)


@pytest.mark.slow
@pytest.mark.parametrize("channels", [1, 2, 977])
def test_ten_thousand_layers(channels: int, tmp_path: Path) -> None:
    """Those that repeat themselves are drawn once; others are too many, which is said before anything is laid out."""
    file = tmp_path / "net.yaml"
    file.write_text(spec(*(conv(1 + number % channels) for number in range(10_000))), encoding="utf-8")
    network = cnncalc.load(file)
    if channels > 100:
        with pytest.raises(cnncalc.CnncalcError, match="10,001 volumes are too many"):
            network.draw("volumes")
    else:
        scene = network.draw("volumes").scene
        assert any(text.text == f"×{10_000 // channels}" for text in texts(scene))
        assert faults(scene) == []
