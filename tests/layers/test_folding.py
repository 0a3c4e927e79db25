"""Windows as columns and back, against ONNX Runtime: as a convolution whose filters pick one tap, and as Col2Im."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnncalc
from cnncalc.errors import LayerError
from cnncalc.layers.folding import Fold, Unfold
from cnncalc.reports.registry import render
from cnncalc.reports.style import PLAIN
from tests.layers.comparison import compares
from tests.layers.drawing import Windows, random, windows
from tests.layers.execution import compare, made
from tests.onnx_engine import run_operator

CHANNELS = st.integers(1, 3)


def picking(drawn: Windows, channels: int) -> Any:
    """For every channel and tap a filter that has a 1 at that tap alone."""
    kernel = drawn.each("kernel_size")
    taps = prod(kernel)
    return np.tile(np.eye(taps, dtype=np.float32).reshape(taps, 1, *kernel), (channels, *(1,) * (1 + len(kernel))))


def unfolded(x: Any, drawn: Windows) -> Any:
    columns = run_operator("Conv", x, picking(drawn, x.shape[1]), group=x.shape[1], **drawn.onnx())
    return columns.reshape(*columns.shape[:2], -1)


def folded(columns: Any, drawn: Windows, channels: int) -> Any:
    """The transposed convolution, of whose whole output the padding is cut off; beyond it there is nothing."""
    axes = zip(drawn.sizes, drawn.pads, drawn.each("kernel_size"), drawn.each("dilation"), strict=True)
    extents = [(size + sum(pads), dilation * (kernel - 1) + 1) for size, pads, kernel, dilation in axes]
    strides = drawn.each("stride")
    positions = [(size - extent) // stride + 1 for (size, extent), stride in zip(extents, strides, strict=True)]
    attributes: dict[str, Any] = {"strides": strides, "dilations": drawn.each("dilation"), "group": channels}
    x = columns.reshape(*columns.shape[:2], *positions)
    spread = run_operator("ConvTranspose", x, picking(drawn, channels), **attributes)
    longer = [(0, size - found) for (size, _), found in zip(extents, spread.shape[2:], strict=True)]
    inner = (slice(before, before + size) for size, (before, _) in zip(drawn.sizes, drawn.pads, strict=True))
    return np.pad(spread, [(0, 0), (0, 0), *longer])[:, :, *inner]


@compares("unfold")
@given(windows(), CHANNELS)
def test_unfold(drawn: Windows, channels: int) -> None:
    x = random(2, channels, *drawn.sizes)
    compare(made(Unfold, **drawn.options), x, {}, unfolded(x, drawn))


@compares("fold")
@given(windows(), CHANNELS)
def test_fold(drawn: Windows, channels: int) -> None:
    """Columns of any values, those that lie in the padding too."""
    columns = random(2, *Unfold(**drawn.options).output_shape([(channels, *drawn.sizes)]))
    layer = made(Fold, output_size=drawn.sizes, **drawn.options)
    compare(layer, columns, {}, folded(columns, drawn, channels))
    if drawn.rank == 2:  # ONNX Runtime mixes up the channels of others
        sizes, kernel = (np.array(row, np.int64) for row in (drawn.sizes, drawn.each("kernel_size")))
        attributes: dict[str, Any] = {"dilations": drawn.each("dilation"), "strides": drawn.each("stride")}
        pads = [before for before, _ in drawn.pads] + [after for _, after in drawn.pads]
        compare(layer, columns, {}, run_operator("Col2Im", columns, sizes, kernel, pads=pads, **attributes))


def test_the_order_of_pytorch() -> None:
    """A channel after the other, of each the taps row by row; recorded of torch 2.14, `Unfold(2, dilation=(1, 2))`."""
    x = np.arange(24, dtype=np.float32).reshape(1, 2, 3, 4)
    columns = made(Unfold, kernel_size=2, dilation=[1, 2]).forward([x], {})
    assert columns[0].astype(int).tolist() == RECORDED


RECORDED = [
    [0, 1, 4, 5],
    [2, 3, 6, 7],
    [4, 5, 8, 9],
    [6, 7, 10, 11],
    [12, 13, 16, 17],
    [14, 15, 18, 19],
    [16, 17, 20, 21],
    [18, 19, 22, 23],
]


def test_one_number_is_height_and_width() -> None:
    assert made(Fold, output_size=4, kernel_size=2).output_shape([(8, 9)]) == (2, 4, 4)
    assert made(Fold, output_size=[4], kernel_size=2).output_shape([(8, 3)]) == (4, 4)


def test_patches_there_and_back() -> None:
    """A convolution whose stride is its kernel, as columns, a product and columns put together; through YAML."""
    text = (
        "input: 3x8x12\nlayers:\n- unfold: {kernel_size: 4, stride: 4}\n"
        "- linear: {name: mixed, dim: 0, out_features: 48}\n"
        "- fold: {output_size: [8, 12], kernel_size: 4, stride: 4}\n"
    )
    network = cnncalc.load(text)
    assert [node.output_shape for node in network.nodes] == [(48, 6), (48, 6), (3, 8, 12)]
    assert network.run().report.ok
    totals = network.report().totals
    assert (totals.macs, totals.flops) == (48 * 48 * 6, 2 * 48 * 48 * 6 + 48 * 6 + 48 * 6)
    report = network.report().layers[-1]
    assert report.receptive_field["input"].size == (4, 4)


REFUSED: list[tuple[dict[str, Any], tuple[int, ...], str, str]] = [
    ({}, (10, 4), "kernel_size", "its 10 channels are not a multiple of the 4 taps of `kernel_size`"),
    ({}, (8, 5), "output_size", "its windows have 2 x 2 = 4 positions on 3 x 3, and 5 arrive"),
    ({"output_size": [3]}, (8, 4), "output_size", "its windows have 2 positions on 3, and 4 arrive"),
    ({}, (8,), "", "it needs channels x positions, and this is a vector"),
    ({}, (8, 2, 2), "", "it needs channels x positions, and this is a map"),
]


@pytest.mark.parametrize(("options", "shape", "option", "fact"), REFUSED)
def test_columns_that_are_none(options: dict[str, Any], shape: tuple[int, ...], option: str, fact: str) -> None:
    with pytest.raises(LayerError) as caught:
        made(Fold, **{"output_size": 3, "kernel_size": 2, **options}).output_shape([shape])
    assert (caught.value.fact, caught.value.option or "") == (fact, option)


CONTRADICTIONS: list[tuple[dict[str, Any], str, str]] = [
    ({"kernel_size": [2, 2, 2]}, "kernel_size", "`kernel_size` has 3 values, `output_size` has 2 axes"),
    ({"kernel_size": 4}, "output_size", "its window spans 4 pixels, the height of `output_size` has 3"),
    (
        {"kernel_size": [2, 6], "padding": 1},
        "output_size",
        "its window spans 6 pixels, the padded width of `output_size` has 5",
    ),
]


@pytest.mark.parametrize(("options", "option", "fact"), CONTRADICTIONS)
def test_windows_that_do_not_fit(options: dict[str, Any], option: str, fact: str) -> None:
    with pytest.raises(LayerError) as caught:
        made(Fold, **{"output_size": 3, "kernel_size": 2, **options})
    assert (caught.value.fact, caught.value.option) == (fact, option)


def test_formulas_tell_the_positions_along_each_axis() -> None:
    network = cnncalc.load("input: 3x10x12\nlayers:\n- unfold: {name: u, kernel_size: 3, stride: [1, 2]}\n")
    text = " ".join(render("explanation", "table", network.explain("u"), PLAIN).split())
    assert "L_out = height_positions x width_positions = 8 x 5 = 40" in text
