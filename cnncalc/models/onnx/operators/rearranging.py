"""Pixels and channels that move, borders that are added or cut, and parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.models.onnx.flows import plain_axes
from cnncalc.models.onnx.operators.convolution import PAD_MODES, begin_end, bordered
from cnncalc.models.onnx.operators.windows import pairs, sizes
from cnncalc.models.onnx.reading import short

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.models.onnx.flows import Flow
    from cnncalc.models.onnx.reading import Reading
    from cnncalc.models.onnx.writing import LayerWriting
    from cnncalc.shapes import Shape


def _moved(w: LayerWriting, cut: Shape, order: Sequence[int]) -> str:
    """The axes cut up, and put into another order and together again."""
    return w.reshaped(w.permuted(w.reshaped(w.x, cut), order, cut), w.output_shape)


def _cut_in_pairs(shape: Shape, factor: int) -> Shape:
    """The channels, and each spatial axis as blocks and places."""
    return (shape[0], *(part for size in shape[1:] for part in (size // factor, factor)))


def write_pixel_shuffle(w: LayerWriting) -> str:
    """DepthToSpace of an image in mode CRD, else written out."""
    factor, rank = w.layer.upscale_factor, len(w.shape) - 1
    if rank == 2:
        return w.node("DepthToSpace", w.x, blocksize=factor, mode="CRD")
    cut = (w.output_shape[0], *(factor,) * rank, *w.shape[1:])
    pairs = [axis for place in range(1, rank + 1) for axis in (place + rank, place)]
    return _moved(w, cut, [0, *pairs])


def write_pixel_unshuffle(w: LayerWriting) -> str:
    """The places of a block behind the channels; SpaceToDepth has another order."""
    cut = _cut_in_pairs(w.shape, w.layer.downscale_factor)
    return _moved(w, cut, [0, *range(2, len(cut), 2), *range(1, len(cut), 2)])


def write_depth_to_space(w: LayerWriting) -> str:
    """DepthToSpace of an image, else written out."""
    if len(w.shape) == 3:
        return w.node("DepthToSpace", w.x, blocksize=w.layer.block_size, mode=w.layer.mode)
    return _moved(w, *w.layer._cut(w.shape))


def write_space_to_depth(w: LayerWriting) -> str:
    """SpaceToDepth of an image in mode DCR, else written out."""
    if len(w.shape) == 3 and w.layer.mode == "DCR":
        return w.node("SpaceToDepth", w.x, blocksize=w.layer.block_size)
    return _moved(w, *w.layer._cut(w.shape))


def write_channel_shuffle(w: LayerWriting) -> str:
    """Reshape, Transpose and Reshape, as every exporter writes it."""
    groups, (channels, *sizes) = w.layer.groups, w.shape
    cut = (groups, channels // groups, *sizes)
    return _moved(w, cut, [1, 0, *range(2, len(cut))])


def write_pad(w: LayerWriting) -> str:
    """Pad."""
    pads, mode = w.layer._pads(w.shape), w.layer.mode
    if mode != "constant":
        return bordered(w, w.x, pads, PAD_MODES[mode], w.shape)
    inputs = [w.x, w.integers(begin_end([(0, 0), *pads]))]
    return w.node("Pad", [*inputs, w.number(w.layer.value)] if w.layer.value else inputs, mode="constant")


def sliced(w: LayerWriting, x: str, parts: Sequence[tuple[int, int, int, int]], shape: Shape) -> str:
    """Slice to (axis, start, end, step), axes counted without the batch."""
    axes, starts, ends, steps = zip(*((1 + axis, *bounds) for axis, *bounds in parts), strict=True)
    inputs = [x, w.integers(starts), w.integers(ends), w.integers(axes)]
    return w.node("Slice", [*inputs, w.integers(steps)] if set(steps) != {1} else inputs, shape)


def write_crop(w: LayerWriting) -> str:
    """Slice of the spatial axes."""
    pads = enumerate(zip(w.layer._pads(w.shape), w.shape[1:], strict=True), 1)
    parts = [(axis, before, size - after, 1) for axis, ((before, after), size) in pads]
    return sliced(w, w.x, parts, w.output_shape)


LOWEST = -(2**31)
"""Before the first position, where a part goes backwards to it."""


def write_slice(w: LayerWriting) -> str:
    """Slice of the axes that are cut, with bounds within them."""
    parts = []
    for axis, bounds in w.layer._parts(w.shape):
        kept = bounds.kept(w.shape[axis])
        last = kept[-1] + (1 if kept.step > 0 else -1)
        parts.append((axis, kept[0], LOWEST if last < 0 else last, kept.step))
    return sliced(w, w.x, parts, w.output_shape)


def read_depth_to_space(node: Reading) -> Flow:
    """`DepthToSpace`, in either order of the channels; PyTorch's pixel shuffle is that of mode CRD."""
    x, block = _map(node), node.integer("blocksize")
    if node.word("mode", "DCR") == "CRD":
        return node.layer("pixel_shuffle", {"upscale_factor": block}, [x])
    return node.layer("depth_to_space", {"block_size": block}, [x])


def read_space_to_depth(node: Reading) -> Flow:
    """`SpaceToDepth`."""
    options: dict[str, Any] = {"block_size": node.integer("blocksize")}
    if node.word("mode", "DCR") == "CRD":
        options["mode"] = "CRD"
    return node.layer("space_to_depth", options, [_map(node)])


def _map(node: Reading) -> Flow:
    """The input, which has two spatial axes."""
    x = node.flow()
    if len(x.shape) != 3:
        raise node.refuse(f"its input has {len(x.axes)} axes, and 4 are wanted")
    return x


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
