"""Pixels and channels that change places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
    return _moved(w, *w.layer.block_layout(w.shape))


def write_space_to_depth(w: LayerWriting) -> str:
    """SpaceToDepth of an image in mode DCR, else written out."""
    if len(w.shape) == 3 and w.layer.mode == "DCR":
        return w.node("SpaceToDepth", w.x, blocksize=w.layer.block_size)
    return _moved(w, *w.layer.block_layout(w.shape))


def write_channel_shuffle(w: LayerWriting) -> str:
    """Reshape, Transpose and Reshape, as every exporter writes it."""
    groups, (channels, *sizes) = w.layer.groups, w.shape
    cut = (groups, channels // groups, *sizes)
    return _moved(w, cut, [1, 0, *range(2, len(cut))])


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
