"""Convolutions against ONNX Runtime."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import cnncalc
from cnncalc.errors import LayerError
from cnncalc.execution.executor import run
from cnncalc.geometry.window import Window
from cnncalc.layers.convolution import Convolution
from cnncalc.layers.depthwise import DepthwiseConvolution, SeparableConvolution
from cnncalc.layers.transposed import ConvTranspose
from tests.layers.comparison import compares
from tests.layers.drawing import Windows, random, windows
from tests.layers.execution import compare, execute, made
from tests.layers.naive import conv_transpose
from tests.onnx_engine import run_operator
from tests.rows import every_row

if TYPE_CHECKING:
    from cnncalc.kernels import Array
    from cnncalc.layers.base import Layer

CHANNELS = st.integers(1, 3)


def drawn_weights(layer: Layer, x: Array) -> dict[str, Array]:
    """Weights of the shapes that the layer states."""
    shapes = layer.weight_shapes([x.shape[1:]])
    return {name: random(*shape, seed=index) for index, (name, shape) in enumerate(shapes.items())}


@compares("conv")
@given(windows(), CHANNELS, CHANNELS, st.sampled_from([1, 1, 2, 3]), st.booleans())
def test_conv(drawn: Windows, inputs: int, outputs: int, groups: int, bias: bool) -> None:
    layer = made(Convolution, **drawn.options, out_channels=outputs * groups, groups=groups, bias=bias)
    x = random(2, inputs * groups, *drawn.sizes)
    weights = drawn_weights(layer, x)
    compare(layer, x, weights, run_operator("Conv", x, *weights.values(), group=groups, **drawn.onnx()))


@compares("depthwise_conv")
@given(windows(), CHANNELS, CHANNELS, st.booleans())
def test_depthwise_conv(drawn: Windows, channels: int, multiplier: int, bias: bool) -> None:
    layer = made(DepthwiseConvolution, **drawn.options, depth_multiplier=multiplier, bias=bias)
    x = random(2, channels, *drawn.sizes)
    weights = drawn_weights(layer, x)
    compare(layer, x, weights, run_operator("Conv", x, *weights.values(), group=channels, **drawn.onnx()))


@compares("separable_conv")
@given(windows(), CHANNELS, CHANNELS, st.integers(1, 2), st.booleans())
def test_separable_conv(drawn: Windows, channels: int, outputs: int, multiplier: int, bias: bool) -> None:
    layer = made(SeparableConvolution, **drawn.options, out_channels=outputs, depth_multiplier=multiplier, bias=bias)
    x = random(2, channels, *drawn.sizes)
    weights = drawn_weights(layer, x)
    first = run_operator("Conv", x, weights["depthwise_weight"], group=channels, **drawn.onnx())
    expected = run_operator("Conv", first, weights["pointwise_weight"], weights.get("bias"))
    compare(layer, x, weights, expected)


# Transposed


@compares("conv_transpose")
@given(windows(largest=6), CHANNELS, CHANNELS, st.sampled_from([1, 1, 2]), st.booleans(), st.data())
def test_conv_transpose(
    drawn: Windows, inputs: int, outputs: int, groups: int, bias: bool, data: st.DataObject
) -> None:
    """`same` is what its convolution pads at the size that comes out, held against the explicit pads of ONNX."""
    word = isinstance(drawn.options["padding"], str) and drawn.options["padding"] != "valid"
    # ONNX Runtime wants less output padding than stride; as in PyTorch ours may reach the dilation, see below.
    added = None if word else [data.draw(st.integers(0, stride - 1)) for stride in drawn.each("stride")]
    pads, filled = drawn.pads, added or []
    if word:
        pads, filled = transposed_same(drawn)
    whole = [
        (n - 1) * s + d * (k - 1) + 1 + more
        for n, s, d, k, more in zip(
            drawn.sizes, drawn.each("stride"), drawn.each("dilation"), drawn.each("kernel_size"), filled, strict=True
        )
    ]
    assume(all(size > sum(pair) for size, pair in zip(whole, pads, strict=True)))
    layer = made(
        ConvTranspose, **drawn.options, out_channels=outputs * groups, groups=groups, bias=bias, output_padding=added
    )
    x = random(2, inputs * groups, *drawn.sizes)
    weights = drawn_weights(layer, x)
    expected = run_operator(
        "ConvTranspose",
        x,
        *weights.values(),
        group=groups,
        kernel_shape=drawn.each("kernel_size"),
        strides=drawn.each("stride"),
        dilations=drawn.each("dilation"),
        pads=[before for before, _ in pads] + [after for _, after in pads],
        output_padding=filled,
    )
    compare(layer, x, weights, expected)


def transposed_same(drawn: Windows) -> tuple[list[tuple[int, int]], list[int]]:
    """The pads of the convolution with the same padding at stride times the size, and what is missing to that size."""
    axes = list(zip(drawn.sizes, drawn.each("kernel_size"), drawn.each("stride"), drawn.each("dilation"), strict=True))
    word = drawn.options["padding"]
    pads = [Window(k, s, d, word).pads(n * s) for n, k, s, d in axes]
    whole = [(n - 1) * s + d * (k - 1) + 1 - sum(pair) for (n, k, s, d), pair in zip(axes, pads, strict=True)]
    return pads, [n * s - size for (n, _, s, _), size in zip(axes, whole, strict=True)]


@pytest.mark.slow
@given(windows(dilated=False, largest=6).filter(lambda drawn: "auto_pad" in drawn.onnx()))
def test_conv_transpose_with_a_word_for_padding(drawn: Windows) -> None:
    """The word itself, where the kernel is no smaller than the stride: ONNX Runtime gives too few pixels elsewhere."""
    assume(all(k >= s for k, s in zip(drawn.each("kernel_size"), drawn.each("stride"), strict=True)))
    layer = made(ConvTranspose, **drawn.options, out_channels=2)
    x = random(1, 3, *drawn.sizes)
    weights = drawn_weights(layer, x)
    compare(layer, x, weights, run_operator("ConvTranspose", x, *weights.values(), **drawn.onnx()))


@every_row("padding", ["same", "same_lower"])
@every_row("size", [1, 2, 7, 8])
@every_row("kernel", [1, 2, 3, 4, 5])
@every_row("stride", [1, 2, 3, 4])
def test_transposed_same_is_the_gradient_of_conv_with_same_padding(
    padding: str, size: int, kernel: int, stride: int
) -> None:
    """As Keras and TensorFlow define it: ``<conv(x), y> = <x, conv_transpose(y)>`` for every x and y."""
    forward = made(Convolution, out_channels=3, kernel_size=kernel, stride=stride, padding=padding, bias=False)
    backward = made(ConvTranspose, out_channels=2, kernel_size=kernel, stride=stride, padding=padding, bias=False)
    x, y = random(1, 2, size * stride).astype(float), random(1, 3, size, seed=1).astype(float)
    weights = {"weight": random(3, 2, kernel, seed=2).astype(float)}
    there, back = forward.forward([x], weights), backward.forward([y], weights)
    assert there.shape == y.shape
    assert back.shape == x.shape
    assert np.vdot(there, y) == pytest.approx(np.vdot(x, back))


KERAS = [
    (4, 3, 2, 1, None, 8, (0, 1)),
    (4, 3, 2, 1, 0, 7, (1, 1)),
    (4, 3, 2, 1, 1, 8, (0, 1)),
    (4, 2, 2, 1, 0, 6, (1, 1)),
    (4, 2, 2, 1, 1, 7, (0, 1)),
    (4, 4, 3, 1, 2, 11, (1, 1)),
    (4, 1, 3, 1, 2, 12, (0, 0)),
    (4, 3, 1, 2, 0, 4, (2, 2)),
    (1, 5, 2, 1, 0, 1, (2, 2)),
]
"""Size, kernel, stride, dilation, `output_padding`; what Keras 3 gives with `same`, and what it crops off both ends."""


@every_row(("size", "kernel", "stride", "dilation", "added", "output", "crops"), KERAS)
def test_transposed_same_with_output_padding_is_that_of_keras(
    size: int, kernel: int, stride: int, dilation: int, added: int | None, output: int, crops: tuple[int, int]
) -> None:
    window = {"kernel_size": kernel, "stride": stride, "dilation": dilation, "output_padding": added}
    same = made(ConvTranspose, out_channels=1, padding="same", **window)
    lower = made(ConvTranspose, out_channels=1, padding="same_lower", **window)
    assert same.output_shape([(1, size)]) == lower.output_shape([(1, size)]) == (1, output)
    assert [w.pads(size) for w in same.windows((1, size))] == [crops]
    assert [w.pads(size) for w in lower.windows((1, size))] == [crops[::-1]]


@pytest.mark.slow
@given(windows(largest=6), st.data())
def test_transposed_same_with_output_padding(drawn: Windows, data: st.DataObject) -> None:
    """Of ``2 floor(extent / 2) - output_padding`` pixels too many half are cut before, held against explicit pads."""
    assume(drawn.worded)
    added = [data.draw(st.integers(0, stride - 1)) for stride in drawn.each("stride")]
    axes = list(zip(drawn.each("kernel_size"), drawn.each("dilation"), added, strict=True))
    excess = [2 * ((d * (k - 1) + 1) // 2) - more for k, d, more in axes]
    small, large = [max(n, 0) // 2 for n in excess], [-(-max(n, 0) // 2) for n in excess]
    befores, afters = (small, large) if drawn.options["padding"] == "same" else (large, small)
    whole = [
        (n - 1) * s + d * (k - 1) + 1 - total
        for n, s, (k, d, _), total in zip(drawn.sizes, drawn.each("stride"), axes, excess, strict=True)
    ]
    assume(min(whole) > 0)
    layer = made(ConvTranspose, **drawn.options, out_channels=2, output_padding=added)
    x = random(1, 3, *drawn.sizes)
    weights = drawn_weights(layer, x)
    expected = run_operator(
        "ConvTranspose",
        x,
        *weights.values(),
        kernel_shape=drawn.each("kernel_size"),
        strides=drawn.each("stride"),
        dilations=drawn.each("dilation"),
        pads=befores + afters,
        output_padding=[max(-n, 0) for n in excess],
    )
    assert expected.shape[2:] == tuple(whole)
    compare(layer, x, weights, expected)


@every_row("padding", [0, 1, [[1, 2]], "same", "same_lower"])
@every_row("dilation", [1, 2])
@every_row("stride", [1, 2, 3])
def test_an_output_size_is_an_output_padding(stride: int, dilation: int, padding: Any) -> None:
    """Every size that an output padding below the stride gives, and no other."""
    options = {"out_channels": 2, "kernel_size": 3, "stride": stride, "dilation": dilation, "padding": padding}
    x = random(1, 2, 5)
    padded = [made(ConvTranspose, **options, output_padding=added) for added in range(stride)]
    weights = drawn_weights(padded[0], x)
    sizes = [layer.output_shape([(2, 5)])[1] for layer in padded]
    for size in range(1, max(sizes) + 3):
        layer = made(ConvTranspose, **options, output_size=size)
        if size in sizes:
            same = padded[sizes.index(size)]
            assert layer.windows((2, 5)) == same.windows((2, 5))
            compare(layer, x, weights, execute(same, x, weights=weights))
        else:
            with pytest.raises(LayerError, match=f"`output_size` has a length of {size}, and a length of 5 gives"):
                layer.output_shape([(2, 5)])


PYTORCH_SIZES = [
    ((7, 7), 3, 2, 1, 1, (14, 13), (14, 13)),
    ((7, 7), 3, 2, 1, 1, (15, 13), None),
    ((7, 7), 3, 2, 1, 1, (12, 13), None),
    ((4,), 2, 3, 0, 1, (13,), (13,)),
    ((4,), 2, 3, 0, 1, (14,), None),
    ((4,), 3, 1, 0, 2, (8,), (8,)),
    ((4,), 3, 1, 0, 2, (9,), None),
]
"""Sizes, kernel, stride, padding, dilation and `output_size`; what PyTorch 2.14 gives, None where it refuses."""


@pytest.mark.parametrize(("sizes", "kernel", "stride", "padding", "dilation", "wanted", "given_"), PYTORCH_SIZES)
def test_output_sizes_are_those_of_pytorch(
    sizes: tuple[int, ...],
    kernel: int,
    stride: int,
    padding: int,
    dilation: int,
    wanted: tuple[int, ...],
    given_: tuple[int, ...] | None,
) -> None:
    window = {"kernel_size": kernel, "stride": stride, "padding": padding, "dilation": dilation}
    layer = made(ConvTranspose, out_channels=2, output_size=list(wanted), **window)
    if given_ is not None:
        assert layer.output_shape([(3, *sizes)]) == (2, *given_)
    else:
        with pytest.raises(LayerError):
            layer.output_shape([(3, *sizes)])


KERAS_VALUES = [
    ("valid", 4, 3, 2, 0, [1, 1, 3, 2, 5, 3, 7, 4, 4]),
    ("valid", 4, 3, 2, 1, [1, 1, 3, 2, 5, 3, 7, 4, 4, 0]),
    ("valid", 4, 2, 3, 0, [1, 1, 0, 2, 2, 0, 3, 3, 0, 4, 4]),
    ("valid", 4, 2, 3, 1, [1, 1, 0, 2, 2, 0, 3, 3, 0, 4, 4, 0]),
    ("valid", 4, 2, 3, 2, [1, 1, 0, 2, 2, 0, 3, 3, 0, 4, 4, 0, 0]),
    ("valid", 3, 5, 2, 1, [1, 1, 3, 3, 6, 5, 5, 3, 3, 0]),
    ("valid", 2, 4, 3, 2, [1, 1, 1, 3, 2, 2, 2, 0, 0]),
    ("same", 4, 3, 2, None, [1, 1, 3, 2, 5, 3, 7, 4]),
    ("same", 4, 3, 2, 0, [1, 3, 2, 5, 3, 7, 4]),
    ("same", 4, 3, 2, 1, [1, 1, 3, 2, 5, 3, 7, 4]),
    ("same", 4, 2, 3, None, [1, 1, 0, 2, 2, 0, 3, 3, 0, 4, 4, 0]),
    ("same", 4, 2, 3, 1, [1, 1, 0, 2, 2, 0, 3, 3, 0, 4]),
    ("same", 4, 2, 3, 2, [1, 1, 0, 2, 2, 0, 3, 3, 0, 4, 4]),
    ("same", 3, 5, 2, 0, [3, 3, 6, 5, 5]),
    ("same", 3, 5, 2, 1, [1, 3, 3, 6, 5, 5]),
    ("same", 5, 1, 2, 1, [1, 0, 2, 0, 3, 0, 4, 0, 5, 0]),
    ("same", 2, 4, 3, 1, [1, 1, 3, 2]),
    ("same", 2, 4, 3, 2, [1, 1, 3, 2, 2]),
]
"""Padding, size, kernel, stride, `output_padding`; what Keras 3.15 makes of 1, 2, ... with a kernel of ones."""


@every_row(("padding", "size", "kernel", "stride", "added", "values"), KERAS_VALUES)
def test_transposed_values_are_those_of_keras(
    padding: str, size: int, kernel: int, stride: int, added: int | None, values: list[int]
) -> None:
    layer = made(
        ConvTranspose, out_channels=1, kernel_size=kernel, stride=stride, padding=padding, output_padding=added
    )
    x, weight = np.arange(1.0, size + 1).reshape(1, 1, size), np.ones((1, 1, kernel))
    assert layer.forward([x], {"weight": weight}).reshape(-1).tolist() == values


def test_transposed_valid_is_that_of_pytorch() -> None:
    """``(4 - 1) 3 + 2 = 11``; Keras pads to the stride and gives 12, which is an output padding of 1 here."""
    pytorch = made(ConvTranspose, out_channels=1, kernel_size=2, stride=3, padding="valid")
    keras = made(ConvTranspose, out_channels=1, kernel_size=2, stride=3, padding="valid", output_padding=1)
    assert pytorch.output_shape([(1, 4)]) == (1, 11)
    assert keras.output_shape([(1, 4)]) == (1, 12)
    assert "Keras's `valid`" in " ".join((ConvTranspose.__doc__ or "").split())


@pytest.mark.parametrize(("size", "positions", "pads"), [(28, 14, (0, 1)), (5, 3, (1, 1))])
def test_same_with_stride_2_on_even_and_odd_sizes(size: int, positions: int, pads: tuple[int, int]) -> None:
    layer = made(Convolution, out_channels=1, kernel_size=3, stride=2, padding="same")
    assert layer.output_shape([(1, size, size)]) == (1, positions, positions)
    assert [window.pads(size) for window in layer.windows((1, size, size))] == [pads, pads]
    transposed = made(ConvTranspose, out_channels=1, kernel_size=3, stride=2, padding="same")
    assert transposed.output_shape([(1, positions)]) == (1, 2 * positions)


@pytest.mark.slow
@given(windows(largest=4), st.integers(1, 2), st.data())
def test_conv_transpose_with_output_padding_below_the_dilation(
    drawn: Windows, groups: int, data: st.DataObject
) -> None:
    assume(not isinstance(drawn.options["padding"], str))
    axes = zip(drawn.each("stride"), drawn.each("dilation"), strict=True)
    added = [data.draw(st.integers(0, max(axis) - 1)) for axis in axes]
    layer = made(ConvTranspose, **drawn.options, out_channels=2 * groups, groups=groups, output_padding=added)
    x = random(1, groups, *drawn.sizes)
    weights = drawn_weights(layer, x)
    expected = conv_transpose(
        x, weights["weight"], drawn.each("stride"), drawn.each("dilation"), drawn.pads, added, groups
    ).output
    assume(expected.size > 0)
    expected += weights["bias"].reshape(-1, *(1,) * drawn.rank)
    compare(layer, x, weights, expected)


def test_drawn_weights_of_transposed_convolutions_keep_the_deviation() -> None:
    layer = "  - conv_transpose2d: {out_channels: 32, kernel_size: 4, stride: 2, padding: 1, bias: false}\n"
    report, _ = run(cnncalc.load("name: deep\ninput: 32x4x4\nlayers:\n" + 5 * layer), seed=3)
    assert all(0.7 < (layer.std or 0) < 1.4 for layer in report.layers)
