"""Normalisation of floats, channel by channel and across channels; the type stays."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Final

import numpy as np

from cnncalc.kernels.arrays import BOX, in_pieces, mean_over, sum_type
from cnncalc.kernels.threads import in_threads
from cnncalc.kernels.windows import at_most, boxes, slices

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.kernels.arrays import Array
    from cnncalc.kernels.windows import Index

USUAL_EXPONENT: Final = 0.75
"""That of Krizhevsky et al. 2012."""


def channel_statistics(x: Array) -> tuple[Array, Array]:
    """Mean and variance of each channel, over the batch and all spatial axes."""
    axes = (0, *range(2, x.ndim))
    mean = mean_over(x, axes)
    total = np.zeros(mean.shape, sum_type(x))
    for box in map(slices, boxes(x.shape, at_most(BOX))):
        channels = box[1]
        total[:, channels] += np.square(x[box] - mean[:, channels]).sum(axes, total.dtype, keepdims=True)
    return mean.reshape(-1), (total.reshape(-1) / (x.size // x.shape[1])).astype(mean.dtype, copy=False)


def scale_and_shift(
    x: Array, mean: Array, variance: Array, eps: float, weight: Array | None, bias: Array | None
) -> Array:
    """``(x - mean) / sqrt(variance + eps) * weight + bias``, folded to one scale and one shift a channel."""
    scale = 1.0 / np.sqrt(variance + eps)
    if weight is not None:
        scale = scale * weight
    shift = -mean * scale
    if bias is not None:
        shift = shift + bias
    per_channel = (1, -1, *(1,) * (x.ndim - 2))
    scales, shifts = (numbers.astype(x.dtype).reshape(per_channel) for numbers in (scale, shift))
    output = np.empty_like(x, order="C")

    def work(box: Index) -> None:
        target, channels = output[box], box[1]
        np.multiply(x[box], scales[:, channels], out=target)
        target += shifts[:, channels]

    in_pieces(work, x.shape)
    return output


def local_response_norm(x: Array, size: int, alpha: float, beta: float, k: float) -> Array:
    """``x / (k + alpha / size * sum of squares of `size` neighbouring channels) ** beta``.

    Channel c sums those from c - size // 2 to c + (size - 1) // 2, as PyTorch does.
    """
    channels = x.shape[1]
    output = np.empty_like(x)
    most = max(BOX // channels, 1)

    def work(box: Index) -> None:
        sample, *places = box
        part = x[sample, :, *places]
        squares, total = np.square(part), np.zeros_like(part)
        for offset in range(-min(size // 2, channels - 1), min((size - 1) // 2, channels - 1) + 1):
            first, last = max(0, -offset), min(channels, channels - offset)
            total[:, first:last] += squares[:, first + offset : last + offset]
        total *= alpha / size
        total += k
        output[sample, :, *places] = np.multiply(_inverse_power(total, beta), part, out=total)

    in_threads(work, map(slices, boxes((len(x), *x.shape[2:]), at_most(most))))
    return output


def _inverse_power(x: Array, exponent: float) -> Array:
    """``x ** -exponent``, where `x` may be overwritten; by roots for 3 / 4, which is what networks have."""
    if exponent != USUAL_EXPONENT:
        return np.power(x, -exponent, out=x)
    np.sqrt(x, out=x)
    np.reciprocal(x, out=x)
    return np.multiply(x, np.sqrt(x), out=x)


def normalised(
    x: Array, over: Sequence[int], eps: float, weight: Array | None, bias: Array | None, *, along: Sequence[int]
) -> Array:
    """``(x - mean) / sqrt(variance + eps) * weight + bias`` with the statistics over some axes.

    `weight` and `bias` have the sizes of the axes `along`.
    """
    axes = tuple(over)
    output: Array = x - mean_over(x, axes)
    output /= np.sqrt(_mean_of_squares(output, axes) + x.dtype.type(eps))
    shape = [size if axis in along else 1 for axis, size in enumerate(x.shape)]
    if weight is not None:
        output *= weight.reshape(shape)
    if bias is not None:
        output += bias.reshape(shape)
    return output


def _mean_of_squares(x: Array, axes: tuple[int, ...]) -> Array:
    """The mean of the squares over some axes, which are kept at 1; of some values at a time."""
    if x.size <= BOX:
        return mean_over(np.square(x), axes)
    total = np.zeros([1 if axis in axes else size for axis, size in enumerate(x.shape)], sum_type(x))
    for box in map(slices, boxes(x.shape, at_most(BOX))):
        kept = tuple(slice(None) if axis in axes else one for axis, one in enumerate(box))
        total[kept] += np.square(x[box]).sum(axes, total.dtype, keepdims=True)
    total /= prod(x.shape[axis] for axis in axes)
    return total.astype(x.dtype, copy=False)


def group_norm(x: Array, groups: int, eps: float, weight: Array | None, bias: Array | None) -> Array:
    """Each of `groups` parts of the channels normalised over its channels and the map."""
    parts = normalised(x.reshape(len(x), groups, -1), (2,), eps, None, None, along=())
    output = parts.reshape(x.shape)
    per_channel = (-1, *(1,) * (x.ndim - 2))
    if weight is not None:
        output *= weight.reshape(per_channel)
    if bias is not None:
        output += bias.reshape(per_channel)
    return output


def standardised(x: Array, mean: Array, variance: Array) -> Array:
    """``(x - mean) / max(sqrt(variance), 1e-7)``, channel by channel."""
    per_channel = (-1, *(1,) * (x.ndim - 2))
    deviation = np.maximum(np.sqrt(variance), x.dtype.type(1e-7))
    output: Array = x - mean.reshape(per_channel)
    output /= deviation.reshape(per_channel)
    return output


def rms_norm(x: Array, over: Sequence[int], eps: float | None, weight: Array | None) -> Array:
    """``x / sqrt(mean of squares + eps) * weight`` with the mean over some axes, of whose sizes the weight is.

    Without eps it is the difference between 1 and the next number of the type.
    """
    axes = tuple(over)
    added = np.finfo(x.dtype).eps if eps is None else eps
    output: Array = x / np.sqrt(_mean_of_squares(x, axes) + x.dtype.type(added))
    if weight is not None:
        output *= weight.reshape([size if axis in axes else 1 for axis, size in enumerate(x.shape)])
    return output


def unit_norm(x: Array, over: Sequence[int], eps: float, weight: Array | None) -> Array:
    """``x / max(sqrt(sum of squares), eps)``, the sum over some axes, times one weight a channel.

    The least norm is at least the smallest number of the type, so that zeros stay zeros.
    """
    axes = tuple(over)
    count = prod(x.shape[axis] for axis in axes)
    norm = np.sqrt(_mean_of_squares(x, axes) * x.dtype.type(count))
    output: Array = x / np.maximum(norm, max(x.dtype.type(eps), np.finfo(x.dtype).tiny))
    if weight is not None:
        output *= weight.reshape(-1, *(1,) * (x.ndim - 2))
    return output


def global_response_norm(x: Array, eps: float, weight: Array, bias: Array) -> Array:
    """``x + weight * x * g / (mean(g) + eps) + bias`` with g each channel's norm over the map."""
    axes = tuple(range(2, x.ndim))
    norms = np.sqrt(_mean_of_squares(x, axes) * x.dtype.type(prod(x.shape[2:])))
    norms /= norms.mean(1, keepdims=True) + x.dtype.type(eps)
    per_channel = (-1, *(1,) * len(axes))
    norms *= weight.reshape(per_channel)
    norms += 1
    output: Array = x * norms
    output += bias.reshape(per_channel)
    return output
