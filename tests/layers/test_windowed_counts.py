"""Parameters, MACs and FLOPs, against loops that count every operation and every weight they meet."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from cnncalc.layers.adaptive_pooling import AdaptiveAvgPool, AdaptiveMaxPool, GlobalAvgPool, GlobalMaxPool
from cnncalc.layers.convolution import Convolution
from cnncalc.layers.depthwise import DepthwiseConvolution, SeparableConvolution
from cnncalc.layers.padding import Crop
from cnncalc.layers.pooling import AvgPool, LpPool, MaxPool
from cnncalc.layers.rearranging import ChannelShuffle, PixelShuffle, PixelUnshuffle, SpaceToDepth
from cnncalc.layers.resampling import Upsample
from cnncalc.layers.transposed import ConvTranspose
from cnncalc.layers.unpooling import MaxUnpool
from tests.layers.drawing import random
from tests.layers.execution import made
from tests.layers.naive import Tally, conv, conv_transpose
from tests.marking import slow_but
from tests.rows import every_row

if TYPE_CHECKING:
    from cnncalc.kernels import Array
    from cnncalc.layers.base import Layer

SHAPES = [(4, 7), (2, 6, 5), (2, 4, 3, 5)]
GEOMETRIES: list[dict[str, Any]] = [
    {"kernel_size": 3},
    {"kernel_size": 2, "stride": 2, "padding": [[1, 0]]},
    {"kernel_size": 3, "padding": "same", "stride": 2},
    {"kernel_size": 2, "dilation": 2},
]


def looped(layer: Layer, x: Array, weight: Array, groups: int) -> Tally:
    windows = layer.windows(x.shape[1:])
    assert windows is not None
    stride, dilation = [w.stride for w in windows], [w.dilation for w in windows]
    pads = [w.pads(size) for w, size in zip(windows, x.shape[2:], strict=True)]
    if isinstance(layer, ConvTranspose):
        added = [w.added for w in layer.windows(x.shape[1:])]
        return conv_transpose(x, weight, stride, dilation, pads, added, groups)
    return conv(x, weight, stride, dilation, pads, groups)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("geometry", GEOMETRIES)
@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize("bias", slow_but([True], [True, False]))
@pytest.mark.parametrize("kind", [Convolution, ConvTranspose])
def test_convolutions(
    kind: type[Layer], shape: tuple[int, ...], geometry: dict[str, Any], groups: int, bias: bool
) -> None:
    geometry = for_each_axis(geometry, shape)
    layer = made(kind, out_channels=4, groups=groups, bias=bias, **geometry)
    x = random(1, *shape)
    weights = {name: random(*size) for name, size in layer.weight_shapes([shape]).items()}
    tally = looped(layer, x, weights["weight"], groups)
    check(layer, shape, [tally], biased=bias)


@every_row("shape", SHAPES)
@every_row("geometry", GEOMETRIES)
@every_row("multiplier", [1, 3])
def test_depthwise(shape: tuple[int, ...], geometry: dict[str, Any], multiplier: int) -> None:
    layer = made(DepthwiseConvolution, depth_multiplier=multiplier, **for_each_axis(geometry, shape))
    (weight, _) = layer.weight_shapes([shape]).values()
    check(layer, shape, [looped(layer, random(1, *shape), random(*weight), shape[0])], biased=True)


@every_row("shape", SHAPES)
@every_row("geometry", GEOMETRIES)
@every_row("bias", [True, False])
def test_separable(shape: tuple[int, ...], geometry: dict[str, Any], bias: bool) -> None:
    layer = made(SeparableConvolution, out_channels=3, depth_multiplier=2, bias=bias, **for_each_axis(geometry, shape))
    depthwise, pointwise, *_ = layer.weight_shapes([shape]).values()
    first = looped(layer, random(1, *shape), random(*depthwise), shape[0])
    rank = len(shape) - 1
    second = conv(first.output, random(*pointwise), [1] * rank, [1] * rank, [(0, 0)] * rank)
    check(layer, shape, [first, second], biased=bias)


def for_each_axis(geometry: dict[str, Any], shape: tuple[int, ...]) -> dict[str, Any]:
    """One pair of pads is for one axis; written for each."""
    padding = geometry.get("padding")
    return {**geometry, "padding": padding * (len(shape) - 1)} if isinstance(padding, list) else geometry


def check(layer: Layer, shape: tuple[int, ...], tallies: list[Tally], *, biased: bool) -> None:
    output = tallies[-1].output
    assert layer.output_shape([shape]) == output.shape[1:]
    biases = output.shape[1] if biased else 0
    assert sum(map(prod, layer.weight_shapes([shape]).values())) == sum(t.weights for t in tallies) + biases
    multiplications = sum(tally.multiplications for tally in tallies)
    assert layer.macs([shape], output.shape[1:]) == multiplications
    additions = multiplications + (output.size if biased else 0)
    assert layer.flops([shape], output.shape[1:]) == multiplications + additions


def test_a_transposed_convolution_counts_what_it_cuts_off() -> None:
    """2 x 3 x 3 inputs, each spread over 5 filters of 3 x 3: neither padding nor output padding changes it."""
    for padding, added in ((0, 0), (1, 0), (2, 1)):
        layer = made(
            ConvTranspose, out_channels=5, kernel_size=3, stride=2, padding=padding, output_padding=added, bias=False
        )
        tally = looped(layer, random(1, 2, 3, 3), random(2, 5, 3, 3), 1)
        assert layer.macs([(2, 3, 3)], tally.output.shape[1:]) == tally.multiplications == 2 * 3 * 3 * 5 * 3 * 3


# Layers without weights: the operations for each output value, from the values that it is made of

TAPS: list[tuple[type[Layer], dict[str, Any], Any]] = [
    (MaxPool, {"kernel_size": 2}, lambda taps: taps - 1),
    (MaxPool, {"kernel_size": 3, "stride": 1, "padding": 1}, lambda taps: taps - 1),
    (AvgPool, {"kernel_size": 2}, lambda taps: taps - 1 + 1),
    (LpPool, {"kernel_size": 2, "norm_type": 3}, lambda taps: taps + (taps - 1) + 1),
]


@every_row(("kind", "options", "operations"), TAPS)
@every_row("shape", SHAPES)
def test_pools(kind: type[Layer], options: dict[str, Any], operations: Any, shape: tuple[int, ...]) -> None:
    layer = made(kind, **options)
    output = layer.output_shape([shape])
    counted = 0
    for _ in np.ndindex(*output):
        counted += operations(sum(1 for _ in np.ndindex(*(options["kernel_size"],) * (len(shape) - 1))))
    without_weights(layer, shape, counted)


@every_row("size", [1, 2, 3, 4, 5, 9])
@every_row("shape", SHAPES)
def test_adaptive_pools(size: int, shape: tuple[int, ...]) -> None:
    maxima = means = 0
    for _, *at in np.ndindex(shape[0], *(size,) * (len(shape) - 1)):
        axes = zip(at, shape[1:], strict=True)
        taps = prod(len(range(i * n // size, -(-(i + 1) * n // size))) for i, n in axes)
        maxima += taps - 1
        means += taps - 1 + 1
    without_weights(made(AdaptiveMaxPool, output_size=size), shape, maxima)
    without_weights(made(AdaptiveAvgPool, output_size=size), shape, means)
    if size == 1:
        without_weights(GlobalMaxPool(), shape, maxima)
        without_weights(GlobalAvgPool(), shape, means)


MODES: list[tuple[str, int, list[tuple[int, ...]]]] = [
    ("nearest", 0, SHAPES),
    ("linear", 2, SHAPES),
    ("bicubic", 4, [(2, 6, 5)]),
]


@pytest.mark.parametrize(
    ("mode", "taps", "shape"), [(mode, taps, shape) for mode, taps, shapes in MODES for shape in shapes]
)
def test_upsample(mode: str, taps: int, shape: tuple[int, ...]) -> None:
    layer = made(Upsample, scale_factor=2, mode=mode)
    counted = 0
    for _ in np.ndindex(*layer.output_shape([shape])):
        multiplications = sum(1 for _ in np.ndindex(*(taps,) * (len(shape) - 1))) if taps else 0
        counted += multiplications + max(multiplications - 1, 0)
    without_weights(layer, shape, counted)


def test_layers_that_move_values_do_nothing_else() -> None:
    moving = [
        made(PixelShuffle, upscale_factor=2),
        made(PixelUnshuffle, downscale_factor=2),
        made(SpaceToDepth, block_size=2),
        made(ChannelShuffle, groups=2),
        made(Crop, size=2),
    ]
    for layer in moving:
        without_weights(layer, (4, 6, 6), 0)
    unpool = made(MaxUnpool, indices="pool").bound(made(MaxPool, kernel_size=2))
    assert unpool.flops([(4, 3, 3), (4, 6, 6)], (4, 6, 6)) == 0


def without_weights(layer: Layer, shape: tuple[int, ...], flops: int) -> None:
    output = layer.output_shape([shape])
    assert layer.weight_shapes([shape]) == layer.buffer_shapes([shape]) == {}
    assert layer.macs([shape], output) == 0
    assert layer.flops([shape], output) == flops
