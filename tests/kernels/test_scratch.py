"""Kernels in boxes: however little scratch memory they may take, and however far windows reach, values are the same."""

from __future__ import annotations

import tracemalloc
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import settings

import cnncalc
from cnncalc.kernels import (
    arrays,
    bordered,
    convolution,
    elementwise,
    normalization,
    pooling,
    recurrence,
    resampling,
    transposed,
    unpooling,
    unshared,
)
from cnncalc.layers import LAYERS
from tests.layers.cases import KINDS
from tests.layers.option_forms import spec
from tests.marking import slow_but

MODULES = (
    arrays,
    bordered,
    convolution,
    normalization,
    elementwise,
    pooling,
    recurrence,
    resampling,
    transposed,
    unpooling,
    unshared,
)


def take_little(monkeypatch: pytest.MonkeyPatch) -> None:
    """Scratch for a few values only."""
    for module in MODULES:
        for name, amount in (("SCRATCH_BYTES", 64), ("BOX", 8), ("TILE_BYTES", 64)):
            if hasattr(module, name):
                monkeypatch.setattr(module, name, amount)


EACH = settings().max_examples // 10
"""Specs of each type in a part, 4 or, where more is drawn, 20."""


def outputs(name: str, part: int) -> list[Any]:
    """What networks with a layer of that type make; none of those that are refused."""
    found: list[Any] = []
    for seed in range(part * EACH, (part + 1) * EACH):
        try:
            made = cnncalc.load(spec(Random(f"{name} {seed}"), name).text).forward(seed=seed)
        except cnncalc.CnncalcError:
            continue
        found += made.values() if isinstance(made, dict) else [made]
    return found


@pytest.mark.parametrize("part", slow_but({0}, range(3)))
@pytest.mark.parametrize("name", slow_but(KINDS, LAYERS))
def test_values_in_boxes_are_those_in_one_piece(name: str, part: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = outputs(name, part)
    take_little(monkeypatch)
    for one, cut in zip(whole, outputs(name, part), strict=True):
        np.testing.assert_allclose(cut, one, rtol=2e-4, atol=1e-5)


LARGE = 768
"""Pixels along each axis of a map of 8 channels, which so takes 19 MB."""

LOCAL = [
    "conv2d: {out_channels: 8, kernel_size: 3, padding: 1, activation: relu}",
    "conv2d: {out_channels: 8, kernel_size: 3, padding: 1, stride: 2}",
    "conv2d: {out_channels: 8, kernel_size: 3, dilation: 8, padding: 8, activation: gelu}",
    "conv2d: {out_channels: 8, kernel_size: 3, padding: 1, padding_mode: reflect}",
    "conv2d: {out_channels: 8, kernel_size: 1}",
    "depthwise_conv2d: {kernel_size: 3, padding: 1}",
    "conv_transpose2d: {out_channels: 4, kernel_size: 2, stride: 2}",
    "max_pool2d: {kernel_size: 3, stride: 2, padding: 1}",
    "avg_pool2d: {kernel_size: 3, stride: 1, padding: 1}",
    "adaptive_avg_pool2d: {output_size: 7}",
    "lp_pool2d: {kernel_size: 2, norm_type: 2}",
    "batch_norm",
    "layer_norm",
    "group_norm: {num_groups: 2}",
    "instance_norm",
    "local_response_norm: {size: 5}",
    "relu",
    "prelu",
    "gelu",
    "silu",
    "mish",
    "softmax",
    "log_softmax",
    "glu",
    "scale",
    "add: {from: [input, input]}",
    "concat: {from: [input, input]}",
    "upsample: {scale_factor: 2, mode: bilinear}",
    "pad: {padding: 1}",
]


@pytest.mark.parametrize("layer", slow_but(LOCAL[:1], LOCAL))
def test_what_is_taken_beside_input_and_output_does_not_grow_with_the_map(layer: str) -> None:
    """Neither columns nor borders nor what a function makes on the way are made of a whole map."""
    network = cnncalc.load(f"input: 8x{LARGE}x{LARGE}\nlayers:\n  - {layer}\n")
    network.at("8x32x32").forward(threads=2)
    tracemalloc.start()
    output = np.asarray(network.forward(threads=2))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak - 4 * 8 * LARGE * LARGE - output.nbytes < 17_000_000


LONGEST = "upsample: {size: [1, 200000], mode: bicubic, antialias: true}"
"""What takes by far the longest of these."""

FAR = {
    "conv2d: {out_channels: 1, kernel_size: 3, dilation: 20000, padding: same}": (9, 9),
    "conv2d: {out_channels: 1, kernel_size: 3, dilation: 2147483647, padding: same}": (9, 9),
    "conv2d: {out_channels: 1, kernel_size: [1, 100000], padding: same}": (9, 9),
    "conv2d: {out_channels: 1, kernel_size: 3, stride: 2147483647, padding: same}": (1, 1),
    "conv2d: {out_channels: 1, kernel_size: 3, padding: 100000, stride: 100000}": (3, 3),
    "conv2d: {out_channels: 1, kernel_size: 3, dilation: 20000, padding: same, padding_mode: replicate}": (9, 9),
    "conv2d: {out_channels: 1, kernel_size: 3, padding: 100000, stride: 100000, padding_mode: replicate}": (3, 3),
    "depthwise_conv2d: {kernel_size: 3, dilation: 20000, padding: same}": (9, 9),
    "separable_conv2d: {out_channels: 2, kernel_size: 3, dilation: 20000, padding: same}": (9, 9),
    "conv_transpose2d: {out_channels: 1, kernel_size: 3, dilation: 20000, padding: same}": (9, 9),
    "conv_transpose2d: {out_channels: 1, kernel_size: [1, 100000], padding: same}": (9, 9),
    "locally_connected2d: {out_channels: 1, kernel_size: 3, dilation: 20000, padding: same}": (9, 9),
    "max_pool2d: {kernel_size: 3, stride: 1, dilation: 20000, padding: same}": (9, 9),
    "max_pool2d: {kernel_size: 100000, stride: 1, padding: same}": (9, 9),
    "avg_pool2d: {kernel_size: 100000, stride: 1, padding: same}": (9, 9),
    "lp_pool2d: {kernel_size: 100000, stride: 1, padding: same, norm_type: 2}": (9, 9),
    "local_response_norm: {size: 2147483647}": (9, 9),
    "adaptive_avg_pool2d: {output_size: [1, 200000]}": (1, 200000),
    "adaptive_max_pool2d: {output_size: [200000, 1]}": (200000, 1),
    "upsample: {size: [1, 200000], mode: bilinear}": (1, 200000),
    LONGEST: (1, 200000),
    "pad: {padding: [[0, 0], [0, 200000]], mode: replicate}": (9, 200009),
    "upsample: {size: [1, 200000]}": (1, 200000),
}
"""Windows, and the output's sizes, of a map of 9 x 9 pixels: nothing but the output and the weights is large."""


@pytest.mark.parametrize("layer", slow_but(set(FAR) - {LONGEST}, FAR))
def test_windows_that_reach_far_take_no_memory(layer: str) -> None:
    network = cnncalc.load(f"input: 1x9x9\nlayers:\n  - {layer}\n")
    tracemalloc.start()
    output = network.forward()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert np.asarray(output).shape[2:] == FAR[layer]
    assert peak < 20_000_000


PIXELS = np.arange(81.0).reshape(1, 9, 9)
MET = {
    "conv2d: {out_channels: 1, kernel_size: 3, dilation: 20000, padding: same, weight: 2, bias: false}": 2 * PIXELS,
    "depthwise_conv2d: {kernel_size: 3, dilation: 20000, padding: same, weight: 2, bias: false}": 2 * PIXELS,
    "max_pool2d: {kernel_size: 3, stride: 1, dilation: 20000, padding: same}": PIXELS,
    "max_pool2d: {kernel_size: 99, stride: 1, padding: same}": np.full_like(PIXELS, 80),
    "avg_pool2d: {kernel_size: 99, stride: 1, padding: same}": np.full_like(PIXELS, 40),
    "conv2d: {out_channels: 1, kernel_size: 99, padding: same, weight: 1, bias: false}": np.full_like(PIXELS, 3240),
}
"""Of nine taps the middle one alone meets values; a window that is larger than the map meets all of them."""


@pytest.mark.parametrize("layer", MET)
def test_far_taps_meet_what_they_meet(layer: str) -> None:
    found = cnncalc.load(f"input: 1x9x9\nlayers:\n  - {layer}\n").forward(PIXELS)
    np.testing.assert_allclose(np.asarray(found), MET[layer])
