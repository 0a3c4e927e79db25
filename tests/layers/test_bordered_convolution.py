"""Convolutions whose border is not zero, or lies before the input alone, against ONNX Runtime."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import cnncalc
from cnncalc.errors import LayerError
from cnncalc.kernels import bordered
from cnncalc.kernels.windows import AxisWindow
from cnncalc.layers.convolution import Convolution
from cnncalc.layers.depthwise import DepthwiseConvolution, SeparableConvolution
from tests.layers import naive
from tests.layers.drawing import Windows, random, windows
from tests.layers.execution import compare, made
from tests.onnx_engine import run_operator

if TYPE_CHECKING:
    from cnncalc.kernels import Array
    from cnncalc.layers.base import Layer

ONNX_MODES = {"zeros": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}
MODES = tuple(ONNX_MODES)[1:]
FILTERS = st.integers(1, 3)


def fits(drawn: Windows, mode: str) -> bool:
    """Whether the input can fill its border."""
    room = {"reflect": -1, "circular": 0}.get(mode, 99)
    return all(max(pair) <= size + room for size, pair in zip(drawn.sizes, drawn.pads, strict=True))


def extended(x: Array, pads: list[tuple[int, int]], mode: str) -> Array:
    """The input with its border, by ONNX Runtime."""
    sides = [0, 0, *(before for before, _ in pads), 0, 0, *(after for _, after in pads)]
    padded: Array = run_operator("Pad", x, np.array(sides, np.int64), mode=ONNX_MODES[mode], opset=19)
    return padded


def convolved(x: Array, weight: Array, bias: Array | None, drawn: Windows, groups: int = 1) -> Any:
    """The convolution of an input that has its border already, by ONNX Runtime."""
    return run_operator(
        "Conv",
        *(x, weight, bias),
        group=groups,
        kernel_shape=drawn.each("kernel_size"),
        strides=drawn.each("stride"),
        dilations=drawn.each("dilation"),
    )


def drawn_weights(layer: Layer, x: Array) -> dict[str, Array]:
    shapes = layer.weight_shapes([x.shape[1:]])
    return {name: random(*shape, seed=index) for index, (name, shape) in enumerate(shapes.items())}


@given(windows(), FILTERS, st.sampled_from([1, 1, 2]), st.sampled_from(MODES))
def test_conv(drawn: Windows, filters: int, groups: int, mode: str) -> None:
    assume(fits(drawn, mode))
    layer = made(Convolution, **drawn.options, out_channels=filters * groups, groups=groups, padding_mode=mode)
    x = random(2, 2 * groups, *drawn.sizes)
    weights = drawn_weights(layer, x)
    padded = extended(x, drawn.pads, mode)
    compare(layer, x, weights, convolved(padded, weights["weight"], weights["bias"], drawn, groups))


@pytest.mark.slow
@given(windows(), FILTERS, st.integers(1, 2), st.sampled_from(MODES))
def test_depthwise_and_separable(drawn: Windows, channels: int, multiplier: int, mode: str) -> None:
    assume(fits(drawn, mode))
    options = {**drawn.options, "depth_multiplier": multiplier, "padding_mode": mode}
    depthwise = made(DepthwiseConvolution, **options, bias=False)
    separable = made(SeparableConvolution, **options, out_channels=3)
    x = random(2, channels, *drawn.sizes)
    weights = drawn_weights(separable, x)
    first = convolved(extended(x, drawn.pads, mode), weights["depthwise_weight"], None, drawn, channels)
    compare(depthwise, x, {"weight": weights["depthwise_weight"]}, first)
    compare(separable, x, weights, run_operator("Conv", first, weights["pointwise_weight"], weights["bias"]))


@pytest.mark.slow
@given(windows(), st.sampled_from(["zeros", *MODES]), st.integers(1, 4))
def test_causal(drawn: Windows, mode: str, kernel: int) -> None:
    """All that the kernel reaches, before the input: ``ceil(size / stride)`` positions, as Keras has."""
    stride, dilation, size = drawn.each("stride")[0], drawn.each("dilation")[0], drawn.sizes[0]
    options = {"kernel_size": [kernel], "stride": [stride], "dilation": [dilation], "padding": "causal"}
    whole = Windows([size], options, [(dilation * (kernel - 1), 0)])
    assume(fits(whole, mode))
    layer = made(Convolution, **options, out_channels=2, padding_mode=mode)
    depthwise = made(DepthwiseConvolution, **options, padding_mode=mode, bias=False)
    separable = made(SeparableConvolution, **options, out_channels=2, padding_mode=mode, bias=False)
    x = random(2, 2, size)
    weights, apart = drawn_weights(layer, x), drawn_weights(separable, x)
    padded = extended(x, whole.pads, mode)
    expected = convolved(padded, weights["weight"], weights["bias"], whole)
    assert expected.shape[2] == -(-size // stride)
    compare(layer, x, weights, expected)
    by_channel = convolved(padded, apart["depthwise_weight"], None, whole, 2)
    compare(depthwise, x, {"weight": apart["depthwise_weight"]}, by_channel)
    compare(separable, x, apart, run_operator("Conv", by_channel, apart["pointwise_weight"]))


KERAS = [(20, 3, 1, 1, 20), (20, 3, 2, 1, 10), (7, 2, 3, 1, 3), (5, 4, 1, 3, 5), (1, 3, 2, 1, 1), (9, 1, 4, 1, 3)]
"""Size, kernel, stride, dilation, and the length that Keras 3's Conv1D gives with `padding="causal"`."""


@pytest.mark.parametrize(("size", "kernel", "stride", "dilation", "length"), KERAS)
def test_causal_lengths_are_those_of_keras(size: int, kernel: int, stride: int, dilation: int, length: int) -> None:
    layer = made(Convolution, out_channels=2, kernel_size=kernel, stride=stride, dilation=dilation, padding="causal")
    assert layer.output_shape([(3, size)]) == (2, length)


@pytest.mark.parametrize("shape", [(3, 5, 5), (3, 5, 5, 5)])
def test_causal_is_for_one_axis(shape: tuple[int, ...]) -> None:
    with pytest.raises(LayerError, match=f"`padding: causal` is for 1 spatial axis, the input has {len(shape) - 1}"):
        made(Convolution, out_channels=2, kernel_size=3, padding="causal").output_shape([shape])


LIMITS = [
    ("reflect", 3, (2, 9, 3), "`padding` 3 in `reflect` mode needs a width of at least 4, the input has 3"),
    ("circular", 4, (2, 3, 9), "`padding` 4 in `circular` mode needs a height of at least 4, the input has 3"),
    ("reflect", "same", (2, 2, 9), "`padding` 3 in `reflect` mode needs a height of at least 4, the input has 2"),
    ("reflect", [[0, 5], [0, 0]], (2, 5, 9), "`padding` 5 in `reflect` mode needs a height of at least 6"),
]


@pytest.mark.parametrize(("mode", "padding", "shape", "fact"), LIMITS)
def test_a_border_that_cannot_be_filled_is_refused(mode: str, padding: Any, shape: tuple[int, ...], fact: str) -> None:
    layer = made(Convolution, out_channels=2, kernel_size=7, padding=padding, padding_mode=mode)
    with pytest.raises(LayerError) as caught:
        layer.output_shape([shape])
    assert fact in caught.value.fact
    assert caught.value.option == "padding"
    assert caught.value.too_small


@pytest.mark.parametrize("mode", MODES)
def test_one_pixel_more_fills_it(mode: str) -> None:
    layer = made(Convolution, out_channels=2, kernel_size=7, padding=3, padding_mode=mode)
    least = {"reflect": 4, "circular": 3, "replicate": 1}[mode]
    assert layer.output_shape([(2, least, least)]) == (2, least, least)
    if least > 1:
        with pytest.raises(LayerError):
            layer.output_shape([(2, least - 1, least)])


BORDERED = [
    f"conv1d: {{out_channels: 2, kernel_size: 3, padding: 2, stride: {stride}, padding_mode: {mode}, dilation: 2}}"
    for mode in MODES
    for stride in (1, 3)
] + [
    "conv1d: {out_channels: 2, kernel_size: 4, stride: 3, padding: same, padding_mode: reflect}",
    "depthwise_conv1d: {kernel_size: 3, padding: [[2, 0]], padding_mode: circular}",
    "separable_conv1d: {out_channels: 2, kernel_size: 3, dilation: 2, padding: causal, padding_mode: replicate}",
    "conv1d: {out_channels: 2, kernel_size: 3, dilation: 2, stride: 2, padding: causal}",
]


@pytest.mark.parametrize("layer", BORDERED)
def test_what_each_unit_sees_is_proven_by_execution(layer: str) -> None:
    """Also behind another window, and through the command's own proof."""
    text = f"input: 2x9\nlayers:\n  - {{{layer}}}\n  - conv1d: {{out_channels: 2, kernel_size: 2, stride: 2}}\n"
    network = cnncalc.load(text)
    for node in network.nodes:
        for unit in range(node.output_shape[1]):
            proof = network.receptive_field(node.name, (unit,), verify=True).proof
            assert proof is not None
            assert proof.ok
    assert network.run()[0].ok


def test_integers_stay_exact_in_boxes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Against Python's integers, of which a box holds a few only."""
    monkeypatch.setattr(bordered, "SCRATCH_BYTES", 256)
    rng = np.random.default_rng(0)
    x, weight = rng.integers(2**52, 2**53, (2, 4, 6, 7)) | 1, rng.integers(-1, 2, (4, 2, 3, 2))
    windows = [AxisWindow(3, stride=2, padding=(5, 5)), AxisWindow(2, dilation=3, padding=(6, 1))]
    for mode in MODES:
        found = bordered.convolve_bordered(x, weight, windows=windows, mode=mode, groups=2)
        numpy_mode: Any = {"reflect": "reflect", "replicate": "edge", "circular": "wrap"}[mode]
        padded = np.pad(x, [(0, 0), (0, 0), (5, 5), (6, 1)], mode=numpy_mode).astype(object)
        expected = naive.conv(padded, weight.astype(object), (2, 1), (1, 3), [(0, 0)] * 2, 2).output
        assert found.dtype == np.int64
        assert (found == expected).all()
