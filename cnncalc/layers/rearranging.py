"""Layers that move pixels to channels and back, or channels among themselves; without weights or operations."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from cnncalc import kernels
from cnncalc.errors import LayerError
from cnncalc.geometry.axis_map import LONGEST_PERIOD, AxisMap
from cnncalc.geometry.boxes import added, row_of, split
from cnncalc.geometry.index_set import union_of, whole
from cnncalc.layers.base import Layer, Move
from cnncalc.layers.options import Integer, option
from cnncalc.layers.windowed import need_map
from cnncalc.shapes import AXIS_NAMES
from cnncalc.symbolic.arithmetic import exact_div

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cnncalc.geometry.boxes import Box
    from cnncalc.geometry.index_set import IndexSet
    from cnncalc.kernels import Array
    from cnncalc.shapes import Shape


class PixelShuffle(Layer):
    """Channels to pixels: each r x r channels become a block, r = `upscale_factor`. FLOPs: none.

    ``(C r^n, *I) -> (C, *I r)`` for a map with n axes. Channel ``c r^2 + y r + x`` becomes pixel (y, x) of the block in
    channel c, as in PyTorch (ONNX's DepthToSpace in mode CRD). Shi et al. 2016, arXiv:1609.05158.

    >>> PixelShuffle(upscale_factor=3).output_shape([(27, 8, 8)])
    (3, 24, 24)
    """

    type_name = "pixel_shuffle"
    aliases = ("subpixel", "sub_pixel", "subpixel_conv")

    upscale_factor: int = option(
        Integer(1), meaning="how many times larger each axis becomes", aliases=("factor", "scale_factor", "block_size")
    )

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """``(C, *I r)``."""
        (shape,) = inputs
        need_map(shape)
        block = self.upscale_factor ** (len(shape) - 1)
        if shape[0] % block:
            raise LayerError(
                f"its {shape[0]} channels are not a multiple of {block}, the pixels of a block with `upscale_factor` "
                f"{self.upscale_factor}",
                option="upscale_factor",
            )
        return (exact_div(shape[0], block), *(size * self.upscale_factor for size in shape[1:]))

    def reads(self, inputs: Sequence[Shape], output: Shape) -> list[Sequence[AxisMap | None]]:
        """A block's pixels come from one position."""
        del output
        if self.upscale_factor > LONGEST_PERIOD:
            return [(None,) * (len(inputs[0]) - 1)]
        still = (0,) * self.upscale_factor
        return [(AxisMap(still, still, 1),) * (len(inputs[0]) - 1)]

    def rearranges(self, shape: Shape, output: Shape) -> Sequence[Move]:
        """The channels as blocks, whose axes come to stand behind those of the map."""
        rank, channels, factor = len(shape) - 1, output[0], self.upscale_factor
        order = [0, *(axis for pair in range(1, rank + 1) for axis in (rank + pair, pair))]
        blocks = (channels, *(factor,) * rank, *shape[1:])
        return [("reshape", blocks), ("permute", tuple(order)), ("reshape", output)]

    def sources(self, wanted: Box, inputs: Sequence[Shape], output: Shape) -> list[list[Box]]:
        """Each pixel of a block comes from a channel of its own."""
        factor, rank = self.upscale_factor, len(inputs[0]) - 1
        boxes: list[Box] = []
        axes = (split(positions, (size, factor)) for positions, size in zip(wanted[1:], inputs[0][1:], strict=True))
        for chosen in product(*axes):
            places = tuple(place for _, place in chosen)
            channels = row_of((wanted[0], *places), (output[0], *(factor,) * rank))
            added(boxes, (channels, *(unit for unit, _ in chosen)))
        return [boxes]

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """Move channels to pixels."""
        del weights
        return kernels.resampling.pixel_shuffle(inputs[0], self.upscale_factor)


def _blocks_apart(shape: Shape, factor: int) -> tuple[Shape, range, range]:
    """The shape with each axis cut into blocks and places, and the axes of both."""
    cut = (shape[0], *(part for size in shape[1:] for part in (size // factor, factor)))
    return cut, range(1, len(cut), 2), range(2, len(cut), 2)


def _unshuffled(shape: Shape, factor: int, name: str) -> Shape:
    """``(C factor^n, *I / factor)``; raises `LayerError` where a size is not a multiple."""
    need_map(shape)
    for axis, size in enumerate(shape[1:]):
        if size % factor:
            raise LayerError(
                f"its {AXIS_NAMES[len(shape) - 1][axis]} {size} is not a multiple of `{name}` {factor}", option=name
            )
    return (shape[0] * factor ** (len(shape) - 1), *(exact_div(size, factor) for size in shape[1:]))


def _blocks(wanted: Box, factor: int, chosen: Iterable[tuple[IndexSet, Box]]) -> list[list[Box]]:
    """The pixels that entered the `wanted` places of channels, `chosen` with the places in the block that they hold."""
    boxes: list[Box] = []
    for channels, places in chosen:
        pixels = (positions.spread(factor).plus(at) for positions, at in zip(wanted[1:], places, strict=True))
        added(boxes, (channels, *pixels))
    return [boxes]


class PixelUnshuffle(Layer):
    """Pixels to channels: each r x r block becomes channels, r = `downscale_factor`. FLOPs: none.

    ``(C, *I r) -> (C r^n, *I)`` for a map with n axes. Pixel (y, x) of a block in channel c becomes channel
    ``c r^2 + y r + x``, as in PyTorch.

    >>> PixelUnshuffle(downscale_factor=2).output_shape([(3, 24, 24)])
    (12, 12, 12)
    """

    type_name = "pixel_unshuffle"

    downscale_factor: int = option(
        Integer(1), meaning="how many times smaller each axis becomes", aliases=("factor", "scale_factor", "block_size")
    )

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """``(C r^n, *I / r)``."""
        return _unshuffled(inputs[0], self.downscale_factor, "downscale_factor")

    def reads(self, inputs: Sequence[Shape], output: Shape) -> list[Sequence[AxisMap | None]]:
        """The whole block."""
        del output
        return [(AxisMap((0,), (self.downscale_factor - 1,), self.downscale_factor),) * (len(inputs[0]) - 1)]

    def rearranges(self, shape: Shape, output: Shape) -> Sequence[Move]:
        """The places of a block go behind the channels."""
        cut, blocks, places = _blocks_apart(shape, self.downscale_factor)
        return [("reshape", cut), ("permute", (0, *places, *blocks)), ("reshape", output)]

    def sources(self, wanted: Box, inputs: Sequence[Shape], output: Shape) -> list[list[Box]]:
        """The pixels of the block that became these channels: of channel ``c r^n + place`` the one at that place."""
        del output
        factor, (channels, *axes) = self.downscale_factor, inputs[0]
        parts = split(wanted[0], (channels, *(factor for _ in axes)))
        return _blocks(wanted, factor, ((part[0], part[1:]) for part in parts))

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """Move pixels to channels."""
        del weights
        return kernels.resampling.pixel_unshuffle(inputs[0], self.downscale_factor)


class SpaceToDepth(Layer):
    """Pixels to channels, as `pixel_unshuffle` but in another order; b = `block_size`. FLOPs: none.

    ``(C, *I b) -> (b^n C, *I)`` for a map with n axes. Pixel (y, x) of a block in channel c becomes channel
    ``(y b + x) C + c``, as in ONNX and TensorFlow.

    >>> SpaceToDepth(block_size=2).output_shape([(3, 24, 24)])
    (12, 12, 12)
    """

    type_name = "space_to_depth"
    aliases = ("reorg",)

    block_size: int = option(
        Integer(1), meaning="pixels of a block along each axis", aliases=("blocksize", "downscale_factor")
    )

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """``(b^n C, *I / b)``."""
        return _unshuffled(inputs[0], self.block_size, "block_size")

    def reads(self, inputs: Sequence[Shape], output: Shape) -> list[Sequence[AxisMap | None]]:
        """The whole block."""
        del output
        return [(AxisMap((0,), (self.block_size - 1,), self.block_size),) * (len(inputs[0]) - 1)]

    def rearranges(self, shape: Shape, output: Shape) -> Sequence[Move]:
        """The places of a block go before the channels."""
        cut, blocks, places = _blocks_apart(shape, self.block_size)
        return [("reshape", cut), ("permute", (*places, 0, *blocks)), ("reshape", output)]

    def sources(self, wanted: Box, inputs: Sequence[Shape], output: Shape) -> list[list[Box]]:
        """The pixels of the block that became these channels: of channel ``place C + c`` the one at that place."""
        del output
        factor, (channels, *axes) = self.block_size, inputs[0]
        parts = split(wanted[0], (*(factor for _ in axes), channels))
        return _blocks(wanted, factor, ((part[-1], part[:-1]) for part in parts))

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """Move pixels to channels."""
        del weights
        return kernels.resampling.space_to_depth(inputs[0], self.block_size)


class ChannelShuffle(Layer):
    """The channels of the groups interleaved, so that the next groups mix them; the shape stays. FLOPs: none.

    Channel ``g C / groups + c`` becomes channel ``c groups + g``, as in PyTorch. Zhang et al. 2018 (ShuffleNet),
    arXiv:1707.01083.

    >>> ChannelShuffle(groups=2).output_shape([(116, 28, 28)])
    (116, 28, 28)
    """

    type_name = "channel_shuffle"
    aliases = ("shuffle_channel",)

    groups: int = option(Integer(1), meaning="parts that the channels are cut into", aliases=("group",))

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """The input's shape."""
        (shape,) = inputs
        if shape[0] % self.groups:
            raise LayerError(f"its {shape[0]} channels are not a multiple of `groups` {self.groups}", option="groups")
        return shape

    def channel_reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[AxisMap | None]:
        """The channels that are interleaved, one of each group in turn."""
        del output
        starts = tuple(range(0, inputs[0][0], inputs[0][0] // self.groups))
        return [AxisMap(starts, starts, 1)]

    def taps(self, number: int, axis: int, wanted: IndexSet, inputs: Sequence[Shape], output: Shape) -> IndexSet:
        """Of the channels each in its group; all else stays."""
        if axis or wanted == whole(output[0]):
            return wanted
        sizes = (inputs[number][0] // self.groups, self.groups)
        return union_of(row_of(part[::-1], sizes[::-1]) for part in split(wanted, sizes))

    def moves_channels(self, inputs: Sequence[Shape]) -> bool:
        """Always."""
        del inputs
        return True

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """Interleave the groups."""
        del weights
        return kernels.resampling.channel_shuffle(inputs[0], self.groups)
