"""Kinds and words of layer types, held against the registry of layers and told by hand."""

from __future__ import annotations

import pytest

import cnncalc
from cnncalc.drawing import kinds
from cnncalc.drawing.boxes import boxes
from cnncalc.drawing.wording import label
from cnncalc.layers import LAYERS
from cnncalc.layers.passthrough import Identity

OTHER = {
    *("affine_grid", "constant", "embedding", "glu", "grid_sample", "log_softmax", "opaque", "parameter"),
    *("scale", "softmax", "squeeze_excite"),
}
"""Types that have no colour of their own, beside those that act in training alone; a new type must be put somewhere."""


def kind(name: str) -> str:
    """The kind of a type by its name and its role."""
    report = cnncalc.load("relu()", input="3x8x8").report()
    return kinds.kind_of(report.layers[0]._replace(type=name, role=LAYERS[name].role, window=None))


def test_every_type_has_a_kind() -> None:
    assert {name for name in LAYERS if kind(name) == "other"} == OTHER | kinds.SILENT


def test_what_acts_in_training_alone_is_known_by_its_class() -> None:
    assert {name for name in LAYERS if issubclass(LAYERS[name], Identity)} == kinds.SILENT


@pytest.mark.parametrize("table", ["_BY_TYPE", "_WORDS"])
def test_tables_have_names_of_layers_alone(table: str) -> None:
    assert set(getattr(kinds, table)) - set(LAYERS) == set()


LABELS = {
    "scaled_dot_product_attention: {from: [input, input, input], name: a}": "attention",
    "reduce_l2: {dim: [1, 2], name: a}": "reduce L2",
    "rms_norm: {normalized_shape: [8], name: a}": "RMS norm",
}
"""A layer, and what its box says."""


@pytest.mark.parametrize("layer", LABELS)
def test_words_are_those_of_papers(layer: str) -> None:
    [box] = boxes(cnncalc.load(f"input: 4x8x8\nlayers:\n  - {layer}\n").report())[1:]
    assert label(box) == LABELS[layer]


def test_noise_is_part_of_the_box_before_it() -> None:
    """As dropout is: neither does anything once the network is trained."""
    report = cnncalc.load("conv2d(4, 3) | gaussian_noise | relu | spatial_dropout2d", input="3x8x8").report()
    [_, box] = boxes(report)
    assert box.behind == ("gaussian_noise", "relu", "spatial_dropout2d")
