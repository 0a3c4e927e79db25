"""Regions against ONNX Runtime, which has both layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnncalc
from cnncalc.errors import LayerError
from cnncalc.layers.regions import RoiAlign, RoiPool
from cnncalc.shapes import CHANNELS_LAST
from tests.layers.comparison import compares
from tests.layers.drawing import random, seeds
from tests.layers.execution import close, execute, made
from tests.onnx_engine import run_operator

if TYPE_CHECKING:
    from cnncalc.kernels import Array

MAPS = st.tuples(st.integers(1, 8), st.integers(1, 8))
SIZES = st.tuples(st.integers(1, 4), st.integers(1, 4))
SCALES = st.sampled_from([1.0, 0.5, 2.0])


def boxes(seed: int, height: int, width: int, scale: float, *, whole: bool = False) -> Array:
    """Five boxes ``(5, 4)``, some of which stand out of the map; `whole` ones have no size below 0."""
    rng = np.random.default_rng(seed)
    starts = rng.uniform(-2, [width, height], (5, 2))
    sizes = rng.uniform(0 if whole else -0.5, [width + 1.0, height + 1.0], (5, 2))
    return (np.concatenate([starts, starts + sizes], 1) / scale).astype(np.float32)


@compares("roi_align")
@given(seeds, MAPS, SIZES, SCALES, st.sampled_from([-1, 0, 1, 2, 3]), st.booleans())
def test_roi_align(
    seed: int, shape: tuple[int, int], sizes: tuple[int, int], scale: float, ratio: int, aligned: bool
) -> None:
    x = random(1, 3, *shape)
    found = boxes(seed, *shape, scale)
    expected = run_operator(
        *("RoiAlign", x, found, np.zeros(5, np.int64)),
        opset=16,
        coordinate_transformation_mode="half_pixel" if aligned else "output_half_pixel",
        output_height=sizes[0],
        output_width=sizes[1],
        sampling_ratio=max(ratio, 0),
        spatial_scale=scale,
    )
    layer = made(RoiAlign, output_size=list(sizes), spatial_scale=scale, sampling_ratio=ratio, aligned=aligned)
    close(execute(layer, x, found.T[np.newaxis]), np.moveaxis(expected, 0, 1)[np.newaxis])


@compares("roi_pool")
@given(seeds, MAPS, SIZES, SCALES)
def test_roi_pool(seed: int, shape: tuple[int, int], sizes: tuple[int, int], scale: float) -> None:
    x = random(1, 3, *shape)
    found = boxes(seed, *shape, scale, whole=True)
    numbered = np.concatenate([np.zeros((5, 1), np.float32), found], 1)
    expected = run_operator("MaxRoiPool", x, numbered, opset=16, pooled_shape=list(sizes), spatial_scale=scale)
    layer = made(RoiPool, output_size=list(sizes), spatial_scale=scale)
    close(execute(layer, x, found.T[np.newaxis]), np.moveaxis(expected, 0, 1)[np.newaxis])


def test_channels_last_has_the_boxes_as_torchvision_has_them() -> None:
    """K x 4, and the regions in front of each map."""
    x, found = random(1, 3, 6, 7), boxes(3, 6, 7, 1.0)
    layer = made(RoiAlign, output_size=[2, 3])
    first = execute(layer, x, found.T[np.newaxis])
    last = execute(layer, np.moveaxis(x, 1, -1), found[np.newaxis], layout=CHANNELS_LAST)
    close(last, np.moveaxis(first, 1, -1))


@pytest.mark.parametrize("far", [1e30, -1e30, np.inf, -np.inf, np.nan])
def test_boxes_that_are_monstrous_take_no_time(far: float) -> None:
    found = np.array([[[0, far], [far, 0], [far, 4], [1e30, 4]]], np.float32)
    for layer in (
        made(RoiAlign, output_size=2, aligned=True),
        made(RoiAlign, output_size=2),
        made(RoiPool, output_size=2),
    ):
        assert np.isfinite(execute(layer, random(1, 2, 5, 5), found)).all()


@pytest.mark.parametrize(
    ("inputs", "fact", "hint"),
    [
        (
            [(3, 8, 8), (10, 4)],
            "its boxes are 10 x 4, and must be 4 x 10: x1, y1, x2, y2 of each",
            "`permute: {dims: [1, 0]}` makes these of those",
        ),
        (
            [(3, 8, 8), (5, 10)],
            "its boxes are 5 x 10, and must be 4 x 10",
            "leave the image's number out: a sample has its own boxes",
        ),
        ([(3, 8, 8), (4,)], "its boxes are 4, and must be 4 x 4", "`from: [map, boxes]` names the map first"),
        (
            [(4, 8), (3, 8, 8)],
            "it needs a map with height and width, and 4 x 8 arrives",
            "`from: [map, boxes]` names the map first",
        ),
    ],
)
def test_what_are_no_boxes_is_refused(inputs: list[tuple[int, ...]], fact: str, hint: str) -> None:
    with pytest.raises(LayerError) as caught:
        made(RoiAlign, output_size=7).output_shape(inputs)
    assert (caught.value.fact, caught.value.hint) == (fact, hint)


@pytest.mark.parametrize(("ratio", "flops"), [(-1, 32), (0, 32), (1, 8), (3, 72)])
def test_operations(ratio: int, flops: int) -> None:
    layer = made(RoiAlign, output_size=7, sampling_ratio=ratio)
    inputs: list[tuple[int, ...]] = [(3, 8, 8), (4, 10)]
    assert layer.flops(inputs, layer.output_shape(inputs)) == 3 * 10 * 49 * flops


HEAD = """
inputs: {p4: 256x50x50, boxes: 4x100}
layers:
  - roi_align: {name: regions, output_size: 7, spatial_scale: 0.0625, sampling_ratio: 2, from: [p4, boxes]}
  - conv3d: {name: fc6, out_channels: 1024, kernel_size: [1, 7, 7], activation: relu}
  - conv3d: {name: fc7, out_channels: 1024, kernel_size: 1, activation: relu}
  - conv3d: {name: cls_score, out_channels: 91, kernel_size: 1, from: fc7}
  - conv3d: {name: bbox_pred, out_channels: 364, kernel_size: 1, from: fc7}
"""
"""The box head of torchvision's Faster R-CNN, on one level, for 100 boxes."""


def test_a_detector_has_its_head_for_each_region() -> None:
    """torchvision's TwoMLPHead and FastRCNNPredictor have 13,895,680 and 466,375 parameters."""
    network = cnncalc.load(HEAD)
    report = network.report()
    by_name = {layer.name: layer for layer in report.layers}
    assert by_name["regions"].output_shape == (256, 100, 7, 7)
    assert by_name["fc7"].output_shape == (1024, 100, 1, 1)
    assert report.totals.parameters == 13_895_680 + 466_375
    assert report.totals.macs == 100 * (256 * 49 * 1024 + 1024 * 1024 + 1024 * (91 + 364))
    fields = by_name["fc7"].receptive_field
    assert fields["p4"].is_global
    assert fields["boxes"].size == (1,)
