"""What each layer touches: executed on tensors of ones and zeros, with channels that are all alike held once.

The stretches of channels that a concatenation joins stay apart, so that they too are held once each.
"""

from __future__ import annotations

from functools import reduce
from itertools import pairwise
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from cnncalc import kernels
from cnncalc.kernels.arrays import Array

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.layers.base import Layer
    from cnncalc.layout import Shape
    from cnncalc.network import Node

Parts = list[Array]
"""A tensor ``(N, C, *spatial)`` as stretches of its channels."""


def touched(node: Node, inputs: list[Parts]) -> Parts:
    """What a node's layer and its own last step touch, as ones and zeros."""
    with np.errstate(all="ignore"):
        output = _touched(node.layer, inputs)
        return output if node.layer.last_step is None else _touched(node.layer.last_step, [output])


def _touched(layer: Layer, inputs: list[Parts]) -> Parts:
    if layer.joins_channels([_joined_shape(parts) for parts in inputs]):
        return [part for parts in inputs for part in parts]
    if layer.channelwise:
        return [_channels(layer, list(parts)) for parts in zip(*_cut_alike(inputs), strict=True)]
    if layer.mixes_channels and len(inputs[0]) > 1:
        return [_channels(layer, [_any_channel(inputs[0])])]
    return [_channels(layer, [joined(parts) for parts in inputs])]


def _channels(layer: Layer, inputs: list[Array]) -> Array:
    """What is touched, computed once where all channels are alike."""
    if not (layer.channelwise and all(map(kernels.alike, inputs))):
        return kernels.marked(layer.touched(inputs))
    thin = [kernels.once(x) for x in inputs]
    output = layer.touched(thin)
    channels = max(x.shape[1] for x in inputs)
    return kernels.repeated(output if output is thin[0] else kernels.marked(output), channels)


def _cut_alike(inputs: list[Parts]) -> list[Parts]:
    """The inputs cut at the channels at which any of them is; one channel counts as many as the others have."""
    channels = max(map(_count, inputs))
    broadcast = [[kernels.repeated(parts[0], channels)] if _count(parts) == 1 else parts for parts in inputs]
    cuts = sorted({sum(part.shape[1] for part in parts[:n]) for parts in broadcast for n in range(1, len(parts) + 1)})
    return [list(_cut(parts, cuts)) for parts in broadcast]


def _cut(parts: Parts, cuts: list[int]) -> Iterator[Array]:
    start = 0
    for part in parts:
        stop = start + part.shape[1]
        edges = [start, *(cut for cut in cuts if start < cut <= stop)]
        for first, last in pairwise(edges):
            yield part[:, first - start : last - start]
        start = stop


def _count(parts: Parts) -> int:
    return sum(part.shape[1] for part in parts)


def _any_channel(parts: Parts) -> Array:
    """Whether any channel is touched, seen as often as there are channels."""
    return kernels.repeated(reduce(np.maximum, (kernels.by_group(part, 1) for part in parts)), _count(parts))


def joined(parts: Parts) -> Array:
    """The tensor whole."""
    return parts[0] if len(parts) == 1 else np.concatenate(parts, 1)


def _joined_shape(parts: Parts) -> Shape:
    return (_count(parts), *parts[0].shape[2:])


def size_in_bytes(tensors: dict[int, Parts]) -> int:
    """The memory of tensors; channels that are all alike, and stretches that several tensors share, count once."""
    parts = {id(part): part for parts in tensors.values() for part in parts}
    return sum(prod(kernels.once(part).shape) * part.itemsize for part in parts.values())
