"""The style that suits a network: for well-known ones, as their papers draw them."""

from __future__ import annotations

import pytest

import cnncalc
from cnncalc.drawing.choice import style_for
from tests.networks import FIRST

VOLUMES = (
    *("alexnet", "alexnet_torchvision", "autoencoder", "c3d", "crnn", "darknet19", "dcgan", "effnet", "espcn", "fcn"),
    *("filters", "fsrcnn", "keras_mobilenet", "keras_vgg", "lenet", "mobilenet", "nin", "raw_audio", "repvgg"),
    *("srcnn", "all_convolutional", "tiny_yolo_v2", "vdcnn", "vgg", "zfnet"),
)
"""Files of networks that are chains: `fcn` has no skip at its first variant."""

LEVELS = ("deeplab_v3", "fcn_resnet", "lraspp", "retinanet", "segnet", "unet", "yolo_v3", "yolo_v8")
"""Files of networks that end at, or join, finer maps than they had come down to."""

QUICK = ("alexnet", "dcgan", "fcn", "unet", "segnet", "lraspp", "resnet", "googlenet", "mobilenet_v2", "siamese")


def style(file: str) -> str:
    """What is expected of a file's first variant."""
    return "volumes" if file in VOLUMES else "levels" if file in LEVELS else "blocks"


@pytest.mark.parametrize("file", [f if f in QUICK else pytest.param(f, marks=pytest.mark.slow) for f in FIRST])
def test_style(file: str) -> None:
    assert style_for(cnncalc.load(FIRST[file]).report()) == style(file)


SKIP = """
input: 3x64x64
layers:
  - conv2d: {{name: a, out_channels: 8, kernel_size: 3, padding: 1}}
  - {down}
  - upsample: {{name: up, scale_factor: 2}}
  - {join}
"""


@pytest.mark.parametrize(
    ("down", "join", "expected"),
    [
        ("max_pool2d: {name: down, kernel_size: 2}", "concat: {from: [a, up]}", "levels"),
        ("max_pool2d: {name: down, kernel_size: 2}", "relu", "volumes"),
        ("global_avg_pool2d: {name: down}", "multiply: {from: [a, down]}", "blocks"),
    ],
)
def test_a_skip_makes_levels(down: str, join: str, expected: str) -> None:
    """One over a pool that comes up again; a gate of one value for each channel makes none."""
    assert style_for(cnncalc.load(SKIP.format(down=down, join=join)).report()) == expected
