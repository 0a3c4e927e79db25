"""Depths against the names and papers of networks, which count layers with weights and no norms."""

from __future__ import annotations

import pytest

import cnncalc
from cnncalc.comparison.depth import depth

# ResNet and VGG bear theirs in their names, as DenseNet does; AlexNet: "five convolutional and three fully-connected";
# GoogLeNet: "22 layers deep when counting only layers with parameters"; MobileNet: "MobileNet has 28 layers"; Xception:
# 36 convolutional layers and the logistic regression.
DEPTHS = {
    "lenet": 5, "alexnet": 8, "vgg11": 11, "vgg16": 16, "vgg19": 19, "resnet18": 18, "resnet34": 34, "resnet50": 50,
    "resnet101": 101, "resnet152": 152, "densenet121": 121, "densenet201": 201, "mobilenet": 28, "inception_v1": 22,
    "xception": 37,
}  # fmt: skip


@pytest.mark.parametrize("name", DEPTHS)
def test_depths(name: str) -> None:
    assert depth(cnncalc.load(name)) == DEPTHS[name]


PATHS = [
    ("input: 4\nlayers: [relu]\n", 0),
    ("input: 4\nlayers: [{linear: {out_features: 4}}, relu, {linear: {out_features: 4}}]\n", 2),
    ("input: 4\nlayers: [{residual: {layers: [{linear: {out_features: 4}}]}}]\n", 1),
    ("input: 3x8x8\nlayers: [{conv2d: {out_channels: 2, kernel_size: 1}}, batch_norm, prelu]\n", 1),
    ("inputs: {a: 4, b: 4}\nlayers: [{linear: {out_features: 4, from: a}}, {add: {from: [previous, b]}}]\n", 1),
]


@pytest.mark.parametrize(("spec", "layers"), PATHS)
def test_of_several_paths_the_longest_counts(spec: str, layers: int) -> None:
    assert depth(cnncalc.load(spec)) == layers
