"""Worked examples of lecture notes: values, shapes and counts, checked by hand and against PyTorch or Keras."""

from __future__ import annotations

from typing import Any

Nested = list[Any]


def network_text(layer: dict[str, Any], image: Nested) -> str:
    """The spec of one layer for a single-channel image."""
    [(kind, options)] = layer.items()
    written = ", ".join(f"{name}: {value}" for name, value in options.items())
    return f"input: {'x'.join(map(str, (1, *sizes(image))))}\nlayers:\n  - {kind}: {{{written}}}\n"


def sizes(nested: Nested) -> list[int]:
    """The sizes of nested lists."""
    return [len(nested), *(sizes(nested[0]) if isinstance(nested[0], list) else [])]


def conv(weight: Nested, **options: Any) -> dict[str, Any]:
    """A convolution with one given filter."""
    kernel = sizes(weight)
    return {"conv": {"out_channels": 1, "kernel_size": kernel, "bias": "false", "weight": [[weight]], **options}}


TOY = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
ONES = [[1, 1], [1, 1]]
CROSS = [[1, 0, 1], [0, 1, 0], [1, 0, 1]]
POOLED = [[3, -1, 12, -1], [-3, 1, 0, 1], [2, -3, 0, 1], [3, -2, 4, -1]]

VALUES = [
    (
        [[1, 1, 1, 0, 0], [0, 1, 1, 1, 0], [0, 0, 1, 1, 1], [0, 0, 1, 1, 0], [0, 1, 1, 0, 0]],
        conv(CROSS),
        [[4, 3, 4], [2, 4, 3], [2, 3, 4]],
    ),
    ([[1, 2, 3], [0, 1, 5], [1, 0, 2]], conv(CROSS), [[8]]),
    (TOY, conv(ONES), [[12, 16], [24, 28]]),
    (TOY, conv(ONES, padding="same"), [[12, 16, 9], [24, 28, 15], [15, 17, 9]]),
    ([[4, 3], [2, 1]], {"max_pool": {"kernel_size": 2, "stride": 1, "padding": "valid"}}, [[4]]),
    ([[4, 3], [2, 1]], {"max_pool": {"kernel_size": 2, "stride": 1, "padding": "same"}}, [[4, 3], [2, 1]]),
    (POOLED, {"max_pool": {"kernel_size": 2}}, [[3, 12], [3, 4]]),
    (POOLED, {"avg_pool": {"kernel_size": 2}}, [[0, 3], [0, 1]]),
    ([1, 1, 1, 1, 1], conv([0.25, 0.5, 0.25]), [1, 1, 1]),
]
"""An image, a layer, and the only channel of what it makes of the image."""

SHAPES = [
    ("1x5x5", "conv2d: {out_channels: 1, kernel_size: 3}", (1, 3, 3)),
    ("1x28x28", "conv2d: {out_channels: 5, kernel_size: 5}", (5, 24, 24)),
    ("5x24x24", "max_pool2d: {kernel_size: 2}", (5, 12, 12)),
    ("3x32x32", "conv2d: {out_channels: 6, kernel_size: 5}", (6, 28, 28)),
    ("1x28x28", "conv2d: {out_channels: 5, kernel_size: 3, stride: 2, padding: same}", (5, 14, 14)),
    ("5x14x14", "max_pool2d: {kernel_size: 2, stride: 2, padding: same}", (5, 7, 7)),
    ("1x6x6", "conv2d: {out_channels: 1, kernel_size: 3}", (1, 4, 4)),
    ("1x7x7", "conv2d: {out_channels: 1, kernel_size: 3, dilation: 2}", (1, 3, 3)),
    ("1x5x5", "conv2d: {out_channels: 1, kernel_size: 3, stride: 2}", (1, 2, 2)),
    ("192x28x28", "conv2d: {out_channels: 64, kernel_size: 1}", (64, 28, 28)),
    ("3x224x224", "conv2d: {out_channels: 32, kernel_size: 3, stride: 2, padding: 1}", (32, 112, 112)),
    ("1x2x2", "conv_transpose2d: {out_channels: 1, kernel_size: 3, stride: 2}", (1, 5, 5)),
    ("1x16x28x28", "conv3d: {out_channels: 4, kernel_size: [3, 5, 5]}", (4, 14, 24, 24)),
]
"""The shape of an input, a layer, and the shape that it gives."""

PARAMETERS = [
    ("3x32x32", "conv2d: {out_channels: 6, kernel_size: 5}", 456),
    ("16x8x8", "conv2d: {out_channels: 32, kernel_size: 3, bias: false}", 4608),
    ("16x8x8", "separable_conv2d: {out_channels: 32, kernel_size: 3, bias: false}", 656),
    ("1x7x7", "conv2d: {out_channels: 1, kernel_size: 3, dilation: 2, bias: false}", 9),
]
"""The shape of an input, a layer, and the numbers that it has."""
