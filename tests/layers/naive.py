"""Layers as loops, written from their definitions; every multiplication is counted, those with padding too."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnncalc.kernels import Array

    Pads = Sequence[tuple[int, int]]


class Tally(NamedTuple):
    """What a loop gave, and how many multiplications it made with how many different weights."""

    output: Array
    multiplications: int
    weights: int


def padded(x: Array, pads: Pads, value: float = 0) -> Array:
    return np.pad(x, [(0, 0), (0, 0), *pads], constant_values=value)


def indices(sizes: Sequence[int]) -> Iterator[tuple[int, ...]]:
    return product(*map(range, sizes))


def conv(x: Array, weight: Array, stride: Sequence[int], dilation: Sequence[int], pads: Pads, groups: int = 1) -> Tally:
    """The cross-correlation."""
    x = padded(x, pads)
    kernel = weight.shape[2:]
    axes = zip(x.shape[2:], kernel, stride, dilation, strict=True)
    positions = [len(range(0, n - d * (k - 1), s)) for n, k, s, d in axes]
    output = np.zeros((len(x), len(weight), *positions), x.dtype)
    inside, outside = x.shape[1] // groups, len(weight) // groups
    multiplications = 0
    used = set()
    for sample, filter_, at in product(range(len(x)), range(len(weight)), indices(positions)):
        for channel, tap in product(range(inside), indices(kernel)):
            pixel = tuple(q * s + t * d for q, s, t, d in zip(at, stride, tap, dilation, strict=True))
            source = x[(sample, filter_ // outside * inside + channel, *pixel)]
            output[(sample, filter_, *at)] += source * weight[(filter_, channel, *tap)]
            multiplications += 1
            used.add((filter_, channel, *tap))
    return Tally(output, multiplications, len(used))


def conv_transpose(
    x: Array,
    weight: Array,
    stride: Sequence[int],
    dilation: Sequence[int],
    pads: Pads,
    output_padding: Sequence[int],
    groups: int = 1,
) -> Tally:
    """Each input value spread by the kernel."""
    kernel = weight.shape[2:]
    whole = [
        (n - 1) * s + d * (k - 1) + 1 + more
        for n, k, s, d, more in zip(x.shape[2:], kernel, stride, dilation, output_padding, strict=True)
    ]
    inside, outside = x.shape[1] // groups, weight.shape[1]
    output = np.zeros((len(x), groups * outside, *whole), x.dtype)
    multiplications = 0
    used = set()
    for sample, channel, at in product(range(len(x)), range(x.shape[1]), indices(x.shape[2:])):
        for filter_, tap in product(range(outside), indices(kernel)):
            pixel = tuple(q * s + t * d for q, s, t, d in zip(at, stride, tap, dilation, strict=True))
            value = x[(sample, channel, *at)] * weight[(channel, filter_, *tap)]
            output[(sample, channel // inside * outside + filter_, *pixel)] += value
            multiplications += 1
            used.add((channel, filter_, *tap))
    kept = (slice(before, max(size - after, before)) for size, (before, after) in zip(whole, pads, strict=True))
    return Tally(output[(slice(None), slice(None), *kept)], multiplications, len(used))


def linear_rows(rows: Array, weight: Array, bias: Array | None) -> Tally:
    """Every row of ``(T, in)`` multiplied by a weight ``(out, in)``."""
    output = np.zeros((len(rows), len(weight)), rows.dtype)
    multiplications = 0
    for row, out, feature in indices((len(rows), *weight.shape)):
        output[row, out] += rows[row, feature] * weight[out, feature]
        multiplications += 1
    return Tally(output if bias is None else output + bias, multiplications, weight.size)


def attention(query: Array, key: Array, value: Array, heads: int, scale: float, seen: Sequence[int]) -> Tally:
    """One sample's tokens ``(T, F)``: for each head and query the mean of the first values that it sees.

    Products with keys and values that it does not see are counted too.
    """
    size, wide = query.shape[1] // heads, value.shape[1] // heads
    output = np.zeros((len(query), value.shape[1]), query.dtype)
    multiplications = 0
    for head, place in product(range(heads), range(len(query))):
        scores = []
        for other in range(len(key)):
            score = 0.0
            for feature in range(head * size, (head + 1) * size):
                score += query[place, feature] * key[other, feature]
                multiplications += 1
            scores.append(score * scale)
        powers = [np.exp(score - max(scores)) * (other < seen[place]) for other, score in enumerate(scores)]
        for other, feature in product(range(len(key)), range(head * wide, (head + 1) * wide)):
            output[place, feature] += powers[other] / sum(powers) * value[other, feature]
            multiplications += 1
    return Tally(output, multiplications, 0)
