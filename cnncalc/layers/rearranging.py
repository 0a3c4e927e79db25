"""Layers that move pixels to channels and back, or channels among themselves; without weights or operations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc import kernels
from cnncalc.errors import LayerError
from cnncalc.geometry.group_access import Interleaved
from cnncalc.geometry.reading import PermuteAxes, Rearrangement, ReshapeAxes, same_but
from cnncalc.layers.base import Layer
from cnncalc.layers.options import Choice, Integer, option
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
        return _shuffled(inputs[0], self.upscale_factor, "upscale_factor")

    def reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[Reading]:
        """The channels as blocks, whose axes come to stand behind those of the map."""
        (shape,) = inputs
        return [_rearranged(shape, *_blocks_behind(shape, self.upscale_factor), output)]

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """Move channels to pixels."""
        del weights
        return kernels.resampling.pixel_shuffle(inputs[0], self.upscale_factor)


def _rearranged(shape: Shape, cut: Shape, order: Sequence[int], output: Shape) -> Reading:
    """The axes cut, put into another order and joined to others; where nothing moves, each value in its place."""
    if shape == output:
        return same_but(len(shape), {})
    return Rearrangement(shape, [ReshapeAxes(cut), PermuteAxes(order), ReshapeAxes(output)])


def _shuffled(shape: Shape, factor: int, name: str) -> Shape:
    """``(C / factor^n, *I factor)``; raises `LayerError` where the channels are not a multiple."""
    need_map(shape)
    block = factor ** (len(shape) - 1)
    if shape[0] % block:
        raise LayerError(
            f"its {shape[0]} channels are not a multiple of {block}, the pixels of a block with `{name}` {factor}",
            option=name,
        )
    return _magnified(shape, factor)


def _magnified(shape: Shape, factor: int) -> Shape:
    """The shape of as many values in a map that is so many times as large along each axis."""
    return (exact_div(shape[0], factor ** (len(shape) - 1)), *(size * factor for size in shape[1:]))


def _blocks_behind(shape: Shape, factor: int) -> tuple[Shape, tuple[int, ...]]:
    """The shape with each channel cut into a block, and the order in which the axes of both stand in pairs."""
    rank = len(shape) - 1
    cut = (_magnified(shape, factor)[0], *(factor,) * rank, *shape[1:])
    return cut, (0, *_in_pairs(range(rank + 1, 2 * rank + 1), range(1, rank + 1)))


def _in_pairs(ones: range, others: range) -> tuple[int, ...]:
    """One of each in turn.

    >>> _in_pairs(range(3, 5), range(1, 3))
    (3, 1, 4, 2)
    """
    return tuple(axis for pair in zip(ones, others, strict=True) for axis in pair)


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


class MovedBlocks(Layer):
    """Blocks of pixels to channels, or channels to such blocks, in an order that is an option."""

    def block_layout(self, shape: Shape) -> tuple[Shape, tuple[int, ...]]:
        """The shape with what is moved on axes of its own, and the order of all axes in the output."""
        raise NotImplementedError(f"{self.type_name} moves nothing")

    def reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[Reading]:
        """The values of the axes that are cut, in another order."""
        (shape,) = inputs
        return [_rearranged(shape, *self.block_layout(shape), output)]

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """Move values from some axes to others."""
        del weights
        (x,) = inputs
        cut, order = self.block_layout(x.shape[1:])
        return kernels.resampling.rearranged(x, cut, order, self.output_shape([x.shape[1:]]))


class SpaceToDepth(MovedBlocks):
    """Pixels to channels, as `pixel_unshuffle` but in another order; b = `block_size`. FLOPs: none.

    ``(C, *I b) -> (b^n C, *I)`` for a map with n axes. In mode `DCR` pixel (y, x) of a block in channel c becomes
    channel ``(y b + x) C + c``, as in ONNX and TensorFlow; in `CRD` channel ``c b^2 + y b + x``, as of
    `pixel_unshuffle`.
    Mode `darknet` is the order of darknet's `reorg`, which is neither: it reads the values as a map of C / b^n channels
    that is b times as large, makes that one's blocks channels as `DCR`, and lays the values out as the output's.

    >>> SpaceToDepth(block_size=2).output_shape([(3, 24, 24)])
    (12, 12, 12)
    """

    type_name = "space_to_depth"
    positional = ("block_size", "mode")

    block_size: int = option(
        Integer(1), meaning="pixels of a block along each axis", aliases=("blocksize", "downscale_factor", "stride")
    )
    mode: str = option(Choice("DCR", "CRD", "darknet"), default="DCR", meaning="the order of the channels")

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """``(b^n C, *I / b)``."""
        (shape,) = inputs
        output = _unshuffled(shape, self.block_size, "block_size")
        block = self.block_size ** (len(shape) - 1)
        if self.mode == "darknet" and shape[0] % block:
            raise LayerError(
                f"its {shape[0]} channels are not a multiple of {block}, as mode `darknet` needs with `block_size` "
                f"{self.block_size}",
                option="block_size",
            )
        return output

    def block_layout(self, shape: Shape) -> tuple[Shape, tuple[int, ...]]:
        """The shape with its axes cut into blocks and places, and the order of these in the output."""
        if self.mode == "darknet":
            shape = _magnified(shape, self.block_size)
        cut, blocks, places = _blocks_apart(shape, self.block_size)
        return cut, (0, *places, *blocks) if self.mode == "CRD" else (*places, 0, *blocks)


class DepthToSpace(MovedBlocks):
    """Channels to pixels, the opposite of `space_to_depth`; b = `block_size`. FLOPs: none.

    ``(b^n C, *I) -> (C, *I b)`` for a map with n axes. In mode `DCR` channel ``(y b + x) C + c`` becomes pixel (y, x)
    of the block in channel c, as in ONNX and TensorFlow; in `CRD` channel ``c b^2 + y b + x``, which is what
    `pixel_shuffle` does.

    >>> DepthToSpace(block_size=2).output_shape([(12, 12, 12)])
    (3, 24, 24)
    """

    type_name = "depth_to_space"
    positional = ("block_size", "mode")

    block_size: int = option(
        Integer(1), meaning="pixels of a block along each axis", aliases=("blocksize", "upscale_factor")
    )
    mode: str = option(Choice("DCR", "CRD"), default="DCR", meaning="the order of the channels")

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """``(C / b^n, *I b)``."""
        return _shuffled(inputs[0], self.block_size, "block_size")

    def block_layout(self, shape: Shape) -> tuple[Shape, tuple[int, ...]]:
        """The shape with its channels cut into blocks, and the order of these in the output."""
        if self.mode == "CRD":
            return _blocks_behind(shape, self.block_size)
        rank = len(shape) - 1
        channels, block = _shuffled(shape, self.block_size, "block_size")[0], (self.block_size,) * rank
        return (*block, channels, *shape[1:]), (rank, *_in_pairs(range(rank + 1, 2 * rank + 1), range(rank)))


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
