"""Windows laid out as columns and put together again, and filters of each position."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

from cnncalc.models.onnx.flows import plain_axes
from cnncalc.models.onnx.operators.convolution import begin_end
from cnncalc.models.onnx.operators.windows import pairs, sizes
from cnncalc.models.onnx.reading import short

if TYPE_CHECKING:
    from cnncalc.kernels import Array
    from cnncalc.kernels.windows import AxisWindow
    from cnncalc.models.onnx.flows import Flow
    from cnncalc.models.onnx.reading import Reading
    from cnncalc.models.onnx.writing import LayerWriting


def write_unfold(w: LayerWriting) -> str:
    """What lies under the taps of each axis, gathered; no operator does it at once."""
    sizes, positions, taps = list(w.shape), [], []
    windows = w.layer.windows(w.shape)
    pads = [window.pads(size) for window, size in zip(windows, w.shape[1:], strict=True)]
    x = w.x
    if any(map(any, pads)):
        sizes = [sizes[0], *(size + sum(pair) for size, pair in zip(sizes[1:], pads, strict=True))]
        ends = [0, 0, *(before for before, _ in pads), 0, 0, *(after for _, after in pads)]
        x = w.node("Pad", [x, w.integers(ends)], tuple(sizes))
    for axis, (window, size) in enumerate(zip(windows, w.shape[1:], strict=True), 1):
        taps.append(window.kernel_size)
        positions.append(window.positions(size))
        places = [
            tap * window.dilation + position * window.stride
            for tap in range(window.kernel_size)
            for position in range(positions[-1])
        ]
        sizes[axis] = len(places)
        x = w.node("Gather", [x, w.integers(places)], tuple(sizes), axis=1 + axis)
    cut = (w.shape[0], *(size for pair in zip(taps, positions, strict=True) for size in pair))
    order = (0, *range(1, len(cut), 2), *range(2, len(cut), 2))
    return w.reshaped(w.permuted(w.reshaped(x, cut), order, cut), (w.shape[0] * prod(taps), prod(positions)))


def write_fold(w: LayerWriting) -> str:
    """An operator since opset 18, for images; else a transposed convolution that puts each value to its tap."""
    windows = w.layer.geometry()
    block = [window.kernel_size for window in windows]
    attributes: dict[str, Any] = {
        "strides": [window.stride for window in windows],
        "dilations": [window.dilation for window in windows],
        "pads": begin_end([window.padding for window in windows]),
    }
    if len(windows) == 2 and w.opset >= 18:
        return w.node("Col2Im", [w.x, w.integers(w.output_shape[1:]), w.integers(block)], **attributes)
    channels, *sizes = w.output_shape
    positions = [window.slide_over(size).positions for window, size in zip(windows, sizes, strict=True)]
    filters = (channels * prod(block), 1, *block)
    return w.node(
        "ConvTranspose",
        [w.reshaped(w.x, (filters[0], *positions)), w.numbers(_one_tap_each(channels, prod(block)), filters)],
        kernel_shape=block,
        group=channels,
        output_padding=[_left_over(*axis) for axis in zip(windows, positions, sizes, strict=True)],
        **attributes,
    )


def _one_tap_each(channels: int, taps: int) -> Array:
    """For each channel and tap a filter that has a one there."""
    import numpy as np

    return np.tile(np.eye(taps), (channels, 1))


def _left_over(window: AxisWindow, positions: int, size: int) -> int:
    """The pixels of an axis behind the last window."""
    return size + sum(window.padding) - ((positions - 1) * window.stride + window.extent)


def write_locally_connected(w: LayerWriting) -> str:
    """A product of matrices for each position, of what the window has there."""
    columns = write_unfold(w)
    filters, *sizes = w.output_shape
    positions, rows = prod(sizes), w.shape[0] * prod(window.kernel_size for window in w.layer.windows(w.shape))
    x = w.reshaped(w.permuted(columns, (1, 0), (rows, positions)), (positions, rows, 1))
    y = w.node("MatMul", [w.weight("weight", (positions, filters, rows)), x], (positions, filters, 1))
    if w.weight_shape("bias") is not None:
        y = w.node("Add", [y, w.weight("bias", (positions, filters, 1))], (positions, filters, 1))
    turned = w.permuted(w.reshaped(y, (positions, filters)), (1, 0), (positions, filters))
    return w.reshaped(turned, w.output_shape)


def read_col2im(node: Reading) -> Flow:
    """`Col2Im`: columns put together to a map."""
    x, image, block = node.flow(), node.whole_numbers(1), node.whole_numbers(2)
    if image is None or block is None or len(image) != len(block) or not image:
        raise node.refuse("it has no size of the map and of the window")
    axes = len(block)
    options: dict[str, Any] = {"output_size": image, "kernel_size": block}
    stride, dilation = sizes(node, "strides", axes, 1), sizes(node, "dilations", axes, 1)
    padding = pairs(sizes(node, "pads", 2 * axes, 0))
    options |= {"stride": short(stride)} if set(stride) != {1} else {}
    options |= {"dilation": short(dilation)} if set(dilation) != {1} else {}
    options |= {"padding": padding} if padding else {}
    return node.layer("fold", options, [x], axes=plain_axes(1 + axes))
