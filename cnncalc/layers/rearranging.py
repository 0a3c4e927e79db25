"""Layers that move pixels to channels and back, or channels among themselves; without weights or operations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc import kernels
from cnncalc.errors import LayerError
from cnncalc.geometry.group_access import Interleaved
from cnncalc.geometry.reading import PermuteAxes, Rearrangement, ReshapeAxes, same_but
from cnncalc.layers.base import Layer
from cnncalc.layers.options import Integer, option
from cnncalc.layers.windowed import need_map
from cnncalc.shapes import AXIS_NAMES
from cnncalc.symbolic.arithmetic import exact_div

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.geometry.reading import Reading
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
    positional = ("upscale_factor",)
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

    def reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[Reading]:
        """The channels as blocks, whose axes come to stand behind those of the map."""
        (shape,) = inputs
        rank, channels, factor = len(shape) - 1, output[0], self.upscale_factor
        order = [0, *(axis for pair in range(1, rank + 1) for axis in (rank + pair, pair))]
        blocks = (channels, *(factor,) * rank, *shape[1:])
        return [_rearranged(shape, blocks, order, output)]

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """Move channels to pixels."""
        del weights
        return kernels.resampling.pixel_shuffle(inputs[0], self.upscale_factor)


def _rearranged(shape: Shape, cut: Shape, order: Sequence[int], output: Shape) -> Reading:
    """The axes cut, put into another order and joined to others; where nothing moves, each value in its place."""
    if shape == output:
        return same_but(len(shape), {})
    return Rearrangement(shape, [ReshapeAxes(cut), PermuteAxes(order), ReshapeAxes(output)])


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


class PixelUnshuffle(Layer):
    """Pixels to channels: each r x r block becomes channels, r = `downscale_factor`. FLOPs: none.

    ``(C, *I r) -> (C r^n, *I)`` for a map with n axes. Pixel (y, x) of a block in channel c becomes channel
    ``c r^2 + y r + x``, as in PyTorch.

    >>> PixelUnshuffle(downscale_factor=2).output_shape([(3, 24, 24)])
    (12, 12, 12)
    """

    type_name = "pixel_unshuffle"
    positional = ("downscale_factor",)

    downscale_factor: int = option(
        Integer(1), meaning="how many times smaller each axis becomes", aliases=("factor", "scale_factor", "block_size")
    )

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """``(C r^n, *I / r)``."""
        return _unshuffled(inputs[0], self.downscale_factor, "downscale_factor")

    def reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[Reading]:
        """The places of a block go behind the channels."""
        (shape,) = inputs
        cut, blocks, places = _blocks_apart(shape, self.downscale_factor)
        return [_rearranged(shape, cut, (0, *places, *blocks), output)]

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
    positional = ("block_size",)
    aliases = ("reorg",)

    block_size: int = option(
        Integer(1), meaning="pixels of a block along each axis", aliases=("blocksize", "downscale_factor")
    )

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """``(b^n C, *I / b)``."""
        return _unshuffled(inputs[0], self.block_size, "block_size")

    def reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[Reading]:
        """The places of a block go before the channels."""
        (shape,) = inputs
        cut, blocks, places = _blocks_apart(shape, self.block_size)
        return [_rearranged(shape, cut, (*places, 0, *blocks), output)]

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
    positional = ("groups",)
    aliases = ("shuffle_channel",)

    groups: int = option(Integer(1), meaning="parts that the channels are cut into", aliases=("group",))

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """The input's shape."""
        (shape,) = inputs
        if shape[0] % self.groups:
            raise LayerError(f"its {shape[0]} channels are not a multiple of `groups` {self.groups}", option="groups")
        return shape

    def reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[Reading]:
        """The channels that are interleaved."""
        del output
        (shape,) = inputs
        return [same_but(len(shape), {0: Interleaved(shape[0], self.groups)})]

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """Interleave the groups."""
        del weights
        return kernels.resampling.channel_shuffle(inputs[0], self.groups)
