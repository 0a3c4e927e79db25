"""Convolutions, and what is made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.geometry.window import TransposedWindow, Window
    from cnncalc.models.onnx.writing import LayerWriting
    from cnncalc.shapes import Shape

PAD_MODES = {"reflect": "reflect", "replicate": "edge", "circular": "wrap"}
"""What Pad calls the ways to fill a border from the input."""

SAME_WORDS = {"same": "SAME_UPPER", "same_lower": "SAME_LOWER"}


def begin_end(pads: Sequence[tuple[int, int]]) -> list[int]:
    """Padding as ONNX has it: all that is before, then all that is after.

    >>> begin_end([(0, 1), (2, 3)])
    [0, 2, 1, 3]
    """
    return [before for before, _ in pads] + [after for _, after in pads]


def padding_attributes(padding: object, windows: Sequence[Window], shape: Shape) -> dict[str, Any]:
    """The padding of a window: a word where ONNX computes the same from it, else numbers.

    Runtimes take the words without dilation only.
    """
    pads = [window.pads(size) for window, size in zip(windows, shape[1:], strict=True)]
    if isinstance(padding, str) and padding in SAME_WORDS and all(w.dilation == 1 for w in windows):
        return {"auto_pad": SAME_WORDS[padding]}
    return {"pads": begin_end(pads)} if any(map(any, pads)) else {}


def window_attributes(windows: Sequence[Window | TransposedWindow]) -> dict[str, Any]:
    """Kernel, stride and dilation, the latter two where they are not 1."""
    found: dict[str, Any] = {"kernel_shape": [window.kernel_size for window in windows]}
    if any(window.stride != 1 for window in windows):
        found["strides"] = [window.stride for window in windows]
    if any(window.dilation != 1 for window in windows):
        found["dilations"] = [window.dilation for window in windows]
    return found


def _used_weight(w: LayerWriting) -> str:
    """The weight as the forward pass takes it: normalised, where the layer says so."""
    if w.layer.normalization is None:
        return w.weight("weight")
    return w.weight("weight", w.layer.kernel_shape(w.shape), w.layer.used_weight)


def _convolved(w: LayerWriting, weight: str, bias: list[str], groups: int, channels: int) -> str:
    """The convolution with the layer's window and border, which gives so many channels."""
    windows, x, shape = w.layer.windows(w.shape), w.x, w.shape
    padding = padding_attributes(w.layer.padding, windows, shape)
    mode = w.layer.padding_mode
    if mode != "zeros" and padding:
        pads = [window.pads(size) for window, size in zip(windows, shape[1:], strict=True)]
        x = bordered(w, x, [(0, 0), *pads], PAD_MODES[mode], shape)
        padding = {}
    positions = tuple(window.positions(size) for window, size in zip(windows, shape[1:], strict=True))
    group = groups if groups > 1 else None
    attributes = {**window_attributes(windows), **padding}
    return w.node("Conv", [x, weight, *bias], (channels, *positions), group=group, **attributes)


def bordered(w: LayerWriting, x: str, pads: Sequence[tuple[int, int]], mode: str, shape: Shape) -> str:
    """A tensor of this shape, extended along each axis but the batch in a mode of Pad."""
    if mode == "wrap":
        w.needs(19, "a border that goes on at the other end")
    sizes = tuple(size + sum(pair) for pair, size in zip(pads, shape, strict=True))
    return w.node("Pad", [x, w.integers(begin_end([(0, 0), *pads]))], sizes, mode=mode)


def write_conv(w: LayerWriting) -> str:
    """Conv."""
    return _convolved(w, _used_weight(w), w.optional_weight("bias"), w.layer.groups, w.output_shape[0])


def write_depthwise_conv(w: LayerWriting) -> str:
    """Conv with a group for each channel."""
    return _convolved(w, _used_weight(w), w.optional_weight("bias"), w.shape[0], w.output_shape[0])


def write_separable_conv(w: LayerWriting) -> str:
    """Conv with a group for each channel, and one with kernel 1."""
    shape = w.weight_shape("depthwise_weight")
    assert shape is not None
    apart = _convolved(w, w.weight("depthwise_weight"), [], w.shape[0], shape[0])
    rank = len(w.shape) - 1
    inputs = [apart, w.weight("pointwise_weight"), *w.optional_weight("bias")]
    return w.node("Conv", inputs, kernel_shape=[1] * rank)


def write_conv_transpose(w: LayerWriting) -> str:
    """ConvTranspose, whose output padding follows from the window."""
    windows = w.layer.windows(w.shape)
    pads = [window.pads(size) for window, size in zip(windows, w.shape[1:], strict=True)]
    added = [window.added for window in windows]
    return w.node(
        "ConvTranspose",
        [w.x, _used_weight(w), *w.optional_weight("bias")],
        group=w.layer.groups if w.layer.groups > 1 else None,
        pads=begin_end(pads) if any(map(any, pads)) else None,
        output_padding=added if any(added) else None,
        **window_attributes(windows),
    )


def write_squeeze_excite(w: LayerWriting) -> str:
    """The mean of each channel, two convolutions with kernel 1 and their activations, and the product."""
    layer, ones = w.layer, (1,) * (len(w.shape) - 1)
    gate = w.node("GlobalAveragePool", w.x, (w.shape[0], *ones))
    steps = (
        ("fc1", layer.squeeze_channels, "activation", layer.activation),
        ("fc2", w.shape[0], "scale_activation", layer.scale_activation),
    )
    for name, channels, option, activation in steps:
        arrays = [w.weight(f"{name}.weight"), w.weight(f"{name}.bias")]
        gate = w.node("Conv", [gate, *arrays], (channels, *ones), kernel_shape=list(ones))
        if activation is not None:
            gate = w.inner(activation, f"{option}.", gate, (channels, *ones))
    return w.node("Mul", [w.x, gate])
