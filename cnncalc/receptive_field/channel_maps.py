"""What each layer reaches: executed on tensors of truth values, in which channels that are all alike are stored once.

A filter that reads all channels makes the same of them as every other, so that most maps of most networks are alike.
Those of branches that were concatenated are not; each channel then tells which of the distinct maps it is, and layers
that only move channels, or choose among them, cost nothing.
"""

from __future__ import annotations

from collections import Counter
from functools import reduce
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from cnncalc import kernels
from cnncalc.geometry.access import SAME, Statistic, Whole
from cnncalc.geometry.group_access import Grouped
from cnncalc.geometry.reading import AxisByAxis
from cnncalc.layers import LAYERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cnncalc.geometry.access import Access
    from cnncalc.graph.node import Node
    from cnncalc.kernels import Array
    from cnncalc.layers.base import Layer
    from cnncalc.shapes import Shape


class ChannelMaps(NamedTuple):
    """A tensor ``(N, C, *spatial)``: its distinct maps, in arrays ``(N, K, *spatial)``, and for each channel which.

    >>> x = np.array([[[True, False]], [[False, True]]])
    >>> maps = ChannelMaps.of(kernels.dependency.repeated(x, 64))
    >>> [part.shape for part in maps.parts], maps.shape, maps.whole().shape
    ([(2, 1, 2)], (64, 2), (2, 64, 2))
    """

    parts: list[Array]
    channels: NDArray[np.intp]

    @classmethod
    def of(cls, x: Array) -> ChannelMaps:
        """The tensor as it is, with one map if all channels are known to be alike."""
        return cls(
            [kernels.dependency.distinct_channels(x)],
            np.zeros(x.shape[1], np.intp) if kernels.dependency.channels_alike(x) else np.arange(x.shape[1]),
        )

    @property
    def shape(self) -> Shape:
        """The shape without the batch."""
        return (len(self.channels), *self.parts[0].shape[2:])

    def maps(self, numbers: NDArray[np.intp]) -> Array:
        """The distinct maps of these numbers, ``(N, len(numbers), *spatial)``."""
        joined = self.parts[0] if len(self.parts) == 1 else np.concatenate(self.parts, 1)
        if joined.shape[1] == 1:
            return kernels.dependency.repeated(joined, len(numbers))
        chosen: Array = joined if np.array_equal(numbers, range(joined.shape[1])) else joined[:, numbers]
        return chosen

    def whole(self) -> Array:
        """All channels."""
        return self.maps(self.channels)

    def any_of(self, numbers: NDArray[np.intp]) -> Array:
        """``(N, 1, *spatial)``: what any of the maps of these numbers reaches."""
        wanted = np.isin(np.arange(sum(part.shape[1] for part in self.parts)), numbers)
        found: list[Array] = []
        start = 0
        for part in self.parts:
            mine = wanted[start : start + part.shape[1]]
            start += len(mine)
            if mine.any():
                found.append(part if len(mine) == 1 else part[:, mine].max(1, keepdims=True))
        return reduce(np.maximum, found)


def reachable(node: Node, inputs: list[ChannelMaps]) -> ChannelMaps:
    """What the steps of a node reach."""
    with np.errstate(all="ignore"):
        for step in node.steps:
            inputs = [reachable_by(step.layer, inputs)]
        return inputs[0]


def reachable_by(layer: Layer, inputs: list[ChannelMaps]) -> ChannelMaps:
    """What a layer reaches: the same as of all channels one by one, with each distinct map executed once."""
    rows = _channels_of(layer, [x.shape for x in inputs])
    if rows is None:
        return ChannelMaps.of(_result(layer, [x.whole() for x in inputs]))
    shapes = [x.shape for x in inputs]
    if all(row[0].copies and all(access is SAME for access in row[1:]) for row in rows):
        return _channel_permutation(layer, inputs)
    if len(inputs) > 1 and all(row[0] is SAME or shape[0] == 1 for row, shape in zip(rows, shapes, strict=True)):
        return _elementwise(layer, inputs)
    if len(inputs) == 1 and rows[0][0] is SAME:
        return _per_channel(layer, inputs[0])
    return _by_groups(layer, inputs, rows[0][0])


def _channels_of(layer: Layer, shapes: list[Shape]) -> list[Sequence[Access]] | None:
    """The accesses by which each input is read; None where every channel has to be executed.

    That alike channels are executed once stands on what `reads` says of them, and so on a claim that a proof must not
    take for granted. Of our own types the tests hold it against executing channel by channel. Of others, and where
    axes move or are not read each by itself, all channels are executed.
    """
    if type(layer) is not LAYERS.get(layer.type_name):
        return None
    readings = layer.reads(shapes, layer.output_shape(shapes))
    rows = [reading.accesses for reading in readings if isinstance(reading, AxisByAxis)]
    return rows if len(rows) == len(readings) else None


def _by_groups(layer: Layer, inputs: list[ChannelMaps], channels: Access) -> ChannelMaps:
    """The layer on what each group of channels reaches, or on all channels where the first input has no groups."""
    over = channels.over if isinstance(channels, Statistic) else channels
    groups = 1 if isinstance(over, Whole) else over.groups if isinstance(over, Grouped) else None
    if groups is None or len(inputs) > 1:
        return ChannelMaps.of(_result(layer, [x.whole() for x in inputs]))
    return _grouped(layer, inputs[0], groups)


def _result(layer: Layer, inputs: list[Array]) -> Array:
    """Truth values again; what the layer passes on is not copied."""
    output = layer.reachable(inputs)
    return output if output is inputs[0] else kernels.dependency.above_zero(output)


def _per_channel(layer: Layer, x: ChannelMaps) -> ChannelMaps:
    """The layer on every map; the filters that a channel may have of its own reach the same."""
    parts = [_result(layer, [part]) for part in x.parts]
    filters = parts[0].shape[1] // x.parts[0].shape[1]
    if filters == 1:
        return ChannelMaps(parts, x.channels)
    return ChannelMaps([part[:, ::filters] for part in parts], np.repeat(x.channels, filters))


def _elementwise(layer: Layer, inputs: list[ChannelMaps]) -> ChannelMaps:
    """The layer on every combination of maps that meet in a channel; one channel meets all of the others."""
    count = max(len(x.channels) for x in inputs)
    rows = np.stack([np.broadcast_to(x.channels, count) for x in inputs])
    combinations, channels = np.unique(rows, axis=1, return_inverse=True)
    maps = [x.maps(numbers) for x, numbers in zip(inputs, combinations, strict=True)]
    return ChannelMaps([_result(layer, maps)], channels.reshape(-1))


def _grouped(layer: Layer, x: ChannelMaps, groups: int) -> ChannelMaps:
    """The layer on what any channel of a group reaches, for groups with other maps than those before them."""
    members = [row.tobytes() for row in np.sort(x.channels.reshape(groups, -1))]
    distinct = {maps: number for number, maps in enumerate(dict.fromkeys(members))}
    joined = (x.any_of(np.frombuffer(maps, np.intp)) for maps in distinct)
    outputs = [_result(layer, [kernels.dependency.repeated(found, len(x.channels))]) for found in joined]
    channels = np.repeat([distinct[maps] for maps in members], outputs[0].shape[1] // groups)
    return ChannelMaps([output[:, :1] for output in outputs], channels)


def _channel_permutation(layer: Layer, inputs: list[ChannelMaps]) -> ChannelMaps:
    """The channels where the layer moves them: it is executed on their numbers, at a single place."""
    numbers: list[NDArray[Any]] = []
    channels: list[NDArray[np.intp]] = []
    start, maps = 0, 0
    for x in inputs:
        numbers.append(np.arange(start, start + len(x.channels)))
        channels.append(x.channels + maps)
        start += len(x.channels)
        maps += sum(part.shape[1] for part in x.parts)
    places = (1,) * (len(inputs[0].shape) - 1)
    order = layer.forward([number.reshape(1, -1, *places) for number in numbers], {}).reshape(-1)
    return _compact([part for x in inputs for part in x.parts], np.concatenate(channels)[order])


def _compact(parts: Sequence[Array], channels: NDArray[np.intp]) -> ChannelMaps:
    """Without the maps that no channel is, and with those once that several tensors share."""
    first: dict[int, int] = {}
    distinct: list[Array] = []
    numbers: list[NDArray[np.intp]] = []
    count = 0
    for part in parts:
        if id(part) not in first:
            first[id(part)] = count
            distinct.append(part)
            count += part.shape[1]
        numbers.append(np.arange(first[id(part)], first[id(part)] + part.shape[1]))
    channels = np.concatenate(numbers)[channels]
    used = np.isin(np.arange(count), channels)
    kept: list[Array] = []
    for part in distinct:
        mine = used[first[id(part)] : first[id(part)] + part.shape[1]]
        if mine.any():
            kept.append(part if mine.all() else part[:, mine])
    return ChannelMaps(kept, (np.cumsum(used) - 1)[channels])


class LiveBytes:
    """The memory of the tensors that are kept, in bytes, and the most of it; maps that several share count once.

    >>> live, maps = LiveBytes(), ChannelMaps.of(np.zeros((1, 2, 4), bool))
    >>> live.add(maps)
    >>> live.add(maps)
    >>> live.remove(maps)
    >>> live.size, live.peak
    (8, 8)
    """

    def __init__(self) -> None:
        self.size = 0
        self.peak = 0
        self._uses: Counter[int] = Counter()

    def add(self, maps: ChannelMaps) -> None:
        """Count a tensor that is kept from now on."""
        for part in maps.parts:
            self.size += 0 if self._uses[id(part)] else _bytes(part)
            self._uses[id(part)] += 1
        self.peak = max(self.peak, self.size)

    def remove(self, maps: ChannelMaps) -> None:
        """Count no longer a tensor that was kept."""
        for part in maps.parts:
            self._uses[id(part)] -= 1
            self.size -= 0 if self._uses[id(part)] else _bytes(part)


def _bytes(part: Array) -> int:
    return prod(part.shape) * part.itemsize
