"""Sampling at computed places against ONNX Runtime, and what PyTorch says beyond it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnncalc
from cnncalc.errors import LayerError
from cnncalc.layers.grid_sampling import AffineGrid, GridSample
from cnncalc.shapes import CHANNELS_LAST
from tests.layers.comparison import compares
from tests.layers.drawing import layouts, random
from tests.layers.execution import close, execute, made
from tests.onnx_engine import run_operator
from tests.rows import every_row

SIZES = st.lists(st.integers(1, 6), min_size=2, max_size=3)
MODES = {"bilinear": "linear", "nearest": "nearest", "bicubic": "cubic"}
"""The modes, and what ONNX calls them."""


@compares("grid_sample")
@given(
    SIZES,
    st.data(),
    st.sampled_from(list(MODES)),
    st.sampled_from(["zeros", "border", "reflection"]),
    st.booleans(),
    layouts,
)
def test_grid_sample(
    sizes: list[int], data: st.DataObject, mode: str, padding_mode: str, align_corners: bool, layout: Any
) -> None:
    """ONNX Runtime has it for maps with 2 and 3 spatial axes."""
    sizes = sizes[:2] if mode == "bicubic" else sizes
    after = data.draw(st.lists(st.integers(1, 6), min_size=len(sizes), max_size=len(sizes)))
    x = random(2, 3, *sizes)
    grid = random(2, *after, len(sizes), seed=1)
    options: dict[str, Any] = {"padding_mode": padding_mode, "align_corners": align_corners}
    layer = made(GridSample, mode=mode, **options)
    expected = run_operator("GridSample", x, grid, opset=20, mode=MODES[mode], **options)
    if layout == CHANNELS_LAST:
        found = execute(layer, np.moveaxis(x, 1, -1), grid, layout=layout)
        close(np.moveaxis(found, -1, 1), expected)
    else:
        close(execute(layer, x, np.moveaxis(grid, -1, 1)), expected)


@given(st.integers(1, 9), st.integers(1, 9), st.sampled_from(["zeros", "border"]), st.booleans())
def test_rows_are_sampled_as_maps_of_one_row(size: int, after: int, padding_mode: str, align_corners: bool) -> None:
    """A map with one axis is one with a height of 1, looked up at its middle."""
    x, grid = random(2, 3, size), random(2, 1, after)
    layer = made(GridSample, padding_mode=padding_mode, align_corners=align_corners)
    flat = np.concatenate([grid, np.zeros_like(grid)], 1)[:, :, np.newaxis]
    close(execute(layer, x, grid), execute(layer, x[:, :, np.newaxis], flat)[:, :, 0])


@every_row(
    ("padding_mode", "align_corners", "mode", "expected"),
    [
        ("zeros", False, "bilinear", [0, 0, 3.5]),
        ("zeros", False, "nearest", [0, 0, 3]),
        ("border", False, "bilinear", [5, 1, 3.5]),
        ("border", True, "bicubic", [5, 1, 3.423999786376953]),
        ("reflection", False, "bilinear", [2.25, 3.75, 3.5]),
        ("reflection", True, "bilinear", [2.4000000953674316, 3.6000003814697266, 3.4000000953674316]),
        ("reflection", False, "bicubic", [2.296875, 3.703125, 3.5]),
        ("reflection", True, "nearest", [2, 4, 3]),
    ],
)
def test_places_far_outside(padding_mode: str, align_corners: bool, mode: str, expected: list[float]) -> None:
    """What PyTorch 2.14 gave at 2.3, -7.7 and 0.2 of a row of 1 to 5."""
    x = np.arange(1, 6, dtype=np.float32).reshape(1, 1, 1, 5)
    grid = np.array([[2.3, -7.7, 0.2], [0, 0, 0]], np.float32).reshape(1, 2, 1, 3)
    layer = made(GridSample, mode=mode, padding_mode=padding_mode, align_corners=align_corners)
    close(execute(layer, x, grid).reshape(3), np.array(expected))


@every_row("mode", list(MODES))
@every_row("padding_mode", ["zeros", "border", "reflection"])
def test_places_that_are_no_numbers_give_some(mode: str, padding_mode: str) -> None:
    """Not a number is -1, as PyTorch says of it; what is infinitely far is outside."""
    x = np.arange(1, 6, dtype=np.float32).reshape(1, 1, 1, 5)
    places = [[np.nan, np.inf, -np.inf, 1e30, -1], [0, 0, 0, 0, 0]]
    output = execute(
        made(GridSample, mode=mode, padding_mode=padding_mode), x, np.array([places], np.float32)[:, :, None]
    )
    assert np.isfinite(output).all()
    assert output[..., 0] == output[..., 4]
    if padding_mode == "zeros":
        assert output[0, 0, 0, 1:4].tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("grid", "fact", "hint"),
    [
        (
            (8, 6, 2),
            "its grid 8 x 6 x 2 needs 2 channels, its places along width and height, and has 8",
            "`permute: {dims: [2, 0, 1]}` brings its coordinates to the channels",
        ),
        ((3, 8, 8), "its grid 3 x 8 x 8 needs 2 channels, its places along width and height, and has 3", None),
        (
            (2, 8),
            "its grid 2 x 8 has 1 spatial axis, and the map has 2",
            "a grid has 2 channels, its places along width and height, and as many spatial axes as the map",
        ),
        ((6,), "its grid 6 has 0 spatial axes, and the map has 2", None),
    ],
)
def test_a_grid_that_does_not_fit_is_refused(grid: tuple[int, ...], fact: str, hint: str | None) -> None:
    with pytest.raises(LayerError) as caught:
        made(GridSample).output_shape([(3, 9, 9), grid])
    assert caught.value.fact == fact
    assert hint is None or caught.value.hint == hint


@pytest.mark.parametrize(
    ("sizes", "mode", "flops"),
    [
        ([4, 5], "bilinear", 3 * 20 * 7),
        ([4, 5], "bicubic", 3 * 20 * 31),
        ([4], "bilinear", 3 * 4 * 3),
        ([4], "nearest", 0),
    ],
)
def test_operations(sizes: list[int], mode: str, flops: int) -> None:
    """Of 2, 4 and 16 taps."""
    layer = made(GridSample, mode=mode)
    inputs = [(3, *[9] * len(sizes)), (len(sizes), *sizes)]
    assert layer.flops(inputs, layer.output_shape(inputs)) == flops


# Grids


@compares("affine_grid")
@given(st.integers(2, 3), st.data(), st.booleans())
def test_affine_grid(rank: int, data: st.DataObject, align_corners: bool) -> None:
    """ONNX Runtime has it in two and three dimensions, with the coordinates last."""
    sizes = data.draw(st.lists(st.integers(2, 6), min_size=rank, max_size=rank))
    theta = random(2, rank, rank + 1)
    wanted = np.array([2, 3, *sizes], np.int64)
    expected = run_operator("AffineGrid", theta, wanted, opset=20, align_corners=align_corners)
    layer = made(AffineGrid, size=sizes, align_corners=align_corners)
    close(execute(layer, theta.reshape(2, -1)), np.moveaxis(expected, -1, 1))


@pytest.mark.parametrize("align_corners", [False, True])
def test_an_axis_of_one_place_is_looked_up_in_the_middle(align_corners: bool) -> None:
    """As PyTorch does."""
    theta = np.array([[2, 0, 0.25, 0, 3, 0.5]])
    grid = execute(made(AffineGrid, size=[1, 3], align_corners=align_corners), theta)
    ends = 2.0 if align_corners else 4 / 3
    close(grid, np.array([[[[0.25 - ends, 0.25, 0.25 + ends]], [[0.5, 0.5, 0.5]]]]))


def test_a_matrix_in_rows_is_refused() -> None:
    with pytest.raises(LayerError) as caught:
        made(AffineGrid, size=4).output_shape([(2, 3)])
    fact = "its input is 2 x 3, and an affine matrix is a vector of 6 numbers, or of 12 in 3-D"
    assert (caught.value.fact, caught.value.hint) == (fact, "`flatten` before it makes a vector of a matrix")


STN = """
name: spatial transformer
input: 1x28x28
layers:
  - conv2d: {name: localisation.0, out_channels: 8, kernel_size: 7}
  - max_pool2d: {kernel_size: 2}
  - relu
  - conv2d: {name: localisation.3, out_channels: 10, kernel_size: 5}
  - max_pool2d: {kernel_size: 2}
  - relu
  - flatten
  - linear: {name: fc_loc.0, out_features: 32, activation: relu}
  - linear: {name: fc_loc.2, out_features: 6, weight: zeros, bias: [1, 0, 0, 0, 1, 0]}
  - affine_grid: {name: grid, size: "=size('input')"}
  - grid_sample: {name: moved, from: [input, grid]}
"""
"""The first half of the network of PyTorch's tutorial on spatial transformers."""


def test_a_spatial_transformer_that_moves_nothing() -> None:
    """The tutorial's starting point: by the matrix of the identity its input comes out."""
    network = cnncalc.load(STN)
    x = random(2, 1, 28, 28)
    close(network.forward(x), x)
    report = network.report()
    assert report.totals.parameters == 8 * 50 + 10 * 201 + 32 * 91 + 6 * 33
    assert [layer.output_shape for layer in report.layers][-2:] == [(2, 28, 28), (1, 28, 28)]
    assert report.layers[-1].receptive_field["input"].is_global
