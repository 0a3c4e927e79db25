"""Kernels bound to arrays in every kind of place, run by any number of threads, one after another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cnncalc.kernels.prepared.shares import Share

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnncalc.kernels import Array
    from cnncalc.kernels.prepared.finish import Finish

THREADS = (1, 2, 3)


def naive_convolution(x: Array, weight: Array, stride: int, dilation: int, padding: int, groups: int) -> Array:
    """The definition, of ``(N, C, H, W)`` and in float64: a loop over positions and filters."""
    x = np.pad(x.astype(float), ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    filters, channels, high, wide = weight.shape
    extents = dilation * (high - 1) + 1, dilation * (wide - 1) + 1
    down, across = ((size - extent) // stride + 1 for size, extent in zip(x.shape[2:], extents, strict=True))
    output = np.zeros((len(x), filters, down, across))
    for o in range(filters):
        group = o // (filters // groups)
        for i in range(down):
            for j in range(across):
                window = x[
                    :,
                    group * channels : (group + 1) * channels,
                    i * stride : i * stride + extents[0] : dilation,
                    j * stride : j * stride + extents[1] : dilation,
                ]
                output[:, o, i, j] = (window * weight[o].astype(float)).sum((1, 2, 3))
    return output


def channels_last(x: Array, border: int = 0, beyond: int = 0) -> Array:
    """``(N, C, H, W)`` as ``(N, H, W, C)`` with a border of zeros, and of numbers that nothing may depend on beyond."""
    count, channels, height, width = x.shape
    room = np.full((count, height + 2 * border + beyond, width + 2 * border + beyond, channels), 7, x.dtype)
    room[:, : height + 2 * border, : width + 2 * border] = 0
    room[:, border : border + height, border : border + width] = x.transpose(0, 2, 3, 1)
    return room


def outputs(
    shape: tuple[int, ...], border: int, beside: int, make: Callable[[Array], Any], dtype: Any = np.float32
) -> list[Array]:
    """What a kernel writes ``(N, C, H, W)`` by each number of threads, in a place with a border and channels beside it.

    Around that place nothing may be written, and scratch memory holds no numbers at first.
    """
    count, channels, height, width = shape
    found = []
    for threads in THREADS:
        room = np.zeros((count, height + 2 * border, width + 2 * border, channels + 2 * beside), dtype)
        inside = (slice(None), *(slice(border, border + size) for size in (height, width)))
        target = room[(*inside, slice(beside, beside + channels))]
        kernel = make(target)
        for number in range(threads):
            for call in kernel.calls(Share(number, threads, np.full(kernel.scratch_size, np.nan, dtype))):
                call()
        found.append(target.transpose(0, 3, 1, 2).copy())
        target[...] = 0
        assert not room.any()
    return found


def finished(sums: Array, finish: Finish) -> Array:
    """The definition of a finish, of sums ``(N, C, H, W)``."""
    if finish.bias is not None:
        sums = sums + finish.bias.reshape(-1, 1, 1)
    if finish.added is not None:
        sums = sums + finish.added.transpose(0, 3, 1, 2)
    return np.clip(sums, finish.low, finish.high) if (finish.low, finish.high) != (None, None) else sums
